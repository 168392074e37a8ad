sluis_fuzz(policies_pack_fuzz SRCS policies/pack_fuzz.cc DEPS sluis_policies)

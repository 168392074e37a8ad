sluis_fuzz(policies_pack_fuzz SRCS policies/pack_fuzz.cc DEPS sluis_policies)
sluis_fuzz(policies_protocol_fuzz SRCS policies/protocol_fuzz.cc DEPS sluis_protocol)

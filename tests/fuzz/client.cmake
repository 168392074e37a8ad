sluis_fuzz(client_export_fuzz SRCS client/lib/export_fuzz.cc DEPS sluis_verify)
sluis_fuzz(client_proof_check_fuzz SRCS client/lib/proof_check_fuzz.cc DEPS sluis_verify)
sluis_fuzz(client_table_fuzz SRCS client/lib/table_fuzz.cc DEPS sluis_client)
sluis_fuzz(client_flat_yaml_fuzz SRCS client/lib/flat_yaml_fuzz.cc DEPS sluis_client)

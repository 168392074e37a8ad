sluis_fuzz(client_export_fuzz SRCS client/lib/export_fuzz.cc DEPS sluis_verify)
sluis_fuzz(client_proof_check_fuzz SRCS client/lib/proof_check_fuzz.cc DEPS sluis_verify)
sluis_fuzz(client_table_fuzz SRCS client/lib/table_fuzz.cc DEPS sluis_client)

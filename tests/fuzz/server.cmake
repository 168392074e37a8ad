foreach(target erasure_journal key_file leaf mark_file sealed_parts segment)
  sluis_fuzz(server_${target}_fuzz
    SRCS ${CMAKE_CURRENT_LIST_DIR}/server/${target}_fuzz.cc
    DEPS sluis_ledger)
endforeach()
# The one file of the daemon's wiring that reads foreign text, without the rest of it.
sluis_fuzz(server_config_fuzz
  SRCS ${CMAKE_CURRENT_LIST_DIR}/server/config_fuzz.cc ${CMAKE_SOURCE_DIR}/server/config.cc
  DEPS sluis_authn sluis_crypto sluis_identity yaml-cpp)
foreach(target certificate identity mandate user_request)
  sluis_fuzz(server_${target}_fuzz
    SRCS ${CMAKE_CURRENT_LIST_DIR}/server/authn/${target}_fuzz.cc
    DEPS sluis_authn)
endforeach()
foreach(target name_text national_number person)
  sluis_fuzz(server_${target}_fuzz
    SRCS ${CMAKE_CURRENT_LIST_DIR}/server/identity/${target}_fuzz.cc
    DEPS sluis_identity)
endforeach()
foreach(target page_token signal_check subject_identity)
  sluis_fuzz(server_${target}_fuzz
    SRCS ${CMAKE_CURRENT_LIST_DIR}/server/core/${target}_fuzz.cc
    DEPS sluis_core)
endforeach()
sluis_fuzz(server_rows_fuzz
  SRCS ${CMAKE_CURRENT_LIST_DIR}/server/ledger/rows_fuzz.cc
  DEPS sluis_ledger)
# The parser alone, without the servers of its folder.
sluis_fuzz(server_loopback_address_fuzz
  SRCS
    ${CMAKE_CURRENT_LIST_DIR}/server/rpc/loopback_address_fuzz.cc
    ${CMAKE_SOURCE_DIR}/server/rpc/loopback_address.cc
  DEPS absl::status absl::statusor)
# Both readers of foreign bytes of a partnership.
sluis_fuzz(server_manifest_fuzz
  SRCS ${CMAKE_CURRENT_LIST_DIR}/server/manifest_fuzz.cc
  DEPS sluis_partnership)
sluis_fuzz(server_peer_leaf_fuzz
  SRCS ${CMAKE_CURRENT_LIST_DIR}/server/peer_leaf_fuzz.cc ${CMAKE_SOURCE_DIR}/tests/support/leaf.cc
  DEPS sluis_authn sluis_crypto OpenSSL::Crypto)

foreach(target envelope offered_identity record_proof terms user_statement)
  sluis_fuzz(server_${target}_fuzz
    SRCS ${CMAKE_CURRENT_LIST_DIR}/server/${target}_fuzz.cc
    DEPS sluis_envelope)
endforeach()
# One source, one target for each kind of leaf: each has its own corpus.
foreach(kind offer receipt key opened unopenable cancel erasure refusal notice)
  sluis_fuzz(server_${kind}_fuzz
    SRCS ${CMAKE_CURRENT_LIST_DIR}/server/exchange_leaf_fuzz.cc
    DEPS sluis_envelope)
  if(SLUIS_FUZZ)
    string(TOUPPER ${kind} upper)
    target_compile_definitions(server_${kind}_fuzz PRIVATE SLUIS_LEAF_KIND=ENVELOPE_KIND_${upper})
  endif()
endforeach()
foreach(target ceremony ceremony_body ceremony_message ceremony_parameters key_package)
  sluis_fuzz(server_${target}_fuzz
    SRCS ${CMAKE_CURRENT_LIST_DIR}/server/keys/${target}_fuzz.cc
    DEPS sluis_keys)
endforeach()
foreach(target answer list period proofs request reveal)
  sluis_fuzz(server_evaluation_${target}_fuzz
    SRCS ${CMAKE_CURRENT_LIST_DIR}/server/evaluation/evaluation_${target}_fuzz.cc
    DEPS sluis_evaluation)
endforeach()

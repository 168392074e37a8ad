foreach(target erasure_journal key_file leaf mark_file sealed_parts segment)
  sluis_fuzz(server_${target}_fuzz
    SRCS ${CMAKE_CURRENT_LIST_DIR}/server/${target}_fuzz.cc
    DEPS sluis_ledger)
endforeach()
# The one file of the daemon's wiring that reads foreign text, without the rest of it.
sluis_fuzz(server_config_fuzz
  SRCS ${CMAKE_CURRENT_LIST_DIR}/server/config_fuzz.cc ${CMAKE_SOURCE_DIR}/server/config.cc
  DEPS sluis_authn sluis_crypto yaml-cpp)
foreach(target certificate identity mandate user_request)
  sluis_fuzz(server_${target}_fuzz
    SRCS ${CMAKE_CURRENT_LIST_DIR}/server/authn/${target}_fuzz.cc
    DEPS sluis_authn)
endforeach()
foreach(target page_token signal_check)
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

foreach(target erasure_journal key_file leaf mark_file sealed_parts segment)
  sluis_fuzz(server_${target}_fuzz
    SRCS ${CMAKE_CURRENT_LIST_DIR}/server/${target}_fuzz.cc
    DEPS sluis_ledger)
endforeach()
# The one file of the daemon's wiring that reads foreign text, without the rest of it.
sluis_fuzz(server_config_fuzz
  SRCS ${CMAKE_CURRENT_LIST_DIR}/server/config_fuzz.cc ${CMAKE_SOURCE_DIR}/server/config.cc
  DEPS sluis_authn sluis_crypto yaml-cpp)
# Both readers of foreign bytes of a partnership.
sluis_fuzz(server_manifest_fuzz
  SRCS ${CMAKE_CURRENT_LIST_DIR}/server/manifest_fuzz.cc
  DEPS sluis_partnership)
sluis_fuzz(server_peer_leaf_fuzz
  SRCS ${CMAKE_CURRENT_LIST_DIR}/server/peer_leaf_fuzz.cc
  DEPS sluis_authn sluis_test_leaf)

foreach(target erasure_journal key_file leaf mark_file sealed_parts segment)
  sluis_fuzz(server_${target}_fuzz
    SRCS ${CMAKE_CURRENT_LIST_DIR}/server/${target}_fuzz.cc
    DEPS sluis_ledger)
endforeach()

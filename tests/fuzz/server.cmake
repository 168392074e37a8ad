foreach(target erasure_journal key_file mark_file)
  sluis_fuzz(server_${target}_fuzz
    SRCS ${CMAKE_CURRENT_LIST_DIR}/server/${target}_fuzz.cc
    DEPS sluis_ledger)
endforeach()

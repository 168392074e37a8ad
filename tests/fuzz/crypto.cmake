foreach(target checkpoint compact_range dealing group key_file note oprf proof reader sealed text_encodings tile)
  sluis_fuzz(crypto_${target}_fuzz
    SRCS ${CMAKE_CURRENT_LIST_DIR}/crypto/${target}_fuzz.cc
    DEPS sluis_crypto)
endforeach()

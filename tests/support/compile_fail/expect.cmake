# cmake -DSOURCE=... -DCOMPILER=... -DFLAGS=... -DEXPECT=compiles|<regular expression> -P expect.cmake
# Passes when the source compiles, or fails with a message that matches: failing for another reason proves nothing.
separate_arguments(flags UNIX_COMMAND "${FLAGS}")
execute_process(COMMAND ${COMPILER} -std=c++20 -fsyntax-only ${flags} -x c++ ${SOURCE}
  RESULT_VARIABLE result ERROR_VARIABLE errors)
if(EXPECT STREQUAL "compiles")
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "must compile:\n${errors}")
  endif()
elseif(result EQUAL 0)
  message(FATAL_ERROR "must not compile: ${SOURCE}")
elseif(NOT errors MATCHES "${EXPECT}")
  message(FATAL_ERROR "fails for another reason:\n${errors}")
endif()

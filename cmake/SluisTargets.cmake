# The launcher sets its own environment, so that a plain `ninja` shares the cache between checkouts as well.
find_program(SLUIS_CCACHE ccache)
if(SLUIS_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${SLUIS_CCACHE})
endif()

# Small functions keep targets and folders the same shape: one library per folder, one test program per folder.

add_library(sluis_warnings INTERFACE)
target_compile_options(sluis_warnings INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror
  # GCC 12 sees overlapping copies in string concatenation where there are none (its bug 105329).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)

# sluis_library(NAME SRCS ... DEPS ... [PRIVATE_DEPS ...])
function(sluis_library name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SRCS})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS} sluis_warnings)
endfunction()

# What runs under ThreadSanitizer: the tests of ledger and core, and whatever carries the label tsan.
add_custom_target(tests_tsan)

# sluis_test(NAME SRCS ... DEPS ... [LABELS unit] [TIMEOUT seconds])
# Labels: unit, integration, fault, e2e, soak, bench; tsan in addition. Default unit.
function(sluis_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SRCS;DEPS;LABELS" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  list(TRANSFORM ARG_SRCS PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/" OUTPUT_VARIABLE paths)
  if("${paths}" MATCHES "/tests/server/(ledger|core)/" AND NOT "soak" IN_LIST ARG_LABELS)
    list(APPEND ARG_LABELS tsan)
  endif()
  add_executable(${name} ${ARG_SRCS})
  if("tsan" IN_LIST ARG_LABELS)
    add_dependencies(tests_tsan ${name})
  endif()
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} sluis_test_places GTest::gmock_main sluis_warnings)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
endfunction()

# Every fuzz target with what it links, and nothing else.
add_custom_target(fuzzers)

# sluis_fuzz(NAME SRCS ... DEPS ...): a libFuzzer target under the fuzz preset, nothing elsewhere.
function(sluis_fuzz name)
  if(NOT SLUIS_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SRCS})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} sluis_warnings)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
  add_dependencies(fuzzers ${name})
endfunction()

# sluis_programs(): target `programs` builds every executable of server/ and client/, and nothing of the tests.
function(sluis_programs)
  add_custom_target(programs)
  set(folders ${CMAKE_SOURCE_DIR}/server ${CMAKE_SOURCE_DIR}/client)
  while(folders)
    list(POP_FRONT folders folder)
    get_property(inner DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
    list(APPEND folders ${inner})
    get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
    foreach(target IN LISTS targets)
      get_target_property(kind ${target} TYPE)
      if(kind STREQUAL "EXECUTABLE")
        add_dependencies(programs ${target})
      endif()
    endforeach()
  endwhile()
endfunction()

# The launcher sets its own environment, so that a plain `ninja` shares the cache between checkouts, and with ./dev, which
# sets a locale.
find_program(SLUIS_CCACHE ccache)
if(SLUIS_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=locale,pch_defines,time_macros ${SLUIS_CCACHE})
  # What the cache needs to see through precompiled headers.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()

# Small functions keep targets and folders the same shape: one library per folder, one test program per folder.

add_library(sluis_warnings INTERFACE)
target_compile_options(sluis_warnings INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror
  # GCC 12 sees overlapping copies in string concatenation where there are none (its bug 105329).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
# At -O2 with precompiled headers it no longer knows std::string for a system header, and reports of its insides what it
# otherwise keeps to itself: what is appended to a string as a write behind the short one that it was.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_FLAGS MATCHES "-O2")
  target_compile_options(sluis_warnings INTERFACE -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
endif()

# Reading the headers of Protobuf and of the tests is most of what compiling costs here: they are read once, for libraries
# and for tests. A source includes what it uses all the same; without these headers everything compiles as well.
set(SLUIS_STD_HEADERS
  <algorithm> <chrono> <cstdint> <functional> <map> <memory> <mutex> <optional> <set> <span> <string> <string_view>
  <thread> <utility> <variant> <vector>)
set(SLUIS_PROTO_HEADERS
  "absl/status/status.h" "absl/status/statusor.h" "sluis/node/v1/exchange.pb.h" "sluis/node/v1/log.pb.h"
  "sluis/node/v1/register.pb.h" "sluis/node/v1/signals.pb.h" "sluis/node/v1/status.pb.h" "sluis/peer/v1/exchange.pb.h"
  "sluis/peer/v1/peer.pb.h" "sluis/peer/v1/terms.pb.h" "sluis/record/v1/entry.pb.h" "sluis/record/v1/exchange.pb.h"
  "sluis/record/v1/ledger.pb.h")
list(TRANSFORM SLUIS_PROTO_HEADERS REPLACE "(.+)" "<\\1>")

# sluis_precompiled(): after the packages and the proto files are known.
function(sluis_precompiled)
  set(nothing ${CMAKE_BINARY_DIR}/headers.cc)
  file(CONFIGURE OUTPUT ${nothing} CONTENT "int main() { return 0; }\n")
  add_library(sluis_headers OBJECT ${nothing})
  target_link_libraries(sluis_headers PRIVATE sluis_proto absl::status absl::statusor sluis_warnings)
  target_precompile_headers(sluis_headers PRIVATE ${SLUIS_STD_HEADERS} ${SLUIS_PROTO_HEADERS})
  if(SLUIS_FUZZ)
    return()
  endif()
  # A program, because the code of programs is placed otherwise than that of libraries.
  add_executable(sluis_test_headers ${nothing})
  target_link_libraries(sluis_test_headers PRIVATE
    sluis_proto absl::status absl::statusor GTest::gmock_main sluis_warnings)
  target_precompile_headers(sluis_test_headers PRIVATE
    <gmock/gmock.h> <gtest/gtest.h> ${SLUIS_STD_HEADERS} ${SLUIS_PROTO_HEADERS})
endfunction()

# sluis_library(NAME SRCS ... DEPS ... [PRIVATE_DEPS ...])
function(sluis_library name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SRCS})
  sluis_together(${name} ${ARG_SRCS})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS} sluis_warnings)
  # crypto and policies know no Protobuf, and are not to learn it here.
  if(CMAKE_CURRENT_SOURCE_DIR MATCHES "/(server|client|support)(/|$)" AND NOT CMAKE_CURRENT_SOURCE_DIR MATCHES "/storage$")
    target_precompile_headers(${name} REUSE_FROM sluis_headers)
  endif()
endfunction()

# sluis_allocator(NAME): the node makes and frees many small values on many threads. The sanitizers bring an allocator of
# their own.
function(sluis_allocator name)
  if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    target_link_libraries(${name} PRIVATE PkgConfig::jemalloc)
  endif()
endfunction()

# What runs under ThreadSanitizer: the tests of ledger and core, and whatever carries the label tsan.
add_custom_target(tests_tsan)
# What no sanitizer runs, because it kills processes, traces them, or looks at what ships.
add_custom_target(tests_as_shipped)

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
  sluis_together(${name} ${paths})
  if("tsan" IN_LIST ARG_LABELS)
    add_dependencies(tests_tsan ${name})
  endif()
  if("fault" IN_LIST ARG_LABELS AND NOT "asan" IN_LIST ARG_LABELS)
    add_dependencies(tests_as_shipped ${name})
  endif()
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} sluis_test_places GTest::gmock_main sluis_warnings)
  target_precompile_headers(${name} REUSE_FROM sluis_test_headers)
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

# sluis_programs(): target `programs` builds every executable of server/, client/ and deploy/, and nothing of the tests.
function(sluis_programs)
  add_custom_target(programs)
  set(folders ${CMAKE_SOURCE_DIR}/server ${CMAKE_SOURCE_DIR}/client ${CMAKE_SOURCE_DIR}/deploy)
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

# cromwell_library(NAME [DEPS other layers...] [LIBS outside libraries...])
#
# A layer is a static library of every .cc file directly in its folder. Its public include root is
# the repository, so that an include names its layer: #include "base/result.h".
function(cromwell_library name)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  if(sources)
    add_library(cromwell_${name} STATIC ${sources})
    set(scope PUBLIC)
    cromwell_warnings(cromwell_${name})
  else()
    add_library(cromwell_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(cromwell_${name} ${scope} ${CMAKE_SOURCE_DIR})
  foreach(dep ${ARG_DEPS})
    target_link_libraries(cromwell_${name} ${scope} cromwell_${dep})
  endforeach()
  target_link_libraries(cromwell_${name} ${scope} ${ARG_LIBS})
endfunction()

# The warnings that our own targets compile under; outside headers are SYSTEM includes.
function(cromwell_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
    -Wno-missing-field-initializers)  # designated initialisers leave the rest to its default
endfunction()

# cromwell_test(NAME [DEPS layers...] [LIBS ...]): tests/NAME/*_test.cc as one GoogleTest program.
function(cromwell_test name)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${name}/*.cc)
  if(NOT sources)
    return()
  endif()
  add_executable(test_${name} ${sources})
  cromwell_warnings(test_${name})
  target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR})
  foreach(dep ${ARG_DEPS})
    target_link_libraries(test_${name} PRIVATE cromwell_${dep})
  endforeach()
  target_link_libraries(test_${name} PRIVATE GTest::gmock GTest::gtest_main ${ARG_LIBS})
  target_compile_definitions(test_${name} PRIVATE
    CROMWELL_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/${name}/data"
    CROMWELL_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  gtest_discover_tests(test_${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
endfunction()

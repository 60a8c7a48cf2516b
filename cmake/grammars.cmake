# tree_sitter: the runtime and the grammars of workspace/languages, from their source distributions
# (grammars.txt). A configured build fetches nothing; a fresh one takes them from the cache folder.
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)

if(DEFINED ENV{XDG_CACHE_HOME})
  set(grammar_cache $ENV{XDG_CACHE_HOME}/cromwell/grammars)
else()
  set(grammar_cache $ENV{HOME}/.cache/cromwell/grammars)
endif()
set(grammar_sources ${CMAKE_BINARY_DIR}/grammars)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${CMAKE_SOURCE_DIR}/cmake/grammars.txt ${CMAKE_SOURCE_DIR}/cmake/fetch_grammars.py)
execute_process(
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/cmake/fetch_grammars.py
    ${CMAKE_SOURCE_DIR}/cmake/grammars.txt ${grammar_cache} ${grammar_sources}
  COMMAND_ERROR_IS_FATAL ANY)

# Outside code: its warnings are not ours to mend. -O1, since generated lexers gain nothing from more.
add_library(tree_sitter STATIC ${grammar_sources}/tree_sitter/tree_sitter/core/lib/src/lib.c)
target_include_directories(tree_sitter SYSTEM PUBLIC
  ${grammar_sources}/tree_sitter/tree_sitter/core/lib/include)
target_include_directories(tree_sitter PRIVATE
  ${grammar_sources}/tree_sitter/tree_sitter/core/lib/src)
target_compile_options(tree_sitter PRIVATE -w -fexceptions)  # workspace/parse_memory breaks it off
target_compile_definitions(tree_sitter PRIVATE _POSIX_C_SOURCE=200112L _DEFAULT_SOURCE)

# Some distributions lack tree_sitter/parser.h: all take bash's, which names two things as version
# 15 of the ABI does.
set(grammar_headers ${grammar_sources}/tree_sitter_bash/src)
add_library(grammars STATIC)
target_compile_options(grammars PRIVATE -w -O1 -fexceptions
  -include ${CMAKE_SOURCE_DIR}/cmake/scanner_alloc.h)
target_compile_definitions(grammars PRIVATE TREE_SITTER_REUSE_ALLOCATOR)
target_include_directories(grammars PRIVATE ${grammar_headers})
foreach(file bash/src/parser.c bash/src/scanner.c c/src/parser.c cpp/src/parser.c cpp/src/scanner.c
    go/src/parser.c java/src/parser.c javascript/src/parser.c javascript/src/scanner.c
    json/src/parser.c python/src/parser.c python/src/scanner.c rust/src/parser.c
    rust/src/scanner.c typescript/tsx/src/parser.c typescript/typescript/src/parser.c)
  target_sources(grammars PRIVATE ${grammar_sources}/tree_sitter_${file})
  if(file MATCHES "^(cpp|java|json|python|typescript)/")
    set_source_files_properties(${grammar_sources}/tree_sitter_${file} PROPERTIES
      COMPILE_DEFINITIONS "version=abi_version;TSFieldMapSlice=TSMapSlice")
  endif()
endforeach()
target_link_libraries(grammars PUBLIC tree_sitter)
# For workspace/typescript_scanner, the one scanner whose distribution lacks a part.
target_include_directories(grammars SYSTEM INTERFACE ${grammar_headers})

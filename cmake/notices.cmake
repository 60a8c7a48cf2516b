# NOTICES: the licences of other people's code that is part of our programs, which their binaries
# must carry: tree-sitter and its grammars, from their distributions, and libraries of headers.
set(notices ${CMAKE_BINARY_DIR}/NOTICES)
file(READ ${CMAKE_SOURCE_DIR}/cmake/header_licences.txt text)
file(GLOB_RECURSE licences RELATIVE ${grammar_sources} ${grammar_sources}/*/LICENSE)
list(SORT licences)
foreach(licence ${licences})
  file(READ ${grammar_sources}/${licence} words)
  get_filename_component(of ${licence} DIRECTORY)
  string(APPEND text "\n==== ${of}\n\n${words}")
endforeach()
file(WRITE ${notices} "${text}")

// Language: what a file's name says about its content: the word after a fence, whether it is prose,
// in which much of what would be wrong in code is right, and the grammar that reads it. Pure.
#pragma once

#include <string_view>

namespace cromwell::workspace {

enum class Grammar {
  kNone,
  kPython,
  kJavaScript,
  kTypeScript,
  kTsx,
  kC,
  kCpp,
  kRust,
  kGo,
  kJava,
  kJson,
  kBash,
};

inline bool is_c(Grammar grammar) { return grammar == Grammar::kC || grammar == Grammar::kCpp; }
inline bool is_script(Grammar grammar) {
  return grammar == Grammar::kJavaScript || grammar == Grammar::kTypeScript ||
         grammar == Grammar::kTsx;
}

struct Language {
  std::string_view fence;  // "python"; empty if unknown
  bool prose = false;      // Markdown, plain text
  Grammar grammar = Grammar::kNone;
};

Language language_of(std::string_view file);
// Where the name says nothing, the first line of `text` may ("#!/usr/bin/env python3"); and a .h is
// C++ where its text says so.
Language language_of(std::string_view file, std::string_view text);

}  // namespace cromwell::workspace

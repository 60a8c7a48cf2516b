// The errors of a text as lines, "3: what", for tests of what the syntax check finds; and limits of
// a parse that no machine is too slow for.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "workspace/syntax_check.h"

namespace cromwell::tests {

inline workspace::ParseLimits unhurried() { return {.time = std::chrono::hours(1)}; }

inline std::string errors_of(workspace::Grammar grammar, const std::string& text) {
  const auto tree = workspace::SyntaxTree::parse(text, grammar, unhurried());
  EXPECT_TRUE(tree.has_value());
  if (!tree) return {};
  std::string found;
  for (const workspace::SyntaxError& error : workspace::syntax_errors(*tree, text)) {
    found += std::to_string(error.line) + ": " + error.what + "\n";
  }
  return found;
}

}  // namespace cromwell::tests

// Placement check: what a grammar takes anywhere and a compiler does not: statements outside of
// functions (Go, Rust, C, C++, Java), in an `impl` or a `trait` what is no member of it (Rust), a
// body behind what is no function (C), `return`, `break`, `continue`, `await` and `yield`
// where there is nothing that they could leave (Python; for scripts see script_place). Pure,
// linear.
#pragma once

#include <string_view>
#include <vector>

#include "workspace/syntax_tree.h"

namespace cromwell::workspace {

struct Misplaced {
  int line = 1;
  std::string_view what;
};

inline constexpr std::size_t kMaxMisplaced = 1'000;  // the rest is not looked at

std::vector<Misplaced> misplaced(const SyntaxTree& tree);

}  // namespace cromwell::workspace

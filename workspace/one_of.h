// Whether a word or a node's type is one of a few. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace cromwell::workspace {

template <std::size_t n>
bool is_one_of(const std::array<std::string_view, n>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace cromwell::workspace

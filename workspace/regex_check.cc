#include "workspace/regex_check.h"

#include <algorithm>
#include <optional>
#include <string>

namespace cromwell::workspace {
namespace {

bool are_flags(std::string_view flags) {
  std::string sorted(flags);
  std::sort(sorted.begin(), sorted.end());
  const bool is_twice = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
  const bool is_both = flags.find('u') != flags.npos && flags.find('v') != flags.npos;
  return !is_twice && !is_both && flags.find_first_not_of("dgimsuvy") == flags.npos;
}

// Bytes of the quantifier that `rest` begins with: `*`, `+?`, `{2,3}`; 0 if it begins with none.
std::size_t quantifier_bytes(std::string_view rest) {
  std::size_t bytes = 0;
  if (rest.starts_with('*') || rest.starts_with('+') || rest.starts_with('?')) {
    bytes = 1;
  } else if (rest.starts_with('{')) {
    const std::size_t end = rest.find_first_not_of("0123456789,", 1);
    const bool is_range = end != rest.npos && rest[end] == '}' && end > 1 && rest[1] != ',' &&
                          std::count(rest.begin(), rest.begin() + static_cast<long>(end), ',') < 2;
    if (is_range) bytes = end + 1;
  }
  return bytes > 0 && rest.substr(bytes).starts_with('?') ? bytes + 1 : bytes;
}

// Bytes up to behind the class's end.
std::size_t class_bytes(std::string_view rest) {
  std::size_t at = 1;
  while (at < rest.size() && rest[at] != ']') at += rest[at] == '\\' ? 2 : 1;
  return at + 1;
}

// Bytes of what begins a group: `(`, `(?:`, `(?<name>`; none where it is not one.
std::optional<std::size_t> group_bytes(std::string_view rest) {
  if (!rest.starts_with("(?")) return 1;
  for (std::string_view opening : {"(?:", "(?=", "(?!", "(?<=", "(?<!"}) {
    if (rest.starts_with(opening)) return opening.size();
  }
  const std::size_t end = rest.find('>');
  if (rest.starts_with("(?<") && end != rest.npos && end > 3) return end + 1;
  const std::size_t colon = rest.find_first_not_of("ims-", 2);
  if (colon != rest.npos && rest[colon] == ':') return colon + 1;
  return std::nullopt;
}

}  // namespace

std::string_view regex_fault_in(std::string_view pattern, std::string_view flags) {
  if (!are_flags(flags)) return "flags that no regular expression has";
  if (flags.find('v') != flags.npos) return {};  // classes nest there
  int depth = 0;
  bool may_repeat = false;
  while (!pattern.empty()) {
    std::size_t bytes = 1;
    if (const std::size_t quantifier = quantifier_bytes(pattern); quantifier > 0) {
      if (!may_repeat) return "a quantifier with nothing to repeat";
      may_repeat = false;
      bytes = quantifier;
    } else if (pattern[0] == '(') {
      const auto opening = group_bytes(pattern);
      if (!opening) return "a group that is none";
      ++depth;
      may_repeat = false;
      bytes = *opening;
    } else if (pattern[0] == ')') {
      if (--depth < 0) return "a bracket without its partner";
      may_repeat = true;
    } else {
      may_repeat = pattern[0] != '|';
      if (pattern[0] == '\\') bytes = 2;
      if (pattern[0] == '[') bytes = class_bytes(pattern);
    }
    pattern.remove_prefix(std::min(bytes, pattern.size()));
  }
  return depth > 0 ? "a bracket without its partner" : std::string_view();
}

}  // namespace cromwell::workspace

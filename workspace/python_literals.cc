#include "workspace/python_literals.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "workspace/one_of.h"
#include "workspace/syntax_node.h"

namespace cromwell::workspace {
namespace {

using Fault = std::string_view;

// The letters before the quotes, small.
std::string prefix_of(std::string_view string) {
  std::string prefix(string.substr(0, std::min(string.find_first_of("\"'"), string.size())));
  std::transform(prefix.begin(), prefix.end(), prefix.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return prefix;
}

bool has(std::string_view prefix, char letter) { return prefix.find(letter) != prefix.npos; }

// Hexadecimal digits that an escape of that letter needs; 0: none.
std::size_t digits_of(char letter, bool is_bytes) {
  if (letter == 'x') return 2;
  if (is_bytes) return 0;
  return letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
}

bool has_cut_escape(std::string_view string, bool is_bytes) {
  for (std::size_t at = string.find('\\'); at < string.size(); at = string.find('\\', at + 2)) {
    if (at + 1 >= string.size()) return false;
    const std::size_t digits = digits_of(string[at + 1], is_bytes);
    const std::string_view found = string.substr(at + 2, digits);
    const bool are_all = std::all_of(found.begin(), found.end(),
                                     [](unsigned char c) { return std::isxdigit(c) != 0; });
    if (found.size() < digits || !are_all) return true;
  }
  return false;
}

}  // namespace

std::string_view python_number_fault(TSNode number, std::string_view text) {
  const std::string_view digits = text_of(number, text);
  const char last = digits.empty() ? '0' : digits.back();
  if (last == 'l' || last == 'L') return "a number of Python 2";
  if (last == '_' || digits.find("__") != digits.npos) return "a number with a loose \"_\"";
  const bool is_padded = digits.size() > 1 && digits[0] == '0' &&
                         digits.find_first_not_of("0123456789_") == digits.npos;
  const bool is_zero = digits.find_first_not_of("0_") == digits.npos;
  return is_padded && !is_zero ? "a number with a leading zero" : Fault();
}

std::string_view python_string_fault(TSNode string, std::string_view text) {
  static constexpr std::array<std::string_view, 12> kPrefixes = {"",  "r",  "u",  "b", "br", "rb",
                                                                 "f", "fr", "rf", "t", "tr", "rt"};
  const std::string_view found = text_of(string, text);
  const std::string prefix = prefix_of(found);
  if (!is_one_of(kPrefixes, prefix)) {
    return "letters that no string begins with";
  }
  const bool is_bytes = has(prefix, 'b');
  const bool is_ascii = std::none_of(
      found.begin(), found.end(), [](char c) { return (static_cast<unsigned char>(c) & 0x80U); });
  if (is_bytes && !is_ascii) return "bytes that are not ASCII";
  if (has(prefix, 'r')) return {};
  return has_cut_escape(found, is_bytes) ? "an escape that is cut" : Fault();
}

std::string_view python_strings_fault(TSNode strings, std::string_view text) {
  bool has_bytes = false, has_text = false;
  for_each_child(strings, [&](TSNode child) {
    if (type_of(child) != "string") return;
    const bool is_bytes = has(prefix_of(text_of(child, text)), 'b');
    has_bytes = has_bytes || is_bytes;
    has_text = has_text || !is_bytes;
  });
  return has_bytes && has_text ? "bytes beside text" : Fault();
}

}  // namespace cromwell::workspace

#include "edit/prose.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "edit/lines.h"

namespace cromwell::edit {
namespace {

constexpr int kSentenceWords = 3;  // "All done now." is one, "return x." and "Ok." are not

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

bool is_plain_word(std::string_view word) {
  if (std::string_view(",.:!").find(word.back()) != std::string_view::npos) word.remove_suffix(1);
  return !word.empty() && std::all_of(word.begin(), word.end(),
                                      [](char c) { return is_letter(c) || c == '\'' || c == '-'; });
}

// It begins with a capital letter, ends as sentences do, and most of its words are plain: others
// are names of the code.
bool is_sentence(std::string_view line) {
  line = trim(line);
  if (line.empty() || line.front() < 'A' || line.front() > 'Z') return false;
  if (std::string_view(".:!").find(line.back()) == std::string_view::npos) return false;
  int words = 0, plain = 0;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    if (end > 0) {
      ++words;
      plain += is_plain_word(line.substr(0, end)) ? 1 : 0;
    }
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return plain >= kSentenceWords && 3 * plain >= 2 * words;
}

}  // namespace

bool opens_prose(std::string_view line) {
  constexpr std::array kOpenings = {
      "here is ",      "here's ",        "here are ",  "sure,",          "sure!",
      "certainly",     "below is ",      "i have ",    "i've ",          "i'm sorry",
      "i apologize",   "as an ai",       "in this ",   "the above ",     "the updated ",
      "the modified ", "the following ", "this code ", "this function ", "this version ",
      "explanation:",  "instruction:",   "note that ", "you can "};
  const std::string lower = to_lower(trim(line));
  return std::any_of(kOpenings.begin(), kOpenings.end(),
                     [&](std::string_view opening) { return lower.starts_with(opening); });
}

bool is_explanation(std::string_view text) {
  const std::vector<std::string_view> lines = split_lines(text);
  const auto first = std::find_if_not(lines.begin(), lines.end(), is_blank);
  return first != lines.end() && (opens_prose(*first) || is_sentence(*first));
}

bool announces_part(std::string_view text) {
  constexpr std::array kWords = {"add ",   "adding ",        "insert",  "append",   "prepend",
                                 "paste ", "following line", "snippet", "replace ", "put "};
  const std::string lower = to_lower(text);
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

}  // namespace cromwell::edit

#include "workspace/loose_statement.h"

#include <algorithm>
#include <array>

#include "workspace/bracket_scan.h"
#include "workspace/one_of.h"

namespace cromwell::workspace {
namespace {

constexpr std::string_view kBlanks = " \t\f\v\r";

std::string_view trimmed(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  return line.substr(0, line.find_last_not_of(kBlanks) + 1);
}

bool begins_statement(std::string_view line) {
  static constexpr std::array<std::string_view, 9> kWords = {
      "break", "continue", "do", "for", "goto", "if", "return", "switch", "while"};
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const auto end = std::find_if_not(line.begin(), line.end(), is_letter);
  return is_one_of(kWords, line.substr(0, static_cast<std::size_t>(end - line.begin())));
}

// Follows the text and knows whether what comes next stands in no function.
class Outside {
 public:
  explicit Outside(Grammar grammar) : scan_(grammar) {}

  // Whether a statement of the line is a loose one.
  bool feed(std::string_view line) {
    const std::string_view code = trimmed(line);
    const bool is_directive = continues_ || code.starts_with('#');
    const bool may_begin = scan_.in_code() && !is_directive && ends_item_ && is_outside();
    continues_ = is_directive && code.ends_with('\\');
    const std::size_t before = scan_.open().size();
    scan_.feed(line);
    if (!scan_.in_code() || is_directive || code.empty() || code.starts_with("//")) return false;
    if (opens_namespace(code) && before == namespaces_) namespaces_ = scan_.open().size();
    namespaces_ = std::min(namespaces_, scan_.open().size());
    ends_item_ = code.ends_with(';') || code.ends_with('}') || code.ends_with('{');
    return may_begin && begins_statement(code);
  }
  bool is_certain() const { return scan_.certain(); }

 private:
  // Namespaces stand in nothing else.
  bool is_outside() const { return scan_.open().size() == namespaces_; }
  static bool opens_namespace(std::string_view code) {
    const bool begins = code.starts_with("namespace") || code.starts_with("inline namespace") ||
                        code.starts_with("extern \"C");
    return begins && code.ends_with('{') && code.find('(') == std::string_view::npos;
  }

  BracketScan scan_;
  std::size_t namespaces_ = 0;  // how many are open
  bool ends_item_ = true;       // the last line of code
  bool continues_ = false;      // a directive goes on
};

}  // namespace

std::vector<Misplaced> loose_statements(std::string_view text, Grammar grammar) {
  std::vector<Misplaced> found;
  Outside outside(grammar);
  for (int number = 1; !text.empty() && outside.is_certain(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (outside.feed(text.substr(0, end)) && outside.is_certain() && found.size() < kMaxMisplaced) {
      found.push_back({number, "a statement outside of a function"});
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return found;
}

}  // namespace cromwell::workspace

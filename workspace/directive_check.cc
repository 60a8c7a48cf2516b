#include "workspace/directive_check.h"

#include <algorithm>

namespace cromwell::workspace {
namespace {

constexpr std::string_view kBlanks = " \t\f\v\r";

// Whether a comment of many lines is open behind the line, where one was open before it or not.
// What stands in quotes begins none.
bool is_in_comment_after(std::string_view line, bool in_comment) {
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const std::string_view rest = line.substr(i);
    if (in_comment) {
      if (!rest.starts_with("*/")) continue;
      in_comment = false;
      ++i;
    } else if (quote != 0) {
      if (line[i] == '\\') ++i;
      if (line[i] == quote) quote = 0;
    } else if (rest.starts_with("//")) {
      return false;
    } else if (rest.starts_with("/*")) {
      in_comment = true;
      ++i;
    } else if (line[i] == '"' || line[i] == '\'') {
      quote = line[i];
    }
  }
  return in_comment;
}

// "ifdef" of "  # ifdef A"; empty where the line is no directive.
std::string_view directive_of(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  if (!line.starts_with('#')) return {};
  line.remove_prefix(1);
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  return line.substr(0, line.find_first_not_of("abcdefghijklmnopqrstuvwxyz"));
}

class Conditionals {
 public:
  void read(std::string_view word, int line) {
    if (word == "if" || word == "ifdef" || word == "ifndef") {
      open_.push_back({line, false});
    } else if (word == "endif") {
      if (open_.empty()) return add(line, "#endif without #if");
      open_.pop_back();
    } else if (word == "else" || word.starts_with("elif")) {
      if (open_.empty()) return add(line, "#else or #elif without #if");
      if (open_.back().has_else) add(line, "#else or #elif behind #else");
      open_.back().has_else = open_.back().has_else || word == "else";
    }
  }

  std::vector<Misplaced> finish() {
    for (const Open& one : open_) add(one.line, "#if without #endif");
    return std::move(found_);
  }

 private:
  struct Open {
    int line;
    bool has_else;
  };
  void add(int line, std::string_view what) {
    if (found_.size() < kMaxMisplaced) found_.push_back({line, what});
  }

  std::vector<Open> open_;
  std::vector<Misplaced> found_;
};

}  // namespace

std::vector<Misplaced> misplaced_directives(std::string_view text) {
  Conditionals conditionals;
  bool in_comment = false, continues = false;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!in_comment && !continues) conditionals.read(directive_of(line), number);
    in_comment = is_in_comment_after(line, in_comment);
    continues = line.ends_with('\\') || line.ends_with("\\\r");
  }
  return conditionals.finish();
}

}  // namespace cromwell::workspace

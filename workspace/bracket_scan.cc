#include "workspace/bracket_scan.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "workspace/one_of.h"

namespace cromwell::workspace {
namespace {

using enum Grammar;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// After these a slash begins a pattern.
constexpr std::array<std::string_view, 17> kBeforeOperand = {
    "return", "typeof", "case",  "in",    "of",         "delete",  "void",    "throw", "new",
    "else",   "do",     "await", "yield", "instanceof", "extends", "default", "export"};
// ... and after the parenthesis that follows one of these.
constexpr std::array<std::string_view, 4> kControl = {"if", "while", "for", "with"};

char opened_by(char closing) { return closing == ')' ? '(' : closing == ']' ? '[' : '{'; }

bool ends_in_odd_backslashes(std::string_view line) {
  const std::size_t last = line.find_last_not_of('\\');
  const std::size_t count = line.size() - (last == std::string_view::npos ? 0 : last + 1);
  return count % 2 == 1;
}

}  // namespace

// Not Bash, whose `case` closes what it does not open.
bool BracketScan::supports(Grammar grammar) { return grammar != kNone && grammar != kBash; }

BracketScan::BracketScan(Grammar grammar) : grammar_(grammar) { assert(supports(grammar)); }

bool BracketScan::is_script() const { return is(kJavaScript) || is(kTypeScript) || is(kTsx); }

bool BracketScan::feed(std::string_view line) {
  const bool is_shebang =
      std::exchange(is_first_line_, false) && line.starts_with("#!") && !line.starts_with("#![");
  if (!certain_ || is_shebang) return true;
  line_ = line;
  at_ = 0;
  if (is_c() && mode_ == Mode::kCode) {
    const std::size_t first = line.find_first_not_of(" \t");
    if (continues_ || (first != std::string_view::npos && line[first] == '#')) directive();
  }
  while (certain_ && at_ < line_.size()) {
    if (mode_ == Mode::kComment) {
      comment();
    } else if (mode_ == Mode::kText) {
      text();
    } else if (!code()) {
      return false;
    }
  }
  if (mode_ == Mode::kText && !text_.many_lines && !ends_in_odd_backslashes(line)) give_up();
  return true;
}

bool BracketScan::code() {
  const char c = line_[at_];
  if (is_word(c)) return word(), true;
  if (c == ' ' || c == '\t' || c == '\r' || c == '\f') return ++at_, true;
  if (std::string_view("([{)]}").find(c) != std::string_view::npos) return bracket(c);
  if (is(kPython) && c == '#') return at_ = line_.size(), true;
  if (!is(kPython) && c == '/') return slash(), true;
  if (is(kRust) && c == '\'') return character_or_lifetime(), true;
  const bool backtick = c == '`' && (is(kGo) || is_script());
  if (c == '"' || c == '\'' || backtick) return quote(c), true;
  if (is_script() && (sees("++") || sees("--"))) return at_ += 2, true;
  // "<div" and "<>" are a text of their own grammar, in which an apostrophe is one.
  if (is_script() && c == '<' && operand_next_ && at_ + 1 < line_.size() &&
      (is_word(line_[at_ + 1]) || line_[at_ + 1] == '>')) {
    return give_up(), true;
  }
  operand_next_ = c != '.' || sees("...");
  control_next_ = false;
  ++at_;
  return true;
}

bool BracketScan::bracket(char c) {
  ++at_;
  const auto counts = [](const Conditional& conditional) { return !conditional.is_foreign; };
  if (!std::all_of(conditionals_.begin(), conditionals_.end(), counts)) return true;
  const bool control = std::exchange(control_next_, false);
  if (c == '(' || c == '[' || c == '{') {
    open_ += c == '(' && control ? 'k' : c;
    operand_next_ = true;
    return true;
  }
  if (open_.empty()) return fault(c);
  const char opened = open_.back();
  open_.pop_back();
  if (opened == '$' && c == '}') {
    begin_text({.end = "`", .holes = true}, 0);
    return true;
  }
  operand_next_ = opened == 'k';
  return opened == opened_by(c) || (opened == 'k' && c == ')') || fault(c);
}

// False: for certain. A macro's argument may be half a block, and a branch that is never compiled
// anything.
bool BracketScan::fault(char closing) {
  if (!is_c()) return false;
  const auto is_branch = [](const Conditional& conditional) { return !conditional.is_guard; };
  const bool in_branch = std::any_of(conditionals_.begin(), conditionals_.end(), is_branch);
  const bool in_argument = closing == ')' && open_.find('(') != std::string::npos;
  if (in_branch || in_argument) give_up();
  return in_branch || in_argument;
}

// A word, a number, or the text that a word begins.
void BracketScan::word() {
  const std::size_t begin = at_;
  const bool number = is_digit(line_[at_]);
  while (at_ < line_.size()) {
    const bool separator =
        is_c() && number && line_[at_] == '\'' && at_ + 1 < line_.size() && is_word(line_[at_ + 1]);
    if (!is_word(line_[at_]) && !separator) break;
    ++at_;
  }
  const std::string_view found = line_.substr(begin, at_ - begin);
  if (raw_text(found)) return;
  const bool member = begin > 0 && line_[begin - 1] == '.';
  operand_next_ = is_script() && !member && is_one_of(kBeforeOperand, found);
  control_next_ = is_script() && !member && is_one_of(kControl, found);
}

// R"x(...)x", r#"..."#, and Python's f"...".
bool BracketScan::raw_text(std::string_view prefix) {
  if (is(kCpp) && prefix.ends_with('R') && prefix.size() <= 3 && sees("\"")) {
    const std::size_t open = line_.find('(', at_);
    if (open == std::string_view::npos) return give_up(), true;
    const std::string delimiter(line_.substr(at_ + 1, open - at_ - 1));
    begin_text({.end = ")" + delimiter + "\"", .escapes = false}, open + 1 - at_);
    return true;
  }
  if (is(kRust) && (prefix == "r" || prefix == "br" || prefix == "cr")) {
    const std::size_t after = std::min(line_.find_first_not_of('#', at_), line_.size());
    if (after == line_.size() || line_[after] != '"') return false;
    const std::string hashes(line_.substr(at_, after - at_));
    begin_text({.end = "\"" + hashes, .escapes = false}, after + 1 - at_);
    return true;
  }
  if (is(kPython) && prefix.size() <= 2 && (sees("\"") || sees("'"))) {
    quote(line_[at_]);
    text_.is_format = prefix.find_first_of("fFtT") != std::string_view::npos;
    depth_ = 0;
    return true;
  }
  return false;
}

void BracketScan::quote(char c) {
  const std::string three(3, c);
  const bool triple = (is(kPython) && c != '`') || (is(kJava) && c == '"');
  if (triple && sees(three)) return begin_text({.end = three}, 3);
  const bool many_lines = c == '`' || (is(kRust) && c == '"');
  begin_text({.end = std::string(1, c),
              .escapes = !(is(kGo) && c == '`'),
              .many_lines = many_lines,
              .holes = is_script() && c == '`'},
             1);
}

// 'a' and '\n' are characters, 'a alone is a lifetime.
void BracketScan::character_or_lifetime() {
  if (line_.substr(at_ + 1).starts_with('\\')) {
    return begin_text({.end = "'", .many_lines = false}, 1);
  }
  std::size_t end = std::min(at_ + 2, line_.size());
  while (end < line_.size() && (static_cast<unsigned char>(line_[end]) & 0xC0U) == 0x80) ++end;
  at_ = end < line_.size() && line_[end] == '\'' ? end + 1 : at_ + 1;
}

void BracketScan::slash() {
  if (sees("//")) {
    at_ = line_.size();
  } else if (sees("/*")) {
    begin_comment();
  } else if (!is_script()) {
    ++at_;
  } else if (at_ > 0 && line_.substr(0, at_).find_last_not_of(" \t") != std::string_view::npos &&
             line_[line_.substr(0, at_).find_last_not_of(" \t")] == '}') {
    give_up();  // after a block a pattern, after an object a division
  } else if (operand_next_) {
    pattern();
  } else {
    operand_next_ = true;
    ++at_;
  }
}

void BracketScan::pattern() {
  bool in_class = false;
  for (std::size_t i = at_ + 1; i < line_.size(); ++i) {
    if (line_[i] == '\\') {
      ++i;
    } else if (line_[i] == '[') {
      in_class = true;
    } else if (line_[i] == ']') {
      in_class = false;
    } else if (line_[i] == '/' && !in_class) {
      at_ = i + 1;
      operand_next_ = false;
      return;
    }
  }
  give_up();
}

void BracketScan::begin_comment() {
  mode_ = Mode::kComment;
  depth_ = 1;
  at_ += 2;
}

void BracketScan::comment() {
  for (; at_ < line_.size(); ++at_) {
    if (sees("*/")) {
      at_ += 2;
      if (--depth_ == 0) {
        mode_ = Mode::kCode;
        return;
      }
      --at_;
    } else if (is(kRust) && sees("/*")) {
      ++depth_;
      ++at_;
    }
  }
}

void BracketScan::begin_text(Text text, std::size_t length) {
  mode_ = Mode::kText;
  text_ = std::move(text);
  at_ += length;
}

void BracketScan::text() {
  for (; at_ < line_.size(); ++at_) {
    if (text_.escapes && line_[at_] == '\\') {
      ++at_;
    } else if (sees(text_.end)) {
      at_ += text_.end.size();
      mode_ = Mode::kCode;
      operand_next_ = control_next_ = false;
      // A quote within the braces of an f-string may be one of its own (since Python 3.12).
      if (text_.is_format && depth_ > 0) give_up();
      return;
    } else if (text_.holes && sees("${")) {
      at_ += 2;
      open_ += '$';
      mode_ = Mode::kCode;
      operand_next_ = true;
      return;
    } else if (text_.is_format && line_[at_] == '{') {
      ++depth_;
    } else if (text_.is_format && line_[at_] == '}') {
      --depth_;
    }
  }
  at_ = line_.size();
}

// The brackets of a directive are those of a macro, to be counted where it is used; one that is
// only half of a pair leaves nothing certain. A comment that begins here may go on in the next
// line.
void BracketScan::directive() {
  std::string_view name;
  if (!continues_) {
    name = line_.substr(line_.find('#') + 1);
    name.remove_prefix(std::min(name.find_first_not_of(" \t"), name.size()));
    name = name.substr(0, std::min(name.find_first_of(" \t(/\"<!"), name.size()));
    macro_depth_ = 0;
    conditional(name);
    ++directives_;
  }
  for (const char c : line_) {
    macro_depth_ += c == '(' || c == '[' || c == '{'   ? 1
                    : c == ')' || c == ']' || c == '}' ? -1
                                                       : 0;
  }
  const bool is_macro = continues_ || name == "define";
  continues_ = line_.ends_with('\\');
  if (is_macro && !continues_ && macro_depth_ != 0) return give_up();
  const std::size_t comment = line_.rfind("/*");
  at_ = line_.size();
  if (comment == std::string_view::npos || line_.find("*/", comment) != std::string_view::npos) {
    return;
  }
  at_ = comment;
  begin_comment();
}

void BracketScan::conditional(std::string_view name) {
  if (name == "if" || name == "ifdef" || name == "ifndef") {
    conditionals_.push_back({.open_before = open_,
                             .open_after = {},
                             .is_guard = name == "ifndef" && directives_ == 0,
                             .is_foreign = line_.find("__cplusplus") != std::string_view::npos});
    return;
  }
  const bool is_else = name.starts_with("el");  // else, elif, elifdef, elifndef
  if (!is_else && name != "endif") return;
  if (conditionals_.empty()) return give_up();
  Conditional& top = conditionals_.back();
  if (top.open_after && *top.open_after != open_) return give_up();
  if (is_else) {
    top.open_after = open_;
    open_ = top.open_before;
    top.is_foreign = false;
    return;
  }
  if (!top.open_after && top.open_before != open_) return give_up();
  conditionals_.pop_back();
}

}  // namespace cromwell::workspace

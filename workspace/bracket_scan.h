// BracketScan: reads a text line by line and says when a bracket closes that was never opened, or
// was opened as another kind: what no continuation can mend. It knows of strings, comments and the
// like just enough to see which brackets are code. Where it cannot be sure (a macro's halves, a
// slash that may divide or begin a pattern, an odd quote), it is not certain() from then on and
// finds no fault any more: it may miss, but does not accuse. A copy is a state to go back to.
// Linear; one thread at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workspace/language.h"

namespace cromwell::workspace {

class BracketScan {
 public:
  static bool supports(Grammar grammar);
  explicit BracketScan(Grammar grammar);  // supports(grammar) holds

  // The next line, without its ending. False: a bracket in it closes what was never opened; the
  // scan is of no use any more then.
  bool feed(std::string_view line);

  bool certain() const { return certain_; }
  // Not within a string or a comment.
  bool in_code() const { return mode_ == Mode::kCode; }
  // The brackets that are open, outermost first: ( [ { , 'k' for "if (", '$' for "${".
  std::string_view open() const { return open_; }

 private:
  enum class Mode { kCode, kComment, kText };

  // What the next quote means.
  struct Text {
    std::string end;         // what ends it
    bool escapes = true;     // a backslash hides the next character
    bool many_lines = true;  // else a line's end within it is a fault, unless escaped
    bool holes = false;      // JavaScript's `${}`
    bool is_format = false;  // Python's f"{}"
  };
  // A conditional of the preprocessor: its branches have to leave the same brackets open.
  struct Conditional {
    std::string open_before;
    std::optional<std::string> open_after;  // of the first branch, once it is over
    bool is_guard = false;                  // of the whole header
    bool is_foreign = false;                // extern "C" { for C++: its brackets do not count
  };

  bool code();  // from at_ to the line's end or to a comment or a text; false: a fault
  void comment();
  void text();
  void directive();
  void conditional(std::string_view name);
  bool bracket(char c);
  bool fault(char closing);
  void quote(char c);
  void word();
  void character_or_lifetime();  // Rust's '
  bool raw_text(std::string_view prefix);
  void slash();
  void pattern();  // JavaScript's /re/

  bool is(Grammar grammar) const { return grammar_ == grammar; }
  bool is_script() const;  // JavaScript and its relatives
  bool is_c() const { return is(Grammar::kC) || is(Grammar::kCpp); }
  bool sees(std::string_view what) const { return line_.substr(at_).starts_with(what); }
  void begin_text(Text text, std::size_t length);
  void begin_comment();
  void give_up() { certain_ = false; }

  Grammar grammar_;
  bool certain_ = true;
  bool is_first_line_ = true;
  Mode mode_ = Mode::kCode;
  Text text_;
  int depth_ = 0;           // of nested comments, of an f-string's braces
  bool continues_ = false;  // a directive goes on in this line
  int macro_depth_ = 0;     // brackets that it has opened
  int directives_ = 0;
  std::string open_;
  std::vector<Conditional> conditionals_;
  bool operand_next_ = true;   // a slash would begin a pattern
  bool control_next_ = false;  // "if" or the like stands just before

  std::string_view line_;  // only within feed()
  std::size_t at_ = 0;
};

}  // namespace cromwell::workspace

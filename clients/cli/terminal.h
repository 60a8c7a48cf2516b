// What the command knows of the terminal: whether colours are wanted, and a progress line on
// standard error that is there only while it means something.
#pragma once

#include <string>
#include <string_view>

namespace cromwell::cli {

// Standard output is a terminal, NO_COLOR is not set and TERM is not "dumb".
bool wants_colour();
bool is_terminal(int fd);

// A unified diff for people: colours where `colour`, and control characters made visible, so that a
// file cannot play with the terminal.
std::string show_diff(std::string_view patch, bool colour);

// `text` with control characters (C0 and C1) other than newline and tab made visible ("\x1b").
std::string printable(std::string_view text);
// The same of a name, which stays in its line.
std::string printable_name(std::string_view name);

// One line on standard error that is written over again and again; nothing where that is no
// terminal.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();  // clears it
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  void show(const std::string& text);
  void clear();

 private:
  const bool on_;
  bool shown_ = false;
};

}  // namespace cromwell::cli

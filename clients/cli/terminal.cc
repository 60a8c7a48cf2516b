#include "clients/cli/terminal.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace cromwell::cli {
namespace {

constexpr std::string_view kReset = "\x1b[0m";

// The colour of a patch's line, empty for none. Header lines stand only before the first hunk.
std::string_view colour_of(std::string_view line, bool in_hunks) {
  if (line.starts_with("@@")) return "\x1b[36m";
  if (!in_hunks) return "\x1b[1m";
  if (line.starts_with('+')) return "\x1b[32m";
  if (line.starts_with('-')) return "\x1b[31m";
  return {};
}

}  // namespace

bool is_terminal(int fd) { return ::isatty(fd) == 1; }

bool wants_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return is_terminal(STDOUT_FILENO) && (no_colour == nullptr || *no_colour == '\0') &&
         (term == nullptr || std::string_view(term) != "dumb");
}

std::string printable(std::string_view text) {
  std::string result;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    // C1 in UTF-8: \x9b alone begins a sequence on many terminals.
    const bool is_c1 = result.ends_with('\xC2') && byte >= 0x80 && byte < 0xA0;
    if (is_c1) result.pop_back();
    if (is_c1 || (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\x%02x", byte);
      result += escaped;
    } else {
      result += c;
    }
  }
  return result;
}

std::string printable_name(std::string_view name) {
  std::string result = printable(name);
  for (const auto& [raw, escaped] : {std::pair{'\n', "\\x0a"}, std::pair{'\t', "\\x09"}}) {
    for (auto at = result.find(raw); at != std::string::npos; at = result.find(raw)) {
      result.replace(at, 1, escaped);
    }
  }
  return result;
}

std::string show_diff(std::string_view patch, bool colour) {
  std::string result;
  bool in_hunks = false;
  while (!patch.empty()) {
    const std::size_t end = std::min(patch.find('\n'), patch.size());
    std::string_view line = patch.substr(0, end);
    patch.remove_prefix(std::min(end + 1, patch.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("@@")) in_hunks = true;
    const std::string_view tint = colour ? colour_of(line, in_hunks) : std::string_view();
    result.append(tint).append(printable(line)).append(tint.empty() ? "" : kReset) += '\n';
  }
  return result;
}

ProgressLine::ProgressLine() : on_(is_terminal(STDERR_FILENO)) {}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::show(const std::string& text) {
  if (!on_) return;
  std::fprintf(stderr, "\r\x1b[K%s", text.c_str());
  shown_ = true;
}

void ProgressLine::clear() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
  shown_ = false;
}

}  // namespace cromwell::cli

#include "api/line_limit.h"

#include <utility>

namespace cromwell::api {

// Whether the line that was begun may stay, now that `next` follows its blanks.
bool LineLimit::keeps(char next) {
  const int indent = static_cast<int>(held_.size()) - 1;
  return next != '\n' && indent >= options_.min_indent;
}

std::string LineLimit::push(std::string_view text, double elapsed_ms) {
  std::string shown;
  for (const char c : text) {
    if (ended_) break;
    if (!held_.empty()) {
      if (c == ' ' || c == '\t') {
        held_ += c;
        continue;
      }
      if (!keeps(c)) {
        ended_ = true;
        break;
      }
      shown += std::exchange(held_, {});
    }
    if (c == '\n' && options_.max_ms > 0 && elapsed_ms > options_.max_ms) {
      ended_ = true;
    } else if (c == '\n' && options_.min_indent > 0) {
      held_ = c;
    } else {
      shown += c;
    }
  }
  if (ended_) held_.clear();
  return shown;
}

std::string LineLimit::finish() { return std::exchange(held_, {}); }

}  // namespace cromwell::api

#include "engine/stop_matcher.h"

#include <algorithm>

namespace cromwell::engine {

StopMatcher::StopMatcher(const std::vector<std::string>& stops) : matched_(stops.size(), 0) {
  auto patterns = std::make_shared<std::vector<Pattern>>();
  for (const std::string& stop : stops) {
    Pattern pattern{.text = stop, .border = std::vector<std::size_t>(stop.size(), 0)};
    for (std::size_t i = 1; i < stop.size(); ++i) {
      pattern.border[i] = advance(pattern, pattern.border[i - 1], stop[i]);
    }
    patterns->push_back(std::move(pattern));
  }
  patterns_ = std::move(patterns);
}

std::size_t StopMatcher::advance(const Pattern& pattern, std::size_t matched, char byte) {
  while (matched > 0 && pattern.text[matched] != byte) matched = pattern.border[matched - 1];
  return pattern.text[matched] == byte ? matched + 1 : 0;
}

bool StopMatcher::push(std::string_view text, std::string& out) {
  if (patterns_->empty()) {
    out += text;
    return false;
  }
  for (const char byte : text) {
    held_ += byte;
    std::size_t longest = 0;
    const Pattern* complete = nullptr;
    for (std::size_t i = 0; i < patterns_->size(); ++i) {
      const Pattern& pattern = (*patterns_)[i];
      matched_[i] = advance(pattern, matched_[i], byte);
      longest = std::max(longest, matched_[i]);
      if (matched_[i] == pattern.text.size() &&
          (complete == nullptr || pattern.text.size() > complete->text.size())) {
        complete = &pattern;
      }
    }
    if (complete != nullptr) {
      out.append(held_, 0, held_.size() - complete->text.size());
      held_.clear();
      match_ = complete->text;
      return true;
    }
    out.append(held_, 0, held_.size() - longest);
    held_.erase(0, held_.size() - longest);
  }
  return false;
}

void StopMatcher::finish(std::string& out) {
  out += held_;
  held_.clear();
}

}  // namespace cromwell::engine

// StopMatcher: lets text through until the first stop string is complete, and holds back what could
// still become one. Works byte by byte, so that the result does not depend on how the text was cut
// into tokens. Owned by one generation.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cromwell::engine {

class StopMatcher {
 public:
  explicit StopMatcher(const std::vector<std::string>& stops);  // none of them empty

  // Appends to `out` the part of the text that is certain. True when a stop string is complete: the
  // text ends before it, and nothing more may be pushed. Of several that end at the same byte the
  // longest counts.
  bool push(std::string_view text, std::string& out);
  // The text ends here: what was held back is text after all.
  void finish(std::string& out);

  const std::string& match() const { return match_; }

 private:
  // A stop string with its Knuth-Morris-Pratt table: border[i] is the length of the longest proper
  // prefix of `text` that is a suffix of text[0 .. i].
  struct Pattern {
    std::string text;
    std::vector<std::size_t> border;
  };
  static std::size_t advance(const Pattern& pattern, std::size_t matched, char byte);

  std::shared_ptr<const std::vector<Pattern>> patterns_;  // shared by a generation's forks
  std::vector<std::size_t> matched_;  // per pattern: how much of it the text ends with
  std::string held_;                  // the longest of these
  std::string match_;
};

}  // namespace cromwell::engine

// Regex: a compiled regular expression over UTF-8, the one home of PCRE2. For pre-tokenizers that a
// tokenizer.json spells out and that we have no scanner for, and for tests of the scanners. Its
// \p{L} follows the Unicode version of the installed PCRE2. Immutable; any thread.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cromwell::tokenizer {

class Regex {
 public:
  static base::Result<Regex> compile(std::string_view pattern);

  // Cuts each of `pieces` into its matches and the gaps between them, appended to `out`. Bytes that
  // are not UTF-8 never match. Where the engine gives up (its limits on backtracking) the rest of
  // a piece is one gap.
  void split(const std::vector<std::string_view>& pieces, std::vector<std::string_view>& out) const;

 private:
  struct Code;
  explicit Regex(std::shared_ptr<const Code> code) : code_(std::move(code)) {}
  std::shared_ptr<const Code> code_;
};

}  // namespace cromwell::tokenizer

// DraftSource: guesses of the next tokens, verified together in one pass. Owned by one generation,
// called on the engine thread only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cromwell::engine {

class DraftSource {
 public:
  virtual ~DraftSource() = default;
  // Appends at most `limit` guessed tokens that follow `text` (prompt and what was generated).
  virtual void propose(std::span<const std::int32_t> text, int limit,
                       std::vector<std::int32_t>& draft) = 0;
};

}  // namespace cromwell::engine

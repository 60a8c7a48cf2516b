// PromptLookup: guesses that the text goes on as it did where its last tokens stood before (prompt
// lookup decoding). Every run of kLookupTokens is chained to the one before it with the same hash,
// so that memory is linear in the text and a look-up is a walk along one chain; of those the
// longest agreement with the end of the text counts, the latest of equals. Owned by one generation,
// engine thread only.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/draft_source.h"
#include "engine/generation.h"

namespace cromwell::engine {

inline constexpr int kLookupTokens = 3;  // the least agreement

class PromptLookup final : public DraftSource {
 public:
  void propose(std::span<const TokenId> text, int limit, std::vector<TokenId>& draft) override;

 private:
  using Text = std::span<const TokenId>;
  void index(Text text);
  void grow(std::size_t tokens);
  std::size_t slot_of(Text text, std::size_t last) const;

  std::vector<std::int32_t> heads_;   // [power of two] the latest run's last position; -1: none
  std::vector<std::int32_t> before_;  // per position: the run before with the same slot; -1: none
};

}  // namespace cromwell::engine

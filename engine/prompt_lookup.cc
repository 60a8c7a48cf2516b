#include "engine/prompt_lookup.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "engine/random.h"

namespace cromwell::engine {
namespace {

constexpr int kLongestLook = 32;   // tokens of agreement after which places count as equal
constexpr int kMostPlaces = 32;    // looked at in one chain
constexpr int kFewestGuesses = 4;  // for the least agreement, twice as many for each token more
constexpr std::size_t kFirstSlots = 1024;

int agreement(std::span<const TokenId> text, std::size_t last) {
  const auto most = std::min<std::size_t>(kLongestLook, last + 1);
  std::size_t count = 0;
  while (count < most && text[last - count] == text[text.size() - 1 - count]) ++count;
  return static_cast<int>(count);
}

}  // namespace

std::size_t PromptLookup::slot_of(Text text, std::size_t last) const {
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < kLookupTokens; ++i) {
    hash = mix64(hash + static_cast<std::uint64_t>(text[last - i]) + 1);
  }
  return hash & (heads_.size() - 1);
}

void PromptLookup::grow(std::size_t tokens) {
  if (tokens < heads_.size()) return;
  heads_.assign(std::max(kFirstSlots, std::bit_ceil(2 * tokens)), -1);
  before_.clear();  // all is chained anew
}

// All runs but the one at the end of the text, which is what is looked up.
void PromptLookup::index(Text text) {
  grow(text.size());
  if (text.size() <= before_.size()) {  // it was rewound
    std::fill(heads_.begin(), heads_.end(), -1);
    before_.clear();
  }
  while (before_.size() + 1 < text.size()) {
    const std::size_t last = before_.size();
    std::int32_t previous = -1;
    if (last + 1 >= kLookupTokens) {
      previous = std::exchange(heads_[slot_of(text, last)], static_cast<std::int32_t>(last));
    }
    before_.push_back(previous);
  }
}

void PromptLookup::propose(Text text, int limit, std::vector<TokenId>& draft) {
  if (text.size() <= kLookupTokens) return;
  index(text);
  std::int32_t place = heads_[slot_of(text, text.size() - 1)];
  std::size_t best = 0;
  int longest = kLookupTokens - 1;
  for (int looked = 0; place >= 0 && looked < kMostPlaces; ++looked) {
    const auto last = static_cast<std::size_t>(place);
    if (const int common = agreement(text, last); common > longest) {
      longest = common;
      best = last;
    }
    place = before_[last];
  }
  if (longest < kLookupTokens) return;
  const int trusted = kFewestGuesses << std::min(longest - kLookupTokens, 8);
  const std::size_t first = draft.size();
  for (int i = 0; i < std::min(limit, trusted); ++i) {
    // Past the end of the text its own guesses go on: a text that repeats itself does so for long.
    const std::size_t from = best + 1 + static_cast<std::size_t>(i);
    draft.push_back(from < text.size() ? text[from] : draft[first + from - text.size()]);
  }
}

}  // namespace cromwell::engine

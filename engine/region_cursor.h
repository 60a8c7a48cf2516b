// RegionCursor: guesses that the answer repeats a text that is known (a region's old text, a
// client's prediction), with a cursor into it. Where the answer departs, the cursor goes to the
// place where the answer's last tokens stand, nearest first, so that it is back one to three tokens
// after an insertion, a deletion or a replacement; right after a departure it guesses that one
// token was exchanged for one. A token that was exchanged for the same other one twice (a new name,
// a deeper indentation) is guessed in its new form. Owned by one generation, engine thread only.
#pragma once

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/draft_source.h"
#include "engine/generation.h"

namespace cromwell::engine {

class RegionCursor final : public DraftSource {
 public:
  // prompt_tokens: where the answer begins in the text that propose() gets.
  RegionCursor(std::vector<TokenId> known, int prompt_tokens);

  void propose(std::span<const TokenId> text, int limit, std::vector<TokenId>& draft) override;

 private:
  using Answer = std::span<const TokenId>;
  struct Exchange {
    TokenId to = 0;
    int times = 0;
  };

  TokenId known(int place) const { return known_[static_cast<std::size_t>(place)]; }
  int size() const { return static_cast<int>(known_.size()); }
  TokenId expected(int place) const;  // known(place), or what it is exchanged for
  void restart();
  void follow(Answer answer);  // its last token is new
  void depart(Answer answer);
  void note_exchange();
  // How many tokens before `place` are the answer's last ones.
  int agreement(Answer answer, int place) const;
  double score(Answer answer, int place) const;

  const std::vector<TokenId> known_;
  std::vector<int> by_token_;  // places of known_, sorted by token, then by place
  const std::size_t prompt_tokens_;

  std::size_t followed_ = 0;   // tokens of the answer that the cursor has seen
  std::optional<int> cursor_;  // the place of the next token; none: lost
  int run_ = 0;                // tokens that agreed just before it
  int anchor_ = 0;             // the place after the last long run
  int strays_ = 0;             // departures since a token agreed
  std::unordered_map<TokenId, Exchange> exchanges_;
  std::optional<std::pair<TokenId, TokenId>> exchange_;  // perhaps one: known token, answer's token
};

}  // namespace cromwell::engine

// How many guesses are worth verifying: by how often guesses were right lately, and by what a pass
// with so many columns more takes. Engine thread only.
#pragma once

#include "engine/pass_cost.h"

namespace cromwell::engine {

// The running probability that one more guess is right, given that those before it were.
class Acceptance {
 public:
  Acceptance() = default;
  // What is thought before the first guess, as if so many had been right and wrong.
  Acceptance(double prior_right, double prior_wrong)
      : prior_right_(prior_right), prior_wrong_(prior_wrong) {}

  // One verification: so many guesses were right, and the next one was wrong or there was none.
  void observe(int accepted, bool rejected);
  // A step without guesses: what was learned says less and less about the text of now.
  void fade();
  double rate() const;

 private:
  double prior_right_ = 32, prior_wrong_ = 1;
  double right_ = 0;  // guesses, older ones for less
  double wrong_ = 0;
};

// A pass that is being formed.
struct PassSoFar {
  int columns = 1;  // with the sequence's own token
  int tokens = 1;   // that are computed or written in it in any case
};

// The length k <= limit with the most tokens per time: with acceptance p
//   (tokens + p + p^2 + ... + p^k) / cost(columns + k)
// (Leviathan et al., "Fast Inference from Transformers via Speculative Decoding", 2023, section
// 3.4, with measured costs in the place of a constant one); where a guess itself takes guess_ms, k
// times that is added to the cost. 0 as long as no pass was measured.
int best_draft_length(const PassCost& cost, PassSoFar pass, double acceptance, int limit,
                      double guess_ms = 0);

// The share of a text's time that so many guesses in each pass save; a pass was measured.
double saved_share(const PassCost& cost, PassSoFar pass, double acceptance, int length,
                   double guess_ms);

}  // namespace cromwell::engine

// Attempts: what the candidates of an edit have written so far, how sure the model was of it, and
// what it cost. A value of one edit: filled while decoding, then read by its finish.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/generation.h"

namespace cromwell::edit {

struct Attempt {
  std::uint64_t seed = 0;
  std::string text;
  std::vector<engine::TokenId> ids;
  std::vector<float> logprobs;    // of each token
  std::vector<std::size_t> ends;  // the text's size after each token
  std::optional<engine::Finished> finished;

  void add(const engine::ScoredToken& token, std::string_view token_text);
  void rewind_to(std::size_t tokens);  // keeps only the first ones
  // How many tokens give no more than the first `bytes` of the text.
  std::size_t tokens_within(std::size_t bytes) const;
  double mean_logprob() const;
};

// The mean probability of the tokens that were not copied from `old_text`, the region as the prompt
// shows it, which begins at `begin` in the attempt's text: those of lines that are new, and the
// first one after lines that were left out. Where there are none, or the answer is of another form
// (no `begin`), of all tokens.
float confidence_of(const Attempt& attempt, std::optional<std::size_t> begin,
                    std::string_view old_text);

class Attempts {
 public:
  explicit Attempts(int candidates = 1) : all_(static_cast<std::size_t>(candidates)) {}

  // Others in their place, which begin with a prompt of their own; usage and times go on.
  void restart(int candidates);

  std::size_t size() const { return all_.size(); }
  Attempt& operator[](std::size_t index) { return all_[index]; }

  void started(std::size_t index, const engine::Started& started);
  void finish(std::size_t index, engine::Finished&& finished);
  bool all_finished() const;

  const std::vector<Attempt>& likeliest_first();  // after it, the indices say nothing

  engine::Usage usage() const;  // of all together
  engine::Timings timings() const;

 private:
  std::vector<Attempt> all_;
  engine::Usage usage_;
  engine::Timings timings_;
  engine::Usage usage_before_;  // restart()
  engine::Timings timings_before_;
};

}  // namespace cromwell::edit

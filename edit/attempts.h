// Attempts: what the candidates of an edit have written so far, how sure the model was of it, and
// what it cost. A value of one edit: filled while decoding, then read by its finish.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/generation.h"

namespace cromwell::edit {

struct Attempt {
  std::string text;
  std::vector<engine::TokenId> ids;
  double logprob_sum = 0;
  std::optional<engine::Finished> finished;

  double mean_logprob() const {
    return ids.empty() ? 0 : logprob_sum / static_cast<double>(ids.size());
  }
};

class Attempts {
 public:
  explicit Attempts(int candidates = 1) : all_(static_cast<std::size_t>(candidates)) {}

  std::size_t size() const { return all_.size(); }
  Attempt& operator[](std::size_t index) { return all_[index]; }

  // The prompt and its times are the first's, which computed it for all.
  void started(const engine::Started& started);
  void add(std::size_t index, const engine::ScoredToken& token);
  void finish(std::size_t index, engine::Finished&& finished);
  bool all_finished() const;

  const std::vector<Attempt>& likeliest_first();  // after it, the indices say nothing

  const engine::Usage& usage() const { return usage_; }  // of all together
  const engine::Timings& timings() const { return timings_; }

 private:
  std::vector<Attempt> all_;
  engine::Usage usage_;
  engine::Timings timings_;
};

}  // namespace cromwell::edit

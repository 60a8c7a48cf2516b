// Constraint: which tokens may come next. Owned by one generation, called on the engine thread
// only.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace cromwell::engine {

class Constraint {
 public:
  virtual ~Constraint() = default;
  // Sets the logits of tokens that may not come next to -infinity. logits: [vocab_size]
  virtual void mask(std::span<float> logits) = 0;
  // `token` was chosen.
  virtual void accept(std::int32_t token) = 0;
  // Back to the state after the first `tokens` accepted ones.
  virtual void rewind_to(int tokens) = 0;
  // Another in the same state, for a fork. Null: a generation with this constraint cannot fork.
  virtual std::unique_ptr<Constraint> clone() const { return nullptr; }
};

}  // namespace cromwell::engine

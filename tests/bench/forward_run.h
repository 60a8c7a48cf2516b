// ForwardRun: one sequence of a fixed pseudo-random text through a model, without engine or server,
// and what a pass must at least read and compute. For benchmarks; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/transformer.h"

namespace cromwell::bench {

// What the weights alone ask of the machine; a multiplication and an addition are two operations.
struct ModelCost {
  double layer_ops = 0;     // a token, all layers' matrices
  double head_ops = 0;      // a token that wants logits
  double weight_bytes = 0;  // a pass, with the head
  double kv_bytes = 0;      // of one position, all layers

  double pass_ops(int tokens) const { return layer_ops * tokens + head_ops; }  // one wants logits
  double decode_bytes(int position) const { return weight_bytes + kv_bytes * (position + 1); }
};

ModelCost cost_of(const model::Transformer& model);

// The matrices that a pass reads, head included.
std::vector<std::span<const std::byte>> weights_of(const model::Transformer& model);

class ForwardRun {
 public:
  // Room for `length` positions, from page 0 on.
  ForwardRun(model::Transformer& model, int length);

  // All return the seconds that positions begin .. end - 1 take: in one pass with the last one's
  // logits; in passes of at most `chunk`, of which the last wants logits; one by one, with logits.
  double pass(int begin, int end, bool wants_logits = true);
  double prefill(int begin, int end, int chunk);
  double decode(int begin, int end);

  // Of the last logits: equal for every number of threads and every chunk (FNV-1a).
  std::uint64_t hash() const;

 private:
  model::Transformer& model_;
  std::vector<float> logits_;
  std::vector<model::PageId> pages_;
  std::span<const model::PageId> table_;
  std::vector<model::BatchToken> tokens_;
};

// The middle of several measurements; of an even number the mean of the two in the middle.
double median(std::vector<double> values);

}  // namespace cromwell::bench

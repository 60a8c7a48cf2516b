// ActivationBuffers: everything that a forward pass writes besides the KV pages, allocated once for
// the largest batch. Not here: what is computed. Owned by the model; its workers write disjoint
// rows or columns.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>

#include "base/result.h"
#include "kernels/kernels.h"
#include "model/config.h"

namespace cromwell::model {

struct ActivationBuffers {
  static constexpr std::size_t kAlignment = 64;

  static base::Result<ActivationBuffers> allocate(const ModelConfig& config, int max_tokens);

  // The input of a quantised product, `cols` wide.
  kernels::ActivationPanel panel(int tokens, int cols) const {
    return {.blocks = blocks,
            .outliers = outliers,
            .groups = groups,
            .marks = marks,
            .ranges = ranges,
            .tokens = tokens,
            .cols = cols};
  }

  float* x = nullptr;     // [tokens, hidden]: the residual stream
  float* h = nullptr;     // [tokens, hidden]: x normalised
  float* y = nullptr;     // [tokens, hidden]: what a sublayer adds to x
  float* q = nullptr;     // [tokens, heads, head_dim]
  float* k = nullptr;     // [tokens, kv_heads, head_dim]
  float* v = nullptr;     // [tokens, kv_heads, head_dim]
  float* attn = nullptr;  // [tokens, heads, head_dim]
  float* gate = nullptr;  // [tokens, ffn]
  float* up = nullptr;    // [tokens, ffn]
  float* cos = nullptr;   // [tokens, rope_dim / 2]
  float* sin = nullptr;   // [tokens, rope_dim / 2]
  // The input of the next product in int8, see kernels/activation_panel.h; `widest` is the largest
  // of hidden, q_dim and ffn.
  kernels::ActivationBlock* blocks = nullptr;    // [tokens * widest / 32]
  kernels::ActivationBlock* outliers = nullptr;  // [tokens * widest / 32]
  kernels::ActivationGroup* groups = nullptr;    // [tokens * widest / 128], rounded up
  std::uint64_t* marks = nullptr;                // [tokens / 64, widest / 32]
  float* ranges = nullptr;                       // [tokens * widest / 32]

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::unique_ptr<void, Free> memory_;
};

}  // namespace cromwell::model

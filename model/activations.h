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

  // `parts`: that a pass is taken apart into, at most.
  static base::Result<ActivationBuffers> allocate(const ModelConfig& config, int max_tokens,
                                                  int parts);

  // The input of a quantised product, `cols` wide: of all tokens, or of those from `begin` on, the
  // pass's part of that number. Parts have memory of their own however wide the inputs are that
  // each of them has.
  kernels::ActivationPanel panel(int tokens, int cols, int begin = 0, int part = 0) const {
    const std::ptrdiff_t first = std::ptrdiff_t{begin} * widest_blocks;
    const std::ptrdiff_t chunk = begin / kernels::kPanelTokens + part;
    return {.blocks = blocks + first,
            .outliers = outliers + first,
            .groups = groups + std::ptrdiff_t{begin} * widest_groups(),
            .marks = marks + chunk * widest_blocks,
            .ranges = ranges + first,
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
  // The input of the next product in int8, see kernels/activation_panel.h.
  kernels::ActivationBlock* blocks = nullptr;    // [tokens, widest_blocks]
  kernels::ActivationBlock* outliers = nullptr;  // [tokens, widest_blocks]
  kernels::ActivationGroup* groups = nullptr;    // [tokens, widest_groups()]
  std::uint64_t* marks = nullptr;                // [tokens / 64 + parts, widest_blocks]
  float* ranges = nullptr;                       // [tokens, widest_blocks]
  int widest_blocks = 0;                         // of the widest of hidden, q_dim and ffn

  int widest_groups() const { return widest_blocks / kernels::kGroupBlocks + 1; }

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::unique_ptr<void, Free> memory_;
};

}  // namespace cromwell::model

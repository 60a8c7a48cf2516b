// ActivationBuffers: everything that a forward pass writes besides the KV pages, allocated once for
// the largest batch. Not here: what is computed. Owned by the model; its workers write disjoint
// rows or columns.
//
// The input x of a product of quantised weights is stored as one or as two int8 rows:
//   x ~ q s + q' s',   where q' s' is the int8 form of the remainder x - q s.
// One row alone (about 8 bits) moves SmolLM2's logits by 0.12 (root mean square) from what float32
// activations give, which turned 13 of 512 greedy choices; both rows (about 15 bits) move them by
// 0.001 and turned none.
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

  // The int8 rows from `first` on of an input that is `cols` wide.
  kernels::QuantizedActivations int8_rows(int first, int rows, int cols) const {
    const std::ptrdiff_t at = std::ptrdiff_t{first} * cols;
    return {.q = q8 + at,
            .scale = q8_scale + at / kernels::kActivationBlock,
            .sum16 = q8_sum16 + at / 16,
            .tokens = rows,
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
  // The input of the next product in int8: a row for each token, then their remainders' rows; cols
  // is at most the widest of hidden, q_dim and ffn.
  std::int8_t* q8 = nullptr;         // [2 * tokens, cols]
  float* q8_scale = nullptr;         // [2 * tokens, cols / 32]
  std::int16_t* q8_sum16 = nullptr;  // [2 * tokens, cols / 16]
  float* remainder = nullptr;        // [tokens, cols]

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::unique_ptr<void, Free> memory_;
};

}  // namespace cromwell::model

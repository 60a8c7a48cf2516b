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

  // The first `tokens` rows of `f32`, with the int8 form that quantize_activations fills.
  kernels::Activations input(const float* f32, int tokens, int cols) const {
    return {.f32 = f32,
            .q8 = {.q = q8, .scale = q8_scale, .sum16 = q8_sum16, .tokens = tokens, .cols = cols}};
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
  // The input of the next matrix product in int8; cols is the widest of hidden, q_dim and ffn.
  std::int8_t* q8 = nullptr;         // [tokens, cols]
  float* q8_scale = nullptr;         // [tokens, cols / 32]
  std::int16_t* q8_sum16 = nullptr;  // [tokens, cols / 16]

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::unique_ptr<void, Free> memory_;
};

}  // namespace cromwell::model

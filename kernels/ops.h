// The table of arithmetic. Every entry works on plain spans, allocates nothing and is called by one
// worker of the fork-join pool on its share of the rows, tokens or heads. One table per instruction
// set (kernels/scalar, kernels/avx2, ...), chosen once at start: `select_kernels` in kernels.h.
// Only plain types: this header is compiled with extra instruction flags, where a standard template
// would leak its copy into the whole program.
//
// The number rule (DESIGN section 9): a result is bitwise the same whatever the number of columns
// in the call and whatever the split over workers. So every output element is a sum in one
// canonical order per instruction set:
//   quantised weights: per block of 32 inputs the exact integer sum, then one float for its group
//     (activation_panel.h), group = fma(weight_scale, integer_sum, group), blocks ascending; a type
//     with a float minimum goes on with group = fma(minimum, activation_sum, group). At the group's
//     end, minima that are whole numbers: group = fma(minimum_scale, integer_sum, group), and
//     acc = fma(activation_scale, group, acc), groups ascending. Scales of sub-blocks of 16 are
//     integers and part of the integer sums. A block's second entry is a group by itself, added to
//     acc before its block's. This order does not depend on vector width, so here all instruction
//     sets agree bit for bit;
//   F32/F16/BF16 weights: one accumulator, acc = fma(weight, activation, acc), from zero, k
//     ascending. Rows lie in the lanes, so vector width does not matter here either: all sets with
//     fma agree bit for bit; scalar, which has none, rounds the product too;
//   attention: KV in fixed segments of 256 positions, each with its own maximum and sum, combined
//   ascending.
#pragma once

#include <cstdint>

#include "kernels/activation_panel.h"
#include "kernels/kv_block.h"
#include "kernels/weight_type.h"

namespace cromwell::kernels {

inline constexpr int kKvSegment = 256;  // positions that share one maximum in attention

// One of the two, by the weight's type: `wants_quantized(type)` says which one matmul reads.
struct Activations {
  const float* f32 = nullptr;  // [tokens, cols]
  ActivationPanel q8;
};

// y[t * y_stride + row] = sum_k w[row, k] * x[t, k] for row_begin <= row < row_end and every token
// t. row_begin is a multiple of kRowAlign (the caller splits so); row_end is one too or w.rows.
using MatmulFn = void (*)(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                          int row_end, float* y, int y_stride);
inline constexpr int kRowAlign = 32;  // whole runs of packed rows

// Queries of one sequence at consecutive positions, one KV head and the `group` query heads that
// share it. Token i of the call attends to positions 0 .. first_position + i, or to the last
// `window` of these; query n is head n % group of token n / group.
struct AttentionArgs {
  const float* q = nullptr;  // [n_tokens, q_stride], the group's heads adjacent: [group, head_dim]
  int q_stride = 0;
  float* out = nullptr;  // same layout as q
  int out_stride = 0;
  int n_tokens = 0;
  int first_position = 0;
  int group = 0;
  int head_dim = 0;  // a multiple of 16, at most kMaxHeadDim
  int window = 0;    // positions that a token attends to, its own included; 0: all
  float scale = 0;   // usually 1 / sqrt(head_dim)
  // K and V of this head in block b (positions 64 b ...), as kv_block.h lays them out.
  KvType kv_type = KvType::kF16;
  const std::byte* const* k_blocks = nullptr;
  const std::byte* const* v_blocks = nullptr;

  // Not null: several workers share the call's segments. Each leaves the results of its own,
  // [segment_begin, segment_end), here, and `combine_segments` makes of all of them what one call
  // for all segments writes to `out`. A segment before a query's window has no result.
  float* partials = nullptr;  // [n_tokens * group, segments, attention_partial(head_dim)]
  int segments = 0;           // of the call's last token
  int segment_begin = 0;
  int segment_end = 0;
};

// The first position that the token at `position` attends to.
static constexpr int first_visible(const AttentionArgs& args, int position) {
  return args.window > 0 && position >= args.window ? position - args.window + 1 : 0;
}

// Floats of one query's result in one segment: the weighted sum of values, then the largest score
// and the sum of weights, padded to whole vectors.
static constexpr int attention_partial(int head_dim) { return head_dim + 16; }

// Of some logits. Where one is NaN or +infinity the sum is NaN; where all are -infinity it is 0.
struct LogitSum {
  float max = 0;
  float sum = 0;  // of e^(x - max)
};

enum class RopeLayout {
  kInterleaved,  // pairs (2i, 2i+1): `llama` GGUF files
  kHalves,       // pairs (i, i + n/2): `qwen2`, `qwen3`
};

struct Kernels {
  const char* name;  // "scalar", "avx2", ...
  // matmul reads the packed copy of a quantised matrix that has one; of a float matrix every
  // table's does.
  bool reads_packed = false;

  // The matmul for a weight type, nullptr if this build has none.
  MatmulFn (*matmul)(WeightType type);

  // Rows [token_begin, token_end) of x, [tokens, cols], to their places in `out`. Blocks whose
  // range is above `outlier_above` times the row's usual range get a second entry: 0 is all of
  // them, infinity none. `clear_marks` comes before; workers may share a panel out by tokens.
  void (*quantize_activations)(const float* x, int token_begin, int token_end, float outlier_above,
                               const ActivationPanel& out);
  // One row of a matrix as floats (the embedding look-up). out: [w.cols]
  void (*dequantize_row)(const WeightMatrix& w, int row, float* out);

  // out[i] = x[i] / sqrt(mean(x^2) + eps) * gamma[i]; x, gamma, out: [n]; out may be x.
  void (*rms_norm)(const float* x, const float* gamma, int n, float eps, float* out);
  // Rotates the first rope_dim elements of each head in place. x: [n_heads, head_dim];
  // cos, sin: [rope_dim / 2] for this position.
  void (*rope)(float* x, int n_heads, int head_dim, int rope_dim, const float* cos,
               const float* sin, RopeLayout layout);
  // out[i] = gate[i] * sigmoid(gate[i]) * up[i] (SiLU gate); out may be gate.
  void (*swiglu_silu)(const float* gate, const float* up, int n, float* out);
  // out[i] = sigmoid(gate[i]) * up[i] (the seed's formula, `cromwell.ffn_gate = "sigmoid"`).
  void (*swiglu_sigmoid)(const float* gate, const float* up, int n, float* out);
  void (*add)(const float* x, int n, float* y);   // y += x
  LogitSum (*sum_logits)(const float* x, int n);  // n >= 1

  // One position's key and value of one head into place `slot` of their blocks. k, v: [head_dim]
  void (*store_kv)(KvType type, const float* k, const float* v, int head_dim, int slot,
                   std::byte* k_block, std::byte* v_block);
  void (*attention)(const AttentionArgs& args);
  void (*combine_segments)(const AttentionArgs& args);  // all of `partials` into out
};

}  // namespace cromwell::kernels

// ActivationPanel: the inputs of a quantised product as the kernels read them, int8 with a scale
// per 32, one cache line per token and 32 inputs. Layout and the remainders' packing; the numbers
// are made by the table's `quantize_activations`. Plain types: see ops.h.
//
//   scale = max|x| / 127 per 32,  q = round-to-nearest-even(x * (127 / max|x|))
//
// A block whose scale is far above its row's usual one (the mean of those that are at most twice
// the mean of all) holds an outlier, and rounds its other members away. Such a block has a second
// entry: its remainder x - scale * q, quantised in the same way, so that both together have about
// 15 bits. To a kernel a remainder is one more token that adds to the same output.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cromwell::kernels {

inline constexpr int kActivationBlock = 32;  // activations per int8 scale
inline constexpr int kPanelTokens = 64;      // tokens whose blocks lie together

struct alignas(64) ActivationBlock {
  std::int8_t q[kActivationBlock];
  float scale;
  float scaled_sum;        // scale * sum of q
  std::int32_t minus_sum;  // of q
  std::int16_t sum16[2];   // of each half of q
  std::int32_t token;      // within its 64
};
static_assert(sizeof(ActivationBlock) == 64);

// The memory belongs to the caller. Tokens go in chunks of kPanelTokens; a chunk of n tokens has
// [cols / 32, n] blocks, and as many places for remainders, of which the first
// remainder_counts[chunk, block] are used, tokens ascending.
struct ActivationPanel {
  ActivationBlock* blocks = nullptr;         // tokens * cols / 32 of them
  ActivationBlock* remainders = nullptr;     // as many
  std::int32_t* remainder_counts = nullptr;  // [chunks, cols / 32]
  int tokens = 0;
  int cols = 0;  // a multiple of 32

  // Inlined always: a copy compiled for one instruction set must not serve another.
  [[gnu::always_inline]] int row_blocks() const { return cols / kActivationBlock; }
  [[gnu::always_inline]] int chunks() const { return (tokens + kPanelTokens - 1) / kPanelTokens; }
  [[gnu::always_inline]] int chunk_tokens(int chunk) const {
    const int left = tokens - chunk * kPanelTokens;
    return left < kPanelTokens ? left : kPanelTokens;
  }
  // Where the entries of `block` begin, in `blocks` and in `remainders`.
  [[gnu::always_inline]] std::ptrdiff_t begin(int chunk, int block) const {
    return static_cast<std::ptrdiff_t>(chunk) * kPanelTokens * row_blocks() +
           static_cast<std::ptrdiff_t>(block) * chunk_tokens(chunk);
  }
  [[gnu::always_inline]] std::int32_t& remainder_count(int chunk, int block) const {
    return remainder_counts[static_cast<std::ptrdiff_t>(chunk) * row_blocks() + block];
  }
};

// After all tokens are quantised: moves the remainders that are kept (scale is not 0) to the front
// of their block's places, and counts them. Blocks [block_begin, block_end) of every chunk.
void gather_remainders(const ActivationPanel& panel, int block_begin, int block_end);

}  // namespace cromwell::kernels

// ActivationPanel: the inputs of a quantised product as the kernels read them, int8 with a scale
// for every group of four blocks of 32, one cache line per token and block. Layout only; the
// numbers are made by the table's `quantize_activations`. Plain types: see ops.h.
//
//   scale = range / 127 of a group,  q = round-to-nearest-even(x * (127 / range))
//
// where a range is max|x|. A block whose range is far above its row's usual one (the mean of those
// that are at most twice the mean of all) holds an outlier, and would round the other members of
// its group away. Such a block is quantised first by itself, with its own scale, into a second
// entry; in the group it has what that leaves, x - scale * q, a range of half that scale, so that
// both together have about 15 bits. To a kernel the second entry is one more token that adds to the
// same output.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cromwell::kernels {

inline constexpr int kActivationBlock = 32;  // activations of one entry
inline constexpr int kGroupBlocks = 4;       // blocks that share a scale; a row's last may be fewer
inline constexpr int kPanelTokens = 64;      // tokens whose blocks lie together

// Weights are often stored as unsigned numbers, so much too large. What that makes a sum of
// products too large is the offset times the sum of q: ready in each block, since in the kernels
// one instruction more for it is one in twenty.
inline constexpr std::int32_t kWeightOffsets[4] = {8, 16, 124, 128};

consteval int offset_index(std::int32_t offset) {
  int i = 0;
  while (kWeightOffsets[i] != offset) ++i;
  return i;
}

struct alignas(64) ActivationBlock {
  std::int8_t q[kActivationBlock];
  float scale;                   // the group's, or an outlier's own
  float sum;                     // of q
  std::int32_t minus_offset[4];  // - kWeightOffsets[i] * sum of q
  std::int16_t sum16[2];         // of each half of q
  std::int16_t sum32[2];         // of q, twice
};
static_assert(sizeof(ActivationBlock) == 64);

// What a group's blocks have in common, and their sums of q once more, side by side.
struct alignas(32) ActivationGroup {
  float scale;
  std::int16_t sum32[kGroupBlocks];      // of each block
  std::int16_t sum16[2 * kGroupBlocks];  // of each half of each block
};
static_assert(sizeof(ActivationGroup) == 32);

// The memory belongs to the caller. Tokens go in chunks of kPanelTokens; a chunk of n tokens has
// [cols / 32, n] blocks, and as many outliers, of which those are there that `marks` names: bit t
// for the chunk's token t; and [row_groups(), n] groups.
struct ActivationPanel {
  ActivationBlock* blocks = nullptr;    // tokens * cols / 32 of them
  ActivationBlock* outliers = nullptr;  // as many: second entries
  ActivationGroup* groups = nullptr;    // tokens * row_groups() of them
  std::uint64_t* marks = nullptr;       // [chunks, cols / 32]
  float* ranges = nullptr;              // [tokens, cols / 32]: of the blocks, row by row
  int tokens = 0;
  int cols = 0;  // a multiple of 32

  // Inlined always: a copy compiled for one instruction set must not serve another.
  [[gnu::always_inline]] int row_blocks() const { return cols / kActivationBlock; }
  [[gnu::always_inline]] int chunks() const { return (tokens + kPanelTokens - 1) / kPanelTokens; }
  [[gnu::always_inline]] int chunk_tokens(int chunk) const {
    const int left = tokens - chunk * kPanelTokens;
    return left < kPanelTokens ? left : kPanelTokens;
  }
  [[gnu::always_inline]] int row_groups() const {
    return (row_blocks() + kGroupBlocks - 1) / kGroupBlocks;
  }
  // Where the entries of `block` begin, in `blocks` and in `outliers`.
  [[gnu::always_inline]] std::ptrdiff_t begin(int chunk, int block) const {
    return static_cast<std::ptrdiff_t>(chunk) * kPanelTokens * row_blocks() +
           static_cast<std::ptrdiff_t>(block) * chunk_tokens(chunk);
  }
  // Where those of the group that holds `block` begin, in `groups`.
  [[gnu::always_inline]] std::ptrdiff_t group_begin(int chunk, int block) const {
    return static_cast<std::ptrdiff_t>(chunk) * kPanelTokens * row_groups() +
           static_cast<std::ptrdiff_t>(block / kGroupBlocks) * chunk_tokens(chunk);
  }
  [[gnu::always_inline]] std::uint64_t& mark(int chunk, int block) const {
    return marks[static_cast<std::ptrdiff_t>(chunk) * row_blocks() + block];
  }
};

// Bit `token` of a mark that other workers write other bits of.
[[gnu::always_inline]] inline void set_mark(std::uint64_t& mark, int token) {
  __atomic_fetch_or(&mark, std::uint64_t{1} << token, __ATOMIC_RELAXED);
}

// No block has a second entry: before any token is quantised.
void clear_marks(const ActivationPanel& panel);

}  // namespace cromwell::kernels

// The product of quantised weights and int8 activations, for any vector width: rows lie in the
// lanes. A tile of kLanes rows is unpacked once per panel of inputs and used for every token, so
// that a prompt's chunk pays for it once. Instantiated only in kernels/<isa>/.
//
//   for each chunk of tokens, panel of inputs:  copy the activations together (Panel)
//     for each tile of rows, block of 32 inputs:  unpack [kLanes rows, 32]
//       for each token:  acc[token][row] += ...       (Format::accumulate)
//
// Every output meets its blocks in ascending order and its accumulator is stored and loaded without
// change, so neither panels nor chunks alter a bit.
//
// A Format has: V (the vector type's operations), Block (as in the file), Tile (one unpacked block
// of 32), kBlocks (32-blocks per Block) and
//   void unpack(const Block* const* rows, std::ptrdiff_t index, Tile* tiles)   // [kBlocks]
//   V::Float accumulate(const Tile&, const PanelBlock&, V::Float acc)
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/ops.h"

namespace cromwell::kernels::vector {

// 32 activations of one token with all that a Format may need of them.
struct PanelBlock {
  std::int8_t q[32];
  float scale;
  float scaled_sum;       // scale * sum
  std::int32_t sum;       // of q
  std::int16_t sum16[2];  // of each half of q
};
static_assert(sizeof(PanelBlock) == 48);

inline constexpr int kMaxTokens = 64;      // tokens per chunk
inline constexpr int kPanelBlocks = 1024;  // 48 KiB on the stack: stays in the first-level cache
inline constexpr int kSuperBlock = 8;      // panels hold whole blocks of 256

template <class Format>
struct Tiled {
  using V = typename Format::V;
  using Block = typename Format::Block;
  static constexpr int kLanes = V::kLanes;
  static constexpr std::ptrdiff_t kBlockBytes = sizeof(Block);

  struct Scratch {
    alignas(64) PanelBlock panel[kPanelBlocks];  // [block, token]
    alignas(64) float acc[kMaxTokens * kLanes];  // [token, row]
  };

  static void pack(const QuantizedActivations& x, int token_begin, int tokens, int block_begin,
                   int blocks, PanelBlock* panel) {
    const std::ptrdiff_t row_blocks = x.cols / 32;
    for (int t = 0; t < tokens; ++t) {
      const std::ptrdiff_t first = (token_begin + t) * row_blocks + block_begin;
      for (int b = 0; b < blocks; ++b) {
        const std::ptrdiff_t from = first + b;
        PanelBlock& to = panel[b * tokens + t];
        for (int i = 0; i < 32; ++i) to.q[i] = x.q[32 * from + i];
        to.sum16[0] = x.sum16[2 * from];
        to.sum16[1] = x.sum16[2 * from + 1];
        to.sum = to.sum16[0] + to.sum16[1];
        to.scale = x.scale[from];
        to.scaled_sum = to.scale * static_cast<float>(to.sum);
      }
    }
  }

  // The rows of a tile are more streams than the hardware follows, but together they are one run of
  // bytes: while a tile is multiplied its successor is fetched from front to back.
  static void prefetch(const char* next) {
    for (std::ptrdiff_t i = 0; i < kLanes * kBlockBytes; i += 64) V::prefetch(next + i);
  }

  // kTokens is the number of tokens where it is known, else 0: a single token keeps its accumulator
  // in a register.
  template <int kTokens>
  static void multiply(const Block* const* rows, int block_begin, int blocks,
                       const PanelBlock* panel, int tokens, float* acc) {
    const int n = kTokens == 0 ? tokens : kTokens;
    const std::ptrdiff_t tile_bytes = kLanes * (rows[1] - rows[0]) * kBlockBytes;
    const char* next_tile = reinterpret_cast<const char*>(rows[0]) + tile_bytes;
    for (int b = 0; b < blocks; b += Format::kBlocks) {
      const std::ptrdiff_t index = (block_begin + b) / Format::kBlocks;
      prefetch(next_tile + index * kLanes * kBlockBytes);
      typename Format::Tile tiles[Format::kBlocks];
      Format::unpack(rows, index, tiles);
      for (int s = 0; s < Format::kBlocks; ++s) {
        const typename Format::Tile tile = tiles[s];
        const PanelBlock* x = panel + (b + s) * n;
        for (int t = 0; t < n; ++t) {
          V::store(acc + t * kLanes, Format::accumulate(tile, x[t], V::load(acc + t * kLanes)));
        }
      }
    }
  }

  static void load_acc(const float* y, std::ptrdiff_t y_stride, int tokens, int rows, float* acc) {
    for (int t = 0; t < tokens; ++t) {
      V::store(acc + t * kLanes, V::load_partial(y + t * y_stride, rows));
    }
  }

  static void store_acc(const float* acc, int tokens, int rows, float* y, std::ptrdiff_t y_stride) {
    for (int t = 0; t < tokens; ++t) {
      V::store_partial(y + t * y_stride, V::load(acc + t * kLanes), rows);
    }
  }

  static void matmul(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                     int row_end, float* y, int y_stride) {
    Scratch scratch;
    const int blocks = w.cols / 32;
    for (int t = 0; t < tokens; t += kMaxTokens) {
      const int n = tokens - t < kMaxTokens ? tokens - t : kMaxTokens;
      const int step = kPanelBlocks / n / kSuperBlock * kSuperBlock;
      for (int b = 0; b < blocks; b += step) {
        const int n_blocks = blocks - b < step ? blocks - b : step;
        pack(x.q8, t, n, b, n_blocks, scratch.panel);
        for (int row = row_begin; row < row_end; row += kLanes) {
          const int n_rows = row_end - row < kLanes ? row_end - row : kLanes;
          panel_tile(w, row, n_rows, b, n_blocks, n, scratch,
                     y + static_cast<std::ptrdiff_t>(t) * y_stride + row, y_stride);
        }
      }
    }
  }

  // One tile of rows times one panel. Lanes past the last row repeat it and are not stored.
  static void panel_tile(const WeightMatrix& w, int row, int n_rows, int block_begin, int blocks,
                         int tokens, Scratch& scratch, float* y, std::ptrdiff_t y_stride) {
    const Block* rows[kLanes];
    for (int r = 0; r < kLanes; ++r) {
      const int used = row + (r < n_rows ? r : n_rows - 1);
      rows[r] =
          reinterpret_cast<const Block*>(w.data + static_cast<std::size_t>(used) * w.row_bytes);
    }
    if (block_begin == 0) {
      for (int t = 0; t < tokens; ++t) V::store(scratch.acc + t * kLanes, V::zero());
    } else {
      load_acc(y, y_stride, tokens, n_rows, scratch.acc);
    }
    if (tokens == 1) {
      multiply<1>(rows, block_begin, blocks, scratch.panel, 1, scratch.acc);
    } else {
      multiply<0>(rows, block_begin, blocks, scratch.panel, tokens, scratch.acc);
    }
    store_acc(scratch.acc, tokens, n_rows, y, y_stride);
  }
};

}  // namespace cromwell::kernels::vector

// The product of quantised weights and int8 activations, for any vector width: rows lie in the
// lanes. A tile of rows, one or a few vectors high, is unpacked once per panel of inputs and used
// for every token, so that a prompt's chunk pays for it once. Instantiated only in kernels/<isa>/.
//
//   for each chunk of tokens, panel of inputs:  copy the activations together (PanelBlock)
//     for each tile of rows, block of 32 inputs:  unpack [rows, 32]
//       for each token:  acc[token][row] += ...       (Format::accumulate)
//
// Every output meets its blocks in ascending order and its accumulator is stored and loaded without
// change, so neither panels nor chunks nor the height of a tile alter a bit.
//
// A Format has: V (the vector type's operations), Block (as in the file), Tile (one unpacked block
// of 32, one vector high), kBlocks (32-blocks per Block) and
//   void unpack(const Block* const* rows, std::ptrdiff_t index, tile)
//     tile(s) is the Tile of 32-block s < kBlocks
//   void accumulate<kHeight>(const Tile* tile, const PanelBlock&, V::Float* acc)
//     tile, acc: [kHeight]
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
  using Float = typename V::Float;
  using Block = typename Format::Block;
  static constexpr int kLanes = V::kLanes;
  static constexpr std::ptrdiff_t kBlockBytes = sizeof(Block);

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

  // A tile of kHeight vectors of rows. kTokens is the number of tokens where it is known, else 0: a
  // single token keeps its accumulator in a register.
  template <int kHeight, int kTokens>
  struct RowTile {
    static constexpr int kRows = kHeight * kLanes;
    using Tile = typename Format::Tile;

    // The rows of a tile are more streams than the hardware follows, but together they are one run
    // of bytes: while a tile is multiplied its successor is fetched from front to back.
    static void prefetch(const char* next) {
      for (std::ptrdiff_t i = 0; i < kRows * kBlockBytes; i += 64) V::prefetch(next + i);
    }

    // Not inlined: the tile gets all registers, none is taken by what surrounds the loop.
    [[gnu::noinline]] static void multiply_block(const Tile* tiles, const PanelBlock* x, int tokens,
                                                 float* acc) {
      Tile tile[kHeight];
      for (int h = 0; h < kHeight; ++h) tile[h] = tiles[h];
      for (int t = 0; t < tokens; ++t) multiply_token(tile, x[t], acc + t * kRows);
    }

    static void multiply_token(const Tile* tile, const PanelBlock& x, float* acc) {
      Float sums[kHeight];
      for (int h = 0; h < kHeight; ++h) sums[h] = V::load(acc + h * kLanes);
      Format::template accumulate<kHeight>(tile, x, sums);
      for (int h = 0; h < kHeight; ++h) V::store(acc + h * kLanes, sums[h]);
    }

    static void multiply(const Block* const* rows, int block_begin, int blocks,
                         const PanelBlock* panel, int tokens, float* acc) {
      const int n = kTokens == 0 ? tokens : kTokens;
      const std::ptrdiff_t tile_bytes = kRows * (rows[1] - rows[0]) * kBlockBytes;
      const char* next_tile = reinterpret_cast<const char*>(rows[0]) + tile_bytes;
      for (int b = 0; b < blocks; b += Format::kBlocks) {
        const std::ptrdiff_t index = (block_begin + b) / Format::kBlocks;
        prefetch(next_tile + index * kRows * kBlockBytes);
        Tile tiles[Format::kBlocks][kHeight];
        for (int h = 0; h < kHeight; ++h) {
          Format::unpack(rows + h * kLanes, index, [&](int s) -> Tile& { return tiles[s][h]; });
        }
        for (int s = 0; s < Format::kBlocks; ++s) {
          const PanelBlock* x = panel + (b + s) * n;
          if constexpr (kTokens == 1) {
            multiply_token(tiles[s], *x, acc);
          } else {
            multiply_block(tiles[s], x, n, acc);
          }
        }
      }
    }

    // Rows [row, row + n_rows) times one panel. Lanes past the last row repeat it and are not
    // stored.
    static void run(const WeightMatrix& w, int row, int n_rows, int block_begin, int blocks,
                    const PanelBlock* panel, int tokens, float* y, std::ptrdiff_t y_stride) {
      alignas(64) float acc[kMaxTokens * kRows];  // [token, row]
      const Block* rows[kRows];
      for (int r = 0; r < kRows; ++r) {
        const int used = row + (r < n_rows ? r : n_rows - 1);
        rows[r] =
            reinterpret_cast<const Block*>(w.data + static_cast<std::size_t>(used) * w.row_bytes);
      }
      for_each_vector(n_rows, tokens, y, y_stride, [&](float* from, int n, int t, int r) {
        const Float before = block_begin == 0 ? V::zero() : V::load_partial(from, n);
        V::store(acc + t * kRows + r, before);
      });
      multiply(rows, block_begin, blocks, panel, tokens, acc);
      for_each_vector(n_rows, tokens, y, y_stride, [&](float* to, int n, int t, int r) {
        V::store_partial(to, V::load(acc + t * kRows + r), n);
      });
    }

    // Calls body(y's place, rows used, token, first row) for each vector of the tile.
    template <class Body>
    static void for_each_vector(int n_rows, int tokens, float* y, std::ptrdiff_t y_stride,
                                Body body) {
      for (int t = 0; t < tokens; ++t) {
        for (int r = 0; r < kRows; r += kLanes) {
          const int left = n_rows - r;
          body(y + t * y_stride + r, left < 0 ? 0 : left < kLanes ? left : kLanes, t, r);
        }
      }
    }
  };

  template <int kHeight, int kTokens>
  static int rows_of_panel(const WeightMatrix& w, int row, int row_end, int block_begin, int blocks,
                           const PanelBlock* panel, int tokens, float* y, std::ptrdiff_t y_stride) {
    using Rows = RowTile<kHeight, kTokens>;
    // A narrower tile serves the end better than one that is half empty.
    const int enough = kHeight == 1 ? 1 : Rows::kRows - kLanes + 1;
    for (; row_end - row >= enough; row += Rows::kRows) {
      const int n = row_end - row < Rows::kRows ? row_end - row : Rows::kRows;
      Rows::run(w, row, n, block_begin, blocks, panel, tokens, y + row, y_stride);
    }
    return row;
  }

  static void multiply_panel(const WeightMatrix& w, int row, int row_end, int block_begin,
                             int blocks, const PanelBlock* panel, int tokens, float* y,
                             std::ptrdiff_t y_stride) {
    if (tokens == 1) {
      rows_of_panel<1, 1>(w, row, row_end, block_begin, blocks, panel, tokens, y, y_stride);
      return;
    }
    if constexpr (V::kTileHeight > 1) {
      row = rows_of_panel<V::kTileHeight, 0>(w, row, row_end, block_begin, blocks, panel, tokens, y,
                                             y_stride);
    }
    rows_of_panel<1, 0>(w, row, row_end, block_begin, blocks, panel, tokens, y, y_stride);
  }

  static void matmul(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                     int row_end, float* y, int y_stride) {
    alignas(64) PanelBlock panel[kPanelBlocks];  // [block, token]
    const int blocks = w.cols / 32;
    for (int t = 0; t < tokens; t += kMaxTokens) {
      const int n = tokens - t < kMaxTokens ? tokens - t : kMaxTokens;
      const int step = kPanelBlocks / n / kSuperBlock * kSuperBlock;
      for (int b = 0; b < blocks; b += step) {
        const int n_blocks = blocks - b < step ? blocks - b : step;
        pack(x.q8, t, n, b, n_blocks, panel);
        multiply_panel(w, row_begin, row_end, b, n_blocks, panel, n,
                       y + static_cast<std::ptrdiff_t>(t) * y_stride, y_stride);
      }
    }
  }
};

}  // namespace cromwell::kernels::vector

// The product of quantised weights and int8 activations, for any vector width: rows lie in the
// lanes. A tile of rows, one or a few vectors high, is unpacked block by block and each block meets
// every token of the chunk before the next is unpacked. Instantiated only in kernels/<isa>/.
//
//   for each tile of rows, block of 32 inputs:  unpack [rows, 32]     (Format::unpack)
//     for each token, then each remainder:      acc[token][row] += .. (Format::accumulate)
//
// Every output meets its blocks in ascending order, so neither chunks of tokens nor the height of a
// tile alter a bit.
//
// A Format has: V (the vector type's operations), Block (as in the file), Tile (one unpacked block
// of 32, one vector high), kBlocks (32-blocks per Block) and
//   void unpack(Rows rows, tiles)
//     fills tiles(s), the Tile of 32-block s < kBlocks, and then calls tiles.finish(s), s ascending
//   void accumulate<kHeight>(const Tile* tile, const ActivationBlock&, V::Float* acc)
//     tile, acc: [kHeight]
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/ops.h"

namespace cromwell::kernels::vector {

// The same block of consecutive rows.
struct Rows {
  const std::uint8_t* first;
  std::ptrdiff_t stride;  // bytes from row to row

  [[gnu::always_inline]] const std::uint8_t* at(int row, int offset) const {
    return first + row * stride + offset;
  }
};

// How far ahead of the tile in work memory is read: a part of a second-level cache.
inline constexpr std::ptrdiff_t kRowsAhead = 64;

template <class Format>
struct Tiled {
  using V = typename Format::V;
  using Float = typename V::Float;
  using Block = typename Format::Block;
  using Tile = typename Format::Tile;
  static constexpr int kLanes = V::kLanes;
  static constexpr std::ptrdiff_t kBlockBytes = sizeof(Block);

  template <int kHeight>
  struct RowTile {
    static constexpr int kRows = kHeight * kLanes;

    // The rows [row, row + n) of a matrix, n <= kRows.
    struct Source {
      const std::uint8_t* first;
      std::ptrdiff_t stride;
      int n;
    };

    // The rows of a tile are more streams than the hardware follows, but together they are one run
    // of bytes: while a tile is multiplied, one some way ahead is fetched from front to back.
    static void prefetch(const Source& rows, std::ptrdiff_t index) {
      const std::uint8_t* next =
          rows.first + kRowsAhead * rows.stride + index * kRows * kBlockBytes;
      for (std::ptrdiff_t i = 0; i < kRows * kBlockBytes; i += 64) V::prefetch_l2(next + i);
    }

    // A tile that is not full is filled up with copies of its first row, whose results nobody
    // stores.
    [[gnu::noinline, gnu::cold]] static Rows copy_block(const Source& rows, std::ptrdiff_t index,
                                                        Block* copies) {
      const Rows from{rows.first + index * kBlockBytes, rows.stride};
      for (int r = 0; r < kRows; ++r) {
        __builtin_memcpy(&copies[r], from.at(r < rows.n ? r : 0, 0), sizeof(Block));
      }
      return {reinterpret_cast<const std::uint8_t*>(copies), kBlockBytes};
    }

    // Block `index` of each row; `copies` for those of a tile that is not full.
    static Rows blocks_at(const Source& rows, std::ptrdiff_t index, Block* copies) {
      if (rows.n < kRows) return copy_block(rows, index, copies);
      return {rows.first + index * kBlockBytes, rows.stride};
    }

    // Unpacked tiles that are kept.
    struct Kept {
      Tile (*tiles)[kHeight];
      int h;
      [[gnu::always_inline]] Tile& operator()(int s) { return tiles[s][h]; }
      [[gnu::always_inline]] void finish(int) {}
    };

    // Always inlined: the tile is to stay in registers where it can.
    [[gnu::always_inline]] static void unpack(const Source& rows, std::ptrdiff_t index,
                                              Tile (*tiles)[kHeight]) {
      Block copies[kRows];
      const Rows from = blocks_at(rows, index, copies);
      for (int h = 0; h < kHeight; ++h) {
        Kept kept{tiles, h};
        Format::unpack({from.at(h * kLanes, 0), from.stride}, kept);
      }
    }

    static void add_entries(const Tile* tile, const ActivationBlock* x, int n, float* acc) {
      for (int i = 0; i < n; ++i) {
        float* sums = acc + x[i].token * kRows;
        Float lanes[kHeight];
        for (int h = 0; h < kHeight; ++h) lanes[h] = V::load(sums + h * kLanes);
        Format::template accumulate<kHeight>(tile, x[i], lanes);
        for (int h = 0; h < kHeight; ++h) V::store(sums + h * kLanes, lanes[h]);
      }
    }

    // The entries of one 32-block: those of the tokens, then the remainders.
    struct Entries {
      const ActivationBlock* blocks;
      const ActivationBlock* remainders;
      int n;
      int n_remainders;

      Entries(const ActivationPanel& x, int chunk, int block)
          : blocks(x.blocks + x.begin(chunk, block)),
            remainders(x.remainders + x.begin(chunk, block)),
            n(x.chunk_tokens(chunk)),
            n_remainders(x.remainder_count(chunk, block)) {}
    };

    // Not inlined: the tile gets all registers, none is taken by what surrounds the loops.
    [[gnu::noinline]] static void multiply_tile(const Tile* tiles, const Entries& x, float* acc) {
      Tile tile[kHeight];
      for (int h = 0; h < kHeight; ++h) tile[h] = tiles[h];
      add_entries(tile, x.blocks, x.n, acc);
      add_entries(tile, x.remainders, x.n_remainders, acc);
    }

    // The same for a Block of 32, whose tile never leaves the registers.
    [[gnu::noinline]] static void multiply_block(const Source& rows, std::ptrdiff_t index,
                                                 const Entries& x, float* acc) {
      Tile tile[1][kHeight];
      unpack(rows, index, tile);
      add_entries(tile[0], x.blocks, x.n, acc);
      add_entries(tile[0], x.remainders, x.n_remainders, acc);
    }

    // acc: [token, row]
    static void multiply(const Source& rows, const ActivationPanel& x, int chunk, float* acc) {
      for (int b = 0; b < x.row_blocks(); b += Format::kBlocks) {
        const std::ptrdiff_t index = b / Format::kBlocks;
        prefetch(rows, index);
        if constexpr (Format::kBlocks == 1) {
          multiply_block(rows, index, Entries(x, chunk, b), acc);
        } else {
          Tile tiles[Format::kBlocks][kHeight];
          unpack(rows, index, tiles);
          for (int s = 0; s < Format::kBlocks; ++s) {
            multiply_tile(tiles[s], Entries(x, chunk, b + s), acc);
          }
        }
      }
    }

    // Unpacked tiles that meet the only token as soon as they are there.
    struct Multiplied {
      const ActivationPanel& x;
      int chunk;
      int block;  // of tiles[0]
      Float* sum;
      Tile* tiles;  // [kBlocks]
      [[gnu::always_inline]] Tile& operator()(int s) { return tiles[s]; }
      [[gnu::always_inline]] void finish(int s) {
        const std::ptrdiff_t begin = x.begin(chunk, block + s);
        Format::template accumulate<1>(&tiles[s], x.blocks[begin], sum);
        if (x.remainder_count(chunk, block + s) > 0) {
          Format::template accumulate<1>(&tiles[s], x.remainders[begin], sum);
        }
      }
    };

    // A single token keeps its sum in a register.
    static void multiply_one(const Source& rows, const ActivationPanel& x, int chunk, float* acc) {
      static_assert(kHeight == 1);
      Float sum = V::zero();
      const int blocks = x.row_blocks();
      for (int b = 0; b < blocks; b += Format::kBlocks) {
        const std::ptrdiff_t index = b / Format::kBlocks;
        prefetch(rows, index);
        Block copies[kRows];
        Tile tiles[Format::kBlocks];
        Multiplied multiplied{.x = x, .chunk = chunk, .block = b, .sum = &sum, .tiles = tiles};
        Format::unpack(blocks_at(rows, index, copies), multiplied);
      }
      V::store(acc, sum);
    }

    static void run(const Source& rows, const ActivationPanel& x, int chunk, float* y,
                    std::ptrdiff_t y_stride) {
      alignas(64) float acc[kPanelTokens * kRows];
      const int n = x.chunk_tokens(chunk);
      bool done = false;
      if constexpr (kHeight == 1) {
        if (n == 1) {
          multiply_one(rows, x, chunk, acc);
          done = true;
        }
      }
      if (!done) {
        for (int i = 0; i < n * kRows; i += kLanes) V::store(acc + i, V::zero());
        multiply(rows, x, chunk, acc);
      }
      for (int t = 0; t < n; ++t) {
        for (int r = 0; r < rows.n; r += kLanes) {
          const int left = rows.n - r;
          V::store_partial(y + t * y_stride + r, V::load(acc + t * kRows + r),
                           left < kLanes ? left : kLanes);
        }
      }
    }
  };

  // Rows from `row` on in tiles of one height; returns the first row that is left.
  template <int kHeight>
  static int tiles_of_height(const WeightMatrix& w, int row, int row_end, const ActivationPanel& x,
                             int chunk, float* y, std::ptrdiff_t y_stride) {
    constexpr int kRows = kHeight * kLanes;
    // A narrower tile serves the end better than one that is half empty.
    constexpr int kEnough = kHeight == 1 ? 1 : kRows - kLanes + 1;
    const auto stride = static_cast<std::ptrdiff_t>(w.row_bytes);
    const auto* data = reinterpret_cast<const std::uint8_t*>(w.data);
    for (; row_end - row >= kEnough; row += kRows) {
      const int n = row_end - row < kRows ? row_end - row : kRows;
      RowTile<kHeight>::run({data + row * stride, stride, n}, x, chunk, y + row, y_stride);
    }
    return row;
  }

  static void matmul(const WeightMatrix& w, const ActivationPanel& x, int row_begin, int row_end,
                     float* y, std::ptrdiff_t y_stride) {
    for (int chunk = 0; chunk < x.chunks(); ++chunk) {
      float* out = y + chunk * kPanelTokens * y_stride;
      int row = row_begin;
      if constexpr (V::kTileHeight > 1) {
        if (x.chunk_tokens(chunk) > 1) {
          row = tiles_of_height<V::kTileHeight>(w, row, row_end, x, chunk, out, y_stride);
        }
      }
      tiles_of_height<1>(w, row, row_end, x, chunk, out, y_stride);
    }
  }
};

}  // namespace cromwell::kernels::vector

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
// A Format has: V (the vector type's operations), Rows (tile_source.h), Block (as in the file),
// Tile (one unpacked block of 32, one vector high), kBlocks (32-blocks per Block) and
//   void unpack(Rows rows, tiles)
//     fills tiles(s), the Tile of 32-block s < kBlocks, and then calls tiles.finish(s), s ascending
//   void accumulate<kHeight>(const Tile* tile, const ActivationBlock&, V::Float* acc)
//     tile, acc: [kHeight]
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/ops.h"
#include "kernels/vector/tile_source.h"

namespace cromwell::kernels::vector {

template <class Format>
struct Tiled {
  using V = typename Format::V;
  using Float = typename V::Float;
  using Tile = typename Format::Tile;
  static constexpr int kLanes = V::kLanes;

  template <int kHeight>
  struct RowTile {
    static constexpr int kRows = kHeight * kLanes;

    using Source = TileSource<V, typename Format::Rows, typename Format::Block, kHeight>;

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
      typename Source::Copies copies;
      for (int h = 0; h < kHeight; ++h) {
        Kept kept{tiles, h};
        Format::unpack(rows.rows(h, index, copies), kept);
      }
    }

    // sums: of one token, [kRows]
    [[gnu::always_inline]] static void add_entry(const Tile* tile, const ActivationBlock& x,
                                                 float* sums) {
      Float lanes[kHeight];
      for (int h = 0; h < kHeight; ++h) lanes[h] = V::load(sums + h * kLanes);
      Format::template accumulate<kHeight>(tile, x, lanes);
      for (int h = 0; h < kHeight; ++h) V::store(sums + h * kLanes, lanes[h]);
    }

    // One 32-block of all tokens of a chunk. Handed on as a copy, so that the compiler knows that
    // no sum overwrites it.
    struct Entries {
      const ActivationBlock* blocks;
      const ActivationBlock* remainders;
      int n;
      std::uint64_t marks;

      Entries(const ActivationPanel& x, int chunk, int block)
          : blocks(x.blocks + x.begin(chunk, block)),
            remainders(x.remainders + x.begin(chunk, block)),
            n(x.chunk_tokens(chunk)),
            marks(x.mark(chunk, block)) {}
    };

    [[gnu::always_inline]] static void add_entries(const Tile* tile, Entries x, float* acc) {
      for (int t = 0; t < x.n; ++t) add_entry(tile, x.blocks[t], acc + t * kRows);
      for (std::uint64_t left = x.marks; left != 0; left &= left - 1) {
        const int t = __builtin_ctzll(left);
        add_entry(tile, x.remainders[t], acc + t * kRows);
      }
    }

    // Not inlined: the tile gets all registers, none is taken by what surrounds the loops.
    [[gnu::noinline]] static void multiply_tile(const Tile* tiles, Entries x, float* acc) {
      Tile tile[kHeight];
      for (int h = 0; h < kHeight; ++h) tile[h] = tiles[h];
      add_entries(tile, x, acc);
    }

    // The same for a Block of 32, whose tile never leaves the registers.
    [[gnu::always_inline]] static void multiply_block(const Source& rows, std::ptrdiff_t index,
                                                      Entries x, float* acc) {
      Tile tile[1][kHeight];
      unpack(rows, index, tile);
      add_entries(tile[0], x, acc);
    }

    // acc: [token, row]
    static void multiply(const Source& rows, const ActivationPanel& x, int chunk, float* acc) {
      for (int b = 0; b < x.row_blocks(); b += Format::kBlocks) {
        const std::ptrdiff_t index = b / Format::kBlocks;
        rows.prefetch(index);
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
        if (x.mark(chunk, block + s) != 0) {
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
        rows.prefetch(index);
        typename Source::Copies copies;
        Tile tiles[Format::kBlocks];
        Multiplied multiplied{.x = x, .chunk = chunk, .block = b, .sum = &sum, .tiles = tiles};
        Format::unpack(rows.rows(0, index, copies), multiplied);
      }
      V::store(acc, sum);
    }

    // The rows of y are far apart: waiting for one line of each would take long.
    static void prefetch_results(const float* y) {
      constexpr int kWrite = 1;
      constexpr int kLevel2 = 2;
      for (int r = 0; r < kRows; r += 16) __builtin_prefetch(y + r, kWrite, kLevel2);
    }

    static void run(const Source& rows, const ActivationPanel& x, int chunk, float* y,
                    std::ptrdiff_t y_stride) {
      alignas(64) float acc[kPanelTokens * kRows];
      const int n = x.chunk_tokens(chunk);
      for (int t = 0; t < n; ++t) prefetch_results(y + t * y_stride);
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
    for (; row_end - row >= kEnough; row += kRows) {
      const int n = row_end - row < kRows ? row_end - row : kRows;
      RowTile<kHeight>::run({w, row, n}, x, chunk, y + row, y_stride);
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

// Format<L> out of the file's rows or out of packed ones, whichever the matrix has.
template <template <class> class Format, class FileLanes, class PackedLanes>
void multiply(const WeightMatrix& w, const Activations& x, int row_begin, int row_end, float* y,
              int y_stride) {
  if (w.packed != nullptr) {
    Tiled<Format<PackedLanes>>::matmul(w, x.q8, row_begin, row_end, y, y_stride);
  } else {
    Tiled<Format<FileLanes>>::matmul(w, x.q8, row_begin, row_end, y, y_stride);
  }
}

}  // namespace cromwell::kernels::vector

// A tile of rows, one or a few vectors high, times a chunk of tokens: it is unpacked block by block
// and each block meets every token before the next is unpacked. Rows lie in the lanes. Instantiated
// only in kernels/<isa>/.
//
//   for each block of 32 inputs:                unpack [rows, 32]      (Format::unpack)
//     for each second entry:                    total[token][row] += .. alone
//     for each token, a few together:           group[token][row] += .. (Format::accumulate)
//       and where the group of blocks ends:     total[token][row] += scale * group[token][row]
//
// Every output meets its blocks in ascending order, so neither chunks of tokens, nor how many go
// together, nor the height of a tile alter a bit.
//
// A Format has: V (the vector type's operations), Rows (tile_source.h), Block (as in the file),
// Tile (one unpacked block of 32, one vector high), Minima (minima.h), kBlocks (32-blocks per
// Block), kTogether (tokens whose sums fit the registers beside a tile) and
//   void unpack(Rows rows, tiles)
//     fills tiles(s), the Tile of 32-block s < kBlocks, and then calls tiles.finish(s), s
//     ascending; before the first of a group it fills tiles.minima(group)
//   void accumulate<kHeight, kTokens>(const Tile* tile, const ActivationBlock* x, V::Float* sums)
//     tile: [kHeight]; x: [kTokens]; sums: [kTokens, kHeight]
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/ops.h"
#include "kernels/vector/tile_source.h"

namespace cromwell::kernels::vector {

template <class Format, int kHeight>
struct RowTile {
  using V = typename Format::V;
  using Float = typename V::Float;
  using Tile = typename Format::Tile;
  using Minima = typename Format::Minima;
  static constexpr int kLanes = V::kLanes;
  static constexpr int kRows = kHeight * kLanes;

  using Source = TileSource<V, typename Format::Rows, typename Format::Block, kHeight>;

  static constexpr int kGroups = (Format::kBlocks + kGroupBlocks - 1) / kGroupBlocks;

  // A Block, unpacked.
  struct Unpacked {
    Tile tiles[Format::kBlocks][kHeight];
    Minima minima[kGroups][kHeight];
  };

  // Unpacked tiles that are kept.
  struct Kept {
    Unpacked& unpacked;
    int h;
    [[gnu::always_inline]] Tile& operator()(int s) { return unpacked.tiles[s][h]; }
    [[gnu::always_inline]] Minima& minima(int group) { return unpacked.minima[group][h]; }
    [[gnu::always_inline]] void finish(int) {}
  };

  // Always inlined: the tile is to stay in registers where it can.
  [[gnu::always_inline]] static void unpack(const Source& rows, std::ptrdiff_t index,
                                            Unpacked& unpacked) {
    typename Source::Copies copies;
    for (int h = 0; h < kHeight; ++h) {
      Kept kept{unpacked, h};
      Format::unpack(rows.rows(h, index, copies), kept);
    }
  }

  // The sums of a chunk's tokens: of the group of blocks in work, and of those before it.
  struct Sums {
    float* group;  // [token, row]
    float* total;  // [token, row]
  };

  // One 32-block of all tokens of a chunk. Handed on as a copy, so that the compiler knows that
  // no sum overwrites it.
  struct Entries {
    const ActivationBlock* blocks;
    const ActivationBlock* outliers;
    const ActivationGroup* groups;
    int n;
    std::uint64_t marks;
    int place;   // in its group
    bool first;  // of its group
    bool last;

    Entries(const ActivationPanel& x, int chunk, int block)
        : blocks(x.blocks + x.begin(chunk, block)),
          outliers(x.outliers + x.begin(chunk, block)),
          groups(x.groups + x.group_begin(chunk, block)),
          n(x.chunk_tokens(chunk)),
          marks(x.mark(chunk, block)),
          place(block % kGroupBlocks),
          first(place == 0),
          last(place == kGroupBlocks - 1 || block + 1 == x.row_blocks()) {}
  };

  [[gnu::always_inline]] static void add_outlier(const Tile* tile, const Minima* minima, int place,
                                                 const ActivationBlock& x, float* total) {
    Float own[kHeight];
    for (int h = 0; h < kHeight; ++h) own[h] = V::zero();
    Format::template accumulate<kHeight, 1>(tile, &x, own);
    for (int h = 0; h < kHeight; ++h) {
      float* to = total + h * kLanes;
      const Float sum = minima[h].add_one(place, x, own[h]);
      V::store(to, V::fma(V::broadcast(x.scale), sum, V::load(to)));
    }
  }

  // A group's first block finds no sum, and its last leaves none but the total.
  template <int kTokens, bool kFirst, bool kLast>
  [[gnu::always_inline]] static void add_tokens(const Tile* tile, const Minima* minima,
                                                const ActivationBlock* x,
                                                const ActivationGroup* groups, Sums to) {
    Float sums[kTokens * kHeight];
#pragma GCC unroll 8
    for (int i = 0; i < kTokens * kHeight; ++i) {
      sums[i] = kFirst ? V::zero() : V::load(to.group + i * kLanes);
    }
    Format::template accumulate<kHeight, kTokens>(tile, x, sums);
#pragma GCC unroll 8
    for (int i = 0; i < kTokens * kHeight; ++i) {
      if constexpr (kLast) {
        const ActivationGroup& group = groups[i / kHeight];
        float* total = to.total + i * kLanes;
        const Float sum = minima[i % kHeight].add(group, sums[i]);
        V::store(total, V::fma(V::broadcast(group.scale), sum, V::load(total)));
      } else {
        V::store(to.group + i * kLanes, sums[i]);
      }
    }
  }

  template <bool kFirst, bool kLast>
  [[gnu::always_inline]] static void add_all_tokens(const Tile* tile, const Minima* minima,
                                                    const Entries& x, Sums to) {
    constexpr int kTogether = Format::kTogether;
    const auto sums = [to](int t) { return Sums{to.group + t * kRows, to.total + t * kRows}; };
    int t = 0;
    for (; t + kTogether <= x.n; t += kTogether) {
      add_tokens<kTogether, kFirst, kLast>(tile, minima, x.blocks + t, x.groups + t, sums(t));
    }
    for (; t < x.n; ++t) {
      add_tokens<1, kFirst, kLast>(tile, minima, x.blocks + t, x.groups + t, sums(t));
    }
  }

  [[gnu::always_inline]] static void add_entries(const Tile* tile, const Minima* minima, Entries x,
                                                 Sums to) {
    for (std::uint64_t left = x.marks; left != 0; left &= left - 1) {
      const int t = __builtin_ctzll(left);
      add_outlier(tile, minima, x.place, x.outliers[t], to.total + t * kRows);
    }
    if (x.first && x.last) {
      add_all_tokens<true, true>(tile, minima, x, to);
    } else if (x.first) {
      add_all_tokens<true, false>(tile, minima, x, to);
    } else if (x.last) {
      add_all_tokens<false, true>(tile, minima, x, to);
    } else {
      add_all_tokens<false, false>(tile, minima, x, to);
    }
  }

  // Not inlined: the tile gets all registers, none is taken by what surrounds the loops.
  [[gnu::noinline]] static void multiply_tile(const Tile* tiles, const Minima* minima, Entries x,
                                              Sums to) {
    Tile tile[kHeight];
    for (int h = 0; h < kHeight; ++h) tile[h] = tiles[h];
    add_entries(tile, minima, x, to);
  }

  // The same for a Block of 32, whose tile never leaves the registers.
  [[gnu::always_inline]] static void multiply_block(const Source& rows, std::ptrdiff_t index,
                                                    Entries x, Sums to) {
    Unpacked unpacked;
    unpack(rows, index, unpacked);
    add_entries(unpacked.tiles[0], unpacked.minima[0], x, to);
  }

  static void multiply(const Source& rows, const ActivationPanel& x, int chunk, Sums to) {
    for (int b = 0; b < x.row_blocks(); b += Format::kBlocks) {
      const std::ptrdiff_t index = b / Format::kBlocks;
      if constexpr (Format::kBlocks == 1) {
        rows.prefetch(index, 0, 1);
        multiply_block(rows, index, Entries(x, chunk, b), to);
      } else {
        Unpacked unpacked;
        unpack(rows, index, unpacked);
        for (int s = 0; s < Format::kBlocks; ++s) {
          rows.prefetch(index, s, Format::kBlocks);
          multiply_tile(unpacked.tiles[s], unpacked.minima[s / kGroupBlocks],
                        Entries(x, chunk, b + s), to);
        }
      }
    }
  }

  // The only token's sums, in registers, and unpacked tiles that meet it as soon as they are there.
  struct Multiplied {
    const ActivationPanel& x;
    int chunk;
    int block;  // of tiles[0]
    Float* group;
    Float* total;
    Unpacked& unpacked;
    [[gnu::always_inline]] Tile& operator()(int s) { return unpacked.tiles[s][0]; }
    [[gnu::always_inline]] Minima& minima(int i) { return unpacked.minima[i][0]; }
    [[gnu::always_inline]] void finish(int s) {
      const Tile* tile = unpacked.tiles[s];
      const int b = block + s;
      const std::ptrdiff_t begin = x.begin(chunk, b);
      Format::template accumulate<1, 1>(tile, x.blocks + begin, group);
      if (x.mark(chunk, b) != 0) {
        const ActivationBlock& outlier = x.outliers[begin];
        Float own = V::zero();
        Format::template accumulate<1, 1>(tile, &outlier, &own);
        own = minima(s / kGroupBlocks).add_one(b % kGroupBlocks, outlier, own);
        *total = V::fma(V::broadcast(outlier.scale), own, *total);
      }
      if (Format::kBlocks > 1 && s % kGroupBlocks == kGroupBlocks - 1) end_group(s / kGroupBlocks);
    }
    [[gnu::always_inline]] void end_group(int i) {
      const ActivationGroup& scales = x.groups[x.group_begin(chunk, block + i * kGroupBlocks)];
      *total = V::fma(V::broadcast(scales.scale), minima(i).add(scales, *group), *total);
      *group = V::zero();
    }
  };

  static void multiply_one(const Source& rows, const ActivationPanel& x, int chunk, float* to) {
    static_assert(kHeight == 1);
    Float group = V::zero();
    Float total = V::zero();
    const int blocks = x.row_blocks();
    for (int b = 0; b < blocks; b += Format::kBlocks) {
      const std::ptrdiff_t index = b / Format::kBlocks;
      rows.prefetch(index, 0, 1);  // spread over the tiles: slower
      typename Source::Copies copies;
      Unpacked unpacked;
      Multiplied multiplied{x, chunk, b, &group, &total, unpacked};
      Format::unpack(rows.rows(0, index, copies), multiplied);
      const bool ends_group = b % kGroupBlocks == kGroupBlocks - 1 || b + 1 == blocks;
      if (Format::kBlocks == 1 && ends_group) multiplied.end_group(0);
    }
    V::store(to, total);
  }

  // The rows of y are far apart: waiting for one line of each would take long.
  static void prefetch_results(const float* y) {
    constexpr int kWrite = 1;
    constexpr int kLevel2 = 2;
    for (int r = 0; r < kRows; r += 16) __builtin_prefetch(y + r, kWrite, kLevel2);
  }

  static void run(const Source& rows, const ActivationPanel& x, int chunk, float* y,
                  std::ptrdiff_t y_stride) {
    alignas(64) float group[kPanelTokens * kRows];
    alignas(64) float total[kPanelTokens * kRows];
    const int n = x.chunk_tokens(chunk);
    for (int t = 0; t < n; ++t) prefetch_results(y + t * y_stride);
    bool done = false;
    if constexpr (kHeight == 1) {
      if (n == 1) {
        multiply_one(rows, x, chunk, total);
        done = true;
      }
    }
    if (!done) {
      for (int i = 0; i < n * kRows; i += kLanes) V::store(total + i, V::zero());
      multiply(rows, x, chunk, {group, total});
    }
    for (int t = 0; t < n; ++t) {
      for (int r = 0; r < rows.n; r += kLanes) {
        const int left = rows.n - r;
        V::store_partial(y + t * y_stride + r, V::load(total + t * kRows + r),
                         left < kLanes ? left : kLanes);
      }
    }
  }
};

}  // namespace cromwell::kernels::vector

// A few vectors of rows of float weights times a few tokens, the sums in registers, for any vector
// width. Rows lie in the lanes, so an output is one chain of multiply-adds over k, ascending;
// cutting k stores and loads the chain's value. Instantiated only in kernels/<isa>/.
//
// A tile's Lanes has:
//   kColumn, how many elements a column is from the next
//   vector(h): where the first column of its vector of rows h lies
//   load(from): V::kLanes elements, as floats
// Its Fetch asks for memory that will be read soon, bit by bit, for more requests at once than the
// core can have under way would make it wait:
//   columns(): after how many columns it goes on
//   next<kH>(lanes, k): before column k of kH vectors of rows
#pragma once

#include <cstddef>

#include "kernels/ops.h"

namespace cromwell::kernels::vector {

inline constexpr int smaller(int a, int b) { return a < b ? a : b; }
inline constexpr int divide_up(int a, int b) { return (a + b - 1) / b; }
inline constexpr int round_up(int a, int b) { return divide_up(a, b) * b; }

// y[t * y_stride + row] for `rows` rows: on from y, or from zero.
struct TileProduct {
  const float* x;  // [tokens, depth], x_stride apart
  std::ptrdiff_t x_stride;
  int depth;
  bool from_zero;
  float* y;
  std::ptrdiff_t y_stride;
  int rows;
};

template <class V, class Lanes, class Fetch>
struct FloatTile {
  using Float = typename V::Float;

  // The loops over sums are unrolled before all else, or the compiler keeps them in memory too.
  template <int kH, int kT>
  [[gnu::noinline]] static void multiply(const Lanes& lanes, const TileProduct& p, Fetch fetch) {
    Float sums[kT][kH];
#pragma GCC unroll 8
    for (int t = 0; t < kT; ++t) {
#pragma GCC unroll 8
      for (int h = 0; h < kH; ++h) sums[t][h] = p.from_zero ? V::zero() : load_sum(p, t, h);
    }
    const auto add_column = [&](std::ptrdiff_t k) __attribute__((always_inline)) {
      Float weights[kH];
#pragma GCC unroll 8
      for (int h = 0; h < kH; ++h) weights[h] = lanes.load(lanes.vector(h) + k * Lanes::kColumn);
#pragma GCC unroll 8
      for (int t = 0; t < kT; ++t) {
        const Float activation = V::broadcast(p.x[t * p.x_stride + k]);
#pragma GCC unroll 8
        for (int h = 0; h < kH; ++h) sums[t][h] = V::fma(weights[h], activation, sums[t][h]);
      }
    };
    int k = 0;
    while (k + fetch.columns() <= p.depth) {
      fetch.template next<kH>(lanes, k);
      const int pause = k + fetch.columns();
#pragma GCC unroll 4
      for (; k < pause; ++k) add_column(k);
    }
    for (; k < p.depth; ++k) add_column(k);
#pragma GCC unroll 8
    for (int t = 0; t < kT; ++t) {
#pragma GCC unroll 8
      for (int h = 0; h < kH; ++h) store_sum(p, t, h, sums[t][h]);
    }
  }

  // All tokens, at most kT at once and as evenly as it goes, times at most kH vectors of rows.
  // fetch(i, n): what is asked for meanwhile in tile i of n.
  template <int kH, int kT, class FetchPart>
  static void multiply_all(const Lanes& lanes, const TileProduct& p, int tokens, FetchPart fetch) {
    const int height = divide_up(p.rows, V::kLanes);
    const int tiles = divide_up(tokens, kT);
    for (int i = 0; i < tiles; ++i) {
      const std::ptrdiff_t begin = std::ptrdiff_t{tokens} * i / tiles;
      const std::ptrdiff_t end = std::ptrdiff_t{tokens} * (i + 1) / tiles;
      TileProduct part = p;
      part.x += begin * p.x_stride;
      part.y += begin * p.y_stride;
      find<kH, kT>(height, static_cast<int>(end - begin))(lanes, part, fetch(i, tiles));
    }
  }

 private:
  using Function = void (*)(const Lanes&, const TileProduct&, Fetch);

  template <int kH, int kT>
  static Function find(int height, int tokens) {
    if constexpr (kH > 1) {
      if (height < kH) return find<kH - 1, kT>(height, tokens);
    }
    if constexpr (kT > 1) {
      if (tokens < kT) return find<kH, kT - 1>(height, tokens);
    }
    return multiply<kH, kT>;
  }

  static Float load_sum(const TileProduct& p, int t, int h) {
    const float* from = p.y + t * p.y_stride + h * V::kLanes;
    const int rows = p.rows - h * V::kLanes;
    return rows < V::kLanes ? V::load_partial(from, rows) : V::load(from);
  }
  static void store_sum(const TileProduct& p, int t, int h, Float sum) {
    float* to = p.y + t * p.y_stride + h * V::kLanes;
    const int rows = p.rows - h * V::kLanes;
    rows < V::kLanes ? V::store_partial(to, sum, rows) : V::store(to, sum);
  }
};

}  // namespace cromwell::kernels::vector

// The product of packed float rows (kernels/packed_rows.h) and float activations: the weights go
// from memory, one ascending run, into the multiply-adds, and for more tokens than a tile has once
// more from the cache. Nothing is cut or copied. Instantiated only in kernels/<isa>/.
#pragma once

#include "kernels/ops.h"
#include "kernels/packed_rows.h"
#include "kernels/vector/float_tile.h"
#include "kernels/weight_type.h"

namespace cromwell::kernels::vector {

template <class V, class Weight>
struct PackedFloats {
  using Element = typename Weight::Element;
  static constexpr int kRunRows = rows_per_run(Weight::kType);
  static constexpr int kVectors = kRunRows / V::kLanes;  // of a run

  struct Lanes {
    const Element* first;   // of a run
    std::ptrdiff_t stride;  // to the next
    static constexpr int kColumn = kRunRows;

    [[gnu::always_inline]] const Element* vector(int h) const {
      return first + h / kVectors * stride + h % kVectors * V::kLanes;
    }
    [[gnu::always_inline]] static typename V::Float load(const Element* from) {
      return Weight::load(from);
    }
  };

  // The same runs, further on than the hardware would go by itself (tile_source.h).
  struct Ahead {
    static constexpr int kBytes = 4096;
    static constexpr int kLines = 2;

    static constexpr int columns() {
      return kLines * 64 / (kRunRows * static_cast<int>(sizeof(Element)));
    }
    template <int kH>
    [[gnu::always_inline]] static void next(const Lanes& lanes, int k) {
      for (int h = 0; h < kH; h += kVectors) {
        const auto* at =
            reinterpret_cast<const char*>(lanes.vector(h) + std::ptrdiff_t{k} * kRunRows);
        for (int line = 0; line < kLines; ++line) V::prefetch(at + kBytes + 64 * line);
      }
    }
  };

  // A tile is some whole runs or an equal part of one.
  template <int kHeight, int kTokens>
  static void multiply(const WeightMatrix& w, const float* x, int tokens, int row_begin,
                       int row_end, float* y, int y_stride) {
    constexpr int kRows = kHeight * V::kLanes;
    static_assert(kRows % kRunRows == 0 || kRunRows % kRows == 0);
    static_assert(kRowAlign % kRunRows == 0);
    const auto stride = static_cast<std::ptrdiff_t>(packed_stride(w) / sizeof(Element));
    const auto* packed = reinterpret_cast<const Element*>(w.packed);
    for (int row = row_begin; row < row_end; row += kRows) {
      const Lanes lanes{packed + row / kRunRows * stride + row % kRunRows, stride};
      const TileProduct tile{.x = x,
                             .x_stride = w.cols,
                             .depth = w.cols,
                             .from_zero = true,
                             .y = y + row,
                             .y_stride = y_stride,
                             .rows = smaller(row_end - row, kRows)};
      FloatTile<V, Lanes, Ahead>::template multiply_all<kHeight, kTokens>(
          lanes, tile, tokens, [](int, int) { return Ahead{}; });
    }
  }

  // Of few tokens memory sets the pace, and each run is read once, one after the other: so many
  // that eight sums, which hide each other's latency, are what a run needs.
  static void matmul(const WeightMatrix& w, const float* x, int tokens, int row_begin, int row_end,
                     float* y, int y_stride) {
    constexpr int kHeight = 2;
    constexpr int kTokens = V::kPackedSums / kHeight;
    constexpr int kFewSums = 8;
    constexpr int kFewTokens = smaller(kTokens / 2, kFewSums / kVectors);
    if (tokens <= kFewTokens) {
      multiply<kVectors, kFewTokens>(w, x, tokens, row_begin, row_end, y, y_stride);
    } else {
      multiply<kHeight, kTokens>(w, x, tokens, row_begin, row_end, y, y_stride);
    }
  }
};

}  // namespace cromwell::kernels::vector

// Float weights times float activations for any vector width. Neither the pieces nor the number of
// tokens nor the vector width alters a bit of a result (float_tile.h).
//
//   for each chunk of tokens                                             (they stay in L3)
//     for each piece, a tile of rows and some columns:   transpose the weights, as floats  (in L2)
//       for each tile of tokens:   y[tokens, rows] += weights * activations     (in registers)
//
// While a piece is multiplied the weights of the next come from memory. Instantiated only in
// kernels/<isa>/.
//
// A Weight has: Element (as in the file), kStep and
//   transpose(const Element* from, std::ptrdiff_t stride, float* to, std::ptrdiff_t to_stride):
//     rows [V::kLanes, kStep], `stride` apart, into kStep rows of V::kLanes floats, `to_stride`
//     apart
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/gemm_blocks.h"
#include "kernels/vector/float_tile.h"
#include "kernels/weight_type.h"

namespace cromwell::kernels::vector {

// `total` in equal parts of at most `most`, each a multiple of `unit`.
inline constexpr int equal_part(int total, int most, int unit) {
  return round_up(divide_up(total, divide_up(total, most)), unit);
}

template <class V, class Weight>
struct Sgemm {
  using Element = typename Weight::Element;
  static constexpr int kLanes = V::kLanes;
  static constexpr int kHeight = V::kSgemmHeight;
  static constexpr int kTokens = V::kSgemmTokens;
  static constexpr int kRows = kHeight * kLanes;
  static constexpr int kShallowDepth = 96;
  static constexpr int kMediumDepth = 384;
  static constexpr int kManyTokens = 128;
  // So few tokens that transposing the weights takes about as long as multiplying them.
  static constexpr int kFewTokens = 2 * kTokens;

  // Transposed weights, [depth, kRows].
  struct Lanes {
    const float* first;
    static constexpr int kColumn = kRows;

    [[gnu::always_inline]] const float* vector(int h) const { return first + h * kLanes; }
    [[gnu::always_inline]] static typename V::Float load(const float* from) {
      return V::load(from);
    }
  };

  // `bytes` of one row after the other: those of a small piece into L1.
  struct Soon {
    const char* at = nullptr;
    std::ptrdiff_t stride = 0;
    std::ptrdiff_t bytes = 0;
    bool is_small = false;
    int columns_each = 0;

    int columns() const { return columns_each; }
    template <int kH>
    [[gnu::always_inline]] void next(const Lanes&, int) {
      if (is_small) {
        for (std::ptrdiff_t i = 0; i < bytes; i += 64) V::prefetch(at + i);
      } else {
        for (std::ptrdiff_t i = 0; i < bytes; i += 64) V::prefetch_l2(at + i);
      }
      at += stride;
    }
  };

  // One place in the matrix of weights.
  struct Piece {
    const Element* at;  // [rows, depth], `stride` apart
    std::ptrdiff_t stride;
    int rows;
    int depth;
  };

  // Part i of n of a piece, while `columns` are multiplied.
  static Soon part(const Piece& w, int i, int n, int columns) {
    const int begin = w.rows * i / n;
    const int rows = w.rows * (i + 1) / n - begin;
    if (rows == 0) return {.columns_each = columns};
    return {.at = reinterpret_cast<const char*>(w.at + begin * w.stride),
            .stride = w.stride * static_cast<std::ptrdiff_t>(sizeof(Element)),
            .bytes = w.depth * static_cast<std::ptrdiff_t>(sizeof(Element)),
            .is_small = w.depth <= kMediumDepth,
            .columns_each = divide_up(columns, rows)};
  }

  // The piece transposed: [depth, kRows]. Lanes past the last row are zero. Fetches the
  // piece at `soon`, if it is not null, in the same order.
  static void transpose(const Piece& w, const Element* soon, float* to) {
    constexpr int kLine = 64 / static_cast<int>(sizeof(Element));
    for (int r = 0; r < w.rows; r += kLanes) {
      const Element* from = w.at + r * w.stride;
      int k = 0;
      if (w.rows - r >= kLanes) {
        for (; k + Weight::kStep <= w.depth; k += Weight::kStep) {
          if (soon != nullptr && k % kLine == 0) {
            const Element* at = soon + r * w.stride + k;
            for (int i = 0; i < kLanes; ++i) V::prefetch(at + i * w.stride);
          }
          Weight::transpose(from + k, w.stride, to + k * kRows + r, kRows);
        }
      }
      for (; k < w.depth; k += Weight::kStep) {
        transpose_partial(from + k, w.stride, smaller(w.rows - r, kLanes),
                          smaller(w.depth - k, Weight::kStep), to + k * kRows + r);
      }
    }
  }

  static void transpose_partial(const Element* from, std::ptrdiff_t stride, int rows, int depth,
                                float* to) {
    Element part[kLanes * Weight::kStep] = {};
    for (int r = 0; r < rows; ++r) {
      for (int k = 0; k < depth; ++k) part[r * Weight::kStep + k] = from[r * stride + k];
    }
    Weight::transpose(part, Weight::kStep, to, kRows);
  }

  // What one call computes.
  const WeightMatrix& w;
  const float* const x;  // [tokens, w.cols]
  const int tokens;
  const int row_end;
  float* const y;
  const std::ptrdiff_t y_stride;
  const int depth;  // of a piece

  // From there on; at a row's end the next rows. Empty behind the last.
  Piece piece(int row, int k) const {
    if (k >= w.cols) {
      row += kRows;
      k = 0;
    }
    if (row >= row_end) return {};
    return {
        reinterpret_cast<const Element*>(w.data + static_cast<std::size_t>(row) * w.row_bytes) + k,
        static_cast<std::ptrdiff_t>(w.row_bytes / sizeof(Element)), smaller(row_end - row, kRows),
        smaller(w.cols - k, depth)};
  }

  // tile: room for [depth, kRows]
  void multiply(int row, int k, float* tile) const {
    const bool few = tokens <= kFewTokens;
    const Piece now = piece(row, k);
    const Piece next = piece(row, k + depth);
    transpose(now, few ? next.at : nullptr, tile);
    const TileProduct product{.x = x + k,
                              .x_stride = w.cols,
                              .depth = now.depth,
                              .from_zero = k == 0,
                              .y = y + row,
                              .y_stride = y_stride,
                              .rows = now.rows};
    FloatTile<V, Lanes, Soon>::template multiply_all<kHeight, kTokens>(
        Lanes{tile}, product, tokens,
        [&](int i, int n) { return part(few ? Piece{} : next, i, n, now.depth); });
  }

  // With few tokens memory sets the pace, and tiles of weights that stay in L1 cost least; with
  // many the sums are loaded and stored the less the deeper a tile is.
  static int depth_for(int cols, int tokens, const GemmBlocks& blocks) {
    int most = static_cast<int>(blocks.tile_bytes / (kRows * sizeof(float)));
    if (tokens < kManyTokens) most = kMediumDepth;
    if (tokens <= kTokens) most = kShallowDepth;
    return equal_part(cols, smaller(most, kMaxTileDepth), Weight::kStep);
  }

  static void matmul(const WeightMatrix& w, const float* x, int tokens, int row_begin, int row_end,
                     float* y, int y_stride) {
    static_assert(kMaxTileDepth % Weight::kStep == 0);
    alignas(64) float tile[kRows * kMaxTileDepth];
    const GemmBlocks& blocks = gemm_blocks();
    const int depth = depth_for(w.cols, tokens, blocks);
    const auto row_bytes = static_cast<std::size_t>(w.cols) * sizeof(float);
    const auto fit = static_cast<int>(blocks.activation_bytes / row_bytes);
    const int chunk = equal_part(tokens, fit < kManyTokens ? kManyTokens : fit, kTokens);
    for (std::ptrdiff_t t = 0; t < tokens; t += chunk) {
      const Sgemm product{w,       x + t * w.cols,   smaller(chunk, tokens - static_cast<int>(t)),
                          row_end, y + t * y_stride, y_stride,
                          depth};
      for (int row = row_begin; row < row_end; row += kRows) {
        for (int k = 0; k < w.cols; k += depth) product.multiply(row, k, tile);
      }
    }
  }
};

}  // namespace cromwell::kernels::vector

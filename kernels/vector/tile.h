// The product of quantised weights and int8 activations, for any vector width: the rows of a matrix
// in tiles (row_tile.h), the tokens in chunks. Instantiated only in kernels/<isa>/.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/ops.h"
#include "kernels/vector/row_tile.h"

namespace cromwell::kernels::vector {

template <class Format>
struct Tiled {
  using V = typename Format::V;
  static constexpr int kLanes = V::kLanes;
  // With so few tokens memory sets the pace, and a low tile reads it as one stream; with more a
  // high one, which loads each activation for twice as many products, is ahead. For blocks of 256,
  // whose unpacked tiles go through memory, it is so from two on.
  static constexpr int kLowTokens = Format::kBlocks == 1 ? 4 : 1;

  // Rows from `row` on in tiles of one height; returns the first row that is left.
  template <int kHeight>
  static int tiles_of_height(const WeightMatrix& w, int row, int row_end, const ActivationPanel& x,
                             int chunk, float* y, std::ptrdiff_t y_stride) {
    constexpr int kRows = kHeight * kLanes;
    // A narrower tile serves the end better than one that is half empty.
    constexpr int kEnough = kHeight == 1 ? 1 : kRows - kLanes + 1;
    for (; row_end - row >= kEnough; row += kRows) {
      const int n = row_end - row < kRows ? row_end - row : kRows;
      RowTile<Format, kHeight>::run({w, row, n}, x, chunk, y + row, y_stride);
    }
    return row;
  }

  static void matmul(const WeightMatrix& w, const ActivationPanel& x, int row_begin, int row_end,
                     float* y, std::ptrdiff_t y_stride) {
    for (int chunk = 0; chunk < x.chunks(); ++chunk) {
      float* out = y + chunk * kPanelTokens * y_stride;
      int row = row_begin;
      if constexpr (V::kTileHeight > 1) {
        if (x.chunk_tokens(chunk) > kLowTokens) {
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

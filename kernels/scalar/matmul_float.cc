// Float weights times float activations: each output is one sum over k, ascending. A tile of rows
// is widened and transposed once for all tokens, or comes so from packed rows; an output's sum
// rests in y between two tiles.
#include <algorithm>

#include "kernels/packed_rows.h"
#include "kernels/scalar/half.h"
#include "kernels/scalar/scalar.h"

namespace cromwell::kernels::scalar {
namespace {

constexpr int kRows = 16;
constexpr int kDepth = 256;

float widen(float w) { return w; }

struct Half {
  half bits;
};
float widen(Half w) { return half_to_float(w.bits); }

struct Bf16 {
  std::uint16_t bits;
};
float widen(Bf16 w) { return bf16_to_float(w.bits); }

using Tile = float[kDepth][kRows];

// Rows past the last are zero.
template <class Weight>
void transpose(const WeightMatrix& w, int row, int rows, int k_begin, int depth, Tile& tile) {
  for (int r = 0; r < kRows; ++r) {
    if (r >= rows) {
      for (int k = 0; k < depth; ++k) tile[k][r] = 0;
      continue;
    }
    const void* data = w.data + static_cast<std::size_t>(row + r) * w.row_bytes;
    const Weight* from = static_cast<const Weight*>(data) + k_begin;
    for (int k = 0; k < depth; ++k) tile[k][r] = widen(from[k]);
  }
}

template <class Weight>
void widen_packed(const WeightMatrix& w, int row, int k_begin, int depth, Tile& tile) {
  const int run_rows = rows_per_run(w.type);
  const void* run = w.packed + static_cast<std::size_t>(row / run_rows) * packed_stride(w);
  const Weight* from =
      static_cast<const Weight*>(run) + std::ptrdiff_t{k_begin} * run_rows + row % run_rows;
  for (int k = 0; k < depth; ++k) {
    for (int r = 0; r < kRows; ++r) tile[k][r] = widen(from[k * run_rows + r]);
  }
}

// y[0 .. rows) goes on from its value, or starts from zero.
void multiply(const Tile& tile, const float* x, int depth, int rows, bool from_zero, float* y) {
  float sums[kRows] = {};
  for (int r = 0; r < rows && !from_zero; ++r) sums[r] = y[r];
  for (int k = 0; k < depth; ++k) {
    for (int r = 0; r < kRows; ++r) sums[r] += tile[k][r] * x[k];
  }
  for (int r = 0; r < rows; ++r) y[r] = sums[r];
}

template <class Weight>
void matmul(const WeightMatrix& w, const float* x, int tokens, int row_begin, int row_end, float* y,
            int y_stride) {
  Tile tile;
  for (int row = row_begin; row < row_end; row += kRows) {
    const int rows = std::min(kRows, row_end - row);
    for (int k = 0; k < w.cols; k += kDepth) {
      const int depth = std::min(kDepth, w.cols - k);
      if (w.packed != nullptr) {
        widen_packed<Weight>(w, row, k, depth, tile);
      } else {
        transpose<Weight>(w, row, rows, k, depth, tile);
      }
      for (std::ptrdiff_t t = 0; t < tokens; ++t) {
        multiply(tile, x + t * w.cols + k, depth, rows, k == 0, y + t * y_stride + row);
      }
    }
  }
}

}  // namespace

void matmul_f32_f32(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride) {
  matmul<float>(w, x.f32, tokens, row_begin, row_end, y, y_stride);
}

void matmul_f16_f32(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride) {
  matmul<Half>(w, x.f32, tokens, row_begin, row_end, y, y_stride);
}

void matmul_bf16_f32(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                     int row_end, float* y, int y_stride) {
  matmul<Bf16>(w, x.f32, tokens, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::scalar

// Products with a matrix in lane order (lane_matrix.h) for any vector width: one accumulator per
// element, columns ascending. Instantiated only in kernels/<isa>/.
#pragma once

#include "kernels/ops.h"

namespace cromwell::kernels::vector {

template <class V>
struct LaneMatmul {
  using Float = typename V::Float;
  static constexpr int kLanes = V::kLanes;
  static constexpr int kHeight = 4;                     // vectors of rows in a tile
  static constexpr int kTokens = kLanes == 16 ? 4 : 2;  // of a tile: its sums stay in registers
  static constexpr int kTileRows = kHeight * kLanes;

  static Float load(const float* from) { return V::load(from); }
  static Float load(const half* from) { return V::load_half(from); }

  // The element [row, 0] of the matrix; its vector's columns are kLaneRows apart.
  template <class T>
  static const T* at(const LaneMatrix& w, int row) {
    return reinterpret_cast<const T*>(w.data) + lane_place(w.cols, row, 0);
  }

  // kHeightHere vectors of rows from `row` on, those that the matrix has.
  template <class T, int kHeightHere, int kTokensHere>
  static void tile(const LaneMatrix& w, const float* x, int row, float* y, int y_stride) {
    const T* from[kHeightHere];
    Float sums[kTokensHere][kHeightHere];
    for (int h = 0; h < kHeightHere; ++h) from[h] = at<T>(w, row + h * kLanes);
    for (auto& token : sums) {
      for (Float& sum : token) sum = V::zero();
    }
    for (int k = 0; k < w.cols; ++k) {
      Float weights[kHeightHere];
      for (int h = 0; h < kHeightHere; ++h) weights[h] = load(from[h] + k * kLaneRows);
      for (int t = 0; t < kTokensHere; ++t) {
        const Float value = V::broadcast(x[t * w.cols + k]);
        for (int h = 0; h < kHeightHere; ++h) sums[t][h] = V::fma(weights[h], value, sums[t][h]);
      }
    }
    for (int t = 0; t < kTokensHere; ++t) {
      for (int h = 0; h < kHeightHere; ++h) {
        const int left = w.rows - row - h * kLanes;
        float* to = y + static_cast<std::ptrdiff_t>(t) * y_stride + row + h * kLanes;
        if (left > 0) V::store_partial(to, sums[t][h], left < kLanes ? left : kLanes);
      }
    }
  }

  // Rows from `row` on that are fewer than a tile's, at the matrix's end.
  template <class T, int kTokensHere>
  static void last_rows(const LaneMatrix& w, const float* x, int row, float* y, int y_stride) {
    switch ((w.rows - row + kLanes - 1) / kLanes) {
      case 1:
        return tile<T, 1, kTokensHere>(w, x, row, y, y_stride);
      case 2:
        return tile<T, 2, kTokensHere>(w, x, row, y, y_stride);
      case 3:
        return tile<T, 3, kTokensHere>(w, x, row, y, y_stride);
      case 4:
        return tile<T, 4, kTokensHere>(w, x, row, y, y_stride);
      default:
        return;
    }
  }

  template <class T, int kTokensHere>
  static void some_tokens(const LaneMatrix& w, const float* x, float* y, int y_stride) {
    int row = 0;
    for (; row + kTileRows <= w.rows; row += kTileRows) {
      tile<T, kHeight, kTokensHere>(w, x, row, y, y_stride);
    }
    last_rows<T, kTokensHere>(w, x, row, y, y_stride);
  }

  template <class T>
  static void product(const LaneMatrix& w, const float* x, int tokens, float* y, int y_stride) {
    int t = 0;
    const auto from = [&] { return x + static_cast<std::ptrdiff_t>(t) * w.cols; };
    const auto to = [&] { return y + static_cast<std::ptrdiff_t>(t) * y_stride; };
    for (; t + kTokens <= tokens; t += kTokens) some_tokens<T, kTokens>(w, from(), to(), y_stride);
    for (; t < tokens; ++t) some_tokens<T, 1>(w, from(), to(), y_stride);
  }

  static void matmul(const LaneMatrix& w, const float* x, int tokens, float* y, int y_stride) {
    if (w.type == WeightType::kF16) {
      product<half>(w, x, tokens, y, y_stride);
    } else {
      product<float>(w, x, tokens, y, y_stride);
    }
  }
};

}  // namespace cromwell::kernels::vector

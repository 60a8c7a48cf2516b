// Float weights times float activations for any vector width: lanes over k, ascending, one
// accumulator per output, then V's reduction tree. A register tile of kRows rows and kTokens tokens
// shares each load; an output's own sum does not depend on the tile. Instantiated only in
// kernels/<isa>/.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/ops.h"

namespace cromwell::kernels::vector {

// A weight type: its element, and how to load a vector of it.
template <class V>
struct F32 {
  using Element = float;
  static typename V::Float load(const float* from) { return V::load(from); }
  static typename V::Float load_partial(const float* from, int n) {
    return V::load_partial(from, n);
  }
};

template <class V>
struct F16 {
  using Element = half;
  static typename V::Float load(const half* from) { return V::load_half(from); }
  static typename V::Float load_partial(const half* from, int n) {
    return V::load_half_partial(from, n);
  }
};

template <class V>
struct Bf16 {
  using Element = std::uint16_t;
  static typename V::Float load(const std::uint16_t* from) { return V::load_bf16(from); }
  static typename V::Float load_partial(const std::uint16_t* from, int n) {
    return V::load_bf16_partial(from, n);
  }
};

template <class V, class Weight>
struct FloatTiled {
  using Float = typename V::Float;
  using Element = typename Weight::Element;
  static constexpr int kRows = 4;
  static constexpr int kTokens = 2;

  template <int kR, int kT>
  static void tile(const Element* w, std::ptrdiff_t w_stride, const float* x, int cols, float* y,
                   std::ptrdiff_t y_stride) {
    Float acc[kR][kT];
    for (int r = 0; r < kR; ++r) {
      for (int t = 0; t < kT; ++t) acc[r][t] = V::zero();
    }
    int k = 0;
    for (; k + V::kLanes <= cols; k += V::kLanes) {
      for (int r = 0; r < kR; ++r) {
        const Float weights = Weight::load(w + r * w_stride + k);
        for (int t = 0; t < kT; ++t) {
          const Float activations = V::load(x + static_cast<std::ptrdiff_t>(t) * cols + k);
          acc[r][t] = V::fma(weights, activations, acc[r][t]);
        }
      }
    }
    if (const int rest = cols - k; rest > 0) {
      for (int r = 0; r < kR; ++r) {
        const Float weights = Weight::load_partial(w + r * w_stride + k, rest);
        for (int t = 0; t < kT; ++t) {
          const float* from = x + static_cast<std::ptrdiff_t>(t) * cols + k;
          acc[r][t] = V::fma(weights, V::load_partial(from, rest), acc[r][t]);
        }
      }
    }
    for (int r = 0; r < kR; ++r) {
      for (int t = 0; t < kT; ++t) y[t * y_stride + r] = V::reduce_add(acc[r][t]);
    }
  }

  template <int kR>
  static void rows(const Element* w, std::ptrdiff_t w_stride, const float* x, int cols, int tokens,
                   float* y, std::ptrdiff_t y_stride) {
    int t = 0;
    for (; t + kTokens <= tokens; t += kTokens) {
      tile<kR, kTokens>(w, w_stride, x + static_cast<std::ptrdiff_t>(t) * cols, cols,
                        y + t * y_stride, y_stride);
    }
    for (; t < tokens; ++t) {
      tile<kR, 1>(w, w_stride, x + static_cast<std::ptrdiff_t>(t) * cols, cols, y + t * y_stride,
                  y_stride);
    }
  }

  static void matmul(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                     int row_end, float* y, int y_stride) {
    const auto stride = static_cast<std::ptrdiff_t>(w.row_bytes / sizeof(Element));
    const Element* data = reinterpret_cast<const Element*>(w.data);
    int row = row_begin;
    for (; row + kRows <= row_end; row += kRows) {
      rows<kRows>(data + row * stride, stride, x.f32, w.cols, tokens, y + row, y_stride);
    }
    for (; row < row_end; ++row) {
      rows<1>(data + row * stride, stride, x.f32, w.cols, tokens, y + row, y_stride);
    }
  }
};

}  // namespace cromwell::kernels::vector

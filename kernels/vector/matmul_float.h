// The float weight types: how each is widened and transposed for the product in sgemm.h.
// Instantiated only in kernels/<isa>/.
#pragma once

#include "kernels/vector/sgemm.h"

namespace cromwell::kernels::vector {

template <class V>
struct F32 {
  using Element = float;
  static constexpr int kStep = V::kWords;

  static void transpose(const float* from, std::ptrdiff_t stride, float* to,
                        std::ptrdiff_t to_stride) {
    V::transpose_words(from, 4 * stride, [&](int column, auto words) {
      V::store_words(words, to + column * to_stride);
    });
  }
};

template <class V>
struct F16 {
  using Element = half;
  static constexpr int kStep = 8;

  static void transpose(const half* from, std::ptrdiff_t stride, float* to,
                        std::ptrdiff_t to_stride) {
    V::transpose_halves(from, stride, to, to_stride);
  }
};

template <class V>
struct Bf16 {
  using Element = std::uint16_t;
  static constexpr int kStep = 2 * V::kWords;

  static void transpose(const std::uint16_t* from, std::ptrdiff_t stride, float* to,
                        std::ptrdiff_t to_stride) {
    V::transpose_words(from, 2 * stride, [&](int column, auto words) {
      float* low = to + 2 * column * to_stride;
      V::store_bf16(words, low, low + to_stride);
    });
  }
};

}  // namespace cromwell::kernels::vector

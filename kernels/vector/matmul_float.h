// The float weight types, how each is widened and transposed, and which product a matrix takes.
// Instantiated only in kernels/<isa>/.
#pragma once

#include "kernels/vector/packed_floats.h"
#include "kernels/vector/sgemm.h"

namespace cromwell::kernels::vector {

template <class V>
struct F32 {
  static constexpr WeightType kType = WeightType::kF32;
  using Element = float;
  static constexpr int kStep = V::kWords;

  static typename V::Float load(const float* from) { return V::load(from); }

  static void transpose(const float* from, std::ptrdiff_t stride, float* to,
                        std::ptrdiff_t to_stride) {
    V::transpose_words(from, 4 * stride, [&](int column, auto words) {
      V::store_words(words, to + column * to_stride);
    });
  }
};

template <class V>
struct F16 {
  static constexpr WeightType kType = WeightType::kF16;
  using Element = half;
  static constexpr int kStep = 8;

  static typename V::Float load(const half* from) { return V::load_half(from); }

  static void transpose(const half* from, std::ptrdiff_t stride, float* to,
                        std::ptrdiff_t to_stride) {
    V::transpose_halves(from, stride, to, to_stride);
  }
};

template <class V>
struct Bf16 {
  static constexpr WeightType kType = WeightType::kBF16;
  using Element = std::uint16_t;
  static constexpr int kStep = 2 * V::kWords;

  static typename V::Float load(const std::uint16_t* from) { return V::load_bf16(from); }

  static void transpose(const std::uint16_t* from, std::ptrdiff_t stride, float* to,
                        std::ptrdiff_t to_stride) {
    V::transpose_words(from, 2 * stride, [&](int column, auto words) {
      float* low = to + 2 * column * to_stride;
      V::store_bf16(words, low, low + to_stride);
    });
  }
};

template <class V, class Weight>
void matmul_float(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                  int row_end, float* y, int y_stride) {
  if (w.packed == nullptr) {
    Sgemm<V, Weight>::matmul(w, x.f32, tokens, row_begin, row_end, y, y_stride);
  } else {
    PackedFloats<V, Weight>::matmul(w, x.f32, tokens, row_begin, row_end, y, y_stride);
  }
}

}  // namespace cromwell::kernels::vector

// Activations to int8 with one scale per 32, for any vector width: the same bits as scalar. A row
// that holds a NaN gives some finite integers for it. Instantiated only in kernels/<isa>/.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/ops.h"

namespace cromwell::kernels::vector {

template <class V>
struct Quantize {
  using Float = typename V::Float;
  static constexpr int kVectors = 32 / V::kLanes;

  // A scale below the normal numbers would lose its precision: such a block counts as zero.
  static float block(const float* x, std::int8_t* q) {
    constexpr float kSmallest = 0x1p-126f;
    constexpr float kLargest = 0x1.fffffep127f;
    Float values[kVectors];
    Float largest = V::zero();
    for (int i = 0; i < kVectors; ++i) {
      values[i] = V::load(x + i * V::kLanes);
      largest = V::max(V::abs(values[i]), largest);
    }
    const float scale = V::reduce_max(largest) / 127.0f;
    if (!(scale >= kSmallest && scale <= kLargest)) {
      for (int i = 0; i < 32; ++i) q[i] = 0;
      return 0;
    }
    for (int i = 0; i < kVectors; ++i) {
      V::store_int8(q + i * V::kLanes, V::div(values[i], V::broadcast(scale)));
    }
    return scale;
  }

  static std::int16_t sum16(const std::int8_t* q) {
    int sum = 0;
    for (int i = 0; i < 16; ++i) sum += q[i];
    return static_cast<std::int16_t>(sum);
  }

  static void activations(const float* x, int token_begin, int token_end,
                          const QuantizedActivations& out) {
    const std::ptrdiff_t blocks = out.cols / 32;
    for (std::ptrdiff_t b = token_begin * blocks; b < token_end * blocks; ++b) {
      out.scale[b] = block(x + 32 * b, out.q + 32 * b);
      out.sum16[2 * b] = sum16(out.q + 32 * b);
      out.sum16[2 * b + 1] = sum16(out.q + 32 * b + 16);
    }
  }
};

}  // namespace cromwell::kernels::vector

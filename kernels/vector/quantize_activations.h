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
  static constexpr int kVectors = kActivationBlock / V::kLanes;

  struct Values {
    Float v[kVectors];
  };

  // A scale below the normal numbers would lose its precision: such a block counts as zero.
  static void block(const Values& x, ActivationBlock& out) {
    constexpr float kSmallest = 0x1p-126f;
    constexpr float kLargest = 0x1.fffffep127f;
    Float most = V::zero();
    for (int i = 0; i < kVectors; ++i) most = V::max(V::abs(x.v[i]), most);
    const float largest = V::reduce_max(most);
    out.scale = largest / 127.0f;
    if (!(out.scale >= kSmallest && out.scale <= kLargest)) {
      for (int i = 0; i < kActivationBlock; ++i) out.q[i] = 0;
      out.scale = 0;
    } else {
      const Float inverse = V::broadcast(127.0f / largest);
      for (int i = 0; i < kVectors; ++i) {
        V::store_int8(out.q + i * V::kLanes, V::mul(x.v[i], inverse));
      }
    }
    for (int h = 0; h < 2; ++h) {
      out.sum16[h] = static_cast<std::int16_t>(V::sum_int8(out.q + 16 * h));
    }
    const int sum = out.sum16[0] + out.sum16[1];
    for (int i = 0; i < 4; ++i) out.minus_offset[i] = -kWeightOffsets[i] * sum;
    out.scaled_sum = out.scale * static_cast<float>(sum);
  }

  static Values load(const float* x) {
    Values values;
    for (int i = 0; i < kVectors; ++i) values.v[i] = V::load(x + i * V::kLanes);
    return values;
  }

  // x - scale * q, rounded once
  static Values remainder(const float* x, const ActivationBlock& block) {
    Values values = load(x);
    const Float minus_scale = V::broadcast(-block.scale);
    for (int i = 0; i < kVectors; ++i) {
      values.v[i] = V::fma(minus_scale, V::load_int8(block.q + i * V::kLanes), values.v[i]);
    }
    return values;
  }

  // The mean without the blocks that have more than twice the mean of all.
  static float usual_scale(const float* scales, int blocks) {
    float sum = 0;
    for (int b = 0; b < blocks; ++b) sum += scales[b];
    const float most = 2 * (sum / static_cast<float>(blocks));
    float usual = 0;
    int n = 0;
    for (int b = 0; b < blocks; ++b) {
      if (scales[b] <= most) {
        usual += scales[b];
        ++n;
      }
    }
    return usual / static_cast<float>(n);
  }

  static void row(const float* x, int chunk, int token, float* scales, float remainder_above,
                  const ActivationPanel& out) {
    const int blocks = out.row_blocks();
    const std::ptrdiff_t step = out.chunk_tokens(chunk);
    ActivationBlock* to = out.blocks + out.begin(chunk, 0) + token;
    ActivationBlock* rest = out.remainders + out.begin(chunk, 0) + token;
    for (int b = 0; b < blocks; ++b) {
      block(load(x + b * kActivationBlock), to[b * step]);
      scales[b] = to[b * step].scale;
    }
    const float limit = remainder_above * usual_scale(scales, blocks);
    for (int b = 0; b < blocks; ++b) {
      if (!(scales[b] > limit)) continue;
      block(remainder(x + b * kActivationBlock, to[b * step]), rest[b * step]);
      set_mark(out.mark(chunk, b), token);
    }
  }

  static void activations(const float* x, int token_begin, int token_end, float remainder_above,
                          const ActivationPanel& out) {
    for (int t = token_begin; t < token_end; ++t) {
      row(x + static_cast<std::ptrdiff_t>(t) * out.cols, t / kPanelTokens, t % kPanelTokens,
          out.scales + static_cast<std::ptrdiff_t>(t) * out.row_blocks(), remainder_above, out);
    }
  }
};

}  // namespace cromwell::kernels::vector

// Activations to int8 with one scale per 32, and the remainders of blocks with an outlier.
#include <algorithm>
#include <cfloat>
#include <cmath>

#include "kernels/scalar/scalar.h"

namespace cromwell::kernels::scalar {
namespace {

std::int16_t sum16(const std::int8_t* q) {
  int sum = 0;
  for (int i = 0; i < 16; ++i) sum += q[i];
  return static_cast<std::int16_t>(sum);
}

// A scale below the normal numbers would lose its precision: such a block counts as zero.
void quantize_block(const float* x, ActivationBlock& out) {
  float largest = 0;
  for (int i = 0; i < kActivationBlock; ++i) largest = std::max(largest, std::fabs(x[i]));
  out.scale = largest / 127.0f;
  if (!(out.scale >= FLT_MIN && out.scale <= FLT_MAX)) {
    std::fill_n(out.q, kActivationBlock, std::int8_t{0});
    out.scale = 0;
  } else {
    const float inverse = 127.0f / largest;
    for (int i = 0; i < kActivationBlock; ++i) {
      const float scaled = std::nearbyint(x[i] * inverse);
      out.q[i] = scaled == scaled ? static_cast<std::int8_t>(scaled) : std::int8_t{0};
    }
  }
  for (int h = 0; h < 2; ++h) out.sum16[h] = sum16(out.q + 16 * h);
  const int sum = out.sum16[0] + out.sum16[1];
  for (int i = 0; i < 4; ++i) out.minus_offset[i] = -kWeightOffsets[i] * sum;
  out.scaled_sum = out.scale * static_cast<float>(sum);
}

void quantize_remainder(const float* x, const ActivationBlock& block, ActivationBlock& out) {
  float rest[kActivationBlock];
  for (int i = 0; i < kActivationBlock; ++i) {
    rest[i] = std::fma(-block.scale, static_cast<float>(block.q[i]), x[i]);
  }
  quantize_block(rest, out);
}

// The mean without the blocks that have more than twice the mean of all.
float usual_scale(const float* scales, int blocks) {
  float sum = 0;
  for (int b = 0; b < blocks; ++b) sum += scales[b];
  const float most = 2 * (sum / static_cast<float>(blocks));
  float usual = 0;
  int n = 0;
  for (int b = 0; b < blocks; ++b) {
    if (scales[b] > most) continue;
    usual += scales[b];
    ++n;
  }
  return usual / static_cast<float>(n);
}

void quantize_row(const float* x, int chunk, int token, float* scales, float remainder_above,
                  const ActivationPanel& out) {
  const int blocks = out.row_blocks();
  const auto block = [&](int b) -> ActivationBlock& {
    return out.blocks[out.begin(chunk, b) + token];
  };
  for (int b = 0; b < blocks; ++b) {
    quantize_block(x + b * kActivationBlock, block(b));
    scales[b] = block(b).scale;
  }
  const float limit = remainder_above * usual_scale(scales, blocks);
  for (int b = 0; b < blocks; ++b) {
    if (!(scales[b] > limit)) continue;
    quantize_remainder(x + b * kActivationBlock, block(b),
                       out.remainders[out.begin(chunk, b) + token]);
    set_mark(out.mark(chunk, b), token);
  }
}

}  // namespace

void quantize_activations(const float* x, int token_begin, int token_end, float remainder_above,
                          const ActivationPanel& out) {
  for (int t = token_begin; t < token_end; ++t) {
    quantize_row(x + static_cast<std::ptrdiff_t>(t) * out.cols, t / kPanelTokens, t % kPanelTokens,
                 out.scales + static_cast<std::ptrdiff_t>(t) * out.row_blocks(), remainder_above,
                 out);
  }
}

}  // namespace cromwell::kernels::scalar

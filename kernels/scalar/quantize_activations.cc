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
void quantize_block(const float* x, int token, ActivationBlock& out) {
  float largest = 0;
  for (int i = 0; i < kActivationBlock; ++i) largest = std::max(largest, std::fabs(x[i]));
  out.scale = largest / 127.0f;
  out.token = token;
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
  out.minus_sum = -sum;
  out.scaled_sum = out.scale * static_cast<float>(sum);
}

void quantize_remainder(const float* x, const ActivationBlock& block, ActivationBlock& out) {
  float rest[kActivationBlock];
  for (int i = 0; i < kActivationBlock; ++i) {
    rest[i] = std::fma(-block.scale, static_cast<float>(block.q[i]), x[i]);
  }
  quantize_block(rest, block.token, out);
}

// The mean without the blocks that have more than twice the mean of all.
float usual_scale(const ActivationPanel& panel, int chunk, int token) {
  const auto scale = [&](int b) { return panel.blocks[panel.begin(chunk, b) + token].scale; };
  const int blocks = panel.row_blocks();
  float sum = 0;
  for (int b = 0; b < blocks; ++b) sum += scale(b);
  const float most = 2 * (sum / static_cast<float>(blocks));
  float usual = 0;
  int n = 0;
  for (int b = 0; b < blocks; ++b) {
    if (scale(b) > most) continue;
    usual += scale(b);
    ++n;
  }
  return usual / static_cast<float>(n);
}

void quantize_row(const float* x, int chunk, int token, float remainder_above,
                  const ActivationPanel& out) {
  const int blocks = out.row_blocks();
  const auto block = [&](int b) -> ActivationBlock& {
    return out.blocks[out.begin(chunk, b) + token];
  };
  for (int b = 0; b < blocks; ++b) quantize_block(x + b * kActivationBlock, token, block(b));
  const float limit = remainder_above * usual_scale(out, chunk, token);
  for (int b = 0; b < blocks; ++b) {
    ActivationBlock& rest = out.remainders[out.begin(chunk, b) + token];
    rest.scale = 0;
    if (block(b).scale > limit) quantize_remainder(x + b * kActivationBlock, block(b), rest);
  }
}

}  // namespace

void quantize_activations(const float* x, int token_begin, int token_end, float remainder_above,
                          const ActivationPanel& out) {
  for (int t = token_begin; t < token_end; ++t) {
    quantize_row(x + static_cast<std::ptrdiff_t>(t) * out.cols, t / kPanelTokens, t % kPanelTokens,
                 remainder_above, out);
  }
}

}  // namespace cromwell::kernels::scalar

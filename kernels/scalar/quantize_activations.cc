// Activations to int8 with one scale per 32.
#include <algorithm>
#include <cfloat>
#include <cmath>

#include "kernels/scalar/scalar.h"

namespace cromwell::kernels::scalar {
namespace {

// A scale below the normal numbers would lose its precision: such a block counts as zero.
float quantize_block(const float* x, std::int8_t* q) {
  float largest = 0;
  for (int i = 0; i < 32; ++i) largest = std::max(largest, std::fabs(x[i]));
  const float scale = largest / 127.0f;
  if (!(scale >= FLT_MIN && scale <= FLT_MAX)) {
    std::fill_n(q, 32, std::int8_t{0});
    return 0;
  }
  for (int i = 0; i < 32; ++i) {
    const float scaled = std::nearbyint(x[i] / scale);
    q[i] = scaled == scaled ? static_cast<std::int8_t>(scaled) : std::int8_t{0};
  }
  return scale;
}

std::int16_t sum16(const std::int8_t* q) {
  int sum = 0;
  for (int i = 0; i < 16; ++i) sum += q[i];
  return static_cast<std::int16_t>(sum);
}

}  // namespace

void quantize_activations(const float* x, int token_begin, int token_end,
                          const QuantizedActivations& out) {
  const std::ptrdiff_t blocks = out.cols / 32;
  for (std::ptrdiff_t b = token_begin * blocks; b < token_end * blocks; ++b) {
    out.scale[b] = quantize_block(x + 32 * b, out.q + 32 * b);
    out.sum16[2 * b] = sum16(out.q + 32 * b);
    out.sum16[2 * b + 1] = sum16(out.q + 32 * b + 16);
  }
}

}  // namespace cromwell::kernels::scalar

// Quantisers of the types whose block is 32 weights and has its own scale as a half.
#include "kernels/blocks.h"
#include "kernels/scalar/fit.h"
#include "kernels/scalar/half.h"
#include "kernels/scalar/quantize.h"

namespace cromwell::kernels::scalar {
namespace {

constexpr int kBlock = 32;

// A scale or minimum as the block stores it, and the float that this stands for. A fitted minimum
// may lie a little beyond the smallest weight.
half store(float value, float* stored) {
  const half bits = float_to_half(clamp(value, -kLargestWeight, kLargestWeight));
  *stored = half_to_float(bits);
  return bits;
}

// The nearest grid points, counted from `lo`.
struct Codes {
  std::uint8_t q[kBlock];
};

Codes nearest(const float* x, float d, float minimum, float lo, float hi) {
  const float inverse = inverse_of(d);
  Codes codes;
  for (int i = 0; i < kBlock; ++i) {
    const float q = round_even(clamp((x[i] - minimum) * inverse, lo, hi));
    codes.q[i] = static_cast<std::uint8_t>(static_cast<int>(q - lo));
  }
  return codes;
}

void pack_nibbles(const Codes& codes, std::uint8_t (&q)[16]) {
  for (int i = 0; i < 16; ++i) {
    q[i] = static_cast<std::uint8_t>((codes.q[i] & 15) | (codes.q[i + 16] & 15) << 4);
  }
}

void pack_fifth_bits(const Codes& codes, std::uint8_t (&high)[4]) {
  for (int byte = 0; byte < 4; ++byte) {
    int bits = 0;
    for (int i = 0; i < 8; ++i) bits |= (codes.q[8 * byte + i] >> 4) << i;
    high[byte] = static_cast<std::uint8_t>(bits);
  }
}

// Code of the value of IQ4_NL's table that is nearest to v. The points half-way between neighbours
// are multiples of a half, so that all v within [n / 2, n / 2 + 1 / 2) have the same one.
class NearestIq4Nl {
 public:
  constexpr NearestIq4Nl() {
    for (int n = -kHalves; n < kHalves; ++n) {
      int best = 0;
      for (int code = 1; code < 16; ++code) {  // twice the distance to n / 2 + 1 / 4, times two
        const int distance = 4 * kIq4NlValues[code] - (2 * n + 1);
        const int best_distance = 4 * kIq4NlValues[best] - (2 * n + 1);
        if (distance * distance < best_distance * best_distance) best = code;
      }
      codes_[n + kHalves] = static_cast<std::uint8_t>(best);
    }
  }
  std::uint8_t operator()(float v) const {
    constexpr float kLimit = kHalves - 1;
    return codes_[static_cast<int>(clamp(2 * v, -kLimit, kLimit) + kHalves)];
  }

 private:
  static constexpr int kHalves = 256;
  std::uint8_t codes_[2 * kHalves] = {};
};
constexpr NearestIq4Nl kNearestIq4Nl;

// Regression of x on the table's values that are nearest for this inverse scale.
float regress_iq4_nl(const float* x, float inverse, float* gain) {
  float vx = 0;
  float vv = 0;
  for (int i = 0; i < kBlock; ++i) {
    const float value = kIq4NlValues[kNearestIq4Nl(x[i] * inverse)];
    vx += value * x[i];
    vv += value * value;
  }
  *gain = vv > 0 ? vx * vx / vv : 0;
  return vv > 0 ? vx / vv : 0;
}

float fit_iq4_nl(const float* x) {
  constexpr int kTries = 5;
  constexpr float kStep = 4;  // of the table's values
  const float extreme = extreme_of<kBlock>(x);
  if (std::fabs(extreme) < kNegligible) return 0;
  float best = 0;
  float best_gain = 0;
  const auto try_inverse = [&](float inverse) {
    float gain = 0;
    const float scale = regress_iq4_nl(x, inverse, &gain);
    if (gain > best_gain) {
      best_gain = gain;
      best = scale;
    }
  };
  constexpr std::int8_t kLimits[] = {kIq4NlValues[0], kIq4NlValues[15]};
  for (const std::int8_t limit : kLimits) {
    for (int t = -kTries; t <= kTries; ++t) {
      try_inverse((static_cast<float>(limit) + kStep * static_cast<float>(t)) / extreme);
    }
  }
  try_inverse(inverse_of(best));
  return best;
}

}  // namespace

void quantize_block(const float* x, BlockQ8_0* out) {
  float d = 0;
  out->d = store(fit_signed<kBlock>(x, -127, 127), &d);
  const Codes codes = nearest(x, d, 0, -127, 127);
  for (int i = 0; i < kBlock; ++i) out->q[i] = static_cast<std::int8_t>(codes.q[i] - 127);
}

void quantize_block(const float* x, BlockQ4_0* out) {
  float d = 0;
  out->d = store(fit_signed<kBlock>(x, -8, 7), &d);
  pack_nibbles(nearest(x, d, 0, -8, 7), out->q);
}

void quantize_block(const float* x, BlockQ4_1* out) {
  const OffsetGrid grid = fit_offset<kBlock>(x, 15, kLargestWeight);
  float d = 0;
  float m = 0;
  out->d = store(grid.scale, &d);
  out->m = store(grid.minimum, &m);
  pack_nibbles(nearest(x, d, m, 0, 15), out->q);
}

void quantize_block(const float* x, BlockQ5_0* out) {
  float d = 0;
  out->d = store(fit_signed<kBlock>(x, -16, 15), &d);
  const Codes codes = nearest(x, d, 0, -16, 15);
  pack_nibbles(codes, out->q);
  pack_fifth_bits(codes, out->high);
}

void quantize_block(const float* x, BlockQ5_1* out) {
  const OffsetGrid grid = fit_offset<kBlock>(x, 31, kLargestWeight);
  float d = 0;
  float m = 0;
  out->d = store(grid.scale, &d);
  out->m = store(grid.minimum, &m);
  const Codes codes = nearest(x, d, m, 0, 31);
  pack_nibbles(codes, out->q);
  pack_fifth_bits(codes, out->high);
}

void quantize_block(const float* x, BlockIQ4_NL* out) {
  float d = 0;
  out->d = store(fit_iq4_nl(x), &d);
  Codes codes;
  for (int i = 0; i < kBlock; ++i) codes.q[i] = kNearestIq4Nl(x[i] * inverse_of(d));
  pack_nibbles(codes, out->q);
}

}  // namespace cromwell::kernels::scalar

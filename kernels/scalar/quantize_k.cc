// Quantisers of the K types: 256 weights in sub-blocks whose scales (and minimums) are themselves
// small integers times one half. Each sub-block is fitted alone; the largest fit decides the half,
// and the integers are chosen near the fits for the least error. (Regressing the halves on all 256
// weights and choosing again was tried: 0 to 0.6 % less error, not worth its code.)
#include "kernels/blocks.h"
#include "kernels/scalar/fit.h"
#include "kernels/scalar/half.h"
#include "kernels/scalar/quantize.h"

namespace cromwell::kernels::scalar {
namespace {

constexpr int kSuper = 256;

float as_stored(float value) { return half_to_float(float_to_half(value)); }

// x ~ d scale[s] q
struct SignedSuper {
  static constexpr int kSub = 16;
  float d = 0;  // as stored
  int scale[kSuper / kSub] = {};
  std::int8_t q[kSuper] = {};
};

class SignedFitter {
 public:
  static constexpr int kSub = SignedSuper::kSub;
  SignedFitter(const float* x, float lo, float hi, int scale_lo, int scale_hi)
      : x_(x), lo_(lo), hi_(hi), scale_lo_(scale_lo), scale_hi_(scale_hi) {}

  SignedSuper fit() {
    for (int s = 0; s < kSuper / kSub; ++s) wanted_[s] = fit_signed<kSub>(x_ + kSub * s, lo_, hi_);
    out_.d = as_stored(extreme_of<kSuper / kSub>(wanted_) / static_cast<float>(scale_lo_));
    choose_scales();
    choose_q();
    return out_;
  }

 private:
  void choose_scales() {
    for (int s = 0; s < kSuper / kSub; ++s) {
      const int near = static_cast<int>(
          round_even(clamp(wanted_[s] * inverse_of(out_.d), static_cast<float>(scale_lo_),
                           static_cast<float>(scale_hi_))));
      float least = -1;
      for (int offset = -1; offset <= 1; ++offset) {
        const int scale = near + offset;
        if (scale < scale_lo_ || scale > scale_hi_) continue;
        const float error =
            grid_error<kSub>(x_ + kSub * s, out_.d * static_cast<float>(scale), 0, lo_, hi_);
        if (least < 0 || error < least) {
          least = error;
          out_.scale[s] = scale;
        }
      }
    }
  }

  void choose_q() {
    for (int i = 0; i < kSuper; ++i) {
      const float inverse = inverse_of(out_.d * static_cast<float>(out_.scale[i / kSub]));
      out_.q[i] = static_cast<std::int8_t>(round_even(clamp(x_[i] * inverse, lo_, hi_)));
    }
  }

  const float* x_;
  const float lo_;
  const float hi_;
  const int scale_lo_;
  const int scale_hi_;
  float wanted_[kSuper / kSub] = {};
  SignedSuper out_;
};

// x ~ d scale[s] q - dmin minimum[s]
struct OffsetSuper {
  float d = 0;     // as stored
  float dmin = 0;  // as stored
  int scale[16] = {};
  int minimum[16] = {};
  std::uint8_t q[kSuper] = {};
};

template <int kSub>
class OffsetFitter {
 public:
  OffsetFitter(const float* x, int hi, int scale_hi)
      : x_(x), hi_(static_cast<float>(hi)), scale_hi_(scale_hi) {}

  OffsetSuper fit() {
    float most_scale = 0;
    float most_minimum = 0;
    for (int s = 0; s < kSubs; ++s) {
      wanted_[s] = fit_offset<kSub>(x_ + kSub * s, hi_, 0);
      most_scale = std::fmax(most_scale, wanted_[s].scale);
      most_minimum = std::fmax(most_minimum, -wanted_[s].minimum);
    }
    out_.d = as_stored(most_scale / static_cast<float>(scale_hi_));
    out_.dmin = as_stored(most_minimum / static_cast<float>(scale_hi_));
    choose_integers();
    choose_q();
    return out_;
  }

 private:
  static constexpr int kSubs = kSuper / kSub;

  int nearest(float wanted, float unit) const {
    const float limit = static_cast<float>(scale_hi_);
    return static_cast<int>(round_even(clamp(wanted * inverse_of(unit), 0, limit)));
  }

  float minimum_of(int s) const { return -(out_.dmin * static_cast<float>(out_.minimum[s])); }
  float scale_of(int s) const { return out_.d * static_cast<float>(out_.scale[s]); }

  void choose_integers() {
    for (int s = 0; s < kSubs; ++s) {
      const int near_scale = nearest(wanted_[s].scale, out_.d);
      const int near_minimum = nearest(-wanted_[s].minimum, out_.dmin);
      float least = -1;
      for (int i = near_scale - 1; i <= near_scale + 1; ++i) {
        for (int j = near_minimum - 1; j <= near_minimum + 1; ++j) {
          if (i < 0 || j < 0 || i > scale_hi_ || j > scale_hi_) continue;
          const float error = grid_error<kSub>(x_ + kSub * s, out_.d * static_cast<float>(i),
                                               -(out_.dmin * static_cast<float>(j)), 0, hi_);
          if (least < 0 || error < least) {
            least = error;
            out_.scale[s] = i;
            out_.minimum[s] = j;
          }
        }
      }
    }
  }

  void choose_q() {
    for (int i = 0; i < kSuper; ++i) {
      const int s = i / kSub;
      const float wanted = (x_[i] - minimum_of(s)) * inverse_of(scale_of(s));
      out_.q[i] = static_cast<std::uint8_t>(round_even(clamp(wanted, 0, hi_)));
    }
  }

  const float* x_;
  const float hi_;
  const int scale_hi_;
  OffsetGrid wanted_[kSubs];
  OffsetSuper out_;
};

// The twelve bytes of Q4_K's and Q5_K's scales; blocks.h has the picture.
void pack_six_bits(const OffsetSuper& fit, std::uint8_t (&bytes)[12]) {
  for (int j = 0; j < 4; ++j) {
    bytes[j] = static_cast<std::uint8_t>(fit.scale[j] | fit.scale[j + 4] >> 4 << 6);
    bytes[j + 4] = static_cast<std::uint8_t>(fit.minimum[j] | fit.minimum[j + 4] >> 4 << 6);
    bytes[j + 8] =
        static_cast<std::uint8_t>((fit.scale[j + 4] & 15) | (fit.minimum[j + 4] & 15) << 4);
  }
}

// Sub-blocks 2c and 2c + 1 share 32 bytes: low and high nibbles.
void pack_nibbles(const OffsetSuper& fit, std::uint8_t (&q)[128]) {
  for (int c = 0; c < 4; ++c) {
    for (int i = 0; i < 32; ++i) {
      q[32 * c + i] =
          static_cast<std::uint8_t>((fit.q[64 * c + i] & 15) | (fit.q[64 * c + 32 + i] & 15) << 4);
    }
  }
}

// Two bits of each weight as Q2_K and Q3_K have them.
template <class TwoBits>
void pack_two_bits(std::uint8_t (&q)[64], TwoBits two_bits) {
  for (int h = 0; h < 2; ++h) {
    for (int i = 0; i < 32; ++i) {
      int byte = 0;
      for (int g = 0; g < 4; ++g) byte |= two_bits(128 * h + 32 * g + i) << (2 * g);
      q[32 * h + i] = static_cast<std::uint8_t>(byte);
    }
  }
}

}  // namespace

void quantize_block(const float* x, BlockQ2_K* out) {
  const OffsetSuper fit = OffsetFitter<16>(x, 3, 15).fit();
  out->d = float_to_half(fit.d);
  out->dmin = float_to_half(fit.dmin);
  for (int s = 0; s < 16; ++s) {
    out->scales[s] = static_cast<std::uint8_t>(fit.scale[s] | fit.minimum[s] << 4);
  }
  pack_two_bits(out->q, [&](int i) { return int{fit.q[i]}; });
}

void quantize_block(const float* x, BlockQ3_K* out) {
  const SignedSuper fit = SignedFitter(x, -4, 3, -32, 31).fit();
  out->d = float_to_half(fit.d);
  for (int j = 0; j < 4; ++j) {
    int high = 0;
    for (int k = 0; k < 4; ++k) high |= (fit.scale[4 * k + j] + 32) >> 4 << (2 * k);
    out->scales[8 + j] = static_cast<std::uint8_t>(high);
  }
  for (int j = 0; j < 8; ++j) {
    out->scales[j] =
        static_cast<std::uint8_t>(((fit.scale[j] + 32) & 15) | ((fit.scale[j + 8] + 32) & 15) << 4);
  }
  pack_two_bits(out->q, [&](int i) { return (fit.q[i] + 4) & 3; });
  for (int i = 0; i < 32; ++i) {
    int high = 0;
    for (int b = 0; b < 8; ++b) high |= (fit.q[32 * b + i] + 4) >> 2 << b;
    out->high[i] = static_cast<std::uint8_t>(high);
  }
}

void quantize_block(const float* x, BlockQ4_K* out) {
  const OffsetSuper fit = OffsetFitter<32>(x, 15, 63).fit();
  out->d = float_to_half(fit.d);
  out->dmin = float_to_half(fit.dmin);
  pack_six_bits(fit, out->scales);
  pack_nibbles(fit, out->q);
}

void quantize_block(const float* x, BlockQ5_K* out) {
  const OffsetSuper fit = OffsetFitter<32>(x, 31, 63).fit();
  out->d = float_to_half(fit.d);
  out->dmin = float_to_half(fit.dmin);
  pack_six_bits(fit, out->scales);
  pack_nibbles(fit, out->q);
  for (int i = 0; i < 32; ++i) {
    int high = 0;
    for (int s = 0; s < 8; ++s) high |= fit.q[32 * s + i] >> 4 << s;
    out->high[i] = static_cast<std::uint8_t>(high);
  }
}

void quantize_block(const float* x, BlockQ6_K* out) {
  const SignedSuper fit = SignedFitter(x, -32, 31, -128, 127).fit();
  out->d = float_to_half(fit.d);
  for (int s = 0; s < 16; ++s) out->scales[s] = static_cast<std::int8_t>(fit.scale[s]);
  for (int h = 0; h < 2; ++h) {
    for (int i = 0; i < 32; ++i) {
      int code[4];
      for (int g = 0; g < 4; ++g) code[g] = fit.q[128 * h + 32 * g + i] + 32;
      for (int g = 0; g < 2; ++g) {
        out->low[64 * h + 32 * g + i] =
            static_cast<std::uint8_t>((code[g] & 15) | (code[g + 2] & 15) << 4);
      }
      out->high[32 * h + i] = static_cast<std::uint8_t>(code[0] >> 4 | code[1] >> 4 << 2 |
                                                        code[2] >> 4 << 4 | code[3] >> 4 << 6);
    }
  }
}

}  // namespace cromwell::kernels::scalar

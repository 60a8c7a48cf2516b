// One block of 32 weights as integers times floats: the common form of all quantised types. Its two
// halves of 16 are the sub-blocks of a type that has such.
//   w[i] = scale * sub_scale[i / 16] * q[i] + minimum * sub_minimum[i / 16]
// An Unpack...::block(row, b, out) reads 32-weight block b of a row of that type.
#pragma once

#include <cstdint>

#include "kernels/blocks.h"
#include "kernels/scalar/half.h"

namespace cromwell::kernels::scalar {

struct Unpacked {
  std::int16_t q[32];
  float scale;
  float minimum = 0;
  int sub_scale[2] = {1, 1};
  int sub_minimum[2] = {1, 1};
};

// What a type has as minima.
enum class Minima {
  kNone,
  kOfBlock,  // a float for each block; sub_minimum is 1
  kWhole,    // sub_minimum; `minimum` is the same for all blocks of a group of activations
};

// `nibbles`, 16 bytes: weight i is in the low, weight i + 16 in the high nibble of byte i.
inline int nibble(const std::uint8_t* nibbles, int i) {
  return i < 16 ? nibbles[i] & 15 : nibbles[i - 16] >> 4;
}

struct UnpackQ8_0 {
  static constexpr Minima kMinima = Minima::kNone;
  static void block(const void* row, int b, Unpacked& out) {
    const BlockQ8_0& in = static_cast<const BlockQ8_0*>(row)[b];
    out.scale = half_to_float(in.d);
    for (int i = 0; i < 32; ++i) out.q[i] = in.q[i];
  }
};

struct UnpackQ4_0 {
  static constexpr Minima kMinima = Minima::kNone;
  static void block(const void* row, int b, Unpacked& out) {
    const BlockQ4_0& in = static_cast<const BlockQ4_0*>(row)[b];
    out.scale = half_to_float(in.d);
    for (int i = 0; i < 32; ++i) out.q[i] = static_cast<std::int16_t>(nibble(in.q, i) - 8);
  }
};

struct UnpackQ4_1 {
  static constexpr Minima kMinima = Minima::kOfBlock;
  static void block(const void* row, int b, Unpacked& out) {
    const BlockQ4_1& in = static_cast<const BlockQ4_1*>(row)[b];
    out.scale = half_to_float(in.d);
    out.minimum = half_to_float(in.m);
    for (int i = 0; i < 32; ++i) out.q[i] = static_cast<std::int16_t>(nibble(in.q, i));
  }
};

struct UnpackQ5_0 {
  static constexpr Minima kMinima = Minima::kNone;
  static void block(const void* row, int b, Unpacked& out) {
    const BlockQ5_0& in = static_cast<const BlockQ5_0*>(row)[b];
    out.scale = half_to_float(in.d);
    for (int i = 0; i < 32; ++i) {
      const int high = in.high[i / 8] >> (i % 8) & 1;
      out.q[i] = static_cast<std::int16_t>((nibble(in.q, i) | high << 4) - 16);
    }
  }
};

struct UnpackQ5_1 {
  static constexpr Minima kMinima = Minima::kOfBlock;
  static void block(const void* row, int b, Unpacked& out) {
    const BlockQ5_1& in = static_cast<const BlockQ5_1*>(row)[b];
    out.scale = half_to_float(in.d);
    out.minimum = half_to_float(in.m);
    for (int i = 0; i < 32; ++i) {
      const int high = in.high[i / 8] >> (i % 8) & 1;
      out.q[i] = static_cast<std::int16_t>(nibble(in.q, i) | high << 4);
    }
  }
};

struct UnpackIQ4_NL {
  static constexpr Minima kMinima = Minima::kNone;
  static void block(const void* row, int b, Unpacked& out) {
    const BlockIQ4_NL& in = static_cast<const BlockIQ4_NL*>(row)[b];
    out.scale = half_to_float(in.d);
    for (int i = 0; i < 32; ++i) out.q[i] = kIq4NlValues[nibble(in.q, i)];
  }
};

struct UnpackQ2_K {
  static constexpr Minima kMinima = Minima::kWhole;
  static void block(const void* row, int b, Unpacked& out) {
    const BlockQ2_K& in = static_cast<const BlockQ2_K*>(row)[b / 8];
    const int s = b % 8;
    out.scale = half_to_float(in.d);
    out.minimum = -half_to_float(in.dmin);
    for (int j = 0; j < 2; ++j) {
      out.sub_scale[j] = in.scales[2 * s + j] & 15;
      out.sub_minimum[j] = in.scales[2 * s + j] >> 4;
    }
    for (int i = 0; i < 32; ++i) {
      out.q[i] = static_cast<std::int16_t>(in.q[32 * (s / 4) + i] >> (2 * (s % 4)) & 3);
    }
  }
};

struct UnpackQ3_K {
  static constexpr Minima kMinima = Minima::kNone;
  static void block(const void* row, int b, Unpacked& out) {
    const BlockQ3_K& in = static_cast<const BlockQ3_K*>(row)[b / 8];
    const int s = b % 8;
    out.scale = half_to_float(in.d);
    for (int j = 0; j < 2; ++j) {
      const int at = 2 * s + j;  // of 16
      const int low = at < 8 ? in.scales[at] & 15 : in.scales[at - 8] >> 4;
      const int high = in.scales[8 + at % 4] >> (at / 4 * 2) & 3;
      out.sub_scale[j] = (low | high << 4) - 32;
    }
    for (int i = 0; i < 32; ++i) {
      const int low = in.q[32 * (s / 4) + i] >> (2 * (s % 4)) & 3;
      const int high = in.high[i] >> s & 1;
      out.q[i] = static_cast<std::int16_t>((low | high << 2) - 4);
    }
  }
};

// The scales of Q4_K and Q5_K, which are alike.
template <class Block>
void unpack_six_bit_scales(const Block& in, int s, Unpacked& out) {
  const int j = s % 4;
  const std::uint8_t* bytes = in.scales;
  const int scale = s < 4 ? bytes[j] & 63 : (bytes[j + 8] & 15) | (bytes[j] >> 6) << 4;
  const int minimum = s < 4 ? bytes[j + 4] & 63 : bytes[j + 8] >> 4 | (bytes[j + 4] >> 6) << 4;
  out.scale = half_to_float(in.d) * static_cast<float>(scale);
  out.minimum = -half_to_float(in.dmin);
  out.sub_minimum[0] = out.sub_minimum[1] = minimum;
}

struct UnpackQ4_K {
  static constexpr Minima kMinima = Minima::kWhole;
  static void block(const void* row, int b, Unpacked& out) {
    const BlockQ4_K& in = static_cast<const BlockQ4_K*>(row)[b / 8];
    const int s = b % 8;
    unpack_six_bit_scales(in, s, out);
    for (int i = 0; i < 32; ++i) {
      const int byte = in.q[32 * (s / 2) + i];
      out.q[i] = static_cast<std::int16_t>(s % 2 == 0 ? byte & 15 : byte >> 4);
    }
  }
};

struct UnpackQ5_K {
  static constexpr Minima kMinima = Minima::kWhole;
  static void block(const void* row, int b, Unpacked& out) {
    const BlockQ5_K& in = static_cast<const BlockQ5_K*>(row)[b / 8];
    const int s = b % 8;
    unpack_six_bit_scales(in, s, out);
    for (int i = 0; i < 32; ++i) {
      const int byte = in.q[32 * (s / 2) + i];
      const int high = in.high[i] >> s & 1;
      out.q[i] = static_cast<std::int16_t>((s % 2 == 0 ? byte & 15 : byte >> 4) | high << 4);
    }
  }
};

struct UnpackQ6_K {
  static constexpr Minima kMinima = Minima::kNone;
  static void block(const void* row, int b, Unpacked& out) {
    const BlockQ6_K& in = static_cast<const BlockQ6_K*>(row)[b / 8];
    const int h = b % 8 / 4;
    const int g = b % 4;
    out.scale = half_to_float(in.d);
    for (int j = 0; j < 2; ++j) out.sub_scale[j] = in.scales[2 * (b % 8) + j];
    for (int i = 0; i < 32; ++i) {
      const int low = in.low[64 * h + 32 * (g % 2) + i];
      const int high = in.high[32 * h + i] >> (2 * g) & 3;
      out.q[i] = static_cast<std::int16_t>(((g < 2 ? low & 15 : low >> 4) | high << 4) - 32);
    }
  }
};

}  // namespace cromwell::kernels::scalar

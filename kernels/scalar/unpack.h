// One block of 32 weights as integers times a float: the common form of all quantised types.
//   w[i] = scale * q[i] + minimum
#pragma once

#include <cstdint>

#include "kernels/blocks.h"
#include "kernels/scalar/half.h"

namespace cromwell::kernels::scalar {

struct Unpacked {
  std::int16_t q[32];
  float scale;
  float minimum;
};

// Each Unpack...::block(row, b, out) reads 32-weight block b of a row of that type.
struct UnpackQ8_0 {
  static constexpr bool kHasMinimum = false;
  static void block(const void* row, int b, Unpacked& out) {
    const BlockQ8_0& in = static_cast<const BlockQ8_0*>(row)[b];
    out.scale = half_to_float(in.d);
    for (int i = 0; i < 32; ++i) out.q[i] = in.q[i];
  }
};

struct UnpackQ4_0 {
  static constexpr bool kHasMinimum = false;
  static void block(const void* row, int b, Unpacked& out) {
    const BlockQ4_0& in = static_cast<const BlockQ4_0*>(row)[b];
    out.scale = half_to_float(in.d);
    for (int i = 0; i < 16; ++i) {
      out.q[i] = static_cast<std::int16_t>((in.q[i] & 15) - 8);
      out.q[i + 16] = static_cast<std::int16_t>((in.q[i] >> 4) - 8);
    }
  }
};

struct UnpackQ4_1 {
  static constexpr bool kHasMinimum = true;
  static void block(const void* row, int b, Unpacked& out) {
    const BlockQ4_1& in = static_cast<const BlockQ4_1*>(row)[b];
    out.scale = half_to_float(in.d);
    out.minimum = half_to_float(in.m);
    for (int i = 0; i < 16; ++i) {
      out.q[i] = static_cast<std::int16_t>(in.q[i] & 15);
      out.q[i + 16] = static_cast<std::int16_t>(in.q[i] >> 4);
    }
  }
};

struct UnpackQ4_K {
  static constexpr bool kHasMinimum = true;
  static void block(const void* row, int b, Unpacked& out) {
    const BlockQ4_K& in = static_cast<const BlockQ4_K*>(row)[b / 8];
    const int s = b % 8;
    const int j = s % 4;
    const std::uint8_t* bytes = in.scales;
    const int scale = s < 4 ? bytes[j] & 63 : (bytes[j + 8] & 15) | (bytes[j] >> 6) << 4;
    const int minimum = s < 4 ? bytes[j + 4] & 63 : bytes[j + 8] >> 4 | (bytes[j + 4] >> 6) << 4;
    out.scale = half_to_float(in.d) * static_cast<float>(scale);
    out.minimum = -(half_to_float(in.dmin) * static_cast<float>(minimum));
    for (int i = 0; i < 32; ++i) {
      const int byte = in.q[32 * (s / 2) + i];
      out.q[i] = static_cast<std::int16_t>(s % 2 == 0 ? byte & 15 : byte >> 4);
    }
  }
};

// The sub-blocks' own scales are multiplied in as integers.
struct UnpackQ6_K {
  static constexpr bool kHasMinimum = false;
  static void block(const void* row, int b, Unpacked& out) {
    const BlockQ6_K& in = static_cast<const BlockQ6_K*>(row)[b / 8];
    out.scale = half_to_float(in.d);
    for (int i = 0; i < 32; ++i) {
      const int scale = in.scales[2 * (b % 8) + i / 16];
      out.q[i] = static_cast<std::int16_t>(scale * (six_bits(in, b % 8, i) - 32));
    }
  }
  // Weight i of 32-weight block b of the 8 in `in`, 0 .. 63.
  static int six_bits(const BlockQ6_K& in, int b, int i) {
    const int h = b / 4;
    const int g = b % 4;
    const int low = in.low[64 * h + 32 * (g % 2) + i];
    const int high = in.high[32 * h + i] >> (2 * g) & 3;
    return (g < 2 ? low & 15 : low >> 4) | high << 4;
  }
};

}  // namespace cromwell::kernels::scalar

// The blocks of quantised weights as they lie in a GGUF file (little endian, no padding, any
// alignment). Layouts only; the arithmetic is in scalar/, avx2/, avx512/. Plain types: see ops.h.
#pragma once

#include <cstdint>

#include "kernels/ops.h"

namespace cromwell::kernels {

// w[i] = d * q[i]
struct BlockQ8_0 {
  half d;
  std::int8_t q[32];
};
static_assert(sizeof(BlockQ8_0) == 34);

// Byte i of `q` holds weight i in its low and weight i + 16 in its high nibble.
// w = d * (nibble - 8)
struct BlockQ4_0 {
  half d;
  std::uint8_t q[16];
};
static_assert(sizeof(BlockQ4_0) == 18);

// Nibbles as in Q4_0. w = d * nibble + m
struct BlockQ4_1 {
  half d;
  half m;
  std::uint8_t q[16];
};
static_assert(sizeof(BlockQ4_1) == 20);

// Nibbles as in Q4_0; bit i of `high` is the fifth bit of weight i. w = d * (five bits - 16)
struct BlockQ5_0 {
  half d;
  std::uint8_t high[4];
  std::uint8_t q[16];
};
static_assert(sizeof(BlockQ5_0) == 22);

// Bits as in Q5_0. w = d * five bits + m
struct BlockQ5_1 {
  half d;
  half m;
  std::uint8_t high[4];
  std::uint8_t q[16];
};
static_assert(sizeof(BlockQ5_1) == 24);

// Nibbles as in Q4_0. w = d * kIq4NlValues[nibble]
struct BlockIQ4_NL {
  half d;
  std::uint8_t q[16];
};
static_assert(sizeof(BlockIQ4_NL) == 18);
inline constexpr std::int8_t kIq4NlValues[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                                 1,    13,   25,  38,  53,  69,  89,  113};

// 256 weights in 16 sub-blocks of 16, each with a 4-bit scale (the low nibble of its byte of
// `scales`) and a 4-bit minimum (the high one): w = d * scale[s] * two bits - dmin * minimum[s]
// Each half of 128 weights h has 32 bytes of `q`; its weight 32 g + i is q[i] >> 2 g & 3.
struct BlockQ2_K {
  std::uint8_t scales[16];
  std::uint8_t q[64];
  half d;
  half dmin;
};
static_assert(sizeof(BlockQ2_K) == 84);

// 256 weights in 16 sub-blocks of 16: w = d * (scale[s] - 32) * (three bits - 4)
// `q` holds the low two bits as in Q2_K; the third of weight 32 b + i is bit b of high[i].
// The twelve bytes of `scales`, bit 7 first:
//   byte j     (j < 8): s[j+8] bits 3..0 | s[j] bits 3..0
//   byte j + 8 (j < 4): s[j+12] bits 5..4 | s[j+8] bits 5..4 | s[j+4] bits 5..4 | s[j] bits 5..4
struct BlockQ3_K {
  std::uint8_t high[32];
  std::uint8_t q[64];
  std::uint8_t scales[12];
  half d;
};
static_assert(sizeof(BlockQ3_K) == 110);

// 256 weights in 8 sub-blocks of 32, each with a 6-bit scale and a 6-bit minimum:
// w = d * scale[s] * nibble - dmin * minimum[s]
// 32 bytes of `q` hold sub-block 2c in their low and 2c + 1 in their high nibbles.
// The twelve bytes of `scales`, bit 7 first (s, m: scale and minimum of a sub-block):
//   byte j     (j < 4): s[j+4] bits 5..4 | s[j] bits 5..0
//   byte j + 4 (j < 4): m[j+4] bits 5..4 | m[j] bits 5..0
//   byte j + 8 (j < 4): m[j+4] bits 3..0 | s[j+4] bits 3..0
struct BlockQ4_K {
  half d;
  half dmin;
  std::uint8_t scales[12];
  std::uint8_t q[128];
};
static_assert(sizeof(BlockQ4_K) == 144);

// Scales and nibbles as in Q4_K; the fifth bit of weight 32 s + i is bit s of high[i].
// w = d * scale[s] * five bits - dmin * minimum[s]
struct BlockQ5_K {
  half d;
  half dmin;
  std::uint8_t scales[12];
  std::uint8_t high[32];
  std::uint8_t q[128];
};
static_assert(sizeof(BlockQ5_K) == 176);

// 256 weights in 16 sub-blocks of 16: w = d * scale[s] * (six bits - 32)
// Each half of 128 weights h has 64 bytes of `low` and 32 bytes of `high`; its weight 32 g + i is
//   g = 0: low[i]      & 15 | (high[i]      & 3) << 4
//   g = 1: low[i + 32] & 15 | (high[i] >> 2 & 3) << 4
//   g = 2: low[i]      >> 4 | (high[i] >> 4 & 3) << 4
//   g = 3: low[i + 32] >> 4 | (high[i] >> 6 & 3) << 4
struct BlockQ6_K {
  std::uint8_t low[128];
  std::uint8_t high[64];
  std::int8_t scales[16];
  half d;
};
static_assert(sizeof(BlockQ6_K) == 210);

}  // namespace cromwell::kernels

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

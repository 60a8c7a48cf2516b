// Conversions of the 16-bit float formats, bit for bit what the hardware's instructions give.
#pragma once

#include <bit>
#include <cstdint>

#include "kernels/ops.h"

namespace cromwell::kernels::scalar {

inline float bf16_to_float(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

// Round to nearest even; a NaN stays one.
inline std::uint16_t float_to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return static_cast<std::uint16_t>(bits >> 16 | 0x40u);
  return static_cast<std::uint16_t>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

// binary16 is s eeeee mmmmmmmmmm. Moved to binary32's place (13 bits further left) the exponent
// still has bias 15 instead of 127; multiplying by 2^112 mends it and normalises subnormals too.
inline float half_to_float(half bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16;
  const std::uint32_t magnitude = static_cast<std::uint32_t>(bits & 0x7fffu) << 13;
  if (magnitude >= 0x0f800000u) {  // exponent 31: infinity, or NaN made quiet
    const std::uint32_t quiet = magnitude > 0x0f800000u ? 0x00400000u : 0u;
    return std::bit_cast<float>(sign | 0x70000000u | magnitude | quiet);
  }
  const float scaled = std::bit_cast<float>(magnitude) * 0x1p112f;
  return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(scaled));
}

// Round to nearest even; too large becomes infinity.
inline half float_to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint32_t>((bits >> 16) & 0x8000u);
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) {
    return static_cast<half>(sign | 0x7e00u | ((magnitude >> 13) & 0x3ffu));
  }
  if (magnitude >= 0x47800000u) return static_cast<half>(sign | 0x7c00u);  // >= 2^16
  if (magnitude < 0x38800000u) {  // below 2^-14: adding 0.5 puts the subnormal's ulp, 2^-24, last
    const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
    return static_cast<half>(sign | (std::bit_cast<std::uint32_t>(shifted) - 0x3f000000u));
  }
  const std::uint32_t odd = (magnitude >> 13) & 1u;
  const std::uint32_t rounded = magnitude + 0xfffu + odd - 0x38000000u;
  return static_cast<half>(sign | (rounded >> 13));
}

}  // namespace cromwell::kernels::scalar

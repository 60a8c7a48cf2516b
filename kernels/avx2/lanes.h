// The integer operations that kernels/vector/unpack_*.h is written in: 8 rows, 4 bytes each.
#pragma once

#include "kernels/avx2/rows.h"
#include "kernels/vector/packed_lanes.h"

namespace cromwell::kernels::avx2 {
namespace {

struct Lanes {
  using Rows = vector::Rows;
  using Int = __m256i;
  using Float = __m256;

  static void load_16(Rows rows, int offset, Int* out) { load_16_bytes(rows, offset, out); }
  static void load_8(Rows rows, int offset, Int* out) { load_8_bytes(rows, offset, out); }
  static Int load_4(Rows rows, int offset) { return load_4_bytes(rows, offset); }
  static Float load_halves(Rows rows, int offset) { return avx2::load_halves(rows, offset); }
  // A float16 and the four bytes after it.
  static Float load_half_and_4(Rows rows, int offset, Int& four) {
    Int words[2];
    load_8(rows, offset, words);
    four = bit_or(right(words[0], 16), left(words[1], 16));
    return low_half(words[0]);
  }
  // Twelve bytes and the float16 after them. Two bytes before them are read too, none behind.
  static Float load_12_and_half(Rows rows, int offset, Int* twelve) {
    Int words[4];
    load_16(rows, offset - 2, words);
    for (int i = 0; i < 3; ++i) {
      twelve[i] = bit_or(right(words[i], 16), left(words[i + 1], 16));
    }
    return high_half(words[3]);
  }
  static Float low_half(Int lanes) { return avx2::low_half(lanes); }
  static Float high_half(Int lanes) { return avx2::high_half(lanes); }
  static Float to_float(Int lanes) { return _mm256_cvtepi32_ps(lanes); }
  static Float fma(Float a, Float b, Float c) { return _mm256_fmadd_ps(a, b, c); }
  static Float mul(Float a, Float b) { return _mm256_mul_ps(a, b); }
  static Float negate(Float a) { return _mm256_xor_ps(a, _mm256_set1_ps(-0.0f)); }

  // A word, or a float16, of every lane from memory where they lie side by side.
  static Int load_word(const std::uint8_t* at) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
  }
  static Float load_float16(const std::uint8_t* at) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
  }

  static Int bytes(int value) { return _mm256_set1_epi8(static_cast<char>(value)); }
  static Int lanes(std::uint32_t value) { return _mm256_set1_epi32(static_cast<int>(value)); }
  // The same 16 bytes for every four rows.
  static Int four_lanes(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    return _mm256_broadcastsi128_si256(_mm_setr_epi32(static_cast<int>(a), static_cast<int>(b),
                                                      static_cast<int>(c), static_cast<int>(d)));
  }

  static Int left(Int v, int n) { return _mm256_slli_epi32(v, n); }
  static Int right(Int v, int n) { return _mm256_srli_epi32(v, n); }
  static Int right_signed(Int v, int n) { return _mm256_srai_epi32(v, n); }
  static Int bit_and(Int a, Int b) { return _mm256_and_si256(a, b); }
  static Int bit_or(Int a, Int b) { return _mm256_or_si256(a, b); }
  static Int bit_xor(Int a, Int b) { return _mm256_xor_si256(a, b); }
  static Int add_32(Int a, Int b) { return _mm256_add_epi32(a, b); }
  static Int madd_16(Int a, Int b) { return _mm256_madd_epi16(a, b); }
  static Int add_16(Int a, Int b) { return _mm256_add_epi16(a, b); }
  static Int sub_16(Int a, Int b) { return _mm256_sub_epi16(a, b); }
  static Int mul_16(Int a, Int b) { return _mm256_mullo_epi16(a, b); }
  // Byte i of each 16: table[index[i]], 0 where bit 7 of index[i] is set.
  static Int shuffle(Int table, Int index) { return _mm256_shuffle_epi8(table, index); }
  // Adds `value` to the bytes of w whose counterparts in `bits` have the bit of `mask` set.
  static Int add_where(Int w, Int bits, Int mask, Int value) {
    const Int set = _mm256_cmpeq_epi8(_mm256_and_si256(bits, mask), mask);
    return _mm256_add_epi8(w, _mm256_and_si256(set, value));
  }
};

using PackedLanes = vector::PackedLanes<Lanes>;

}  // namespace
}  // namespace cromwell::kernels::avx2

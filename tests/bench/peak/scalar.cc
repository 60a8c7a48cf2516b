// The scalar table is plain C++ that the compiler may turn into SSE2, so this is SSE2's peak.
#include <emmintrin.h>

#include "tests/bench/peak/loops.h"

namespace cromwell::bench::peak {
namespace {

struct Vector {
  using Float = __m128;
  using Int = __m128i;
  static constexpr int kChains = 12;
  static constexpr double kIntOps = 2 * 8;
  static Float set(float value) { return _mm_set1_ps(value); }
  static Int set(std::int32_t value) { return _mm_set1_epi32(value); }
  static Float fma(Float sum, Float a, Float b) { return _mm_add_ps(_mm_mul_ps(sum, a), b); }
  // Of 16-bit values: what int8 is widened to. In assembler for the reason told in avx2.cc.
  static Int dot(Int sum, Int a, Int b) {
    Int pairs = a;
    asm("pmaddwd %2, %1\n\tpaddd %1, %0" : "+x"(sum), "+x"(pairs) : "x"(b));
    return sum;
  }
  static Int add(Int a, Int b) { return _mm_add_epi32(a, b); }
  static Int load(const std::byte* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  }
  static float first(Float a) { return _mm_cvtss_f32(a); }
  static std::int32_t first(Int a) { return _mm_cvtsi128_si32(a); }
};

}  // namespace

constexpr Loops kScalar = loops<Vector>("scalar");

}  // namespace cromwell::bench::peak

#include <immintrin.h>

#include "tests/bench/peak/loops.h"

namespace cromwell::bench::peak {
namespace {

struct Vector {
  using Float = __m512;
  using Int = __m512i;
  static constexpr int kChains = 12;
  static constexpr double kIntOps = 2 * 64;
  static Float set(float value) { return _mm512_set1_ps(value); }
  static Int set(std::int32_t value) { return _mm512_set1_epi32(value); }
  static Float fma(Float sum, Float a, Float b) { return _mm512_fmadd_ps(sum, a, b); }
  static Int dot(Int sum, Int a, Int b) { return _mm512_dpbusd_epi32(sum, a, b); }
  static Int add(Int a, Int b) { return _mm512_add_epi32(a, b); }
  static Int load(const std::byte* from) { return _mm512_loadu_si512(from); }
  static float first(Float a) { return _mm512_cvtss_f32(a); }
  static std::int32_t first(Int a) { return _mm512_cvtsi512_si32(a); }
};

}  // namespace

constexpr Loops kAvx512 = loops<Vector>("avx512");

}  // namespace cromwell::bench::peak

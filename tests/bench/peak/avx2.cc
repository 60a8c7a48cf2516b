#include <immintrin.h>

#include "tests/bench/peak/loops.h"

namespace cromwell::bench::peak {
namespace {

struct Vector {
  using Float = __m256;
  using Int = __m256i;
  static constexpr int kChains = 10;
  static constexpr double kIntOps = 2 * 32;
  static Float set(float value) { return _mm256_set1_ps(value); }
  static Int set(std::int32_t value) { return _mm256_set1_epi32(value); }
  static Float fma(Float sum, Float a, Float b) { return _mm256_fmadd_ps(sum, a, b); }
  // Without VNNI: products summed in pairs to 16 bits, and those as long as they fit. Widening to
  // 32 bits comes on top, how often depends on the weights. In assembler, or the compiler would
  // take the product, always the same, out of the loop.
  static Int dot(Int sum, Int a, Int b) {
    Int pairs;
    asm("vpmaddubsw %3, %2, %1\n\tvpaddw %1, %0, %0" : "+x"(sum), "=&x"(pairs) : "x"(a), "x"(b));
    return sum;
  }
  static Int add(Int a, Int b) { return _mm256_add_epi32(a, b); }
  static Int load(const std::byte* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  }
  static float first(Float a) { return _mm256_cvtss_f32(a); }
  static std::int32_t first(Int a) { return _mm256_cvtsi256_si32(a); }
};

}  // namespace

constexpr Loops kAvx2 = loops<Vector>("avx2");

}  // namespace cromwell::bench::peak

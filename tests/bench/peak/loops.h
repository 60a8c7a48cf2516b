// The loops for any vector width. V has: Float, Int, kChains (independent sums: latency times
// instructions per cycle, and no more than the registers hold), fma, dot (int8 products and
// their sum), kIntOps (operations of one dot) and the plain moves. Instantiated in peak/<isa>.cc.
#pragma once

#include "tests/bench/peak/peak.h"

namespace cromwell::bench::peak {

template <class V>
double float_flops(std::int64_t rounds, float* sink) {
  constexpr int kLanes = sizeof(typename V::Float) / sizeof(float);
  typename V::Float sums[V::kChains];
  for (int i = 0; i < V::kChains; ++i) sums[i] = V::set(static_cast<float>(i));
  const typename V::Float a = V::set(0.75f);
  const typename V::Float b = V::set(0.25f);
  for (std::int64_t round = 0; round < rounds; ++round) {
    for (int i = 0; i < V::kChains; ++i) sums[i] = V::fma(sums[i], a, b);
  }
  for (int i = 0; i < V::kChains; ++i) *sink += V::first(sums[i]);
  return 2.0 * kLanes * V::kChains * static_cast<double>(rounds);
}

template <class V>
double int8_ops(std::int64_t rounds, std::int32_t* sink) {
  typename V::Int sums[V::kChains];
  for (int i = 0; i < V::kChains; ++i) sums[i] = V::set(i);
  const typename V::Int a = V::set(0x01020304);
  const typename V::Int b = V::set(0x01fe01fe);
  for (std::int64_t round = 0; round < rounds; ++round) {
    for (int i = 0; i < V::kChains; ++i) sums[i] = V::dot(sums[i], a, b);
  }
  for (int i = 0; i < V::kChains; ++i) *sink += V::first(sums[i]);
  return V::kIntOps * V::kChains * static_cast<double>(rounds);
}

// One stream, fetched ahead, since the hardware stops at each page. Four streams at once were a
// third slower on Zen 5.
template <class V>
std::int32_t read(const std::byte* from, std::size_t bytes) {
  constexpr std::size_t kAhead = 4096;
  typename V::Int sum = V::set(0);
  for (std::size_t at = 0; at < bytes; at += 64) {
    __builtin_prefetch(from + at + kAhead);
    for (std::size_t i = 0; i < 64; i += sizeof sum) sum = V::add(sum, V::load(from + at + i));
  }
  return V::first(sum);
}

template <class V>
constexpr Loops loops(const char* isa) {
  return {isa, float_flops<V>, int8_ops<V>, read<V>};
}

}  // namespace cromwell::bench::peak

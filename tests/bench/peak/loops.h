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

// Four streams: more pages for the hardware to look ahead in than one.
template <class V>
std::int32_t read(const std::byte* from, std::size_t bytes) {
  constexpr int kStreams = 4;
  typename V::Int sums[kStreams];
  for (int i = 0; i < kStreams; ++i) sums[i] = V::set(0);
  const std::size_t part = bytes / kStreams;
  for (std::size_t at = 0; at < part; at += 64) {
    for (int i = 0; i < kStreams; ++i) {
      const std::byte* line = from + static_cast<std::size_t>(i) * part + at;
      for (std::size_t j = 0; j < 64; j += sizeof(typename V::Int)) {
        sums[i] = V::add(sums[i], V::load(line + j));
      }
    }
  }
  for (int i = 1; i < kStreams; ++i) sums[0] = V::add(sums[0], sums[i]);
  return V::first(sums[0]);
}

template <class V>
constexpr Loops loops(const char* isa) {
  return {isa, float_flops<V>, int8_ops<V>, read<V>};
}

}  // namespace cromwell::bench::peak

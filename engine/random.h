// Random numbers that are a function of (seed, stream, index) and of nothing else: the same on
// every machine, and a draw can be made again after a rewind, a draft or a preemption without any
// state. And the seed of a request that names none.
#pragma once

#include <cstdint>
#include <random>

namespace cromwell::engine {

// The finaliser of SplitMix64: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
// Generators", OOPSLA 2014 (constants: Stafford's variant 13).
constexpr std::uint64_t mix64(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

// Uniform in [0, 1), 53 bits.
constexpr double uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  constexpr std::uint64_t kGamma = 0x9e3779b97f4a7c15U;  // 2^64 / golden ratio, odd
  const std::uint64_t key = mix64(mix64(seed + kGamma) + (stream + 1) * kGamma);
  return static_cast<double>(mix64(key + (index + 1) * kGamma) >> 11) * 0x1.0p-53;
}

inline std::uint64_t random_seed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

}  // namespace cromwell::engine

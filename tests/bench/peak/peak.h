// Loops that do nothing but what an instruction set does fastest: what a benchmark's figures are
// fractions of. One file per instruction set, compiled with its flags and so bound by house rule
// 13: no standard templates. Not product code.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cromwell::bench::peak {

struct Loops {
  const char* isa;  // a kernel table's name
  // Independent chains of multiply-adds, no memory. Returns the floating point operations done, two
  // per multiply-add; `sink` takes the sums so that no compiler drops them.
  double (*float_flops)(std::int64_t rounds, float* sink);
  // The same of int8 products and their sums: two operations per product.
  double (*int8_ops)(std::int64_t rounds, std::int32_t* sink);
  // Reads [from, from + bytes), bytes a multiple of 1024, and returns a sum over it.
  std::int32_t (*read)(const std::byte* from, std::size_t bytes);
};

extern const Loops kAvx512;
extern const Loops kAvx2;
extern const Loops kScalar;  // what any x86-64 has: SSE2

}  // namespace cromwell::bench::peak

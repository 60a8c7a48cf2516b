// The storage types of weights, numbered as in GGUF, and the sizes of their blocks.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cromwell::kernels {

enum class WeightType : std::uint32_t {
  kF32 = 0,
  kF16 = 1,
  kQ4_0 = 2,
  kQ4_1 = 3,
  kQ5_0 = 6,
  kQ5_1 = 7,
  kQ8_0 = 8,
  kQ2_K = 10,
  kQ3_K = 11,
  kQ4_K = 12,
  kQ5_K = 13,
  kQ6_K = 14,
  kIQ4_NL = 20,
  kBF16 = 30,
};

struct WeightTypeTraits {
  const char* name;         // as GGUF tools print it: "Q4_1"
  std::size_t block_size;   // elements per block
  std::size_t block_bytes;  // bytes per block
};

// nullptr for a type that we do not support.
const WeightTypeTraits* weight_type_traits(WeightType type);

// A row-major matrix in a mapped file: `rows` outputs, `cols` inputs (GGUF's ne[0] = cols). It may
// have a copy that products read instead, or be there only as that: packed_rows.h.
struct WeightMatrix {
  const std::byte* data = nullptr;
  WeightType type = WeightType::kF32;
  int rows = 0;
  int cols = 0;  // a multiple of the type's block_size
  std::size_t row_bytes = 0;
  const std::byte* packed = nullptr;
};

}  // namespace cromwell::kernels

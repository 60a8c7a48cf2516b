#include "kernels/quantize_row.h"

#include <cstring>

#include "kernels/scalar/half.h"
#include "kernels/scalar/quantize.h"

namespace cromwell::kernels {
namespace {

template <class Block, int kBlockSize>
void quantize_blocks(const float* x, int cols, std::byte* out) {
  for (int b = 0; b < cols / kBlockSize; ++b) {
    Block block;
    scalar::quantize_block(x + kBlockSize * b, &block);
    std::memcpy(out + sizeof(Block) * static_cast<std::size_t>(b), &block, sizeof block);
  }
}

template <class Convert>
void convert(const float* x, int cols, std::byte* out, Convert to_16_bits) {
  for (int i = 0; i < cols; ++i) {
    const std::uint16_t bits = to_16_bits(x[i]);
    std::memcpy(out + sizeof bits * static_cast<std::size_t>(i), &bits, sizeof bits);
  }
}

}  // namespace

void quantize_row(WeightType type, const float* x, int cols, std::byte* out) {
  switch (type) {
    case WeightType::kF32:
      std::memcpy(out, x, static_cast<std::size_t>(cols) * sizeof(float));
      break;
    case WeightType::kF16:
      return convert(x, cols, out, scalar::float_to_half);
    case WeightType::kBF16:
      return convert(x, cols, out, scalar::float_to_bf16);
    case WeightType::kQ8_0:
      return quantize_blocks<BlockQ8_0, 32>(x, cols, out);
    case WeightType::kQ4_0:
      return quantize_blocks<BlockQ4_0, 32>(x, cols, out);
    case WeightType::kQ4_1:
      return quantize_blocks<BlockQ4_1, 32>(x, cols, out);
    case WeightType::kQ5_0:
      return quantize_blocks<BlockQ5_0, 32>(x, cols, out);
    case WeightType::kQ5_1:
      return quantize_blocks<BlockQ5_1, 32>(x, cols, out);
    case WeightType::kIQ4_NL:
      return quantize_blocks<BlockIQ4_NL, 32>(x, cols, out);
    case WeightType::kQ2_K:
      return quantize_blocks<BlockQ2_K, 256>(x, cols, out);
    case WeightType::kQ3_K:
      return quantize_blocks<BlockQ3_K, 256>(x, cols, out);
    case WeightType::kQ4_K:
      return quantize_blocks<BlockQ4_K, 256>(x, cols, out);
    case WeightType::kQ5_K:
      return quantize_blocks<BlockQ5_K, 256>(x, cols, out);
    case WeightType::kQ6_K:
      return quantize_blocks<BlockQ6_K, 256>(x, cols, out);
  }
}

}  // namespace cromwell::kernels

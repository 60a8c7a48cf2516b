#include "kernels/weight_type.h"

#include "kernels/blocks.h"

namespace cromwell::kernels {

const WeightTypeTraits* weight_type_traits(WeightType type) {
  static constexpr WeightTypeTraits kF32 = {"F32", 1, 4};
  static constexpr WeightTypeTraits kF16 = {"F16", 1, 2};
  static constexpr WeightTypeTraits kBF16 = {"BF16", 1, 2};
  static constexpr WeightTypeTraits kQ8_0 = {"Q8_0", 32, sizeof(BlockQ8_0)};
  static constexpr WeightTypeTraits kQ4_0 = {"Q4_0", 32, sizeof(BlockQ4_0)};
  static constexpr WeightTypeTraits kQ4_1 = {"Q4_1", 32, sizeof(BlockQ4_1)};
  static constexpr WeightTypeTraits kQ5_0 = {"Q5_0", 32, sizeof(BlockQ5_0)};
  static constexpr WeightTypeTraits kQ5_1 = {"Q5_1", 32, sizeof(BlockQ5_1)};
  static constexpr WeightTypeTraits kIQ4_NL = {"IQ4_NL", 32, sizeof(BlockIQ4_NL)};
  static constexpr WeightTypeTraits kQ2_K = {"Q2_K", 256, sizeof(BlockQ2_K)};
  static constexpr WeightTypeTraits kQ3_K = {"Q3_K", 256, sizeof(BlockQ3_K)};
  static constexpr WeightTypeTraits kQ4_K = {"Q4_K", 256, sizeof(BlockQ4_K)};
  static constexpr WeightTypeTraits kQ5_K = {"Q5_K", 256, sizeof(BlockQ5_K)};
  static constexpr WeightTypeTraits kQ6_K = {"Q6_K", 256, sizeof(BlockQ6_K)};
  switch (type) {
    case WeightType::kF32:
      return &kF32;
    case WeightType::kF16:
      return &kF16;
    case WeightType::kBF16:
      return &kBF16;
    case WeightType::kQ8_0:
      return &kQ8_0;
    case WeightType::kQ4_0:
      return &kQ4_0;
    case WeightType::kQ4_1:
      return &kQ4_1;
    case WeightType::kQ5_0:
      return &kQ5_0;
    case WeightType::kQ5_1:
      return &kQ5_1;
    case WeightType::kIQ4_NL:
      return &kIQ4_NL;
    case WeightType::kQ2_K:
      return &kQ2_K;
    case WeightType::kQ3_K:
      return &kQ3_K;
    case WeightType::kQ4_K:
      return &kQ4_K;
    case WeightType::kQ5_K:
      return &kQ5_K;
    case WeightType::kQ6_K:
      return &kQ6_K;
  }
  return nullptr;
}

}  // namespace cromwell::kernels

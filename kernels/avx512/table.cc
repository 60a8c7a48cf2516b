#include "kernels/avx512/avx512.h"
#include "kernels/scalar/scalar.h"

namespace cromwell::kernels::avx512 {
namespace {

MatmulFn matmul(WeightType type) {
  switch (type) {
    case WeightType::kF32:
      return matmul_f32_f32;
    case WeightType::kF16:
      return matmul_f16_f32;
    case WeightType::kBF16:
      return matmul_bf16_f32;
    case WeightType::kQ8_0:
      return matmul_q8_0_q8;
    case WeightType::kQ4_0:
      return matmul_q4_0_q8;
    case WeightType::kQ4_1:
      return matmul_q4_1_q8;
    case WeightType::kQ5_0:
      return matmul_q5_0_q8;
    case WeightType::kQ5_1:
      return matmul_q5_1_q8;
    case WeightType::kIQ4_NL:
      return matmul_iq4_nl_q8;
    case WeightType::kQ2_K:
      return matmul_q2_k_q8;
    case WeightType::kQ3_K:
      return matmul_q3_k_q8;
    case WeightType::kQ4_K:
      return matmul_q4_k_q8;
    case WeightType::kQ5_K:
      return matmul_q5_k_q8;
    case WeightType::kQ6_K:
      return matmul_q6_k_q8;
  }
  return nullptr;
}

}  // namespace

const Kernels kTable = {
    .name = "avx512",
    .reads_packed = true,
    .matmul = matmul,
    .quantize_activations = quantize_activations,
    .dequantize_row = scalar::dequantize_row,
    .rms_norm = rms_norm,
    .rope = rope,
    .swiglu_silu = swiglu_silu,
    .swiglu_sigmoid = swiglu_sigmoid,
    .add = add,
    .sum_logits = sum_logits,
    .store_kv = store_kv,
    .attention = attention,
    .combine_segments = combine_segments,
};

}  // namespace cromwell::kernels::avx512

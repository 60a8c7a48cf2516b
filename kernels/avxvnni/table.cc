// The table, and its quantised products: one line a type.
#include "kernels/avx2/avx2.h"
#include "kernels/avxvnni/accumulate.h"
#include "kernels/avxvnni/avxvnni.h"
#include "kernels/scalar/scalar.h"
#include "kernels/vector/unpack_iq4_nl.h"
#include "kernels/vector/unpack_q2_k.h"
#include "kernels/vector/unpack_q3_k.h"
#include "kernels/vector/unpack_q4.h"
#include "kernels/vector/unpack_q4_k.h"
#include "kernels/vector/unpack_q5.h"
#include "kernels/vector/unpack_q5_k.h"
#include "kernels/vector/unpack_q6_k.h"
#include "kernels/vector/unpack_q8_0.h"

namespace cromwell::kernels::CROMWELL_VNNI {
namespace {

template <class L>
using Q8_0 = OneScale<vector::UnpackUnsignedQ8_0<L>, 128>;
template <class L>
using Q4_0 = OneScale<vector::UnpackQ4_0<L>, 8>;
template <class L>
using Q4_1 = ScaleAndMinimum<vector::UnpackQ4_1<L>>;
template <class L>
using Q5_0 = OneScale<vector::UnpackQ5_0<L>, 16>;
template <class L>
using Q5_1 = ScaleAndMinimum<vector::UnpackQ5_1<L>>;
template <class L>
using IQ4_NL = OneScale<vector::UnpackIQ4_NL<L, 128>, 128>;
template <class L>
using Q2_K = OneScale<vector::UnpackScaledQ2_K<L>, 0>;
template <class L>
using Q3_K = OneScale<vector::UnpackScaledQ3_K<L>, 124>;
template <class L>
using Q4_K = OneScale<vector::UnpackQ4_K<L>, 0>;
template <class L>
using Q5_K = OneScale<vector::UnpackQ5_K<L>, 0>;
template <class L>
using Q6_K = TwoScales<vector::UnpackQ6_K<L>, 32>;

template <template <class> class Format>
void product(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end, float* y,
             int y_stride) {
  vector::multiply<Format, Lanes, PackedLanes>(w, x, row_begin, row_end, y, y_stride);
}

MatmulFn matmul(WeightType type) {
  switch (type) {
    case WeightType::kF32:
      return avx2::matmul_f32_f32;
    case WeightType::kF16:
      return avx2::matmul_f16_f32;
    case WeightType::kBF16:
      return avx2::matmul_bf16_f32;
    case WeightType::kQ8_0:
      return product<Q8_0>;
    case WeightType::kQ4_0:
      return product<Q4_0>;
    case WeightType::kQ4_1:
      return product<Q4_1>;
    case WeightType::kQ5_0:
      return product<Q5_0>;
    case WeightType::kQ5_1:
      return product<Q5_1>;
    case WeightType::kIQ4_NL:
      return product<IQ4_NL>;
    case WeightType::kQ2_K:
      return product<Q2_K>;
    case WeightType::kQ3_K:
      return product<Q3_K>;
    case WeightType::kQ4_K:
      return product<Q4_K>;
    case WeightType::kQ5_K:
      return product<Q5_K>;
    case WeightType::kQ6_K:
      return product<Q6_K>;
  }
  return nullptr;
}

}  // namespace

const Kernels kTable = {
    .name = "avxvnni",
    .reads_packed = true,
    .matmul = matmul,
    .quantize_activations = avx2::quantize_activations,
    .dequantize_row = scalar::dequantize_row,
    .rms_norm = avx2::rms_norm,
    .rope = avx2::rope,
    .swiglu_silu = avx2::swiglu_silu,
    .swiglu_sigmoid = avx2::swiglu_sigmoid,
    .add = avx2::add,
    .sum_logits = avx2::sum_logits,
    .store_kv = avx2::store_kv,
    .attention = avx2::attention,
    .combine_segments = avx2::combine_segments,
};

}  // namespace cromwell::kernels::CROMWELL_VNNI

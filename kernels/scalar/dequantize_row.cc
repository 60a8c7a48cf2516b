// One row of weights as floats, exactly as GGML defines them: every product and difference rounded
// to float once, in the order of blocks.h. All instruction sets share this one.
#include <cstring>

#include "kernels/scalar/scalar.h"
#include "kernels/scalar/unpack.h"

namespace cromwell::kernels::scalar {
namespace {

// scale * sub_scale is rounded before it meets the weight, unlike in the integer form of matmul.
template <class Unpack>
void dequantize(const void* row, int cols, float* out) {
  for (int block = 0; block < cols / 32; ++block) {
    Unpacked w;
    Unpack::block(row, block, w);
    for (int i = 0; i < 32; ++i) {
      const float scale = w.scale * static_cast<float>(w.sub_scale[i / 16]);
      const float minimum = w.minimum * static_cast<float>(w.sub_minimum[i / 16]);
      const float product = scale * static_cast<float>(w.q[i]);
      out[32 * block + i] = Unpack::kMinima == Minima::kNone ? product : product + minimum;
    }
  }
}

}  // namespace

void dequantize_row(const WeightMatrix& w, int row, float* out) {
  const void* data = w.data + static_cast<std::size_t>(row) * w.row_bytes;
  switch (w.type) {
    case WeightType::kF32:
      std::memcpy(out, data, static_cast<std::size_t>(w.cols) * sizeof(float));
      break;
    case WeightType::kF16:
      for (int i = 0; i < w.cols; ++i) out[i] = half_to_float(static_cast<const half*>(data)[i]);
      break;
    case WeightType::kBF16:
      for (int i = 0; i < w.cols; ++i) {
        out[i] = bf16_to_float(static_cast<const std::uint16_t*>(data)[i]);
      }
      break;
    case WeightType::kQ8_0:
      return dequantize<UnpackQ8_0>(data, w.cols, out);
    case WeightType::kQ4_0:
      return dequantize<UnpackQ4_0>(data, w.cols, out);
    case WeightType::kQ4_1:
      return dequantize<UnpackQ4_1>(data, w.cols, out);
    case WeightType::kQ5_0:
      return dequantize<UnpackQ5_0>(data, w.cols, out);
    case WeightType::kQ5_1:
      return dequantize<UnpackQ5_1>(data, w.cols, out);
    case WeightType::kIQ4_NL:
      return dequantize<UnpackIQ4_NL>(data, w.cols, out);
    case WeightType::kQ2_K:
      return dequantize<UnpackQ2_K>(data, w.cols, out);
    case WeightType::kQ3_K:
      return dequantize<UnpackQ3_K>(data, w.cols, out);
    case WeightType::kQ4_K:
      return dequantize<UnpackQ4_K>(data, w.cols, out);
    case WeightType::kQ5_K:
      return dequantize<UnpackQ5_K>(data, w.cols, out);
    case WeightType::kQ6_K:
      return dequantize<UnpackQ6_K>(data, w.cols, out);
  }
}

}  // namespace cromwell::kernels::scalar

// One row of weights as floats, exactly as GGML defines them: every product and difference rounded
// to float once, in the order of blocks.h. All instruction sets share this one.
#include <cstring>

#include "kernels/scalar/scalar.h"
#include "kernels/scalar/unpack.h"

namespace cromwell::kernels::scalar {
namespace {

template <class Unpack>
void dequantize(const void* row, int cols, float* out) {
  for (int block = 0; block < cols / 32; ++block) {
    Unpacked w;
    Unpack::block(row, block, w);
    for (int i = 0; i < 32; ++i) {
      const float product = w.scale * static_cast<float>(w.q[i]);
      out[32 * block + i] = Unpack::kHasMinimum ? product + w.minimum : product;
    }
  }
}

// d * scale is rounded before it meets the weight, unlike in the integer form of unpack.h.
void dequantize_q6_k(const void* row, int cols, float* out) {
  for (int block = 0; block < cols / 32; ++block) {
    const BlockQ6_K& in = static_cast<const BlockQ6_K*>(row)[block / 8];
    for (int i = 0; i < 32; ++i) {
      const float scale =
          half_to_float(in.d) * static_cast<float>(in.scales[2 * (block % 8) + i / 16]);
      out[32 * block + i] = scale * static_cast<float>(UnpackQ6_K::six_bits(in, block % 8, i) - 32);
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
    case WeightType::kQ4_K:
      return dequantize<UnpackQ4_K>(data, w.cols, out);
    case WeightType::kQ6_K:
      return dequantize_q6_k(data, w.cols, out);
  }
}

}  // namespace cromwell::kernels::scalar

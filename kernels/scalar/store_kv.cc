// One position's key and value into their blocks (kernels/kv_block.h).
#include <algorithm>
#include <cmath>

#include "kernels/scalar/kv_block.h"
#include "kernels/scalar/scalar.h"

namespace cromwell::kernels::scalar {
namespace {

// x to int8 with a scale for each 32: element d to q[index(d)].
template <class Index>
void store_int8(const float* x, int head_dim, int slot, std::byte* block, Index index) {
  auto* q = reinterpret_cast<std::int8_t*>(block);
  auto* scales = reinterpret_cast<half*>(q + head_dim * kKvBlock);
  for (int begin = 0; begin < head_dim; begin += kKvScaleBlock) {
    const int end = std::min(begin + kKvScaleBlock, head_dim);
    float largest = 0;
    for (int d = begin; d < end; ++d) largest = std::max(largest, std::fabs(x[d]));
    const half scale = float_to_half(largest / 127);
    scales[begin / kKvScaleBlock * kKvBlock + slot] = scale;
    const float rounded = half_to_float(scale);
    const float factor = rounded > 0 ? 1 / rounded : 0;
    for (int d = begin; d < end; ++d) {
      // A subnormal scale may be a half too small.
      const float whole = std::clamp(x[d] * factor, -127.0f, 127.0f);
      q[index(d)] = static_cast<std::int8_t>(std::lrint(whole));
    }
  }
}

}  // namespace

void store_kv(KvType type, const float* k, const float* v, int head_dim, int slot,
              std::byte* k_block, std::byte* v_block) {
  const auto key_at = [&](int d) { return key_index(d, slot); };
  const auto value_at = [&](int d) { return value_index(d, slot, head_dim); };
  if (type == KvType::kQ8_0) {
    store_int8(k, head_dim, slot, k_block, key_at);
    store_int8(v, head_dim, slot, v_block, value_at);
    return;
  }
  for (int d = 0; d < head_dim; ++d) {
    reinterpret_cast<half*>(k_block)[key_at(d)] = float_to_half(k[d]);
    reinterpret_cast<half*>(v_block)[value_at(d)] = float_to_half(v[d]);
  }
}

}  // namespace cromwell::kernels::scalar

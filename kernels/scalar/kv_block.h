// One position's key or value of a block (kernels/kv_block.h), element by element.
#pragma once

#include "kernels/ops.h"
#include "kernels/scalar/half.h"

namespace cromwell::kernels::scalar {

// Where element d of position j lies: keys are transposed.
inline int key_index(int d, int j) { return d * kKvBlock + j; }
inline int value_index(int d, int j, int head_dim) { return j * head_dim + d; }

inline float kv_element(KvType type, const std::byte* block, int head_dim, int index, int d,
                        int j) {
  if (type == KvType::kF16) return half_to_float(reinterpret_cast<const half*>(block)[index]);
  const auto* q = reinterpret_cast<const std::int8_t*>(block);
  const auto* scales = reinterpret_cast<const half*>(q + head_dim * kKvBlock);
  return half_to_float(scales[d / kKvScaleBlock * kKvBlock + j]) * static_cast<float>(q[index]);
}

inline float key(KvType type, const std::byte* block, int head_dim, int d, int j) {
  return kv_element(type, block, head_dim, key_index(d, j), d, j);
}

inline float value(KvType type, const std::byte* block, int head_dim, int d, int j) {
  return kv_element(type, block, head_dim, value_index(d, j, head_dim), d, j);
}

}  // namespace cromwell::kernels::scalar

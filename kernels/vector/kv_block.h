// The blocks of the KV cache (kernels/kv_block.h): read as vectors of floats, and written. Reading
// is exact for both kinds: a half is a float, and 8 times 11 bits fit a float's 24. Instantiated
// only in kernels/<isa>/.
#pragma once

#include <cstddef>

#include "kernels/ops.h"

namespace cromwell::kernels::vector {

template <class V>
struct HalfBlock {
  using Float = typename V::Float;
  static constexpr int kVectorBytes = V::kLanes * 2;
  static constexpr int kScratch = 1;

  HalfBlock(const std::byte* block, int dim, float*)
      : halves(reinterpret_cast<const half*>(block)), head_dim(dim) {}

  // Element d of the keys at positions j .. j + kLanes - 1.
  Float key(int d, int j) const { return V::load_half(halves + d * kKvBlock + j); }
  // Elements d .. d + kLanes - 1 of the value at position j.
  Float value(int j, int d) const { return V::load_half(halves + j * head_dim + d); }

  const half* halves;
  int head_dim;
};

template <class V>
struct Int8Block {
  using Float = typename V::Float;
  static constexpr int kVectorBytes = V::kLanes;
  static constexpr int kScratch = kMaxHeadDim / kKvScaleBlock * kKvBlock;

  Int8Block(const std::byte* block, int dim, float* scratch)
      : elements(reinterpret_cast<const std::int8_t*>(block)), scales(scratch), head_dim(dim) {
    const half* from = reinterpret_cast<const half*>(elements + head_dim * kKvBlock);
    const int count = kv_scales(head_dim) * kKvBlock;
    for (int i = 0; i < count; i += V::kLanes) V::store(scratch + i, V::load_half(from + i));
  }

  Float key(int d, int j) const {
    return V::mul(V::load_int8(elements + d * kKvBlock + j),
                  V::load(scales + d / kKvScaleBlock * kKvBlock + j));
  }
  Float value(int j, int d) const {
    return V::mul(V::load_int8(elements + j * head_dim + d),
                  V::broadcast(scales[d / kKvScaleBlock * kKvBlock + j]));
  }

  const std::int8_t* elements;
  const float* scales;  // [scale, position]
  int head_dim;
};

template <class V>
struct KvStore {
  using Float = typename V::Float;
  static constexpr int kLanes = V::kLanes;

  // One position's key or value as a block holds it.
  struct Int8Row {
    std::int8_t q[kMaxHeadDim];
    half scale[kMaxHeadDim / kKvScaleBlock];
  };

  static void to_half(const float* x, int n, half* out) {
    for (int i = 0; i < n; i += kLanes) V::store_half_partial(out + i, V::load(x + i), kLanes);
  }

  // scale = max |x| / 127 as a half; q = x / scale to the nearest whole number, ties to even.
  static void to_int8(const float* x, int n, Int8Row& row) {
    for (int begin = 0; begin < n; begin += kKvScaleBlock) {
      const int end = begin + kKvScaleBlock < n ? begin + kKvScaleBlock : n;
      Float largest = V::zero();
      for (int i = begin; i < end; i += kLanes) largest = V::max(largest, V::abs(V::load(x + i)));
      half* scale = row.scale + begin / kKvScaleBlock;
      V::store_half_partial(scale, V::broadcast(V::reduce_max(largest) / 127), 1);
      const float rounded = V::first_lane(V::load_half_partial(scale, 1));
      const Float factor = V::broadcast(rounded > 0 ? 1 / rounded : 0);
      for (int i = begin; i < end; i += kLanes) {
        // A subnormal scale may be a half too small.
        const Float whole = V::min(V::mul(V::load(x + i), factor), V::broadcast(127));
        V::store_int8(row.q + i, V::max(whole, V::broadcast(-127)));
      }
    }
  }

  template <class T>
  static void put_column(const T* column, int n, int slot, T* to) {
    for (int i = 0; i < n; ++i) to[i * kKvBlock + slot] = column[i];
  }

  static void store_halves(const float* k, const float* v, int head_dim, int slot, half* k_block,
                           half* v_block) {
    half key[kMaxHeadDim];
    to_half(k, head_dim, key);
    put_column(key, head_dim, slot, k_block);
    to_half(v, head_dim, v_block + slot * head_dim);
  }

  static void store_int8(const float* k, const float* v, int head_dim, int slot,
                         std::int8_t* k_block, std::int8_t* v_block) {
    Int8Row row;
    to_int8(k, head_dim, row);
    put_column(row.q, head_dim, slot, k_block);
    put_column(row.scale, kv_scales(head_dim), slot, scales_of(k_block, head_dim));
    to_int8(v, head_dim, row);
    for (int i = 0; i < head_dim; ++i) v_block[slot * head_dim + i] = row.q[i];
    put_column(row.scale, kv_scales(head_dim), slot, scales_of(v_block, head_dim));
  }

  static half* scales_of(std::int8_t* block, int head_dim) {
    return reinterpret_cast<half*>(block + head_dim * kKvBlock);
  }

  static void store(KvType type, const float* k, const float* v, int head_dim, int slot,
                    std::byte* k_block, std::byte* v_block) {
    if (type == KvType::kF16) {
      store_halves(k, v, head_dim, slot, reinterpret_cast<half*>(k_block),
                   reinterpret_cast<half*>(v_block));
    } else {
      store_int8(k, v, head_dim, slot, reinterpret_cast<std::int8_t*>(k_block),
                 reinterpret_cast<std::int8_t*>(v_block));
    }
  }
};

}  // namespace cromwell::kernels::vector

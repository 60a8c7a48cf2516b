// How the cache keeps one head's keys or values of kKvBlock positions. Keys are stored transposed,
// so that the scores of a block are sums over rows and lanes are positions; the transposition is
// paid once, when a position is written. Plain types only, as in ops.h.
//   F16   keys [head_dim, 64] halves;  values [64, head_dim] halves
//   Q8_0  the same in int8, then the scales [head_dim / 32 rounded up, 64] as halves: a scale for
//         32 elements of one position, as in GGUF's type of that name; element = scale * int8
#pragma once

#include <cstddef>
#include <cstdint>

namespace cromwell::kernels {

using half = std::uint16_t;  // IEEE binary16 bits

inline constexpr int kKvBlock = 64;       // positions per block, and per KV page
inline constexpr int kKvScaleBlock = 32;  // elements of a position that share a scale
inline constexpr int kMaxHeadDim = 256;

enum class KvType { kF16, kQ8_0 };

// Scales of one position.
static constexpr int kv_scales(int head_dim) {
  return (head_dim + kKvScaleBlock - 1) / kKvScaleBlock;
}

// Bytes of a block of keys, and of a block of values: a multiple of 64.
static constexpr std::size_t kv_block_bytes(KvType type, int head_dim) {
  const int elements = kKvBlock * head_dim;
  const int scales = kKvBlock * kv_scales(head_dim);
  const int bytes = type == KvType::kF16 ? 2 * elements : elements + 2 * scales;
  return static_cast<std::size_t>(bytes);
}

}  // namespace cromwell::kernels

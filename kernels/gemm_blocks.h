// How the product of float weights cuts its operands so that each piece stays in a cache while it
// is used. Speed only: no block alters a bit of a result. Plain types, see ops.h.
#pragma once

#include <cstddef>

namespace cromwell::kernels {

// A panel of activations is at most this deep, whatever the machine: eight tokens of it, 12 KiB,
// lie in the smallest first-level cache there is (32 KiB) and leave room for the weights that
// stream by.
inline constexpr int kPanelDepth = 384;
// The distance of two tokens in a panel, in floats: not a multiple of 4 KiB, at which all tokens
// would meet in the same few lines of the cache.
inline constexpr int kPanelStride = kPanelDepth + 16;
inline constexpr int kMaxPanelFloats = 1 << 18;  // 1 MiB on the worker's stack

struct GemmBlocks {
  int panel_floats = 0;          // activations that a worker keeps packed; at most kMaxPanelFloats
  std::size_t weight_bytes = 0;  // weights that all the tokens pass before the next are read
};

// From the second-level cache of a core and its share of the third.
GemmBlocks gemm_blocks_for(std::size_t l2_bytes, std::size_t l3_bytes);
// This machine's.
const GemmBlocks& gemm_blocks();

}  // namespace cromwell::kernels

#include "kernels/gemm_blocks.h"

#include <algorithm>

#include "base/cpu.h"

namespace cromwell::kernels {

// The activations may fill a second-level cache: they pass once per tile of rows, one tile of
// tokens after the other, so that what does not fit arrives in time from the third, and the more
// tokens there are the less the transposing of the weights costs. Of the third level half is
// enough.
GemmBlocks gemm_blocks_for(std::size_t l2_bytes, std::size_t l3_bytes) {
  constexpr std::size_t kLeast = 16 * kPanelStride;  // two tiles of tokens
  const std::size_t floats = l2_bytes / sizeof(float);
  return {.panel_floats = static_cast<int>(
              std::clamp(floats, kLeast, static_cast<std::size_t>(kMaxPanelFloats))),
          .weight_bytes = std::max(l2_bytes, l3_bytes / 2)};
}

const GemmBlocks& gemm_blocks() {
  static const GemmBlocks blocks = [] {
    const base::CacheSizes caches = base::detect_cache_sizes("/sys");
    return gemm_blocks_for(caches.l2, caches.l3);
  }();
  return blocks;
}

}  // namespace cromwell::kernels

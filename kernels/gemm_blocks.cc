#include "kernels/gemm_blocks.h"

#include <algorithm>

#include "base/cpu.h"

namespace cromwell::kernels {

// A tile leaves room in the second level for the next one's weights and the activations that pass
// by; those come again and again from the third, which the cores have together.
GemmBlocks gemm_blocks_for(std::size_t l2_bytes, std::size_t l3_bytes) {
  constexpr std::size_t kLeast = std::size_t{64} << 10;
  return {.tile_bytes = std::max(kLeast, l2_bytes / 8 * 3),
          .activation_bytes = std::max({kLeast, l2_bytes, l3_bytes / 2})};
}

const GemmBlocks& gemm_blocks() {
  static const GemmBlocks blocks = [] {
    const base::CacheSizes caches = base::detect_cache_sizes("/sys");
    return gemm_blocks_for(caches.l2, caches.l3);
  }();
  return blocks;
}

}  // namespace cromwell::kernels

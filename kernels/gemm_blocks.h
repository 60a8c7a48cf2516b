// How the product of float weights cuts its operands so that each piece stays in a cache while it
// is used. Speed only: no block alters a bit of a result. Plain types, see ops.h.
#pragma once

#include <cstddef>

namespace cromwell::kernels {

// Columns of a tile at most, whatever the machine: with 48 rows it takes 384 KiB of the worker's
// stack.
inline constexpr int kMaxTileDepth = 2048;

struct GemmBlocks {
  std::size_t tile_bytes = 0;        // transposed weights that all tokens of a chunk meet
  std::size_t activation_bytes = 0;  // of a chunk of tokens, which all tiles of weights meet
};

// From the second-level cache of a core and the third.
GemmBlocks gemm_blocks_for(std::size_t l2_bytes, std::size_t l3_bytes);
// This machine's.
const GemmBlocks& gemm_blocks();

}  // namespace cromwell::kernels

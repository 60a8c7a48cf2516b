// LaneMatrix: a float matrix in the order in which a product with its rows in the lanes reads it,
// so that small ones (the factors of a LoRA adapter) need no transposing at each product.
// Only plain types, as in ops.h.
#pragma once

#include <cstddef>

#include "kernels/weight_type.h"

namespace cromwell::kernels {

inline constexpr int kLaneRows = 16;

// [ceil(rows / 16), cols, 16] elements: the rows of a group lie side by side. Rows past the last
// are zero.
struct LaneMatrix {
  const std::byte* data = nullptr;
  WeightType type = WeightType::kF32;  // or kF16
  int rows = 0;
  int cols = 0;
};

static constexpr std::size_t lane_places(int rows, int cols) {
  return static_cast<std::size_t>((rows + kLaneRows - 1) / kLaneRows * kLaneRows) *
         static_cast<std::size_t>(cols);
}

// Where element [row, col] lies.
static constexpr std::size_t lane_place(int cols, int row, int col) {
  const auto group = static_cast<std::size_t>(row / kLaneRows);
  return (group * static_cast<std::size_t>(cols) + static_cast<std::size_t>(col)) * kLaneRows +
         static_cast<std::size_t>(row % kLaneRows);
}

// Its rows from `begin`, a multiple of kLaneRows, to `end`.
static constexpr LaneMatrix lane_rows(const LaneMatrix& w, int begin, int end) {
  const std::size_t element = w.type == WeightType::kF16 ? 2 : 4;
  return {.data = w.data + lane_place(w.cols, begin, 0) * element,
          .type = w.type,
          .rows = end - begin,
          .cols = w.cols};
}

}  // namespace cromwell::kernels

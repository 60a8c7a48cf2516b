// RowShares: the rows of the matrices that one region multiplies, cut into shares for the workers
// to claim. Equal shares by bytes, each round of them half of what is left: the first are large, so
// that there are few; the last are small, so that workers of unlike speed end together. How rows
// are cut never changes a result (kernels/ops.h). Made by the engine thread before each region.
#pragma once

#include <cstddef>
#include <vector>

namespace cromwell::model {

struct RowShare {
  int matrix = 0;
  int begin = 0;  // rows, a multiple of kernels::kRowAlign
  int end = 0;
};

class RowShares {
 public:
  explicit RowShares(int workers);

  // A region of `tokens` columns; then its matrices, in order; then cut().
  void begin(int tokens);
  void add_matrix(int rows, std::size_t row_bytes);
  const std::vector<RowShare>& cut();

 private:
  struct Matrix {
    int rows = 0;
    std::size_t row_bytes = 0;
  };

  std::size_t target_bytes(std::size_t left_bytes) const;

  const std::size_t workers_;
  int least_rows_ = 0;
  std::vector<Matrix> matrices_;
  std::vector<RowShare> shares_;
};

}  // namespace cromwell::model

#include "model/row_shares.h"

#include <algorithm>

#include "kernels/ops.h"

namespace cromwell::model {
namespace {

using kernels::kRowAlign;

// What a share is worth claiming for, about 2 us of one core's reading.
constexpr std::size_t kLeastBytes = std::size_t{32} << 10;
// Rows to spread over what a product does once in a call and token.
constexpr int kLeastRowsPerToken = kRowAlign;
constexpr int kLeastRows = 64;

constexpr std::size_t kMaxMatrices = 4;
constexpr std::size_t kMaxRounds = 24;  // of halving until kLeastBytes are left

std::size_t bytes_of(int rows, std::size_t row_bytes) {
  return static_cast<std::size_t>(rows) * row_bytes;
}

}  // namespace

RowShares::RowShares(int workers) : workers_(static_cast<std::size_t>(workers)) {
  matrices_.reserve(kMaxMatrices);
  shares_.reserve(workers_ * kMaxRounds + kMaxMatrices);
}

void RowShares::begin(int tokens) {
  matrices_.clear();
  least_rows_ = std::min(kLeastRowsPerToken * std::min(tokens, kLeastRows), kLeastRows);
}

void RowShares::add_matrix(int rows, std::size_t row_bytes) {
  matrices_.push_back({rows, row_bytes});
}

// Half of what is left, split evenly; once that is too little, all of it, split evenly.
std::size_t RowShares::target_bytes(std::size_t left_bytes) const {
  const std::size_t least =
      std::max(kLeastBytes, bytes_of(least_rows_, matrices_.front().row_bytes));
  const std::size_t half = left_bytes / (2 * workers_);
  return half >= least ? half : std::max(kLeastBytes, left_bytes / workers_);
}

const std::vector<RowShare>& RowShares::cut() {
  shares_.clear();
  std::size_t left_bytes = 0;
  for (const Matrix& m : matrices_) left_bytes += bytes_of(m.rows, m.row_bytes);
  std::size_t target = 0;
  std::size_t left_in_round = 0;
  for (std::size_t m = 0; m < matrices_.size(); ++m) {
    const auto [rows, row_bytes] = matrices_[m];
    for (int first = 0; first < rows;) {
      if (left_in_round == 0) {
        target = target_bytes(left_bytes);
        left_in_round = workers_;
      }
      --left_in_round;
      const auto units = (target / row_bytes + kRowAlign / 2) / kRowAlign;
      int end = rows;
      if (units < static_cast<std::size_t>(rows / kRowAlign)) {
        end = std::min(rows, first + std::max(static_cast<int>(units), 1) * kRowAlign);
      }
      if (4 * bytes_of(rows - end, row_bytes) < target) end = rows;  // no crumbs
      shares_.push_back({static_cast<int>(m), first, end});
      left_bytes -= bytes_of(end - first, row_bytes);
      first = end;
    }
  }
  return shares_;
}

}  // namespace cromwell::model

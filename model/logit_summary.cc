#include "model/logit_summary.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace cromwell::model {
namespace {

std::span<const float> piece_of(std::span<const float> row, std::size_t index) {
  const std::size_t begin = index * kSummaryPiece;
  return row.subspan(begin, std::min<std::size_t>(kSummaryPiece, row.size() - begin));
}

}  // namespace

kernels::LogitSum summarize_piece(const kernels::Kernels& kernels, std::span<const float> row,
                                  int index) {
  const auto piece = piece_of(row, static_cast<std::size_t>(index));
  return kernels.sum_logits(piece.data(), static_cast<int>(piece.size()));
}

LogitSummary join_pieces(std::span<const float> row, std::span<const kernels::LogitSum> pieces) {
  constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();
  float max = kMinusInfinity;
  std::size_t best = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (std::isnan(pieces[i].sum)) return {};
    if (pieces[i].max > max) max = pieces[i].max, best = i;
  }
  if (max == kMinusInfinity) return {};
  double sum = 0;
  for (const kernels::LogitSum& piece : pieces) {
    sum += double{piece.sum} * std::exp(double{piece.max} - double{max});
  }
  const auto in_best = piece_of(row, best);
  const auto found = std::find(in_best.begin(), in_best.end(), max);
  const auto id = best * kSummaryPiece + static_cast<std::size_t>(found - in_best.begin());
  return {.best = static_cast<TokenId>(id), .max = max, .sum = sum};
}

}  // namespace cromwell::model

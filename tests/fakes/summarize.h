// The summary of a row of logits, on one thread and by the scalar kernels.
#pragma once

#include <span>
#include <vector>

#include "kernels/kernels.h"
#include "model/logit_summary.h"

namespace cromwell::fakes {

inline model::LogitSummary summarize(std::span<const float> row) {
  const kernels::Kernels& kernels = *kernels::available_kernels().back();
  std::vector<kernels::LogitSum> pieces;
  for (int i = 0; i < model::summary_pieces(static_cast<int>(row.size())); ++i) {
    pieces.push_back(model::summarize_piece(kernels, row, i));
  }
  return model::join_pieces(row, pieces);
}

}  // namespace cromwell::fakes

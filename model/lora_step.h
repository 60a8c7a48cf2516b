// LoraStep: what adapters add to the products of a pass, each token by its own sequence's adapter.
// Two regions: shrink() makes A x of all products that share an input, add() what B makes of it,
// within the shares of rows that the product itself is cut into. Sums are in float32, in the order
// of kernels/ops.h: the same bits whatever else is in the batch. Engine thread and its workers.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "kernels/kernels.h"
#include "model/batch.h"
#include "model/lora.h"
#include "model/pass_plan.h"

namespace cromwell::model {

class LoraStep {
 public:
  static constexpr int kMaxProducts = 3;  // that share an input
  static constexpr int kAll = 0;          // whose list all tokens are in

  LoraStep(std::vector<LoraAdapter> adapters, const kernels::Kernels& kernels, int max_tokens,
           int threads);

  int adapters() const { return static_cast<int>(adapters_.size()); }

  // The tokens of the pass, or those of `chosen` (indices into it) alone.
  void begin(const Batch& batch);
  void choose(const Batch& batch, std::span<const int> chosen);
  bool active() const { return !runs_.empty(); }

  // Of all tokens. input: [tokens, cols of each]
  void shrink(std::span<const kernels::WeightMatrix* const> products, const float* input,
              base::ForkJoinPool& pool);
  // Of the tokens of one part of the pass, by the worker who goes on with it.
  void shrink_part(std::span<const kernels::WeightMatrix* const> products, const float* input,
                   TokenRange part, int worker);
  // y[t, row] += scale B (A x) for the rows [begin, end) of the product of that index, and the
  // tokens that were shrunk: all, or this worker's. y: [tokens, matrix.rows]
  void add(int product, const kernels::WeightMatrix& matrix, int begin, int end, float* y,
           int worker = kAll) const;

 private:
  // Adjacent tokens with one adapter.
  struct Run {
    int adapter = 0;
    int begin = 0;
    int end = 0;
  };
  struct Piece {
    const LoraFactors* factors = nullptr;
    int product = 0;
    int begin = 0;  // tokens
    int end = 0;
  };

  void extend(const Batch& batch, int token, int place);
  void list(std::span<const kernels::WeightMatrix* const> products, TokenRange tokens,
            std::vector<Piece>& pieces) const;
  void shrink_piece(const Piece& piece, const float* input, int cols) const;
  // [tokens of the piece, its rank]
  float* shrunk(const Piece& piece) const {
    return shrunk_.get() +
           (std::ptrdiff_t{piece.product} * max_tokens_ + piece.begin) * largest_rank_;
  }

  const std::vector<LoraAdapter> adapters_;
  const kernels::Kernels& kernels_;
  const int max_tokens_;
  const int largest_rank_;
  const std::unique_ptr<float[]> shrunk_;  // [kMaxProducts, max_tokens, largest_rank]: scale A x
  std::vector<Run> runs_;
  std::vector<std::vector<Piece>> pieces_;  // [threads]
};

}  // namespace cromwell::model

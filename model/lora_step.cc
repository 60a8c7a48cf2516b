#include "model/lora_step.h"

#include <algorithm>
#include <cassert>

#include "kernels/packed_rows.h"

namespace cromwell::model {
namespace {

constexpr int kTokensPerPiece = 16;
constexpr int kRowsPerBlock = 256;  // of a worker's sums, which stay in its L1

int largest_rank(const std::vector<LoraAdapter>& adapters) {
  int rank = 0;
  for (const LoraAdapter& adapter : adapters) rank = std::max(rank, adapter.largest_rank());
  return rank;
}

}  // namespace

LoraStep::LoraStep(std::vector<LoraAdapter> adapters, const kernels::Kernels& kernels,
                   int max_tokens, int threads)
    : adapters_(std::move(adapters)),
      kernels_(kernels),
      max_tokens_(max_tokens),
      largest_rank_(largest_rank(adapters_)),
      shrunk_(std::make_unique<float[]>(static_cast<std::size_t>(kMaxProducts) *
                                        static_cast<std::size_t>(max_tokens) *
                                        static_cast<std::size_t>(largest_rank_))),
      pieces_(static_cast<std::size_t>(threads)) {
  const auto tokens = static_cast<std::size_t>(adapters_.empty() ? 0 : max_tokens);
  runs_.reserve(tokens);
  for (auto& pieces : pieces_) pieces.reserve(kMaxProducts * tokens);
}

void LoraStep::begin(const Batch& batch) {
  runs_.clear();
  if (batch.adapters.empty()) return;
  const auto tokens = static_cast<int>(batch.tokens.size());
  for (int token = 0; token < tokens; ++token) extend(batch, token, token);
}

void LoraStep::choose(const Batch& batch, std::span<const int> chosen) {
  if (!active()) return;
  runs_.clear();
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    extend(batch, chosen[i], static_cast<int>(i));
  }
}

// The token, which is row `place` of the products' inputs, joins the last run or begins one.
void LoraStep::extend(const Batch& batch, int token, int place) {
  const int sequence = batch.tokens[static_cast<std::size_t>(token)].sequence;
  const int adapter = batch.adapters[static_cast<std::size_t>(sequence)];
  if (adapter == kNoAdapter) return;
  if (!runs_.empty() && runs_.back().adapter == adapter && runs_.back().end == place) {
    ++runs_.back().end;
  } else {
    runs_.push_back({adapter, place, place + 1});
  }
}

// What there is to shrink of some of the pass's tokens.
void LoraStep::list(std::span<const kernels::WeightMatrix* const> products, TokenRange tokens,
                    std::vector<Piece>& pieces) const {
  assert(products.size() <= kMaxProducts);
  pieces.clear();
  for (std::size_t i = 0; i < products.size(); ++i) {
    for (const Run& run : runs_) {
      const LoraAdapter& adapter = adapters_[static_cast<std::size_t>(run.adapter)];
      const LoraFactors* factors = adapter.find(*products[i]);
      if (factors == nullptr) continue;
      const int end = std::min(run.end, tokens.end);
      for (int begin = std::max(run.begin, tokens.begin); begin < end; begin += kTokensPerPiece) {
        pieces.push_back(
            {factors, static_cast<int>(i), begin, std::min(end, begin + kTokensPerPiece)});
      }
    }
  }
}

void LoraStep::shrink_piece(const Piece& piece, const float* input, int cols) const {
  const LoraFactors& factors = *piece.factors;
  const int tokens = piece.end - piece.begin;
  float* out = shrunk(piece);
  const kernels::WeightMatrix a = factors.a.matrix();
  const kernels::Activations x{.f32 = input + std::ptrdiff_t{piece.begin} * cols};
  kernels_.matmul(a.type)(a, x, tokens, 0, a.rows, out, factors.rank);
  for (int i = 0; i < tokens * factors.rank; ++i) out[i] *= factors.scale;
}

void LoraStep::shrink(std::span<const kernels::WeightMatrix* const> products, const float* input,
                      base::ForkJoinPool& pool) {
  auto& pieces = pieces_[kAll];
  list(products, {0, max_tokens_}, pieces);
  pool.share(static_cast<int>(pieces.size()), [&](int index, int) {
    shrink_piece(pieces[static_cast<std::size_t>(index)], input, products.front()->cols);
  });
}

void LoraStep::shrink_part(std::span<const kernels::WeightMatrix* const> products,
                           const float* input, TokenRange part, int worker) {
  auto& pieces = pieces_[static_cast<std::size_t>(worker)];
  list(products, part, pieces);
  for (const Piece& piece : pieces) shrink_piece(piece, input, products.front()->cols);
}

void LoraStep::add(int product, const kernels::WeightMatrix& matrix, int begin, int end, float* y,
                   int worker) const {
  alignas(64) float sums[kTokensPerPiece * kRowsPerBlock];
  for (const Piece& piece : pieces_[static_cast<std::size_t>(worker)]) {
    if (piece.product != product) continue;
    const LoraFactors& factors = *piece.factors;
    for (int first = begin; first < end; first += kRowsPerBlock) {
      const int last = std::min(first + kRowsPerBlock, end);
      const kernels::WeightMatrix b = kernels::packed_part(factors.b.matrix(), first, last);
      kernels_.matmul(b.type)(b, {.f32 = shrunk(piece)}, piece.end - piece.begin, 0, b.rows, sums,
                              kRowsPerBlock);
      for (int t = piece.begin; t < piece.end; ++t) {
        kernels_.add(sums + std::ptrdiff_t{t - piece.begin} * kRowsPerBlock, last - first,
                     y + std::ptrdiff_t{t} * matrix.rows + first);
      }
    }
  }
}

}  // namespace cromwell::model

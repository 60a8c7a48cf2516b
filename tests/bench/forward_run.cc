#include "tests/bench/forward_run.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace cromwell::bench {
namespace {

std::vector<const kernels::WeightMatrix*> matrices_of(const model::Transformer& model) {
  std::vector<const kernels::WeightMatrix*> all;
  for (const model::LayerWeights& w : model.weights().layers) {
    for (const kernels::WeightMatrix* m : model::matrices_of(w)) all.push_back(m);
  }
  all.push_back(&model.weights().output);
  return all;
}

std::size_t bytes_of(const kernels::WeightMatrix& w) {
  return static_cast<std::size_t>(w.rows) * w.row_bytes;
}

}  // namespace

ModelCost cost_of(const model::Transformer& model) {
  ModelCost cost;
  for (const kernels::WeightMatrix* w : matrices_of(model)) {
    const double ops = 2.0 * w->rows * w->cols;
    (w == &model.weights().output ? cost.head_ops : cost.layer_ops) += ops;
    cost.weight_bytes += static_cast<double>(bytes_of(*w));
  }
  cost.kv_bytes = static_cast<double>(model.page_bytes()) / model::kPageTokens;
  return cost;
}

std::vector<std::span<const std::byte>> weights_of(const model::Transformer& model) {
  std::vector<std::span<const std::byte>> all;
  for (const kernels::WeightMatrix* w : matrices_of(model)) {
    all.emplace_back(w->packed != nullptr ? w->packed : w->data, bytes_of(*w));
  }
  return all;
}

ForwardRun::ForwardRun(model::Transformer& model, int length)
    : model_(model), logits_(static_cast<std::size_t>(model.vocab_size())) {
  for (int i = 0; i * model::kPageTokens < length; ++i) pages_.push_back(i);
  table_ = pages_;
}

double ForwardRun::pass(int begin, int end, bool wants_logits) {
  tokens_.clear();
  for (int i = begin; i < end; ++i) {
    const auto mixed = static_cast<std::uint32_t>(i) * 2654435761U;
    const auto token = mixed % static_cast<std::uint32_t>(model_.vocab_size());
    tokens_.push_back({.position = i,
                       .token = static_cast<model::TokenId>(token),
                       .wants_logits = wants_logits && i + 1 == end});
  }
  const auto start = std::chrono::steady_clock::now();
  const auto done =
      model_.forward({.tokens = tokens_, .page_tables = {&table_, 1}}, logits_.data());
  const auto time = std::chrono::steady_clock::now() - start;
  if (!done) {
    std::fprintf(stderr, "%s\n", done.error().message.c_str());
    std::exit(1);
  }
  return std::chrono::duration<double>(time).count();
}

double ForwardRun::prefill(int begin, int end, int chunk) {
  double seconds = 0;
  for (int at = begin; at < end; at += chunk) {
    seconds += pass(at, std::min(at + chunk, end), at + chunk >= end);
  }
  return seconds;
}

double ForwardRun::decode(int begin, int end) {
  double seconds = 0;
  for (int at = begin; at < end; ++at) seconds += pass(at, at + 1);
  return seconds;
}

std::uint64_t ForwardRun::hash() const {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const float value : logits_) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    hash = (hash ^ bits) * 0x100000001b3U;
  }
  return hash;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace cromwell::bench

#include "model/transformer.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace cromwell::model {
namespace {

using kernels::kRowAlign;
using kernels::WeightMatrix;

// What a worker's products of values and remainders may fill: half of a second-level cache.
constexpr std::size_t kPairFloats = std::size_t{1} << 16;

bool any_quantized(const Weights& weights) {
  bool any = kernels::wants_quantized(weights.output.type);
  for (const LayerWeights& w : weights.layers) {
    for (const WeightMatrix* m : {&w.q, &w.k, &w.v, &w.attn_output, &w.gate, &w.up, &w.down}) {
      any = any || kernels::wants_quantized(m->type);
    }
  }
  return any;
}

// theta_i = base^(-2i / rope_dim) * scale / factor_i (RoFormer, Su et al. 2021)
std::vector<double> rope_frequencies(const ModelConfig& config, const float* factors) {
  std::vector<double> frequencies(static_cast<std::size_t>(config.rope_dim / 2));
  for (std::size_t i = 0; i < frequencies.size(); ++i) {
    frequencies[i] = std::pow(config.rope_base, -2.0 * static_cast<double>(i) / config.rope_dim) *
                     config.rope_scale;
    if (factors != nullptr) frequencies[i] /= static_cast<double>(factors[i]);
  }
  return frequencies;
}

base::Error bad_file(const GgufFile& file) {
  return {base::ErrorCode::kUnavailable,
          file.path() +
              ": the model file was changed, truncated or became unreadable while in use; "
              "restart to load it anew",
          "model"};
}

}  // namespace

base::Result<std::unique_ptr<Transformer>> Transformer::create(std::shared_ptr<const GgufFile> file,
                                                               const TransformerOptions& options) {
  assert(options.threads >= 1 && options.max_batch_tokens >= 1);
  CROMWELL_ASSIGN(ModelConfig config, read_config(*file));
  CROMWELL_ASSIGN(Weights weights, read_weights(*file, config));
  const kernels::Kernels* kernels = options.kernels;
  if (kernels == nullptr) {
    CROMWELL_ASSIGN(kernels, kernels::select_kernels());
  }
  CROMWELL_ASSIGN(KvPages pages,
                  KvPages::reserve(config, options.kv_type, options.kv_memory_bytes));
  CROMWELL_ASSIGN(ActivationBuffers buffers,
                  ActivationBuffers::allocate(config, options.max_batch_tokens));
  // A truncated file reads as zeros: whatever was checked above may have been those.
  if (!file->intact()) return bad_file(*file);
  return std::unique_ptr<Transformer>(
      new Transformer(std::move(file), std::move(config), std::move(weights), *kernels,
                      std::move(pages), std::move(buffers), options));
}

Transformer::Transformer(std::shared_ptr<const GgufFile> file, ModelConfig config, Weights weights,
                         const kernels::Kernels& kernels, KvPages pages, ActivationBuffers buffers,
                         const TransformerOptions& options)
    : file_(std::move(file)),
      config_(std::move(config)),
      weights_(std::move(weights)),
      kernels_(kernels),
      context_(options.context_limit > 0 ? std::min(options.context_limit, config_.context)
                                         : config_.context),
      max_batch_tokens_(options.max_batch_tokens),
      quantized_(any_quantized(weights_)),
      precision_(options.precision),
      rope_frequency_(rope_frequencies(config_, weights_.rope_factors)),
      pool_(options.threads),
      pages_(std::move(pages)),
      a_(std::move(buffers)),
      plan_({.max_tokens = max_batch_tokens_,
             .vocab = config_.vocab,
             .context = context_,
             .pages = pages_.count(),
             .kv_heads = config_.kv_heads,
             .group = config_.heads / config_.kv_heads,
             .threads = pool_.threads()}),
      attention_(config_, kernels_, pages_, plan_, context_, pool_.threads()),
      pair_floats_(std::max(kPairFloats, static_cast<std::size_t>(2 * max_batch_tokens_) *
                                             static_cast<std::size_t>(kRowAlign))) {
  pair_sums_.resize(static_cast<std::size_t>(pool_.threads()) * pair_floats_);
}

base::Result<> Transformer::forward(const Batch& batch, float* logits) {
  if (failed_) return bad_file(*file_);
  if (batch.tokens.empty()) return {};
  CROMWELL_TRY(plan_.make(batch));
  batch_ = batch;
  tokens_ = static_cast<int>(batch.tokens.size());
  embed();
  for (int i = 0; i < config_.layers; ++i) layer(i);
  head(logits);
  failed_ = !file_->intact();
  if (failed_) return bad_file(*file_);
  return {};
}

void Transformer::layer(int index) {
  const LayerWeights& w = weights_.layers[static_cast<std::size_t>(index)];

  normalize(w.attn_norm);
  project(a_.h, std::array{Product{w.q, a_.q}, Product{w.k, a_.k}, Product{w.v, a_.v}});
  rotate_and_store(index);
  attend(index);
  project_and_add(a_.attn, w.attn_output);

  normalize(w.ffn_norm);
  project(a_.h, std::array{Product{w.gate, a_.gate}, Product{w.up, a_.up}});
  apply_gate();
  project_and_add(a_.gate, w.down);
}

// The rows of the embedding, and the rotation of each position, which all layers share.
void Transformer::embed() {
  const int pairs = config_.rope_dim / 2;
  for_tokens(tokens_, [&](int begin, int end) {
    for (int t = begin; t < end; ++t) {
      const BatchToken& token = batch_.tokens[static_cast<std::size_t>(t)];
      kernels_.dequantize_row(weights_.token_embedding, token.token,
                              a_.x + std::ptrdiff_t{t} * config_.hidden);
      for (int i = 0; i < pairs; ++i) {
        const double angle = token.position * rope_frequency_[static_cast<std::size_t>(i)];
        a_.cos[std::ptrdiff_t{t} * pairs + i] = static_cast<float>(std::cos(angle));
        a_.sin[std::ptrdiff_t{t} * pairs + i] = static_cast<float>(std::sin(angle));
      }
    }
  });
}

// The rows of x that want logits move to the front of h, and only they meet the head.
void Transformer::head(float* logits) {
  const std::vector<int>& wanting = plan_.wanting();
  if (wanting.empty()) return;
  tokens_ = static_cast<int>(wanting.size());
  for_tokens(tokens_, [&](int begin, int end) {
    for (int t = begin; t < end; ++t) {
      const std::ptrdiff_t from = wanting[static_cast<std::size_t>(t)];
      kernels_.rms_norm(a_.x + from * config_.hidden, weights_.output_norm, config_.hidden,
                        config_.rms_eps, a_.h + std::ptrdiff_t{t} * config_.hidden);
    }
    quantize(a_.h, config_.hidden, begin, end);
  });
  project(a_.h, std::array{Product{weights_.output, logits}});
}

void Transformer::normalize(const float* gamma) {
  for_tokens(tokens_, [&](int begin, int end) {
    for (int t = begin; t < end; ++t) {
      const std::ptrdiff_t row = std::ptrdiff_t{t} * config_.hidden;
      kernels_.rms_norm(a_.x + row, gamma, config_.hidden, config_.rms_eps, a_.h + row);
    }
    quantize(a_.h, config_.hidden, begin, end);
  });
}

void Transformer::project(const float* input, std::span<const Product> all) {
  pool_.run([&](int worker) {
    for (const Product& product : all) {
      for_rows(product.w.rows, worker, [&](int begin, int end) {
        multiply(product.w, input, begin, end, product.y, worker);
      });
    }
  });
}

void Transformer::project_and_add(const float* input, const WeightMatrix& w) {
  pool_.run([&](int worker) {
    for_rows(w.rows, worker, [&](int begin, int end) {
      multiply(w, input, begin, end, a_.y, worker);
      for (int t = 0; t < tokens_; ++t) {
        const std::ptrdiff_t row = std::ptrdiff_t{t} * w.rows;
        kernels_.add(a_.y + row + begin, end - begin, a_.x + row + begin);
      }
    });
  });
}

// Rows [begin, end) of y = w input, [tokens, w.rows], for all tokens of the pass.
void Transformer::multiply(const WeightMatrix& w, const float* input, int begin, int end, float* y,
                           int worker) {
  const bool quantized = kernels::wants_quantized(w.type);
  if (quantized && precision_ == ActivationPrecision::kInt8Pair) {
    return multiply_pair(w, begin, end, y, worker);
  }
  const kernels::Activations x{.f32 = input, .q8 = a_.int8_rows(0, tokens_, w.cols)};
  kernels_.matmul(w.type)(w, x, tokens_, begin, end, y, w.rows);
}

// To the kernel the remainders are so many more tokens: each block of weights is unpacked once for
// both. As many rows at a time as their sums have room for.
void Transformer::multiply_pair(const WeightMatrix& w, int begin, int end, float* y, int worker) {
  const kernels::Activations x{.q8 = a_.int8_rows(0, 2 * tokens_, w.cols)};
  float* sums = pair_sums_.data() + static_cast<std::size_t>(worker) * pair_floats_;
  const int most = static_cast<int>(pair_floats_) / (2 * tokens_) / kRowAlign * kRowAlign;
  for (int first = begin; first < end; first += most) {
    const int rows = std::min(most, end - first);
    WeightMatrix part = w;
    part.data += static_cast<std::size_t>(first) * w.row_bytes;
    part.rows = rows;
    kernels_.matmul(w.type)(part, x, 2 * tokens_, 0, rows, sums, rows);
    for (int t = 0; t < tokens_; ++t) {
      const float* value = sums + std::ptrdiff_t{t} * rows;
      const float* remainder = value + std::ptrdiff_t{tokens_} * rows;
      float* out = y + std::ptrdiff_t{t} * w.rows + first;
      for (int i = 0; i < rows; ++i) out[i] = value[i] + remainder[i];
    }
  }
}

void Transformer::rotate_and_store(int layer) {
  const int head_dim = config_.head_dim;
  for_tokens(tokens_, [&](int begin, int end) {
    for (int t = begin; t < end; ++t) {
      const BatchToken& token = batch_.tokens[static_cast<std::size_t>(t)];
      float* q = a_.q + std::ptrdiff_t{t} * config_.q_dim();
      float* k = a_.k + std::ptrdiff_t{t} * config_.kv_dim();
      const float* v = a_.v + std::ptrdiff_t{t} * config_.kv_dim();
      const float* cos = a_.cos + std::ptrdiff_t{t} * (config_.rope_dim / 2);
      const float* sin = a_.sin + std::ptrdiff_t{t} * (config_.rope_dim / 2);
      kernels_.rope(q, config_.heads, head_dim, config_.rope_dim, cos, sin, config_.rope_layout);
      kernels_.rope(k, config_.kv_heads, head_dim, config_.rope_dim, cos, sin, config_.rope_layout);
      const auto& table = batch_.page_tables[static_cast<std::size_t>(token.sequence)];
      const PageId page = table[static_cast<std::size_t>(token.position / kPageTokens)];
      for (int head = 0; head < config_.kv_heads; ++head) {
        const std::ptrdiff_t offset = std::ptrdiff_t{head} * head_dim;
        kernels_.store_kv(pages_.type(), k + offset, v + offset, head_dim,
                          token.position % kPageTokens, pages_.keys(page, layer, head),
                          pages_.values(page, layer, head));
      }
    }
  });
}

void Transformer::attend(int layer) {
  attention_.run(batch_, layer, a_.q, a_.attn, pool_);
  for_tokens(tokens_, [&](int begin, int end) { quantize(a_.attn, config_.q_dim(), begin, end); });
}

void Transformer::apply_gate() {
  const auto gate =
      config_.ffn_gate == FfnGate::kSilu ? kernels_.swiglu_silu : kernels_.swiglu_sigmoid;
  for_tokens(tokens_, [&](int begin, int end) {
    for (int t = begin; t < end; ++t) {
      const std::ptrdiff_t row = std::ptrdiff_t{t} * config_.ffn;
      gate(a_.gate + row, a_.up + row, config_.ffn, a_.gate + row);
    }
    quantize(a_.gate, config_.ffn, begin, end);
  });
}

// The int8 form of rows [begin, end) of the next product's input, and of what it leaves.
void Transformer::quantize(const float* input, int cols, int begin, int end) {
  if (!quantized_) return;
  const kernels::QuantizedActivations values = a_.int8_rows(0, tokens_, cols);
  kernels_.quantize_activations(input, begin, end, values);
  if (precision_ == ActivationPrecision::kInt8) return;
  const std::ptrdiff_t last = std::ptrdiff_t{end} * cols;
  for (std::ptrdiff_t i = std::ptrdiff_t{begin} * cols; i < last; i += kernels::kActivationBlock) {
    const float scale = values.scale[i / kernels::kActivationBlock];
    for (std::ptrdiff_t j = i; j < i + kernels::kActivationBlock; ++j) {
      a_.remainder[j] = input[j] - scale * static_cast<float>(values.q[j]);
    }
  }
  kernels_.quantize_activations(a_.remainder, begin, end, a_.int8_rows(tokens_, tokens_, cols));
}

// body(begin, end) over all tokens, split over the workers; a single token is not worth a fork.
template <class Body>
void Transformer::for_tokens(int tokens, Body&& body) {
  if (tokens == 1) return body(0, 1);
  pool_.run([&](int worker) {
    const int begin = tokens * worker / pool_.threads();
    const int end = tokens * (worker + 1) / pool_.threads();
    if (begin < end) body(begin, end);
  });
}

// body(begin, end) for this worker's share of the rows, in units of kRowAlign.
template <class Body>
void Transformer::for_rows(int rows, int worker, Body&& body) const {
  const std::ptrdiff_t units = (rows + kRowAlign - 1) / kRowAlign;
  const auto bound = [&](int w) {
    return static_cast<int>(
        std::min<std::ptrdiff_t>(units * w / pool_.threads() * kRowAlign, rows));
  };
  if (bound(worker) < bound(worker + 1)) body(bound(worker), bound(worker + 1));
}

}  // namespace cromwell::model

#include "model/transformer.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "model/fingerprint.h"
#include "model/rope.h"

namespace cromwell::model {
namespace {

using kernels::kRowAlign;
using kernels::WeightMatrix;

// A scale that is so many times its row's usual one belongs to a block with an outlier.
constexpr float kOutlier = 2.0f;

float outlier_above(ActivationPrecision precision) {
  switch (precision) {
    case ActivationPrecision::kInt8:
      return std::numeric_limits<float>::infinity();
    case ActivationPrecision::kInt8Outliers:
      return kOutlier;
    case ActivationPrecision::kInt8Pair:
      break;
  }
  return 0;
}

constexpr int kTokensPerFork = 4;  // normalising or rotating so many takes longer than a fork

// The matrices that read int8 activations, in the order of a pass.
std::vector<WeightMatrix*> quantized_matrices(Weights& weights) {
  std::vector<WeightMatrix*> found;
  const auto add = [&](WeightMatrix& m) {
    if (kernels::wants_quantized(m.type)) found.push_back(&m);
  };
  for (LayerWeights& w : weights.layers) {
    for (WeightMatrix* m : {&w.q, &w.k, &w.v, &w.attn_output, &w.gate, &w.up, &w.down}) add(*m);
  }
  add(weights.output);
  return found;
}

base::Error bad_file(const GgufFile& file) {
  return {base::ErrorCode::kUnavailable,
          file.path() +
              ": the model file was changed, truncated or became unreadable while in use; "
              "restart to load it anew",
          "model"};
}

std::vector<std::unique_ptr<base::ResidentPages>> read_ahead(const GgufFile& file) {
  std::vector<std::unique_ptr<base::ResidentPages>> parts;
  for (int part = 0; part < file.parts(); ++part) {
    parts.push_back(std::make_unique<base::ResidentPages>(file.part_bytes(part)));
  }
  return parts;
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
  for (int part = 0; options.lock_weights && part < file->parts(); ++part) {
    CROMWELL_TRY(base::lock_in_memory(file->part_bytes(part)));
  }
  // A truncated file reads as zeros: whatever was checked above may have been those.
  if (!file->intact()) return bad_file(*file);
  std::unique_ptr<Transformer> model(new Transformer(std::move(file), std::move(config),
                                                     std::move(weights), *kernels, std::move(pages),
                                                     std::move(buffers), options));
  CROMWELL_TRY(model->read_adapters(options.adapters));
  CROMWELL_TRY(model->bring_weights(options));
  return model;
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
      quantized_(!quantized_matrices(weights_).empty()),
      outlier_above_(outlier_above(options.precision)),
      rope_frequency_(rope_frequencies(config_, weights_.rope_factors)),
      pool_(options.threads),
      pages_(std::move(pages)),
      identity_{.weights = weights_fingerprint(*file_),
                .kv_type = kernels::kv_type_name(pages_.type()),
                .kernels = kernels_.name},
      a_(std::move(buffers)),
      plan_({.max_tokens = max_batch_tokens_,
             .vocab = config_.vocab,
             .context = context_,
             .pages = pages_.count(),
             .kv_heads = config_.kv_heads,
             .group = config_.heads / config_.kv_heads,
             .threads = pool_.threads(),
             .adapters = static_cast<int>(options.adapters.size())}),
      attention_(config_, kernels_, pages_, plan_, context_, pool_.threads()),
      logit_sums_(static_cast<std::size_t>(max_batch_tokens_) *
                  static_cast<std::size_t>(summary_pieces(config_.vocab))),
      row_shares_(pool_.threads()) {}

base::Result<> Transformer::bring_weights(const TransformerOptions& options) {
  auto matrices = quantized_matrices(weights_);
  const bool fits = PackedWeights::bytes_of(matrices) <= options.packed_bytes_limit;
  if (fits && kernels_.reads_packed && quantized_) {
    CROMWELL_ASSIGN(packed_, PackedWeights::begin(std::move(matrices), options.lock_weights));
  } else {
    resident_ = read_ahead(*file_);
  }
  return {};
}

base::Result<> Transformer::read_adapters(const std::vector<LoraFile>& files) {
  std::vector<LoraAdapter> adapters;
  for (const LoraFile& lora : files) {
    CROMWELL_ASSIGN(LoraAdapter adapter,
                    LoraAdapter::read(*lora.file, config_, weights_, lora.scale));
    adapters.push_back(std::move(adapter));
  }
  lora_ = std::make_unique<LoraStep>(std::move(adapters), kernels_, max_batch_tokens_);
  return {};
}

base::Result<> Transformer::forward(const Batch& batch, float* logits) {
  if (failed_) return bad_file(*file_);
  if (batch.tokens.empty()) return {};
  CROMWELL_TRY(plan_.make(batch));
  if (packed_ != nullptr) packed_->adopt();
  batch_ = batch;
  tokens_ = static_cast<int>(batch.tokens.size());
  lora_->begin(batch);
  embed();
  for (int i = 0; i < config_.layers; ++i) layer(i);
  head(logits);
  failed_ = !file_->intact();
  if (failed_) return bad_file(*file_);
  return {};
}

void Transformer::summarize(const float* logits, int rows, LogitSummary* summaries) {
  assert(rows <= max_batch_tokens_);
  const auto vocab = static_cast<std::size_t>(config_.vocab);
  const int pieces = summary_pieces(config_.vocab);
  const auto row = [&](int i) {
    return std::span(logits + static_cast<std::size_t>(i) * vocab, vocab);
  };
  pool_.share(rows * pieces, [&](int share, int) {
    logit_sums_[static_cast<std::size_t>(share)] =
        summarize_piece(kernels_, row(share / pieces), share % pieces);
  });
  for (int i = 0; i < rows; ++i) {
    const auto first = static_cast<std::size_t>(i) * static_cast<std::size_t>(pieces);
    summaries[i] = join_pieces(
        row(i), std::span(logit_sums_).subspan(first, static_cast<std::size_t>(pieces)));
  }
}

void Transformer::layer(int index) {
  const LayerWeights& w = weights_.layers[static_cast<std::size_t>(index)];

  normalize(w.attn_norm);
  project(a_.h, std::array{Product{w.q, a_.q}, Product{w.k, a_.k}, Product{w.v, a_.v}});
  rotate_and_store(index);
  attend(index);
  project_and_add(a_.attn, w.attn_output, w.output_bias);

  normalize(w.ffn_norm);
  project(a_.h, std::array{Product{w.gate, a_.gate}, Product{w.up, a_.up}});
  apply_gate();
  project_and_add(a_.gate, w.down);
}

// The rows of the embedding, and the rotation of each position, which all layers share.
void Transformer::embed() {
  const int pairs = config_.rope_dim / 2;
  for_tokens([&](int begin, int end) {
    for (int t = begin; t < end; ++t) {
      const BatchToken& token = batch_.tokens[static_cast<std::size_t>(t)];
      kernels_.dequantize_row(weights_.token_embedding, token.token,
                              a_.x + std::ptrdiff_t{t} * config_.hidden);
      for (int i = 0; i < pairs; ++i) {
        const double angle = token.position * rope_frequency_[static_cast<std::size_t>(i)];
        const double factor = config_.rope_attention_factor;
        a_.cos[std::ptrdiff_t{t} * pairs + i] = static_cast<float>(factor * std::cos(angle));
        a_.sin[std::ptrdiff_t{t} * pairs + i] = static_cast<float>(factor * std::sin(angle));
      }
    }
  });
}

// The rows of x that want logits move to the front of h, and only they meet the head.
void Transformer::head(float* logits) {
  const std::vector<int>& wanting = plan_.wanting();
  if (wanting.empty()) return;
  tokens_ = static_cast<int>(wanting.size());
  begin_input(config_.hidden);
  for_tokens([&](int begin, int end) {
    for (int t = begin; t < end; ++t) {
      const std::ptrdiff_t from = wanting[static_cast<std::size_t>(t)];
      kernels_.rms_norm(a_.x + from * config_.hidden, weights_.output_norm, config_.hidden,
                        config_.rms_eps, a_.h + std::ptrdiff_t{t} * config_.hidden);
    }
    quantize(a_.h, config_.hidden, begin, end);
  });
  lora_->choose(batch_, wanting);
  project(a_.h, std::array{Product{weights_.output, logits}});
}

void Transformer::normalize(const float* gamma) {
  begin_input(config_.hidden);
  for_tokens([&](int begin, int end) {
    for (int t = begin; t < end; ++t) {
      const std::ptrdiff_t row = std::ptrdiff_t{t} * config_.hidden;
      kernels_.rms_norm(a_.x + row, gamma, config_.hidden, config_.rms_eps, a_.h + row);
    }
    quantize(a_.h, config_.hidden, begin, end);
  });
}

void Transformer::project(const float* input, std::span<const Product> all) {
  shrink(input, all);
  const bool prepare = std::any_of(all.begin(), all.end(), [](const Product& product) {
    return !kernels::wants_quantized(product.w.type);
  });
  row_shares_.begin(tokens_, prepare);
  for (const Product& product : all) row_shares_.add_matrix(product.w.rows, product.w.row_bytes);
  for_rows([&](const RowShare& share) {
    const Product& product = all[static_cast<std::size_t>(share.matrix)];
    multiply(product.w, input, share.begin, share.end, product.y);
    if (!lora_->active()) return;
    lora_->add(share.matrix, product.w, share.begin, share.end, product.y);
  });
}

void Transformer::project_and_add(const float* input, const WeightMatrix& w, const float* bias) {
  shrink(input, std::array{Product{w, a_.y}});
  row_shares_.begin(tokens_, !kernels::wants_quantized(w.type));
  row_shares_.add_matrix(w.rows, w.row_bytes);
  for_rows([&](const RowShare& share) {
    multiply(w, input, share.begin, share.end, a_.y);
    if (lora_->active()) lora_->add(0, w, share.begin, share.end, a_.y);
    for (int t = 0; t < tokens_; ++t) {
      const std::ptrdiff_t row = std::ptrdiff_t{t} * w.rows + share.begin;
      kernels_.add(a_.y + row, share.end - share.begin, a_.x + row);
      if (bias != nullptr) kernels_.add(bias + share.begin, share.end - share.begin, a_.x + row);
    }
  });
}

// What the adapters of the pass need of the input, before its products.
void Transformer::shrink(const float* input, std::span<const Product> all) {
  if (!lora_->active()) return;
  std::array<const WeightMatrix*, LoraStep::kMaxProducts> matrices{};
  std::transform(all.begin(), all.end(), matrices.begin(), [](const auto& p) { return &p.w; });
  lora_->shrink(std::span(matrices).first(all.size()), input, pool_);
}

// Rows [begin, end) of y = w input, [tokens, w.rows], for all tokens of the pass.
void Transformer::multiply(const WeightMatrix& w, const float* input, int begin, int end,
                           float* y) {
  const kernels::Activations x{.f32 = input, .q8 = a_.panel(tokens_, w.cols)};
  kernels_.matmul(w.type)(w, x, tokens_, begin, end, y, w.rows);
}

// q and k of one token as the architecture wants them before their rotation, and v.
void Transformer::finish_qkv(const LayerWeights& w, float* q, float* k, float* v) {
  if (w.q_bias != nullptr) kernels_.add(w.q_bias, config_.q_dim(), q);
  if (w.k_bias != nullptr) kernels_.add(w.k_bias, config_.kv_dim(), k);
  if (w.v_bias != nullptr) kernels_.add(w.v_bias, config_.kv_dim(), v);
  if (!config_.qk_norms) return;
  const int head_dim = config_.head_dim;
  for (int i = 0; i < config_.q_dim(); i += head_dim) {
    kernels_.rms_norm(q + i, w.q_norm, head_dim, config_.rms_eps, q + i);
  }
  for (int i = 0; i < config_.kv_dim(); i += head_dim) {
    kernels_.rms_norm(k + i, w.k_norm, head_dim, config_.rms_eps, k + i);
  }
}

void Transformer::rotate_and_store(int layer) {
  const int head_dim = config_.head_dim;
  const LayerWeights& w = weights_.layers[static_cast<std::size_t>(layer)];
  for_tokens([&](int begin, int end) {
    for (int t = begin; t < end; ++t) {
      const BatchToken& token = batch_.tokens[static_cast<std::size_t>(t)];
      float* q = a_.q + std::ptrdiff_t{t} * config_.q_dim();
      float* k = a_.k + std::ptrdiff_t{t} * config_.kv_dim();
      float* v = a_.v + std::ptrdiff_t{t} * config_.kv_dim();
      finish_qkv(w, q, k, v);
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
  begin_input(config_.q_dim());
  for_tokens([&](int begin, int end) { quantize(a_.attn, config_.q_dim(), begin, end); });
}

void Transformer::apply_gate() {
  const auto gate =
      config_.ffn_gate == FfnGate::kSilu ? kernels_.swiglu_silu : kernels_.swiglu_sigmoid;
  begin_input(config_.ffn);
  for_tokens([&](int begin, int end) {
    for (int t = begin; t < end; ++t) {
      const std::ptrdiff_t row = std::ptrdiff_t{t} * config_.ffn;
      gate(a_.gate + row, a_.up + row, config_.ffn, a_.gate + row);
    }
    quantize(a_.gate, config_.ffn, begin, end);
  });
}

// Before any row of the next product's input is quantised.
void Transformer::begin_input(int cols) {
  if (quantized_) kernels::clear_marks(a_.panel(tokens_, cols));
}

// The int8 form of rows [begin, end) of the next product's input.
void Transformer::quantize(const float* input, int cols, int begin, int end) {
  if (!quantized_) return;
  kernels_.quantize_activations(input, begin, end, outlier_above_, a_.panel(tokens_, cols));
}

// body(begin, end) over all tokens, shared out to the workers; a few are not worth a fork.
template <class Body>
void Transformer::for_tokens(Body&& body) {
  const int forks = (tokens_ + kTokensPerFork - 1) / kTokensPerFork;
  const int shares = std::min(forks, 4 * pool_.threads());
  pool_.share(shares, [&](int share, int) {
    body(tokens_ * share / shares, tokens_ * (share + 1) / shares);
  });
}

// body(share) over all rows of the matrices that row_shares_ was given.
template <class Body>
void Transformer::for_rows(Body&& body) {
  const std::vector<RowShare>& shares = row_shares_.cut();
  pool_.share(static_cast<int>(shares.size()),
              [&](int share, int) { body(shares[static_cast<std::size_t>(share)]); });
}

}  // namespace cromwell::model

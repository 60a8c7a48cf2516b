#include "model/transformer.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "model/fingerprint.h"
#include "model/rope.h"

namespace cromwell::model {
namespace {

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

// In the order of a pass.
template <class ItsWeights>  // const or not, as its matrices then are
auto all_matrices(ItsWeights& weights) {
  std::vector<decltype(&weights.output)> found;
  for (auto& layer : weights.layers) {
    for (auto* matrix : matrices_of(layer)) found.push_back(matrix);
  }
  found.push_back(&weights.output);
  return found;
}

bool reads_int8(const Weights& weights) {
  const auto all = all_matrices(weights);
  return std::any_of(all.begin(), all.end(),
                     [](const WeightMatrix* m) { return kernels::wants_quantized(m->type); });
}

// Tokens that a worker needs for his own to be worth unpacking, and reading, all the weights again.
// What he is spared goes with the width and the tokens, what it costs with the square of the width,
// and blocks of 256 are dearer to unpack (docs/performance.md). 0, never: of float weights F32
// loses by being read twice, and what is not packed yet would be transposed twice.
int tokens_per_part(const ModelConfig& config, const Weights& weights) {
  constexpr int kWidthPerToken = 80;
  constexpr int kLeastTokens = 16;
  constexpr int kLeastTokensOfLargeBlocks = 64;
  constexpr int kLargeBlock = 256;
  int least = kLeastTokens;
  for (const LayerWeights& w : weights.layers) {
    for (const WeightMatrix* m : matrices_of(w)) {
      if (!kernels::wants_quantized(m->type)) return 0;
      const bool large = kernels::weight_type_traits(m->type)->block_size >= kLargeBlock;
      if (large) least = kLeastTokensOfLargeBlocks;
    }
  }
  return std::max(least, config.hidden / kWidthPerToken);
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
                  ActivationBuffers::allocate(config, options.max_batch_tokens, options.threads));
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
      quantized_(reads_int8(weights_)),
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
             .tokens_per_part = tokens_per_part(config_, weights_),
             .adapters = static_cast<int>(options.adapters.size())}),
      attention_(config_, kernels_, pages_, plan_, context_, pool_.threads()),
      logit_sums_(static_cast<std::size_t>(max_batch_tokens_) *
                  static_cast<std::size_t>(summary_pieces(config_.vocab))),
      row_shares_(pool_.threads()) {}

base::Result<> Transformer::bring_weights(const TransformerOptions& options) {
  auto matrices = all_matrices(weights_);
  const bool fits = PackedWeights::bytes_of(matrices) <= options.packed_bytes_limit;
  if (fits && kernels_.reads_packed) {
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
  lora_ =
      std::make_unique<LoraStep>(std::move(adapters), kernels_, max_batch_tokens_, pool_.threads());
  return {};
}

base::Result<> Transformer::forward(const Batch& batch, float* logits) {
  if (failed_) return bad_file(*file_);
  if (batch.tokens.empty()) return {};
  CROMWELL_TRY(plan_.make(batch));
  if (packed_ != nullptr) packed_->adopt();
  batch_ = batch;
  lora_->begin(batch);
  run_layers();
  head(logits);
  failed_ = !file_->intact();
  if (failed_) return bad_file(*file_);
  return {};
}

// Many tokens are divided among the workers, who meet once in a layer, and what a worker has
// written it reads itself: cores exchange keys and values only. Of a few, each product's rows are
// divided.
void Transformer::run_layers() {
  const auto& parts = plan_.parts();
  if (parts.empty()) {
    const Part all{{0, static_cast<int>(batch_.tokens.size())}};
    embed(all);
    for (int i = 0; i < config_.layers; ++i) {
      begin_layer(i, all);
      end_layer(i, all);
    }
    return;
  }
  for (int i = -1; i < config_.layers; ++i) {
    pool_.share(static_cast<int>(parts.size()), [&](int index, int worker) {
      const Part part{parts[static_cast<std::size_t>(index)], index, worker};
      i < 0 ? embed(part) : end_layer(i, part);
      if (i + 1 < config_.layers) begin_layer(i + 1, part);
    });
  }
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

void Transformer::begin_layer(int index, const Part& part) {
  const LayerWeights& w = weights_.layers[static_cast<std::size_t>(index)];
  normalize(w.attn_norm, part);
  project(a_.h, std::array{Product{w.q, a_.q}, Product{w.k, a_.k}, Product{w.v, a_.v}}, part);
  rotate_and_store(index, part);
}

void Transformer::end_layer(int index, const Part& part) {
  const LayerWeights& w = weights_.layers[static_cast<std::size_t>(index)];
  attend(index, part);
  project_and_add(a_.attn, {w.attn_output, a_.y}, w.output_bias, part);

  normalize(w.ffn_norm, part);
  project(a_.h, std::array{Product{w.gate, a_.gate}, Product{w.up, a_.up}}, part);
  apply_gate(part);
  project_and_add(a_.gate, {w.down, a_.y}, nullptr, part);
}

// The rows of the embedding, and the rotation of each position, which all layers share.
void Transformer::embed(const Part& part) {
  const int pairs = config_.rope_dim / 2;
  for_tokens(part, [&](TokenRange tokens) {
    for (int t = tokens.begin; t < tokens.end; ++t) {
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
  const Part all{{0, static_cast<int>(wanting.size())}};
  begin_input(config_.hidden, all);
  for_tokens(all, [&](TokenRange tokens) {
    for (int t = tokens.begin; t < tokens.end; ++t) {
      const std::ptrdiff_t from = wanting[static_cast<std::size_t>(t)];
      kernels_.rms_norm(a_.x + from * config_.hidden, weights_.output_norm, config_.hidden,
                        config_.rms_eps, a_.h + std::ptrdiff_t{t} * config_.hidden);
    }
    quantize(a_.h, config_.hidden, tokens, all);
  });
  lora_->choose(batch_, wanting);
  project(a_.h, std::array{Product{weights_.output, logits}}, all);
}

void Transformer::normalize(const float* gamma, const Part& part) {
  begin_input(config_.hidden, part);
  for_tokens(part, [&](TokenRange tokens) {
    for (int t = tokens.begin; t < tokens.end; ++t) {
      const std::ptrdiff_t row = std::ptrdiff_t{t} * config_.hidden;
      kernels_.rms_norm(a_.x + row, gamma, config_.hidden, config_.rms_eps, a_.h + row);
    }
    quantize(a_.h, config_.hidden, tokens, part);
  });
}

void Transformer::project(const float* input, std::span<const Product> all, const Part& part) {
  shrink(input, all, part);
  for_rows(all, part, [&](const RowShare& rows) {
    multiply(all[static_cast<std::size_t>(rows.matrix)], rows.matrix, input, rows, part);
  });
}

void Transformer::project_and_add(const float* input, const Product& product, const float* bias,
                                  const Part& part) {
  const std::span all(&product, 1);
  shrink(input, all, part);
  for_rows(all, part, [&](const RowShare& rows) {
    multiply(product, 0, input, rows, part);
    for (int t = part.begin; t < part.end; ++t) {
      const std::ptrdiff_t first = std::ptrdiff_t{t} * product.w.rows + rows.begin;
      kernels_.add(product.y + first, rows.end - rows.begin, a_.x + first);
      if (bias != nullptr) {
        kernels_.add(bias + rows.begin, rows.end - rows.begin, a_.x + first);
      }
    }
  });
}

// The int8 input of the next product, `cols` wide.
kernels::ActivationPanel Transformer::panel(int cols, const Part& part) const {
  return a_.panel(part.size(), cols, part.begin, part.index);
}

// What the adapters of the pass need of the input, before its products.
void Transformer::shrink(const float* input, std::span<const Product> all, const Part& part) {
  if (!lora_->active()) return;
  std::array<const WeightMatrix*, LoraStep::kMaxProducts> matrices{};
  std::transform(all.begin(), all.end(), matrices.begin(), [](const auto& p) { return &p.w; });
  const auto products = std::span(matrices).first(all.size());
  if (part.is_shared()) return lora_->shrink(products, input, pool_);
  lora_->shrink_part(products, input, part, part.worker);
}

// Some rows of y = w input, [tokens, w.rows], for the part's tokens, and what adapters add; `index`
// is the product's among those that were shrunk for.
void Transformer::multiply(const Product& product, int index, const float* input,
                           const RowShare& rows, const Part& part) {
  const WeightMatrix& w = product.w;
  const kernels::Activations x{.f32 = input + std::ptrdiff_t{part.begin} * w.cols,
                               .q8 = panel(w.cols, part)};
  kernels_.matmul(w.type)(w, x, part.size(), rows.begin, rows.end,
                          product.y + std::ptrdiff_t{part.begin} * w.rows, w.rows);
  if (!lora_->active()) return;
  const int list = part.is_shared() ? LoraStep::kAll : part.worker;
  lora_->add(index, w, rows.begin, rows.end, product.y, list);
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

void Transformer::rotate_and_store(int layer, const Part& part) {
  const int head_dim = config_.head_dim;
  const LayerWeights& w = weights_.layers[static_cast<std::size_t>(layer)];
  for_tokens(part, [&](TokenRange tokens) {
    for (int t = tokens.begin; t < tokens.end; ++t) {
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

void Transformer::attend(int layer, const Part& part) {
  if (part.is_shared()) {
    attention_.run(batch_, layer, a_.q, a_.attn, pool_);
  } else {
    attention_.run_part(batch_, layer, a_.q, a_.attn, part, part.worker);
  }
  begin_input(config_.q_dim(), part);
  for_tokens(part, [&](TokenRange tokens) { quantize(a_.attn, config_.q_dim(), tokens, part); });
}

void Transformer::apply_gate(const Part& part) {
  const auto gate =
      config_.ffn_gate == FfnGate::kSilu ? kernels_.swiglu_silu : kernels_.swiglu_sigmoid;
  begin_input(config_.ffn, part);
  for_tokens(part, [&](TokenRange tokens) {
    for (int t = tokens.begin; t < tokens.end; ++t) {
      const std::ptrdiff_t row = std::ptrdiff_t{t} * config_.ffn;
      gate(a_.gate + row, a_.up + row, config_.ffn, a_.gate + row);
    }
    quantize(a_.gate, config_.ffn, tokens, part);
  });
}

// Before any row of the next product's input is quantised.
void Transformer::begin_input(int cols, const Part& part) {
  if (quantized_) kernels::clear_marks(panel(cols, part));
}

// The int8 form of some rows of the next product's input.
void Transformer::quantize(const float* input, int cols, TokenRange tokens, const Part& part) {
  if (!quantized_) return;
  kernels_.quantize_activations(input + std::ptrdiff_t{part.begin} * cols,
                                tokens.begin - part.begin, tokens.end - part.begin, outlier_above_,
                                panel(cols, part));
}

// body(tokens) over all the part's tokens; the pass's are shared out to the workers, a few of them
// are not worth a fork.
template <class Body>
void Transformer::for_tokens(const Part& part, Body&& body) {
  if (!part.is_shared()) return body(part);
  const int tokens = part.size();
  const int forks = (tokens + kTokensPerFork - 1) / kTokensPerFork;
  const int shares = std::min(forks, 4 * pool_.threads());
  pool_.share(shares, [&](int share, int) {
    body({tokens * share / shares, tokens * (share + 1) / shares});
  });
}

// body(rows) over all rows of the products' matrices, shared out to the workers or not.
template <class Body>
void Transformer::for_rows(std::span<const Product> all, const Part& part, Body&& body) {
  if (!part.is_shared()) {
    int matrix = 0;
    for (const Product& product : all) body({matrix++, 0, product.w.rows});
    return;
  }
  row_shares_.begin(part.size());
  for (const Product& product : all) row_shares_.add_matrix(product.w.rows, product.w.row_bytes);
  const std::vector<RowShare>& shares = row_shares_.cut();
  pool_.share(static_cast<int>(shares.size()),
              [&](int share, int) { body(shares[static_cast<std::size_t>(share)]); });
}

}  // namespace cromwell::model

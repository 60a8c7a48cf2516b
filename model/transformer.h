// Transformer: the decoder-only forward pass over mapped weights and paged KV memory. begin_layer()
// and end_layer() read like the paper; everything is computed by the kernel table on shares of
// rows, tokens or heads, or of many tokens on each worker's own.
// Logits are bitwise the same however a sequence is cut into passes, batched with others, or split
// over threads (each kernel guarantees it for its operation; nothing here sums).
// Only the engine thread calls it. Weights and configuration are const; what changes are the KV
// pages and the activation buffers.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/resident_pages.h"
#include "base/thread_pool.h"
#include "kernels/kernels.h"
#include "model/activations.h"
#include "model/attention_step.h"
#include "model/config.h"
#include "model/gguf.h"
#include "model/kv_pages.h"
#include "model/language_model.h"
#include "model/lora_step.h"
#include "model/packed_weights.h"
#include "model/pass_plan.h"
#include "model/row_shares.h"
#include "model/weights.h"

namespace cromwell::model {

// How the input of a quantised matrix is stored: which of its int8 blocks have a second entry
// (kernels/activation_panel.h). docs/performance.md has what each costs and gives.
enum class ActivationPrecision {
  kInt8,          // none
  kInt8Outliers,  // those with an outlier, and all of the head's
  kInt8Pair,      // all: as good as float32 at twice the integer arithmetic
};

struct TransformerOptions {
  int threads = 1;
  std::size_t kv_memory_bytes = std::size_t{512} << 20;
  int max_batch_tokens = 256;
  int context_limit = 0;  // 0: as long as the model was made for
  ActivationPrecision precision = ActivationPrecision::kInt8Outliers;
  kernels::KvType kv_type = kernels::KvType::kF16;
  bool lock_weights = false;  // never give the weights' memory back while the model lives
  std::vector<LoraFile> adapters;
  // Copy the weights into the order of the kernels where the copies take at most so many bytes.
  std::size_t packed_bytes_limit = 0;
  const kernels::Kernels* kernels = nullptr;  // nullptr: select_kernels()
};

class Transformer final : public LanguageModel {
 public:
  static base::Result<std::unique_ptr<Transformer>> create(std::shared_ptr<const GgufFile> file,
                                                           const TransformerOptions& options);

  int vocab_size() const override { return config_.vocab; }
  int context_length() const override { return context_; }
  int page_count() const override { return pages_.count(); }
  std::size_t page_bytes() const override { return pages_.page_bytes(); }
  int max_batch_tokens() const override { return max_batch_tokens_; }
  int adapters() const override { return lora_->adapters(); }
  base::Result<> forward(const Batch& batch, float* logits) override;
  void summarize(const float* logits, int rows, LogitSummary* summaries) override;
  void copy_page(PageId from, PageId to) override { pages_.copy(from, to); }
  KvIdentity kv_identity() const override { return identity_; }
  void read_page(PageId page, std::span<std::byte> to) const override { pages_.read(page, to); }
  void write_page(PageId page, std::span<const std::byte> from) override {
    pages_.write(page, from);
  }

  const ModelConfig& config() const { return config_; }
  const Weights& weights() const { return weights_; }
  kernels::KvType kv_type() const { return pages_.type(); }
  // Null if the weights are read from the file alone.
  PackedWeights* packed_weights() { return packed_.get(); }
  const PackedWeights* packed_weights() const { return packed_.get(); }
  const char* kernels_name() const { return kernels_.name; }
  int threads() const { return pool_.threads(); }

 private:
  // One product of several that share an input. y: [tokens, w.rows]
  struct Product {
    const kernels::WeightMatrix& w;
    float* y;
  };

  Transformer(std::shared_ptr<const GgufFile> file, ModelConfig config, Weights weights,
              const kernels::Kernels& kernels, KvPages pages, ActivationBuffers buffers,
              const TransformerOptions& options);

  base::Result<> bring_weights(const TransformerOptions& options);
  base::Result<> read_adapters(const std::vector<LoraFile>& files);

  // The tokens of a step: all of the pass, whose tokens or rows the workers share out in each step,
  // or a part of them with which one worker goes on from step to step, alone.
  struct Part : TokenRange {
    int index = 0;  // among the plan's
    int worker = kEach;
    static constexpr int kEach = -1;
    bool is_shared() const { return worker == kEach; }
  };

  void run_layers();
  void embed(const Part& part);
  // A layer: until keys and values are in the pages, and from there, when those of all tokens are.
  void begin_layer(int index, const Part& part);
  void end_layer(int index, const Part& part);
  void head(float* logits);

  // The steps of a layer.
  void normalize(const float* gamma, const Part& part);  // h = rms_norm(x) * gamma
  // y = W input
  void project(const float* input, std::span<const Product> all, const Part& part);
  // x += W input + bias; the bias may be absent
  void project_and_add(const float* input, const Product& product, const float* bias,
                       const Part& part);
  void finish_qkv(const LayerWeights& w, float* q, float* k, float* v);
  void rotate_and_store(int layer, const Part& part);  // rope on q and k; k and v into the pages
  void attend(int layer, const Part& part);            // attn = softmax(q k / sqrt(head_dim)) v
  void apply_gate(const Part& part);                   // gate = silu(gate) * up

  kernels::ActivationPanel panel(int cols, const Part& part) const;
  void shrink(const float* input, std::span<const Product> all, const Part& part);
  void begin_input(int cols, const Part& part);
  void quantize(const float* input, int cols, TokenRange tokens, const Part& part);
  void multiply(const Product& product, int index, const float* input, const RowShare& rows,
                const Part& part);
  template <class Body>
  void for_tokens(const Part& part, Body&& body);
  template <class Body>
  void for_rows(std::span<const Product> all, const Part& part, Body&& body);

  std::shared_ptr<const GgufFile> file_;
  const ModelConfig config_;
  Weights weights_;
  std::unique_ptr<PackedWeights> packed_;                       // of weights_, or else
  std::vector<std::unique_ptr<base::ResidentPages>> resident_;  // of file_'s parts
  const kernels::Kernels& kernels_;
  const int context_;
  const int max_batch_tokens_;
  const bool quantized_;                // some matrix reads int8 activations
  const float outlier_above_;           // see kernels/ops.h, quantize_activations
  std::vector<double> rope_frequency_;  // [rope_dim / 2], radians per position
  base::ForkJoinPool pool_;
  KvPages pages_;
  const KvIdentity identity_;  // of what its pages hold
  ActivationBuffers a_;
  PassPlan plan_;
  AttentionStep attention_;
  std::unique_ptr<LoraStep> lora_;
  std::vector<kernels::LogitSum> logit_sums_;  // [max_batch_tokens, summary_pieces(vocab)]
  Batch batch_;                                // of the pass in progress
  RowShares row_shares_;
  bool failed_ = false;
};

}  // namespace cromwell::model

// The seam between the engine and a model: what the engine needs to know and the one thing it asks.
// Transformer implements it on the kernels; tests/fakes/scripted_model.h implements it by a script.
// Only the engine thread calls it.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/result.h"
#include "model/batch.h"
#include "model/logit_summary.h"

namespace cromwell::model {

// What the bytes of a KV page depend on, beside the tokens: pages of another are worthless.
struct KvIdentity {
  std::string weights;  // a hash
  std::string kv_type;
  std::string kernels;  // the instruction set's table

  bool operator==(const KvIdentity&) const = default;
};

class LanguageModel {
 public:
  virtual ~LanguageModel() = default;

  virtual int vocab_size() const = 0;
  virtual int context_length() const = 0;
  // The KV pool that this model was made with: pages of kPageTokens positions.
  virtual int page_count() const = 0;
  virtual std::size_t page_bytes() const = 0;
  virtual int max_batch_tokens() const = 0;
  // LoRA adapters, numbered from 0, that a sequence may be computed with.
  virtual int adapters() const { return 0; }

  // Computes the batch, stores its keys and values, and writes one row of logits for each token
  // with wants_logits, in batch order. logits: [n_wanting, vocab_size]. Fails only when the model
  // file has gone bad under the mapping (kUnavailable); a batch that breaks its rules is a
  // programmer's error.
  virtual base::Result<> forward(const Batch& batch, float* logits) = 0;

  // One for each of `rows` rows that forward() wrote. logits: [rows, vocab_size]
  virtual void summarize(const float* logits, int rows, LogitSummary* summaries) = 0;

  // Copies a page's contents (copy on write of a shared, partly filled page).
  virtual void copy_page(PageId from, PageId to) = 0;

  virtual KvIdentity kv_identity() const = 0;
  // A page's contents, for a model of the same identity. [page_bytes]
  virtual void read_page(PageId page, std::span<std::byte> to) const = 0;
  virtual void write_page(PageId page, std::span<const std::byte> from) = 0;
};

}  // namespace cromwell::model

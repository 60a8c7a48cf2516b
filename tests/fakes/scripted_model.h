// ScriptedModel: a LanguageModel without arithmetic. Each position's token is stored in fake page
// memory; the logits after a position are a hash of all tokens that the page table leads to, so a
// mixed-up page, a wrong prefix or a page used after it was freed changes the text, and so does the
// adapter that a position was computed with. Scripts make it
// say given tokens; a hook sees each batch, and may block or fail it. Breaks of the batch's rules
// are counted in `violations`.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "model/language_model.h"
#include "tests/fakes/summarize.h"

namespace cromwell::fakes {

struct ScriptedModelOptions {
  int vocab_size = 0;
  int context_length = 4096;
  int pages = 64;
  int max_batch_tokens = 256;
  int adapters = 0;
  float spread = 8.0F;  // unscripted logits are in [0, spread)
};

class ScriptedModel : public model::LanguageModel {
 public:
  using Tokens = std::vector<model::TokenId>;
  using Hook = std::function<base::Result<>(const model::Batch&)>;

  explicit ScriptedModel(ScriptedModelOptions options)
      : options_(options),
        memory_(static_cast<std::size_t>(options.pages),
                std::vector<model::TokenId>(model::kPageTokens, -1)) {}

  // Wherever the text is `after`, then a beginning of `answer`, the next token is the answer's
  // next; of the last place where `after` stands. Before the engine has the model.
  void script(Tokens after, Tokens answer) {
    scripts_.push_back({std::move(after), std::move(answer)});
  }
  // Called on the engine thread before each pass; an error fails it. Before the engine has the
  // model.
  void on_forward(Hook hook) { hook_ = std::move(hook); }

  // May change a row of logits: (text so far, row). Before the engine has the model.
  void on_row(std::function<void(const Tokens&, float*)> hook) { row_hook_ = std::move(hook); }

  std::atomic<int> passes{0};
  std::atomic<int> tokens{0};
  std::atomic<int> copies{0};
  std::atomic<int> violations{0};

  // --- LanguageModel
  int vocab_size() const override { return options_.vocab_size; }
  int context_length() const override { return options_.context_length; }
  int page_count() const override { return options_.pages; }
  std::size_t page_bytes() const override { return model::kPageTokens * sizeof(model::TokenId); }
  int max_batch_tokens() const override { return options_.max_batch_tokens; }
  int adapters() const override { return options_.adapters; }

  base::Result<> forward(const model::Batch& batch, float* logits) override {
    ++passes;
    tokens += static_cast<int>(batch.tokens.size());
    if (hook_) {
      if (auto result = hook_(batch); !result) return result;
    }
    check(batch);
    for (const auto& token : batch.tokens) {
      const int adapter = adapter_of(batch, token.sequence);
      if (auto* cell = at(batch, token.sequence, token.position)) {
        *cell = token.token + (adapter + 1) * kAdapterStep;
      }
    }
    for (const auto& token : batch.tokens) {
      if (!token.wants_logits) continue;
      Tokens prefix;
      for (int position = 0; position <= token.position; ++position) {
        const auto* cell = at(batch, token.sequence, position);
        if (cell != nullptr && *cell / kAdapterStep != adapter_of(batch, token.sequence) + 1) {
          ++violations;  // keys and values of another adapter
        }
        prefix.push_back(cell == nullptr ? -1 : *cell % kAdapterStep);
      }
      write_logits(prefix, logits, adapter_of(batch, token.sequence));
      if (row_hook_) row_hook_(prefix, logits);
      logits += options_.vocab_size;
    }
    return {};
  }

  void summarize(const float* logits, int rows, model::LogitSummary* summaries) override {
    const auto vocab = static_cast<std::size_t>(options_.vocab_size);
    for (int i = 0; i < rows; ++i, logits += vocab)
      summaries[i] = fakes::summarize({logits, vocab});
  }

  void copy_page(model::PageId from, model::PageId to) override {
    ++copies;
    memory_[static_cast<std::size_t>(to)] = memory_[static_cast<std::size_t>(from)];
  }

  model::KvIdentity kv_identity() const override { return identity; }
  void read_page(model::PageId page, std::span<std::byte> to) const override {
    std::ranges::copy(std::as_bytes(std::span(memory_[static_cast<std::size_t>(page)])),
                      to.begin());
  }
  void write_page(model::PageId page, std::span<const std::byte> from) override {
    auto& memory = memory_[static_cast<std::size_t>(page)];
    std::ranges::copy(from, std::as_writable_bytes(std::span(memory)).begin());
  }
  model::KvIdentity identity{.weights = "scripted", .kv_type = "none", .kernels = "none"};

  // The row of logits after `prefix`: what the engine should have seen.
  void write_logits(const Tokens& prefix, float* row, int adapter = model::kNoAdapter) const {
    // FNV-1a over token ids
    std::uint64_t hash = 1469598103934665603U + static_cast<std::uint64_t>(adapter + 1);
    for (const auto token : prefix) {
      hash = (hash ^ static_cast<std::uint64_t>(token)) * 1099511628211U;
    }
    for (int i = 0; i < options_.vocab_size; ++i) {
      std::uint64_t x = (hash + static_cast<std::uint64_t>(i)) * 0x9e3779b97f4a7c15U;
      x = (x ^ (x >> 29)) * 0xbf58476d1ce4e5b9U;
      row[i] = static_cast<float>(x >> 40) * 0x1.0p-24F * options_.spread;
    }
    if (const auto next = scripted(prefix); next >= 0) row[next] = 4 * options_.spread;
  }

 private:
  struct Script {
    Tokens after, answer;
  };

  static constexpr model::TokenId kAdapterStep = 1 << 24;  // above every token

  static int adapter_of(const model::Batch& batch, int sequence) {
    return batch.adapters.empty() ? model::kNoAdapter
                                  : batch.adapters[static_cast<std::size_t>(sequence)];
  }

  model::TokenId* at(const model::Batch& batch, int sequence, int position) {
    const auto table = batch.page_tables[static_cast<std::size_t>(sequence)];
    const auto page = static_cast<std::size_t>(position / model::kPageTokens);
    if (page >= table.size()) {
      ++violations;
      return nullptr;
    }
    return &memory_[static_cast<std::size_t>(table[page])]
                   [static_cast<std::size_t>(position % model::kPageTokens)];
  }

  // The rules of model/batch.h.
  void check(const model::Batch& batch) {
    if (batch.tokens.empty() ||
        batch.tokens.size() > static_cast<std::size_t>(options_.max_batch_tokens)) {
      ++violations;
    }
    std::map<int, int> last_position;
    int last_sequence = -1;
    for (const auto& token : batch.tokens) {
      if (token.token < 0 || token.token >= options_.vocab_size) ++violations;
      if (token.position >= options_.context_length) ++violations;
      const bool seen = last_position.contains(token.sequence);
      if (seen && (last_sequence != token.sequence ||
                   last_position[token.sequence] + 1 != token.position)) {
        ++violations;
      }
      last_sequence = token.sequence;
      last_position[token.sequence] = token.position;
      const auto table = batch.page_tables[static_cast<std::size_t>(token.sequence)];
      const auto page = static_cast<std::size_t>(token.position / model::kPageTokens);
      if (page >= table.size()) continue;
      std::size_t users = 0;
      for (const auto& other : batch.page_tables) {
        users += static_cast<std::size_t>(std::count(other.begin(), other.end(), table[page]));
      }
      if (users != 1) ++violations;
    }
  }

  model::TokenId scripted(const Tokens& prefix) const {
    for (const Script& script : scripts_) {
      const auto place =
          std::find_end(prefix.begin(), prefix.end(), script.after.begin(), script.after.end());
      if (place == prefix.end()) continue;
      const auto said = place + static_cast<std::ptrdiff_t>(script.after.size());
      const auto count = static_cast<std::size_t>(prefix.end() - said);
      if (count < script.answer.size() && std::equal(said, prefix.end(), script.answer.begin())) {
        return script.answer[count];
      }
    }
    return -1;
  }

  const ScriptedModelOptions options_;
  std::vector<std::vector<model::TokenId>> memory_;  // [pages, kPageTokens]
  std::vector<Script> scripts_;
  Hook hook_;
  std::function<void(const Tokens&, float*)> row_hook_;
};

}  // namespace cromwell::fakes

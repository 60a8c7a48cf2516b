// BatchFormer: what each running sequence computes in the next step. One token of every sequence
// that writes; then tokens of prompts, the most urgent first; among equals those of which little is
// to be read, then the others in turns of a chunk: as much as a chunk holds where that keeps nobody
// waiting who is as urgent or where little is to be read, else a slice (engine/prefill_pacer);
// then, in the room that is left, guesses of the draft sources, and of a draft model where those
// have none. docs/engine_step.md has a picture.
// Engine thread only.
#pragma once

#include <span>
#include <vector>

#include "engine/draft_length.h"
#include "engine/draft_model.h"
#include "engine/engine.h"
#include "engine/prefill_pacer.h"
#include "engine/scheduler.h"
#include "model/batch.h"

namespace cromwell::engine {

inline constexpr int kMaxPrefillChunk = 64;  // tokens of prompts per step: a cancel waits for them
// A prompt with at most so many tokens to read delays the others once, by two chunks: worth the
// time that it would wait for its first token in slices.
inline constexpr int kLittleToRead = 2 * kMaxPrefillChunk;

// Consecutive positions [begin, end) of one sequence's text and draft.
struct Slice {
  Sequence* sequence = nullptr;
  int begin = 0;
  int end = 0;
  int logits_from = 0;  // positions [logits_from, end) want logits,
  int first_row = 0;    // which are rows first_row ... of the step's logits
};

class BatchFormer {
 public:
  // `cost` is what draft lengths are chosen by; draft_model: may be null.
  BatchFormer(const EngineOptions& options, const model::LanguageModel& model, const PassCost& cost,
              DraftModel* draft_model);

  // Pages for the pending tokens are there; for drafts it takes what is free.
  void form(const Scheduler::Sequences& running);

  std::span<const Slice> slices() const { return slices_; }
  model::Batch batch() const {
    return {.tokens = tokens_, .page_tables = page_tables_, .adapters = adapters_};
  }
  int rows() const { return rows_; }  // of logits
  void took(double ms);               // the step that was formed
  int columns() const { return static_cast<int>(tokens_.size()); }
  int prompt_tokens() const { return prompt_tokens_; }
  int writers() const { return writers_; }  // sequences that write
  bool reads_prompts() const { return static_cast<int>(slices_.size()) > writers_; }

 private:
  void find_readers(const Scheduler::Sequences& running);
  void add_prompts(const Scheduler::Sequences& running);
  bool is_paced(const Sequence& reader) const;
  int room_for(const Sequence& reader) const;
  void add_prompt(Sequence& reader, int count);
  void add_writers(const Scheduler::Sequences& running);
  void ask_sources(const Scheduler::Sequences& running, PassSoFar& pass, int& room);
  void ask_model(const Scheduler::Sequences& running, PassSoFar pass, int room);
  void fit_draft(Sequence& sequence);
  void add(Sequence& sequence, int end, int logits_from);

  const int prefill_chunk_;
  const int max_draft_;
  const int max_batch_tokens_;
  const int vocab_size_;
  const PassCost& cost_;
  DraftModel* const draft_model_;
  PrefillPacer pacer_;
  Sequence::Place last_read_;  // whose turn it was,
  int turn_tokens_ = 0;        // and what he has read in it
  std::vector<Sequence*> readers_;
  bool much_to_read_ = false;  // one of the most urgent readers has
  int writers_ = 0;
  Priority most_urgent_writer_ = Priority::kWarm;
  int prompt_tokens_ = 0;  // in this step, at most chunk_,
  int long_tokens_ = 0;    // and those of prompts that delay writers, at most slice_
  int chunk_ = 0, slice_ = 0;
  std::vector<Sequence*> undrafted_;  // writers whose sources have no guesses
  std::vector<Slice> slices_;
  std::vector<model::BatchToken> tokens_;
  std::vector<std::span<const model::PageId>> page_tables_;  // per slice
  std::vector<int> adapters_;                                // per slice
  int rows_ = 0;
};

}  // namespace cromwell::engine

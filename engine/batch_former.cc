#include "engine/batch_former.h"

#include <algorithm>
#include <tuple>

namespace cromwell::engine {
namespace {

constexpr int kShareOfLong = 4;     // a quarter of the chunk is theirs who have much to read
constexpr int kMaxDraftRows = 128;  // rows of logits for drafts in a step: bounds their memory

bool reads_much(const Sequence& reader) { return reader.to_read() > kLittleToRead; }

}  // namespace

BatchFormer::BatchFormer(const EngineOptions& options, const model::LanguageModel& model,
                         const PassCost& cost, DraftModel* draft_model)
    : prefill_chunk_(options.prefill_chunk),
      max_draft_(options.max_draft),
      max_batch_tokens_(model.max_batch_tokens()),
      vocab_size_(model.vocab_size()),
      cost_(cost),
      draft_model_(draft_model) {}

void BatchFormer::form(const Scheduler::Sequences& running) {
  slices_.clear();
  tokens_.clear();
  page_tables_.clear();
  adapters_.clear();
  rows_ = 0;
  add_prompts(running);
  add_writers(running);
}

void BatchFormer::add(Sequence& sequence, int end, int logits_from) {
  const int slice = static_cast<int>(slices_.size());
  slices_.push_back({.sequence = &sequence,
                     .begin = sequence.computed(),
                     .end = end,
                     .logits_from = logits_from,
                     .first_row = rows_});
  page_tables_.push_back(sequence.cache().pages());
  adapters_.push_back(sequence.adapter());
  for (int position = sequence.computed(); position < end; ++position) {
    const bool drafted = position >= sequence.size();
    const auto place = static_cast<std::size_t>(drafted ? position - sequence.size() : position);
    tokens_.push_back({.sequence = slice,
                       .position = position,
                       .token = drafted ? sequence.draft()[place] : sequence.text()[place],
                       .wants_logits = position >= logits_from});
  }
  rows_ += end - logits_from;
}

// Those that read, the most urgent first; among equals those with little to read in their order,
// then the others, beginning with him whose turn it is.
void BatchFormer::find_readers(const Scheduler::Sequences& running) {
  readers_.clear();
  writers_ = 0;
  most_urgent_writer_ = Priority::kWarm;
  for (const auto& sequence : running) {
    const bool reads = sequence->reads_prompt();
    if (!reads && writers_++ == 0) most_urgent_writer_ = sequence->priority();
    // Who reads ahead of a request does so only while there is nothing else to do at all.
    const bool must_rest =
        sequence->priority() == Priority::kWarm && running.front()->priority() != Priority::kWarm;
    if (reads && !must_rest) readers_.push_back(sequence.get());
  }
  const auto had_its_turn = [&](const Sequence* reader) {
    return reader->place() < last_read_ ||
           (reader->place() == last_read_ && turn_tokens_ >= prefill_chunk_);
  };
  const auto place = [&](const Sequence* reader) {
    const bool much = reads_much(*reader);
    return std::tuple(reader->priority(), much, much && had_its_turn(reader), reader->place());
  };
  std::sort(readers_.begin(), readers_.end(),
            [&](const Sequence* a, const Sequence* b) { return place(a) < place(b); });
}

void BatchFormer::add_prompts(const Scheduler::Sequences& running) {
  find_readers(running);
  prompt_tokens_ = long_tokens_ = 0;
  chunk_ = std::min(prefill_chunk_, max_batch_tokens_ - writers_);
  slice_ = pacer_.slice(chunk_, writers_);
  const auto paced = [this](const Sequence* reader) { return is_paced(*reader); };
  // The writers' own time has to be measured: then nobody reads, or those would wait for ever.
  if (slice_ == 0 && std::any_of(readers_.begin(), readers_.end(), paced)) return;
  much_to_read_ = std::any_of(readers_.begin(), readers_.end(), [this](const Sequence* reader) {
    return reads_much(*reader) && reader->priority() == readers_.front()->priority();
  });
  for (Sequence* reader : readers_) {
    const int count = std::min(room_for(*reader), reader->pending());
    if (count <= 0) continue;
    add_prompt(*reader, count);
    prompt_tokens_ += count;
    if (is_paced(*reader)) long_tokens_ += count;
    if (!reads_much(*reader)) continue;
    const bool goes_on = reader->place() == last_read_ && turn_tokens_ < prefill_chunk_;
    turn_tokens_ = (goes_on ? turn_tokens_ : 0) + count;
    last_read_ = reader->place();
  }
}

bool BatchFormer::is_paced(const Sequence& reader) const {
  return writers_ > 0 && most_urgent_writer_ <= reader.priority() && reads_much(reader);
}

// In this step, after what the readers before it have.
int BatchFormer::room_for(const Sequence& reader) const {
  const int left = chunk_ - prompt_tokens_;
  if (is_paced(reader)) return std::min(slice_ - long_tokens_, left);
  // A long prompt goes on, however many short ones come.
  const bool leaves_some = much_to_read_ && !reads_much(reader);
  return leaves_some ? left - chunk_ / kShareOfLong : left;
}

void BatchFormer::add_prompt(Sequence& reader, int count) {
  const int end = reader.computed() + count;
  int logits_from = end == reader.size() ? end - 1 : end;
  if (reader.scores_prompt()) {
    logits_from = std::min(logits_from, std::max(reader.computed(), reader.next_to_score()));
  }
  add(reader, end, logits_from);
}

void BatchFormer::took(double ms) {
  if (writers_ > 0) pacer_.record(prompt_tokens_, writers_, ms);
}

void BatchFormer::add_writers(const Scheduler::Sequences& running) {
  // Tokens of prompts count like those that are written: guesses must not hold them up.
  PassSoFar pass{.columns = columns() + writers_, .tokens = columns() + writers_};
  int room = std::min(kMaxDraftRows, max_batch_tokens_ - pass.columns);
  ask_sources(running, pass, room);
  if (draft_model_ != nullptr) ask_model(running, pass, room);
  for (const auto& sequence : running) {
    if (sequence->reads_prompt()) continue;
    const int guesses = static_cast<int>(sequence->draft().size());
    add(*sequence, sequence->size() + guesses, sequence->computed());
  }
}

void BatchFormer::ask_sources(const Scheduler::Sequences& running, PassSoFar& pass, int& room) {
  auto guessers = std::count_if(running.begin(), running.end(), [](const auto& sequence) {
    return !sequence->reads_prompt() && sequence->has_draft_source();
  });
  for (const auto& sequence : running) {
    if (sequence->reads_prompt() || !sequence->has_draft_source()) continue;
    const int limit = std::min(max_draft_, room / static_cast<int>(guessers--));
    const int length = best_draft_length(cost_, pass, sequence->acceptance(), limit);
    sequence->propose(length, vocab_size_);
    fit_draft(*sequence);
    const int guesses = static_cast<int>(sequence->draft().size());
    room -= guesses;
    pass.columns += guesses;
  }
}

// A step that reads a prompt keeps its time for that.
void BatchFormer::ask_model(const Scheduler::Sequences& running, PassSoFar pass, int room) {
  draft_model_->begin_step(running);
  undrafted_.clear();
  for (const auto& sequence : running) {
    if (!sequence->reads_prompt() && sequence->draft().empty())
      undrafted_.push_back(sequence.get());
  }
  if (prompt_tokens_ > 0 || undrafted_.empty()) return;
  room = std::min(room, max_draft_ * static_cast<int>(undrafted_.size()));
  draft_model_->guess(undrafted_, {.cost = cost_, .pass = pass, .writers = writers_, .room = room});
  for (Sequence* sequence : undrafted_) fit_draft(*sequence);
}

void BatchFormer::fit_draft(Sequence& sequence) {
  int guesses = static_cast<int>(sequence.draft().size());
  KvCache& cache = sequence.cache();
  if (!cache.grow(sequence.size() + guesses)) guesses = cache.capacity() - sequence.size();
  sequence.cut_draft(guesses);
}

}  // namespace cromwell::engine

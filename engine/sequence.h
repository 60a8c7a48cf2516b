// Sequence: one generation on the engine thread: its text, how much of that is in its KV cache, and
// what it tells its sink. It turns logits into tokens and events; when it runs and on which pages
// is the scheduler's business.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/command.h"
#include "engine/draft_length.h"
#include "engine/kv_cache.h"
#include "engine/metrics.h"
#include "engine/sampler.h"
#include "engine/text_stream.h"

namespace cromwell::engine {

// Rows of logits of consecutive positions. rows: [n, vocab_size]; summaries: [n]
struct LogitRows {
  const float* rows = nullptr;
  const model::LogitSummary* summaries = nullptr;
  int vocab_size = 0;
  LogitRow row(int i) const {
    const auto width = static_cast<std::size_t>(vocab_size);
    return {.logits = {rows + static_cast<std::size_t>(i) * width, width}, .summary = summaries[i]};
  }
};

class Sequence {
 public:
  Sequence(SubmitCommand&& command, const tokenizer::Tokenizer& tokenizer, KvPool& pool);
  // A fork of `parent`, sharing its cache. parent.can_fork() holds.
  Sequence(ForkCommand&& command, const Sequence& parent, KvPool& pool);

  std::uint64_t id() const { return link_->id; }
  const std::string& session() const { return request_.session; }
  const std::string& client() const { return client_; }  // whose turns it takes (engine/turns)
  int adapter() const { return request_.adapter; }
  Priority priority() const { return request_.priority; }
  void raise_to(Priority priority) { request_.priority = priority; }
  // Of equally urgent ones the smallest goes first, in all things: by its turn, then as they came.
  using Place = std::pair<std::uint64_t, std::uint64_t>;
  Place place() const { return {turn_, id()}; }
  std::uint64_t turn() const { return turn_; }
  void set_turn(std::uint64_t turn) { turn_ = turn; }
  bool has_started() const { return started_; }  // once; it may be waiting again
  // A newer request of its session takes its place.
  bool is_replaced_by(const GenerateRequest& newer) const;
  bool cancelled() const { return link_->cancelled.load(std::memory_order_acquire); }
  std::span<const TokenId> text() const { return text_; }  // prompt and what was generated
  int size() const { return static_cast<int>(text_.size()); }
  int generated() const { return size() - prompt_tokens_; }

  // --- Cache. Keys and values of text()[0 .. computed()) are in cache(); pages that hold none of
  // these have no other owner, and whole ones are the prefix tree's too.
  KvCache& cache() { return cache_; }
  const KvCache& cache() const { return cache_; }
  int computed() const { return computed_; }
  int pending() const { return size() - computed_; }  // at least 1 until it has ended
  bool reads_prompt() const { return !prompt_done_ || pending() > 1; }
  // What of the text had to be computed for itself, or still has to be.
  int to_read() const { return prompt_done_ ? pending() : prompt_tokens_ - usage_.cached_tokens; }
  bool reuses_cache() const { return !request_.prompt_logprobs || prompt_done_; }
  void begin(KvCache cache, int computed);  // it runs now; Started the first time
  void give_up_cache();                     // ... and does not run any more
  void skip_to(int computed);               // its cache got so far without it

  // --- One step.
  bool scores_prompt() const { return request_.prompt_logprobs && !prompt_done_; }
  // The position whose logits score the next token of the prompt.
  int next_to_score() const { return std::max(0, static_cast<int>(scored_prompt_.size()) - 1); }
  // Asks the draft source for guesses; draft() is what it said, at most `limit` and never more
  // than could still be generated.
  void propose(int limit, int vocab_size);
  bool has_draft_source() const { return request_.draft != nullptr; }
  double acceptance() const { return acceptance_.rate(); }
  std::span<const TokenId> draft() const { return draft_; }
  // The same of a draft model, which may guess where the draft source has nothing to say.
  int room_for_guesses() const { return request_.max_tokens - generated() - 1; }
  void take_guesses(std::span<const TokenId> guesses);
  void cut_draft(int tokens) { draft_.resize(static_cast<std::size_t>(tokens)); }
  // `tokens` of the text were computed; logits: of the positions from `first_position` on.
  void finish_chunk(int tokens, int first_position, const LogitRows& logits);
  // All of the text is computed; logits: of its last token.
  void take_first_token(const LogitRow& logits, Sampler& sampler);
  // The last token and the draft were computed; logits: [1 + draft]
  void finish_decode(const LogitRows& logits, Sampler& sampler);
  // ... which took `ms`, and takes `plain_ms` without drafts.
  void add_decode_time(double ms, double plain_ms);

  // --- Commands.
  void rewind_to(int tokens);
  void replace_draft(std::unique_ptr<DraftSource> draft) { request_.draft = std::move(draft); }
  bool can_fork() const;
  std::vector<ForkCommand>& forks_after_prompt() { return forks_after_prompt_; }
  bool prompt_done() const { return prompt_done_; }

  // So far.
  Usage usage() const;

  // --- End. Set once; the first one counts.
  bool ended() const { return ending_.has_value(); }
  void count_ending(EngineCounters& counters) const;
  void end(FinishReason reason);
  void fail(base::Error error);
  void check_limits();    // cancelled, or out of time
  void deliver_ending();  // the last event

 private:
  struct Ending {
    FinishReason reason = FinishReason::kStop;
    std::optional<base::Error> error;
  };
  void score_rows(int tokens, int first_position, const LogitRows& logits);
  bool take_token(const LogitRow& logits, Sampler& sampler);
  void note_verified(int right, bool is_wrong);
  void emit(TokenId token, ScoredToken scored);
  void send(Event&& event);
  Timings timings() const;

  std::shared_ptr<GenerationLink> link_;
  GenerateRequest request_;  // its prompt has moved to text_
  EventSink sink_;
  const tokenizer::Tokenizer* tokenizer_;

  std::vector<TokenId> text_;
  int prompt_tokens_ = 0;
  int computed_ = 0;
  KvCache cache_;
  bool started_ = false;
  bool prompt_done_ = false;  // its first logits have been seen
  std::vector<ScoredToken> scored_prompt_;
  std::vector<TokenId> draft_;
  int wanted_guesses_ = 0;  // a source that has fewer is not sure: they say nothing of the others
  bool is_models_draft_ = false;
  Acceptance acceptance_;  // of the draft source
  int step_tokens_ = 0;    // of the last step
  std::vector<ForkCommand> forks_after_prompt_;

  std::string client_;  // its session, or that of the one that it was forked from
  std::uint64_t turn_ = 0;
  TextStream first_stream_;  // as it was before the first generated token
  TextStream stream_;        // as it is now
  int inherited_ = 0;        // tokens that its ancestors generated, the last of its prompt
  std::vector<float> surprise_limits_;  // mirostat's mu after each, and after each of its own
  std::uint64_t random_stream_ = 0;     // number of rewinds

  Usage usage_;
  double decode_ms_ = 0, plain_ms_ = 0;
  Clock::time_point submitted_, first_chunk_, first_logits_, last_token_;
  std::optional<Ending> ending_;
};

}  // namespace cromwell::engine

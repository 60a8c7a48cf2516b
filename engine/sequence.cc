#include "engine/sequence.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include "engine/random.h"
#include "engine/softmax.h"

namespace cromwell::engine {
namespace {

double ms_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

}  // namespace

Sequence::Sequence(SubmitCommand&& command, const tokenizer::Tokenizer& tokenizer, KvPool& pool)
    : link_(std::move(command.link)),
      request_(std::move(command.request)),
      sink_(std::move(command.sink)),
      tokenizer_(&tokenizer),
      text_(std::move(request_.prompt)),
      prompt_tokens_(static_cast<int>(text_.size())),
      cache_(pool),
      client_(request_.session),
      first_stream_(tokenizer, request_.stop, request_.spelt),
      stream_(first_stream_),
      submitted_(command.submitted) {
  usage_.prompt_tokens = prompt_tokens_;
}

Sequence::Sequence(ForkCommand&& command, const Sequence& parent, KvPool& pool)
    : link_(std::move(command.link)),
      sink_(std::move(command.sink)),
      tokenizer_(parent.tokenizer_),
      text_(parent.text_),
      prompt_tokens_(parent.size()),
      cache_(pool),
      client_(parent.client_),
      turn_(parent.turn_),
      first_stream_(parent.stream_),
      stream_(parent.stream_),
      inherited_(parent.inherited_ + parent.generated()),
      random_stream_(parent.random_stream_),
      submitted_(command.submitted) {
  request_.adapter = parent.request_.adapter;
  if (command.sampling.mirostat.version != 0) {
    surprise_limits_ = parent.surprise_limits_;
    surprise_limits_.resize(static_cast<std::size_t>(inherited_),
                            2 * command.sampling.mirostat.tau);
  }
  request_.max_tokens = parent.request_.max_tokens - parent.generated();
  request_.sampling = command.sampling;
  request_.ignore_eos = parent.request_.ignore_eos;
  request_.top_logprobs = parent.request_.top_logprobs;
  // Only what was submitted as a warming counts as one.
  request_.priority = std::min(parent.request_.priority, Priority::kBackground);
  request_.max_prompt_ms = parent.request_.max_prompt_ms;
  request_.max_predict_ms = parent.request_.max_predict_ms;
  request_.draft = std::move(command.draft);
  if (parent.request_.constraint) request_.constraint = parent.request_.constraint->clone();
  usage_.prompt_tokens = prompt_tokens_;
  computed_ = std::min(parent.computed_, size() - 1);  // the last token's logits are its own work
  cache_ = parent.cache_.share(computed_);
}

bool Sequence::is_replaced_by(const GenerateRequest& newer) const {
  if (session().empty() || session() != newer.session) return false;
  return priority() == Priority::kWarm ||
         (!started_ && request_.replaces_waiting && newer.replaces_waiting);
}

void Sequence::send(Event&& event) {
  if (sink_) sink_(std::move(event));
}

void Sequence::begin(KvCache cache, int computed) {
  assert(computed < size());
  cache_ = std::move(cache);
  computed_ = computed;
  if (std::exchange(started_, true)) return;
  usage_.cached_tokens = computed;
  first_chunk_ = Clock::now();
  send(Started{.prompt_tokens = prompt_tokens_,
               .cached_tokens = computed,
               .seed = request_.sampling.seed.value_or(0)});
}

void Sequence::give_up_cache() {
  cache_.trim(0);
  computed_ = 0;
}

void Sequence::skip_to(int computed) {
  // What is taken again after it lost its place was counted before.
  const int cached = usage_.cached_tokens + computed - computed_;
  if (!prompt_done_) usage_.cached_tokens = std::min(cached, prompt_tokens_ - 1);
  computed_ = computed;
}

void Sequence::propose(int limit, int vocab_size) {
  draft_.clear();
  limit = std::min(limit, room_for_guesses());
  wanted_guesses_ = limit;
  if (limit <= 0 || !request_.draft) return;
  request_.draft->propose(text_, limit, draft_);
  const auto known = [&](TokenId id) { return id >= 0 && id < vocab_size; };
  const auto end = std::find_if_not(draft_.begin(), draft_.end(), known);
  cut_draft(std::min(limit, static_cast<int>(end - draft_.begin())));
}

void Sequence::take_guesses(std::span<const TokenId> guesses) {
  assert(draft_.empty());
  draft_.assign(guesses.begin(), guesses.end());
  is_models_draft_ = !draft_.empty();
}

void Sequence::finish_chunk(int tokens, int first_position, const LogitRows& logits) {
  const bool several_chunks =
      !prompt_done_ && (pending() > tokens || computed_ > usage_.cached_tokens);
  if (scores_prompt()) score_rows(tokens, first_position, logits);
  computed_ += tokens;
  if (several_chunks) send(Progress{.processed = computed_, .total = prompt_tokens_});
  if (pending() > 0 || std::exchange(prompt_done_, true)) return;
  first_logits_ = last_token_ = Clock::now();
  if (request_.prompt_logprobs && !ended()) send(PromptScored{std::move(scored_prompt_)});
}

void Sequence::take_first_token(const LogitRow& logits, Sampler& sampler) {
  if (ended()) return;
  if (request_.max_tokens == 0) return end(FinishReason::kLength);
  take_token(logits, sampler);
}

void Sequence::score_rows(int tokens, int first_position, const LogitRows& logits) {
  if (scored_prompt_.empty()) {
    scored_prompt_.reserve(text_.size());
    scored_prompt_.push_back({.id = text_[0], .logprob = std::numeric_limits<float>::quiet_NaN()});
  }
  const int last = std::min(computed_ + tokens, prompt_tokens_ - 1);
  for (int position = first_position; position < last; ++position) {
    const TokenId next = text_[static_cast<std::size_t>(position) + 1];
    const LogitRow row = logits.row(position - first_position);
    if (!row.summary.is_good()) return fail({.message = "logits: not a number"});
    scored_prompt_.push_back(score(row, next, std::max(0, request_.top_logprobs)));
  }
}

void Sequence::finish_decode(const LogitRows& logits, Sampler& sampler) {
  const int guesses = static_cast<int>(draft_.size());
  const int before = size();
  ++computed_;
  int right = 0;
  bool is_wrong = false;
  for (bool goes_on = true; goes_on && !is_wrong;) {
    const int chosen = size();
    goes_on = take_token(logits.row(right), sampler);
    if (size() == chosen || right == guesses) break;  // no token, or none that was guessed
    // The guess's keys and values are right exactly if it is what was chosen.
    is_wrong = text_.back() != draft_[static_cast<std::size_t>(right)];
    if (!is_wrong) ++right;
  }
  computed_ += right;
  if (!ended()) computed_ = std::min(computed_, size() - 1);  // a rewind that asks for nothing
  step_tokens_ = size() - before;
  note_verified(right, is_wrong);
}

void Sequence::note_verified(int right, bool is_wrong) {
  const int guesses = static_cast<int>(draft_.size());
  const bool is_models = std::exchange(is_models_draft_, false);
  draft_.clear();
  usage_.draft_tokens += guesses;
  usage_.accepted_tokens += right;
  if (is_models) {
    usage_.model_draft_tokens += guesses;
    usage_.model_accepted_tokens += right;
  }
  if (guesses == 0 || is_models) return acceptance_.fade();
  if (guesses == wanted_guesses_) acceptance_.observe(right, is_wrong);
}

void Sequence::add_decode_time(double ms, double plain_ms) {
  decode_ms_ += ms;
  plain_ms_ += plain_ms * step_tokens_;
}

// Chooses the next token of the text; false if the generation has ended with it, or goes back: an
// end that the step's draft holds must not come before that.
bool Sequence::take_token(const LogitRow& logits, Sampler& sampler) {
  if (cancelled()) {
    end(FinishReason::kCancelled);
    return false;
  }
  const double random = uniform(*request_.sampling.seed, random_stream_, text_.size());
  const auto answer_from = static_cast<std::size_t>(prompt_tokens_ - inherited_);
  float mu =
      surprise_limits_.empty() ? 2 * request_.sampling.mirostat.tau : surprise_limits_.back();
  const auto token = sampler.choose(logits, request_.sampling, {text_, answer_from},
                                    request_.constraint.get(), random, &mu);
  if (!token) {
    fail(token.error());
    return false;
  }
  ScoredToken scored{.id = *token};
  if (request_.top_logprobs >= 0) {
    if (!logits.summary.is_good()) {  // which the constraint or the penalty has hidden
      fail({.message = "logits: not a number"});
      return false;
    }
    scored = score(logits, *token, request_.top_logprobs);
  }
  text_.push_back(*token);
  if (request_.sampling.mirostat.version != 0) surprise_limits_.push_back(mu);
  if (request_.constraint) request_.constraint->accept(*token);
  emit(*token, std::move(scored));
  return !ended() && !link_->rewinds.load(std::memory_order_acquire);
}

void Sequence::emit(TokenId token, ScoredToken scored) {
  const bool at_end = tokenizer_->is_end_of_generation(token) && !request_.ignore_eos;
  std::string text;
  const bool stopped = !at_end && stream_.push(token, text);
  last_token_ = Clock::now();
  send(Token{.scored = std::move(scored), .text = std::move(text), .index = generated() - 1});
  if (at_end || stopped) return end(FinishReason::kStop);
  if (generated() >= request_.max_tokens) return end(FinishReason::kLength);
  check_limits();
}

void Sequence::rewind_to(int tokens) {
  link_->rewinds.store(false, std::memory_order_release);
  tokens = std::max(tokens, 0);
  if (ended() || tokens >= generated()) return;
  text_.resize(static_cast<std::size_t>(prompt_tokens_ + tokens));
  computed_ = std::min(computed_, size() - 1);
  cache_.trim(computed_);
  ++random_stream_;
  if (!surprise_limits_.empty())
    surprise_limits_.resize(static_cast<std::size_t>(inherited_ + tokens));
  if (request_.constraint) request_.constraint->rewind_to(inherited_ + tokens);
  stream_ = first_stream_;
  std::string forgotten;
  for (int i = prompt_tokens_; i < size(); ++i) {
    stream_.push(text_[static_cast<std::size_t>(i)], forgotten);
  }
}

bool Sequence::can_fork() const {
  return !request_.constraint || request_.constraint->clone() != nullptr;
}

void Sequence::end(FinishReason reason) {
  if (!ending_) ending_ = Ending{.reason = reason, .error = {}};
}

Usage Sequence::usage() const {
  Usage usage = usage_;
  usage.completion_tokens = generated();
  return usage;
}

void Sequence::count_ending(EngineCounters& counters) const {
  assert(ending_);
  counters.cached_tokens += static_cast<std::uint64_t>(usage_.cached_tokens);
  counters.decode_ms += decode_ms_;
  counters.plain_ms += plain_ms_;
  if (ending_->error) {
    ++counters.failed;
  } else if (ending_->reason == FinishReason::kStop) {
    ++counters.stopped;
  } else {
    ++(ending_->reason == FinishReason::kLength ? counters.cut : counters.cancelled);
  }
}

void Sequence::fail(base::Error error) {
  if (!ending_) ending_ = Ending{.error = std::move(error)};
}

void Sequence::check_limits() {
  if (cancelled()) return end(FinishReason::kCancelled);
  if (!started_) return;
  const auto now = Clock::now();
  const auto over = [&](Clock::time_point since, int limit_ms) {
    return limit_ms > 0 && ms_between(since, now) >= limit_ms;
  };
  if (!prompt_done_ && over(first_chunk_, request_.max_prompt_ms)) {
    fail({.code = base::ErrorCode::kTimeout,
          .message = "the prompt took longer than " + std::to_string(request_.max_prompt_ms) +
                     " ms; " + std::to_string(computed_) + " of " + std::to_string(prompt_tokens_) +
                     " tokens are computed"});
  }
  if (prompt_done_ && over(first_logits_, request_.max_predict_ms)) end(FinishReason::kLength);
}

Timings Sequence::timings() const {
  const auto now = Clock::now();
  Timings timings{.answers = 1};
  timings.queue_ms = ms_between(submitted_, started_ ? first_chunk_ : now);
  if (started_) timings.prompt_ms = ms_between(first_chunk_, prompt_done_ ? first_logits_ : now);
  if (prompt_done_) timings.predict_ms = ms_between(first_logits_, last_token_);
  timings.decode_ms = decode_ms_;
  timings.plain_ms = plain_ms_;
  return timings;
}

void Sequence::deliver_ending() {
  assert(ending_);
  if (ending_->error) return send(Failed{std::move(*ending_->error)});
  std::string text;
  if (stream_.stop_match().empty() && stream_.finish(text)) ending_->reason = FinishReason::kStop;
  send(Finished{.reason = ending_->reason,
                .text = std::move(text),
                .stop_match = stream_.stop_match(),
                .usage = usage(),
                .timings = timings()});
}

}  // namespace cromwell::engine

#include "engine/draft_model.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <limits>
#include <utility>

#include "base/log.h"

namespace cromwell::engine {
namespace {

constexpr double kShare = 0.7;    // of the writers' own time, as for prompts (prefill_pacer.cc)
constexpr int kFirstColumns = 8;  // of a pass before any was measured
constexpr int kMostColumns = 64;  // of texts that are read, in a step
constexpr int kMostPatience = 1 << 20;
constexpr int kLongRun = 64;       // steps with guesses, one after the other
constexpr double kMostRead = 0.5;  // of the time that its guesses will save, to read a text
constexpr double kPriorRight = 1, kPriorWrong = 0.25;  // some wrong guesses say that it is no good

int size_of(const std::vector<TokenId>& tokens) { return static_cast<int>(tokens.size()); }

}  // namespace

DraftModel::DraftModel(std::unique_ptr<model::LanguageModel> model,
                       const std::optional<PassTimes>& times)
    : model_(std::move(model)),
      pool_(model_->page_count()),
      tree_(pool_, *model_),
      cost_(times ? PassCost(*times) : PassCost()),
      acceptance_(kPriorRight, kPriorWrong) {
  assert(model_->max_batch_tokens() >= kMostColumns);
}

void DraftModel::begin_step(const std::vector<std::unique_ptr<Sequence>>& running) {
  step_ms_ = 0;
  for (const auto& sequence : running) {
    const auto entry = texts_.find(sequence->id());
    if (entry != texts_.end()) learn(*sequence, entry->second);
  }
  const auto runs = [&](std::uint64_t id) {
    return std::any_of(running.begin(), running.end(),
                       [id](const auto& sequence) { return sequence->id() == id; });
  };
  for (auto next = texts_.begin(); next != texts_.end();) {
    const auto entry = next++;
    if (runs(entry->first)) continue;
    keep(entry->second);
    texts_.erase(entry);
  }
}

void DraftModel::learn(const Sequence& sequence, Text& text) {
  if (text.guesses.empty()) return;
  const Usage now = sequence.usage();
  const int guessed = now.model_draft_tokens - text.before.model_draft_tokens;
  const int right = now.model_accepted_tokens - text.before.model_accepted_tokens;
  if (guessed > 0) acceptance_.observe(right, right < guessed);
  text.guesses.clear();
}

void DraftModel::keep(Text& text) {
  text.cache.trim(size_of(text.tokens));
  tree_.keep(std::exchange(text.cache, KvCache(pool_)), text.tokens, Clock::now());
  text.tokens.clear();
}

void DraftModel::guess(std::span<Sequence* const> sequences, const DraftingStep& step) {
  if (failed_) return;
  plan(sequences, step);
  const double share_ms = kShare * step.cost.ms(step.writers);
  const bool is_alone = step.writers == 1;
  add_unread(columns_within(share_ms, is_alone ? 2 : 0));
  // Who writes alone waits for nobody but himself: how much pays for him has been asked already.
  double left_ms = is_alone ? std::numeric_limits<double>::infinity() : share_ms;
  while (!tokens_.empty() && run_pass() && take_guesses()) {
    left_ms -= cost_.ms(static_cast<int>(tokens_.size()));
    if (cost_.ms(static_cast<int>(work_.size())) > left_ms) break;
    add_last_guesses();
  }
  bool has_guesses = false;
  for (const Work& work : work_) {
    work.text->before = work.sequence->usage();
    work.sequence->take_guesses(work.text->guesses);
    has_guesses = has_guesses || !work.text->guesses.empty();
  }
  note_whether_it_ran(has_guesses);
}

// A pass that was slow once, of a cold file or on a busy machine, or a text that it could not guess
// must not stop it for good: it is tried again, ever more seldom, since it may really not pay. What
// has guessed for a while does.
void DraftModel::note_whether_it_ran(bool has_guesses) {
  guessing_steps_ = has_guesses ? guessing_steps_ + 1 : 0;
  idle_steps_ = step_ms_ > 0 ? 0 : idle_steps_ + 1;
  if (guessing_steps_ > kLongRun) patience_ = kFirstPatience;
  if (idle_steps_ < patience_) return;
  cost_.forget();
  acceptance_ = Acceptance(kPriorRight, kPriorWrong);
  idle_steps_ = 0;
  patience_ = std::min(2 * patience_, kMostPatience);
}

// Who is guessed for, and how far.
void DraftModel::plan(std::span<Sequence* const> sequences, const DraftingStep& step) {
  work_.clear();
  const int share = static_cast<int>(sequences.size());
  for (Sequence* sequence : sequences) {
    const int wanted = wanted_guesses(*sequence, step, share);
    if (wanted == 0) continue;
    Text& text = follow(*sequence);
    const Work work{.sequence = sequence, .text = &text, .wanted = wanted};
    if (text.has_room && pays_to_read(work, step, share)) work_.push_back(work);
  }
}

int DraftModel::wanted_guesses(const Sequence& sequence, const DraftingStep& step,
                               int share) const {
  const int limit = std::min({kMaxModelGuesses, step.room / share, sequence.room_for_guesses(),
                              model_->context_length() - sequence.size()});
  return best_draft_length(step.cost, step.pass, acceptance_.rate(), limit, guess_ms(share));
}

// A guess for one of `share` sequences.
double DraftModel::guess_ms(int share) const {
  return cost_.is_known() ? cost_.ms(share) / share : 0;
}

// Its text as far as it has been read; what was guessed wrong or taken back is forgotten.
DraftModel::Text& DraftModel::follow(const Sequence& sequence) {
  Text& text = texts_.try_emplace(sequence.id(), pool_).first->second;
  text.guesses.clear();
  if (!text.has_room) return text;
  const auto known = sequence.text().first(sequence.text().size() - 1);
  const auto end =
      std::mismatch(text.tokens.begin(), text.tokens.end(), known.begin(), known.end());
  text.tokens.erase(end.first, text.tokens.end());
  text.cache.trim(size_of(text.tokens));
  const int pages = size_of(text.tokens) / model::kPageTokens;
  if (pages > text.shared_pages) tree_.share_pages(text.cache, text.tokens, Clock::now());
  text.shared_pages = pages;
  if (size_of(text.tokens) + model::kPageTokens > sequence.size()) return text;
  const int read = tree_.extend(text.cache, size_of(text.tokens), known, Clock::now());
  text.tokens.assign(known.begin(), known.begin() + read);
  return text;
}

bool DraftModel::pays_to_read(const Work& work, const DraftingStep& step, int share) const {
  const int unread = work.sequence->size() - size_of(work.text->tokens);
  if (unread <= kFirstColumns || !cost_.is_known()) return true;
  const double read_ms = unread * cost_.ms(kMostColumns) / kMostColumns;
  const double rest_ms = work.sequence->room_for_guesses() * step.cost.ms(step.writers);
  const double saved =
      saved_share(step.cost, step.pass, acceptance_.rate(), work.wanted, guess_ms(share));
  return read_ms <= kMostRead * saved * rest_ms;
}

int DraftModel::columns_within(double ms, int least) const {
  if (!cost_.is_known()) return kFirstColumns;
  int columns = least;
  while (columns < kMostColumns && cost_.ms(columns + 1) <= ms) ++columns;
  return columns;
}

void DraftModel::begin_pass() {
  tokens_.clear();
  page_tables_.clear();
  passed_.clear();
}

// A pass over what they have not read; whose text is then read to its end gets a guess.
void DraftModel::add_unread(int most_columns) {
  begin_pass();
  for (const Work& work : work_) {
    const int unread = work.sequence->size() - size_of(work.text->tokens);
    add(work, std::min(unread, most_columns - static_cast<int>(tokens_.size())));
  }
}

// A pass over the last guess of those that want another one.
void DraftModel::add_last_guesses() {
  begin_pass();
  for (const Work& work : work_) {
    const int guesses = size_of(work.text->guesses);
    if (guesses > 0 && guesses < work.wanted) add(work, 1);
  }
}

void DraftModel::add(const Work& work, int count) {
  Text& text = *work.text;
  const int begin = size_of(text.tokens);
  const int end = begin + count;
  const int known = work.sequence->size();
  if (count <= 0 || !text.has_room || !make_room(text, begin, end)) return;
  for (int position = begin; position < end; ++position) {
    const TokenId token = position < known
                              ? work.sequence->text()[static_cast<std::size_t>(position)]
                              : text.guesses.back();
    tokens_.push_back({.sequence = static_cast<int>(passed_.size()),
                       .position = position,
                       .token = token,
                       .wants_logits = position == known + size_of(text.guesses) - 1});
    text.tokens.push_back(token);
  }
  page_tables_.push_back(text.cache.pages());
  passed_.push_back(&text);
}

bool DraftModel::make_room(Text& text, int begin, int end) {
  while (!text.cache.grow(end) || !text.cache.own(begin, end, *model_)) {
    if (tree_.evict(Clock::now())) continue;
    text.has_room = false;  // others have it, and what there is of this one too
    keep(text);
    return false;
  }
  return true;
}

bool DraftModel::run_pass() {
  const auto rows = std::count_if(tokens_.begin(), tokens_.end(),
                                  [](const auto& token) { return token.wants_logits; });
  logits_.resize(static_cast<std::size_t>(rows) * static_cast<std::size_t>(model_->vocab_size()));
  const auto begin = Clock::now();
  const auto done = model_->forward(
      {.tokens = tokens_, .page_tables = page_tables_, .adapters = {}}, logits_.data());
  if (!done) {
    give_up(done.error());
    return false;
  }
  summaries_.resize(static_cast<std::size_t>(rows));
  model_->summarize(logits_.data(), static_cast<int>(rows), summaries_.data());
  const double ms = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  cost_.observe(static_cast<int>(tokens_.size()), ms);
  step_ms_ += ms;
  return true;
}

bool DraftModel::take_guesses() {
  std::size_t row = 0;
  for (const model::BatchToken& token : tokens_) {
    if (!token.wants_logits) continue;
    const model::LogitSummary& summary = summaries_[row++];
    if (!summary.is_good()) {
      give_up({.message = "logits: not a number"});
      return false;
    }
    passed_[static_cast<std::size_t>(token.sequence)]->guesses.push_back(summary.best);
  }
  return true;
}

void DraftModel::give_up(const base::Error& error) {
  base::log(base::LogLevel::kError, "the draft model guesses no more: " + error.message);
  failed_ = true;
  work_.clear();
  texts_.clear();
  tree_.clear();
}

}  // namespace cromwell::engine

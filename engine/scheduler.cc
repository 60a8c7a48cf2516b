#include "engine/scheduler.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "engine/text_transfer.h"

namespace cromwell::engine {
namespace {

using Sequences = Scheduler::Sequences;

bool goes_first(const std::unique_ptr<Sequence>& a, const std::unique_ptr<Sequence>& b) {
  return std::pair(a->priority(), a->place()) < std::pair(b->priority(), b->place());
}

void insert_in_order(Sequences& list, std::unique_ptr<Sequence> sequence) {
  const auto place = std::upper_bound(list.begin(), list.end(), sequence, goes_first);
  list.insert(place, std::move(sequence));
}

std::unique_ptr<Sequence> take_out(Sequences& list, const Sequence& sequence) {
  const auto place = std::find_if(list.begin(), list.end(),
                                  [&](const auto& one) { return one.get() == &sequence; });
  if (place == list.end()) return nullptr;
  auto taken = std::move(*place);
  list.erase(place);
  return taken;
}

std::uint64_t cost_of(const Sequence& sequence) {
  return static_cast<std::uint64_t>(sequence.size());
}

// What of its text it may take from memory. The last token is computed in any case: its logits are
// needed.
std::span<const TokenId> reusable(const Sequence& sequence) {
  if (!sequence.reuses_cache()) return {};
  return sequence.text().first(sequence.text().size() - 1);
}

}  // namespace

Scheduler::Scheduler(model::LanguageModel& model, const EngineOptions& options, Mailbox& mailbox,
                     bool all_are_guessed)
    : model_(model),
      mailbox_(mailbox),
      max_running_(options.max_running),
      max_draft_(options.max_draft),
      all_are_guessed_(all_are_guessed),
      pool_(model.page_count()),
      tree_(pool_, model),
      sessions_(tree_, mailbox, options.max_sessions) {}

Mailbox::StepStatus Scheduler::status(const EngineCounters& counters) const {
  const PrefixTree::Counts pages = tree_.count();
  Mailbox::StepStatus status{.running = static_cast<int>(running_.size()),
                             .pages_free = pool_.free(),
                             .pages_idle = pages.idle,
                             .pages_shared = pages.shared,
                             .pages_pinned = pages.pinned,
                             .counters = counters};
  status.counters.preempted = preempted_;
  status.counters.evicted_pages = tree_.evicted();
  return status;
}

Sequence* Scheduler::find(std::uint64_t id) {
  for (const Sequences* list : {&running_, &waiting_}) {
    for (const auto& sequence : *list) {
      if (sequence->id() == id) return sequence.get();
    }
  }
  return nullptr;
}

void Scheduler::enqueue(std::unique_ptr<Sequence> sequence) {
  sequence->set_turn(turns_.take(sequence->client(), cost_of(*sequence)));
  insert_in_order(waiting_, std::move(sequence));
}

void Scheduler::add_fork(std::unique_ptr<Sequence> fork) {
  if (static_cast<int>(running_.size()) >= max_running_) {
    fork->give_up_cache();
    return enqueue(std::move(fork));
  }
  Sequence& added = *fork;
  KvCache cache = std::exchange(added.cache(), KvCache(pool_));
  insert_in_order(running_, std::move(fork));
  added.begin(std::move(cache), added.computed());
}

void Scheduler::admit() {
  // What the last step's guesses had reserved must keep nobody waiting, nor cost him his place.
  for (const auto& sequence : running_) sequence->cache().trim(sequence->size());
  while (Sequence* next = next_waiting()) {
    if (static_cast<int>(running_.size()) < max_running_ && fits(*next)) {
      start(take_out(waiting_, *next));
    } else if (!make_room_for(*next)) {
      return;  // it blocks those behind it: a big request must not starve
    }
  }
}

Sequence* Scheduler::next_waiting() const {
  const auto next = std::find_if(waiting_.begin(), waiting_.end(), [this](const auto& sequence) {
    return !session_is_busy(*sequence);
  });
  return next == waiting_.end() ? nullptr : next->get();
}

// Requests of a session run one after the other, in the order in which they came; but a more urgent
// one does not wait for what somebody may wait for.
bool Scheduler::session_is_busy(const Sequence& waiting) const {
  if (waiting.session().empty()) return false;
  const auto is_before = [&](const auto& other) {
    return other->session() == waiting.session() && other->id() < waiting.id() &&
           other->priority() <= waiting.priority();
  };
  return std::any_of(running_.begin(), running_.end(), is_before) ||
         std::any_of(waiting_.begin(), waiting_.end(), is_before);
}

bool Scheduler::make_room_for(const Sequence& waiting) {
  if (running_.empty() || running_.back()->priority() <= waiting.priority()) return false;
  preempt_last();
  return true;
}

// With a spare page for each sequence, so that those that run do not at once push it out again.
bool Scheduler::fits(const Sequence& sequence) const {
  if (running_.empty()) return true;  // submit() refused what the whole pool cannot hold
  const int spare = static_cast<int>(running_.size()) + 1;
  return tree_.has_room_for(pages_for(sequence.size()) + spare, reusable(sequence),
                            sequence.adapter());
}

void Scheduler::start(std::unique_ptr<Sequence> sequence) {
  KvCache cache(pool_);
  const int computed = extend(*sequence, cache, 0);
  Sequence& started = *sequence;
  turns_.started(started.turn(), started.has_started() ? 0 : cost_of(started));
  insert_in_order(running_, std::move(sequence));
  started.begin(std::move(cache), computed);
  secure(started);  // what it reads is taken at once, so that the next one is measured against it
  note_passed_over(started);
}

// Of those less urgent that wait for a place, or run and wait for their prompt to be read.
Sequence* Scheduler::first_passed_over(const Sequence& started) const {
  Sequence* first = nullptr;
  const auto look_at = [&](Sequence& other) {
    const bool is_before = first == nullptr || other.place() < first->place();
    const bool is_less_urgent = other.priority() > started.priority();
    if (is_less_urgent && other.priority() != Priority::kWarm && is_before) first = &other;
  };
  for (const auto& sequence : waiting_) {
    if (!session_is_busy(*sequence)) look_at(*sequence);
  }
  for (const auto& sequence : running_) {
    if (sequence->reads_prompt()) look_at(*sequence);
  }
  return first;
}

void Scheduler::note_passed_over(const Sequence& started) {
  Sequence* passed = first_passed_over(started);
  passed_over_ = passed == nullptr ? 0 : passed_over_ + 1;
  if (passed_over_ < kMostPassedOver) return;
  passed_over_ = 0;
  passed->raise_to(started.priority());
  for (Sequences* list : {&running_, &waiting_}) {
    if (auto taken = take_out(*list, *passed)) insert_in_order(*list, std::move(taken));
  }
}

int Scheduler::extend(const Sequence& sequence, KvCache& cache, int computed) {
  return tree_.extend(cache, computed, reusable(sequence), Clock::now(), sequence.adapter());
}

void Scheduler::secure_pages() {
  for (std::size_t i = 0; i < running_.size();) {
    if (secure(*running_[i])) {
      ++i;
    } else {
      preempt_last();
    }
  }
  for (const auto& sequence : running_) reserve_for_draft(*sequence);
}

// Guesses are worth the page of a text that nobody works on, and nobody's place.
void Scheduler::reserve_for_draft(Sequence& sequence) {
  const bool is_guessed = all_are_guessed_ || sequence.has_draft_source();
  if (!is_guessed || sequence.reads_prompt()) return;
  while (!sequence.cache().grow(sequence.size() + max_draft_) && tree_.evict(Clock::now())) {
  }
}

bool Scheduler::secure(Sequence& sequence) {
  if (sequence.reads_prompt()) {
    sequence.skip_to(extend(sequence, sequence.cache(), sequence.computed()));
  }
  KvCache& cache = sequence.cache();
  while (!cache.grow(sequence.size()) || !cache.own(sequence.computed(), sequence.size(), model_)) {
    if (tree_.evict(Clock::now())) continue;
    if (running_.size() > 1) return false;
    // One alone always fits, by itself: what the tree shares with it is in its way where that
    // would have to be copied.
    tree_.clear();
  }
  return true;
}

void Scheduler::preempt_last() {
  ++preempted_;
  auto last = std::move(running_.back());
  running_.pop_back();
  keep(*last);
  last->give_up_cache();
  insert_in_order(waiting_, std::move(last));
}

PrefixTree::Place Scheduler::keep(Sequence& sequence) {
  const auto text = sequence.text().first(static_cast<std::size_t>(sequence.computed()));
  return tree_.keep(std::exchange(sequence.cache(), KvCache(pool_)), text, Clock::now(),
                    sequence.adapter());
}

void Scheduler::share_computed(Sequence& sequence) {
  const auto text = sequence.text().first(static_cast<std::size_t>(sequence.computed()));
  tree_.share_pages(sequence.cache(), text, Clock::now(), sequence.adapter());
}

// How much it would write was not known when its client took its turn. The client's less urgent
// ones keep theirs: they have waited for this one already, and would else wait for ever.
void Scheduler::charge(const Sequence& ended) {
  const auto generated = static_cast<std::uint64_t>(ended.generated());
  if (generated == 0) return;
  const std::uint64_t later = turns_.spent(ended.client(), generated);
  for (const auto& sequence : waiting_) {
    const bool pays = sequence->client() == ended.client();
    if (!pays || sequence->priority() > ended.priority()) continue;
    sequence->set_turn(sequence->turn() + later);
  }
  std::sort(waiting_.begin(), waiting_.end(), goes_first);
}

std::unique_ptr<Sequence> Scheduler::remove(Sequence& sequence) {
  auto removed = take_out(running_, sequence);
  if (!removed) {
    removed = take_out(waiting_, sequence);
    if (!removed->has_started()) turns_.give_back(removed->client(), cost_of(*removed));
  }
  charge(*removed);
  const PrefixTree::Place kept = keep(*removed);
  if (!removed->session().empty() && kept.tokens > 0) {
    sessions_.put(removed->session(), kept, Clock::now());
  }
  sessions_.publish();
  return removed;
}

base::Result<SavedText> Scheduler::copy_session(const std::string& session, int from_page) const {
  const PrefixTree::Place place = sessions_.place(session);
  if (place.tokens == 0) {
    return base::Error{.code = base::ErrorCode::kNotFound,
                       .message = "nothing of the session is in memory: " + session,
                       .param = "session"};
  }
  if (PrefixTree::adapter_of(place) != model::kNoAdapter) {
    return base::Error{.code = base::ErrorCode::kConflict,
                       .message =
                           "the session's text was computed with an adapter, which a saved "
                           "session does not name: " +
                           session,
                       .param = "session"};
  }
  return copy_text(tree_, place, model_, from_page);
}

base::Result<> Scheduler::put_session(const std::string& session, const SavedText& text) {
  CROMWELL_ASSIGN(KvCache cache, load_text(text, tree_, KvCache(pool_), model_));
  mailbox_.session_opened(session);
  sessions_.put(session, tree_.keep(std::move(cache), text.tokens, Clock::now()), Clock::now());
  sessions_.publish();
  return {};
}

void Scheduler::drop_all_texts() {
  tree_.clear();
  sessions_.publish();
}

}  // namespace cromwell::engine

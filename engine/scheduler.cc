#include "engine/scheduler.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace cromwell::engine {
namespace {

void insert_by_age(Scheduler::Sequences& list, std::unique_ptr<Sequence> sequence) {
  const auto place =
      std::upper_bound(list.begin(), list.end(), sequence,
                       [](const auto& a, const auto& b) { return a->id() < b->id(); });
  list.insert(place, std::move(sequence));
}

// So much of the session's cache is the beginning of this text. The last token is computed in any
// case: its logits are needed.
int common_prefix(const Sequence& sequence, const CachedText* cached) {
  if (cached == nullptr || !sequence.reuses_cache()) return 0;
  if (cached->adapter != sequence.adapter()) return 0;
  const auto text = sequence.text().first(sequence.text().size() - 1);
  const auto end =
      std::mismatch(text.begin(), text.end(), cached->tokens.begin(), cached->tokens.end());
  return static_cast<int>(end.first - text.begin());
}

}  // namespace

Scheduler::Scheduler(model::LanguageModel& model, const EngineOptions& options, Mailbox& mailbox)
    : model_(model),
      mailbox_(mailbox),
      max_running_(options.max_running),
      max_sessions_(options.max_sessions),
      pool_(model.page_count()) {}

Sequence* Scheduler::find(std::uint64_t id) {
  for (const Sequences* list : {&running_, &waiting_}) {
    for (const auto& sequence : *list) {
      if (sequence->id() == id) return sequence.get();
    }
  }
  return nullptr;
}

void Scheduler::enqueue(std::unique_ptr<Sequence> sequence) {
  insert_by_age(waiting_, std::move(sequence));
}

void Scheduler::add_fork(std::unique_ptr<Sequence> fork) {
  if (static_cast<int>(running_.size()) >= max_running_) {
    fork->give_up_cache();
    return enqueue(std::move(fork));
  }
  Sequence& added = *fork;
  KvCache cache = std::exchange(added.cache(), KvCache(pool_));
  insert_by_age(running_, std::move(fork));
  added.begin(std::move(cache), added.computed());
}

void Scheduler::admit() {
  for (std::size_t i = 0; i < waiting_.size();) {
    if (static_cast<int>(running_.size()) >= max_running_) return;
    if (session_is_busy(waiting_[i]->session(), i)) {
      ++i;
      continue;
    }
    // The first that does not fit blocks the younger: a big request must not starve.
    if (!fits(*waiting_[i])) return;
    auto sequence = std::move(waiting_[i]);
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
    start(std::move(sequence));
  }
}

bool Scheduler::session_is_busy(const std::string& session, std::size_t waiting_before) const {
  if (session.empty()) return false;
  const auto same = [&](const auto& sequence) { return sequence->session() == session; };
  const auto older_end = waiting_.begin() + static_cast<std::ptrdiff_t>(waiting_before);
  return std::any_of(running_.begin(), running_.end(), same) ||
         std::any_of(waiting_.begin(), older_end, same);
}

// With a spare page for each sequence, so that those that run do not at once push it out again.
bool Scheduler::fits(const Sequence& sequence) const {
  if (running_.empty()) return true;  // submit() refused what the whole pool cannot hold
  const CachedText* cached = sessions_.find(sequence.session());
  const int reused = pages_for(common_prefix(sequence, cached));
  const int spare = static_cast<int>(running_.size()) + 1;
  const int needed = pages_for(sequence.size()) - reused + spare;
  int evictable = sessions_.exclusive_pages();
  if (cached != nullptr) evictable -= std::min(reused, cached->cache.exclusive_pages());
  return needed <= pool_.free() + evictable;
}

void Scheduler::start(std::unique_ptr<Sequence> sequence) {
  auto cached = sessions_.take(sequence->session());
  const int common = common_prefix(*sequence, cached ? &*cached : nullptr);
  KvCache cache(pool_);
  if (cached) cache = std::move(cached->cache);
  cache.trim(common);
  Sequence& started = *sequence;
  insert_by_age(running_, std::move(sequence));
  started.begin(std::move(cache), common);
  secure(started);  // what it reads is taken at once, so that the next one is measured against it
}

void Scheduler::secure_pages() {
  for (std::size_t i = 0; i < running_.size();) {
    if (secure(*running_[i])) {
      ++i;
    } else {
      preempt_youngest();
    }
  }
}

bool Scheduler::secure(Sequence& sequence) {
  KvCache& cache = sequence.cache();
  while (!cache.grow(sequence.size()) || !cache.own(sequence.computed(), sequence.size(), model_)) {
    if (!evict_session()) return false;
  }
  return true;
}

void Scheduler::preempt_youngest() {
  assert(running_.size() > 1);  // one alone always fits
  auto youngest = std::move(running_.back());
  running_.pop_back();
  youngest->give_up_cache();
  insert_by_age(waiting_, std::move(youngest));
}

bool Scheduler::evict_session() {
  const auto evicted = sessions_.evict();
  if (evicted) mailbox_.session_evicted(*evicted);
  return evicted.has_value();
}

std::unique_ptr<Sequence> Scheduler::remove(Sequence& sequence) {
  const auto is_it = [&](const auto& other) { return other.get() == &sequence; };
  auto* list = &running_;
  auto place = std::find_if(running_.begin(), running_.end(), is_it);
  if (place == running_.end()) {
    list = &waiting_;
    place = std::find_if(waiting_.begin(), waiting_.end(), is_it);
  }
  auto removed = std::move(*place);
  list->erase(place);
  KvCache cache = std::exchange(removed->cache(), KvCache(pool_));
  if (removed->session().empty() || removed->computed() == 0) return removed;
  cache.trim(removed->computed());
  sessions_.put(removed->session(),
                {removed->take_computed_text(), std::move(cache), removed->adapter()});
  while (sessions_.size() > max_sessions_) evict_session();
  return removed;
}

int Scheduler::cached_tokens(const std::string& session) const {
  const CachedText* cached = sessions_.find(session);
  return cached == nullptr ? 0 : static_cast<int>(cached->tokens.size());
}

void Scheduler::drop_all_sessions() {
  while (evict_session()) {
  }
}

}  // namespace cromwell::engine

// Scheduler: which generations run, and on which pages. Waiting ones start by priority and then in
// turns (engine/turns), a session's of one priority one after the other, when there is a place and
// memory for what they have to read; where there is not, a less urgent one that runs goes back to
// waiting. Memory for what they write is taken page by page: when none is left, texts that nobody
// works on lose theirs, then the least urgent and last in turn goes back. What it computed stays in
// memory while there is room, and is else computed again later, with the same result (DESIGN
// section 9, Numbers). The most urgent and first in turn is never sent back, so all of a priority
// finish; and where some have been passed over kMostPassedOver times, the first of them in turn
// becomes as urgent as the others, so that all finish but warmings. No arithmetic, no events but
// Started. Engine thread only.
#pragma once

#include <memory>
#include <vector>

#include "engine/engine.h"
#include "engine/mailbox.h"
#include "engine/sequence.h"
#include "engine/session_table.h"
#include "engine/turns.h"

namespace cromwell::engine {

// Starts of more urgent ones, while some less urgent wait, after which one of these is as urgent.
inline constexpr int kMostPassedOver = 16;

class Scheduler {
 public:
  using Sequences = std::vector<std::unique_ptr<Sequence>>;  // most urgent first, then by turn

  // all_are_guessed: also those without a draft source.
  Scheduler(model::LanguageModel& model, const EngineOptions& options, Mailbox& mailbox,
            bool all_are_guessed);

  const Sequences& running() const { return running_; }
  const Sequences& waiting() const { return waiting_; }
  KvPool& pool() { return pool_; }
  // `counters` and what is counted here.
  Mailbox::StepStatus status(const EngineCounters& counters) const;
  Sequence* find(std::uint64_t id);

  void enqueue(std::unique_ptr<Sequence> sequence);
  // A fork, which holds pages: runs at once if there is a place, else it waits without them.
  void add_fork(std::unique_ptr<Sequence> fork);
  // Starts what can start.
  void admit();
  // Gives every running sequence the pages that its pending tokens are written to, and those that
  // read what others have computed meanwhile.
  void secure_pages();
  // Whole pages of what it has computed are everybody's from now on.
  void share_computed(Sequence& sequence);
  // Takes it out; what it computed stays in memory, and its session knows where.
  std::unique_ptr<Sequence> remove(Sequence& sequence);

  void drop_session(const std::string& session) { sessions_.drop(session); }
  void pin_session(const std::string& session, bool pinned) {
    sessions_.pin(session, pinned, Clock::now());
  }
  void drop_all_texts();
  void publish_sessions() { sessions_.publish(); }  // also what they have lost to others
  // All of its tokens, and the pages from `from_page` on that a step has time for.
  base::Result<SavedText> copy_session(const std::string& session, int from_page) const;
  base::Result<> put_session(const std::string& session, const SavedText& text);

 private:
  Sequence* next_waiting() const;
  bool session_is_busy(const Sequence& waiting) const;
  bool fits(const Sequence& sequence) const;
  bool make_room_for(const Sequence& waiting);
  void start(std::unique_ptr<Sequence> sequence);
  Sequence* first_passed_over(const Sequence& started) const;
  void note_passed_over(const Sequence& started);
  int extend(const Sequence& sequence, KvCache& cache, int computed);
  bool secure(Sequence& sequence);
  void reserve_for_draft(Sequence& sequence);
  void preempt_last();
  void charge(const Sequence& ended);
  PrefixTree::Place keep(Sequence& sequence);

  model::LanguageModel& model_;
  Mailbox& mailbox_;
  const int max_running_;
  const int max_draft_;
  const bool all_are_guessed_;
  KvPool pool_;  // outlives all that holds its pages
  PrefixTree tree_;
  SessionTable sessions_;
  Turns turns_;
  Sequences running_;
  Sequences waiting_;
  int passed_over_ = 0;  // times since somebody became more urgent for it, or nobody waited
  std::uint64_t preempted_ = 0;
};

}  // namespace cromwell::engine

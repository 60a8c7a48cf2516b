// Mailbox: the one thing that the engine thread and all others touch. In: commands. Out: counters
// and the directory of sessions, published between steps, so that nobody waits for arithmetic. Its
// mutex is held for a few moves and never across a sink, a step or an allocation of size. Outlives
// the engine for as long as handles do; then it is closed and swallows commands.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "engine/command.h"
#include "engine/engine.h"
#include "engine/generation_link.h"

namespace cromwell::engine {

class Mailbox {
 public:
  Mailbox(const EngineOptions& options, int pages);

  // --- Any thread.
  // Counts the generation in and passes it on, or says why not; then `command` is untouched.
  // `forks` are its, and taken with it before its first step; all or none.
  base::Result<> submit(SubmitCommand&& command, std::vector<ForkCommand>&& forks);
  void fork(ForkCommand&& command);
  bool post(Command&& command);  // false: no thread is left to take it
  void wake();                   // a cancelled flag was set
  base::Result<> delete_session(const std::string& id);
  base::Result<> pin_session(const std::string& id, bool pinned);
  std::vector<SessionInfo> sessions() const;
  EngineStatus status() const;
  EngineMetrics metrics() const;
  void drain(std::chrono::milliseconds deadline);
  void close();  // the engine goes: no command is taken any more, the thread ends

  // --- Engine thread.
  struct StepStatus {
    int running = 0;
    int pages_free = 0;
    int pages_idle = 0;
    int pages_shared = 0;
    int pages_pinned = 0;
    EngineCounters counters;
  };
  struct Orders {
    bool close = false;  // cancel everything and end
    bool expel = false;  // the deadline of a drain has passed: fail everything
  };
  // Swaps the waiting commands with `commands`, which is empty. With nothing to do it waits for
  // one, but never longer than kHeartbeat.
  Orders take(bool busy, std::vector<Command>& commands);
  void publish_step(const StepStatus& step);
  void publish_failure();
  // A generation is about to get its last event, and its place is free. Empty: it has no session.
  void leave(const std::string& session, Priority priority, const StepStatus& step);
  void delivered();                                           // ... and now it has it
  void session_opened(const std::string& session);            // by something else than a generation
  void session_changed(const SessionInfo& session);           // its text in memory
  void pin_applied(const std::string& session, bool pinned);  // the oldest that was posted

 private:
  struct SessionEntry {
    int pending = 0;  // generations of it that have not ended
    int cached_tokens = 0;
    int pages = 0;
    bool pinned = false;  // as asked for last
    int pins_posted = 0;  // and not applied: what the engine thread says of `pinned` is older
    Clock::time_point used;
    bool is_empty() const {
      return pending == 0 && cached_tokens == 0 && !pinned && pins_posted == 0;
    }
  };
  // `more`: how many come with it.
  base::Result<> admit(GenerationLink& link, const std::string& session, Priority priority,
                       int more = 0);
  base::Result<> check(Priority priority, int more) const;
  base::Result<> check_room(Priority priority, int more) const;
  EngineStatus status_now() const;
  int queued() const { return std::max(0, load_ + warming_ - step_.running); }

  mutable std::mutex mutex_;
  std::condition_variable wake_;   // for the engine thread
  std::condition_variable empty_;  // for drain()
  const int capacity_;             // generations running and waiting
  const int max_warming_;
  std::vector<Command> commands_;
  Orders orders_;
  bool woken_ = false;
  bool draining_ = false;
  int load_ = 0;         // generations that have not ended,
  int warming_ = 0;      // and those of Priority::kWarm, which are not in it
  int undelivered_ = 0;  // ... or whose last event is still on its way
  std::uint64_t last_id_ = 0;
  bool healthy_ = true;
  std::uint64_t steps_ = 0;
  const int pages_total_;
  StepStatus step_;
  std::uint64_t submitted_ = 0, refused_ = 0;
  std::unordered_map<std::string, SessionEntry> directory_;
};

}  // namespace cromwell::engine

// Mailbox: the one thing that the engine thread and all others touch. In: commands. Out: counters
// and the directory of sessions, published between steps, so that nobody waits for arithmetic. Its
// mutex is held for a few moves and never across a sink, a step or an allocation of size. Outlives
// the engine for as long as handles do; then it is closed and swallows commands.
#pragma once

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
  void post(Command&& command);
  void wake();  // a cancelled flag was set
  base::Result<> delete_session(const std::string& id);
  std::vector<SessionInfo> sessions() const;
  EngineStatus status() const;
  void drain(std::chrono::milliseconds deadline);
  void close();  // the engine goes: no command is taken any more, the thread ends

  // --- Engine thread.
  struct Orders {
    bool close = false;  // cancel everything and end
    bool expel = false;  // the deadline of a drain has passed: fail everything
  };
  // Swaps the waiting commands with `commands`, which is empty. With nothing to do it waits for
  // one, but never longer than kHeartbeat.
  Orders take(bool busy, std::vector<Command>& commands);
  void publish_step(int running, int pages_free);
  void publish_failure();
  // A generation is about to get its last event: its place is free, and its session has a cache of
  // so many tokens (empty: it has no session).
  void leave(const std::string& session, int cached_tokens, int running, int pages_free);
  void delivered();  // ... and now it has it
  void session_evicted(const std::string& session);

 private:
  struct SessionEntry {
    int pending = 0;  // generations of it that have not ended
    int cached_tokens = 0;
    Clock::time_point used;
  };
  // `more`: how many come with it.
  base::Result<> admit(GenerationLink& link, const std::string& session, int more = 0);

  mutable std::mutex mutex_;
  std::condition_variable wake_;   // for the engine thread
  std::condition_variable empty_;  // for drain()
  const int capacity_;             // generations running and waiting
  std::vector<Command> commands_;
  Orders orders_;
  bool woken_ = false;
  bool draining_ = false;
  int load_ = 0;         // generations that have not ended
  int undelivered_ = 0;  // ... or whose last event is still on its way
  std::uint64_t last_id_ = 0;
  EngineStatus status_;
  std::unordered_map<std::string, SessionEntry> directory_;
};

}  // namespace cromwell::engine

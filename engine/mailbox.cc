#include "engine/mailbox.h"

#include <algorithm>

namespace cromwell::engine {
namespace {

// An idle engine looks up this often, so that `steps` shows a watchdog that it is alive.
constexpr std::chrono::seconds kHeartbeat{1};

base::Error unavailable(const char* message) {
  return {.code = base::ErrorCode::kUnavailable, .message = message};
}

}  // namespace

Mailbox::Mailbox(const EngineOptions& options, int pages)
    : capacity_(options.max_running + options.max_queued) {
  status_.pages_total = pages;
  status_.pages_free = pages;
}

base::Result<> Mailbox::admit(GenerationLink& link, const std::string& session, int more) {
  link.id = ++last_id_;
  if (orders_.close || draining_) return unavailable("the engine is shutting down");
  if (!status_.healthy) return unavailable("the model has failed");
  if (load_ + more >= capacity_) {
    return base::Error{.code = base::ErrorCode::kQueueFull,
                       .message = std::to_string(capacity_) +
                                  " generations are running or waiting, and no more are taken"};
  }
  ++load_;
  ++undelivered_;
  if (!session.empty()) ++directory_[session].pending;
  return {};
}

base::Result<> Mailbox::submit(SubmitCommand&& command, std::vector<ForkCommand>&& forks) {
  const std::lock_guard lock(mutex_);
  const auto more = static_cast<int>(forks.size());
  CROMWELL_TRY(admit(*command.link, command.request.session, more));
  const std::uint64_t parent = command.link->id;
  commands_.emplace_back(std::move(command));
  for (ForkCommand& fork : forks) {
    fork.parent = parent;
    CROMWELL_TRY(admit(*fork.link, ""));  // there is room: no other can have come between
    commands_.emplace_back(std::move(fork));
  }
  wake_.notify_one();
  return {};
}

void Mailbox::fork(ForkCommand&& command) {
  {
    const std::lock_guard lock(mutex_);
    if (auto admitted = admit(*command.link, ""); !admitted) {
      if (!command.refused) command.refused = std::move(admitted).error();
      ++load_;
      ++undelivered_;
    }
    if (!orders_.close) {
      commands_.emplace_back(std::move(command));
      wake_.notify_one();
      return;
    }
  }
  // No engine thread is left to say it, or to count.
  if (command.sink) command.sink(Failed{std::move(*command.refused)});
}

void Mailbox::post(Command&& command) {
  const std::lock_guard lock(mutex_);
  if (orders_.close) return;
  commands_.emplace_back(std::move(command));
  wake_.notify_one();
}

void Mailbox::wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  wake_.notify_one();
}

base::Result<> Mailbox::delete_session(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto entry = directory_.find(id);
  if (entry == directory_.end()) {
    return base::Error{.code = base::ErrorCode::kNotFound,
                       .message = "no such session: " + id,
                       .param = "session"};
  }
  if (entry->second.pending > 0) {
    return base::Error{.code = base::ErrorCode::kConflict,
                       .message = "the session has a running or waiting generation: " + id,
                       .param = "session"};
  }
  directory_.erase(entry);
  if (!orders_.close) commands_.emplace_back(DropSessionCommand{id});
  wake_.notify_one();
  return {};
}

std::vector<SessionInfo> Mailbox::sessions() const {
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  std::vector<SessionInfo> infos;
  infos.reserve(directory_.size());
  for (const auto& [id, entry] : directory_) {
    const bool running = entry.pending > 0;
    const double idle = std::chrono::duration<double>(now - entry.used).count();
    infos.push_back({.id = id,
                     .cached_tokens = entry.cached_tokens,
                     .running = running,
                     .idle_seconds = running ? 0 : idle});
  }
  std::sort(infos.begin(), infos.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return infos;
}

EngineStatus Mailbox::status() const {
  const std::lock_guard lock(mutex_);
  EngineStatus status = status_;
  status.queued = std::max(0, load_ - status.running);
  status.sessions = static_cast<int>(directory_.size());
  return status;
}

void Mailbox::drain(std::chrono::milliseconds deadline) {
  std::unique_lock lock(mutex_);
  draining_ = true;
  const auto ended = [&] { return undelivered_ == 0; };
  if (empty_.wait_for(lock, deadline, ended)) return;
  orders_.expel = true;
  wake_.notify_one();
  empty_.wait(lock, ended);
  orders_.expel = false;
}

void Mailbox::close() {
  const std::lock_guard lock(mutex_);
  orders_.close = true;
  wake_.notify_one();
}

Mailbox::Orders Mailbox::take(bool busy, std::vector<Command>& commands) {
  std::unique_lock lock(mutex_);
  if (!busy) {
    wake_.wait_for(lock, kHeartbeat,
                   [&] { return woken_ || !commands_.empty() || orders_.close || orders_.expel; });
  }
  woken_ = false;
  ++status_.steps;
  commands.swap(commands_);
  return orders_;
}

void Mailbox::publish_step(int running, int pages_free) {
  const std::lock_guard lock(mutex_);
  status_.running = running;
  status_.pages_free = pages_free;
}

void Mailbox::publish_failure() {
  const std::lock_guard lock(mutex_);
  status_.healthy = false;
}

void Mailbox::leave(const std::string& session, int cached_tokens, int running, int pages_free) {
  const std::lock_guard lock(mutex_);
  --load_;
  status_.running = running;
  status_.pages_free = pages_free;
  if (session.empty()) return;
  const auto entry = directory_.find(session);
  --entry->second.pending;
  entry->second.cached_tokens = cached_tokens;
  entry->second.used = Clock::now();
  if (entry->second.pending == 0 && cached_tokens == 0) directory_.erase(entry);
}

void Mailbox::delivered() {
  const std::lock_guard lock(mutex_);
  if (--undelivered_ == 0) empty_.notify_all();
}

void Mailbox::session_evicted(const std::string& session) {
  const std::lock_guard lock(mutex_);
  const auto entry = directory_.find(session);
  if (entry == directory_.end()) return;
  entry->second.cached_tokens = 0;
  if (entry->second.pending == 0) directory_.erase(entry);
}

}  // namespace cromwell::engine

#include "engine/mailbox.h"

#include <algorithm>

namespace cromwell::engine {
namespace {

// An idle engine looks up this often, so that `steps` shows a watchdog that it is alive.
constexpr std::chrono::seconds kHeartbeat{1};

base::Error unavailable(const char* message) {
  return {.code = base::ErrorCode::kUnavailable, .message = message};
}

base::Error no_session(const std::string& id) {
  return {
      .code = base::ErrorCode::kNotFound, .message = "no such session: " + id, .param = "session"};
}

}  // namespace

Mailbox::Mailbox(const EngineOptions& options, int pages)
    : capacity_(options.max_running + options.max_queued),
      max_warming_(options.max_warming),
      pages_total_(pages),
      step_{.pages_free = pages} {}

base::Result<> Mailbox::check_room(Priority priority, int more) const {
  const bool is_warm = priority == Priority::kWarm;
  const int most = is_warm ? max_warming_ : capacity_;
  if ((is_warm ? warming_ : load_) + more < most) return {};
  return base::Error{.code = base::ErrorCode::kQueueFull,
                     .message = std::to_string(most) + (is_warm ? " prompts" : " generations") +
                                " are running or waiting, and no more are taken"};
}

base::Result<> Mailbox::check(Priority priority, int more) const {
  if (orders_.close || draining_) return unavailable("the engine is shutting down");
  if (!healthy_) return unavailable("the model has failed");
  return check_room(priority, more);
}

base::Result<> Mailbox::admit(GenerationLink& link, const std::string& session, Priority priority,
                              int more) {
  link.id = ++last_id_;
  if (auto checked = check(priority, more); !checked) {
    ++refused_;
    return checked;
  }
  ++submitted_;
  ++(priority == Priority::kWarm ? warming_ : load_);
  ++undelivered_;
  if (!session.empty()) ++directory_[session].pending;
  return {};
}

base::Result<> Mailbox::submit(SubmitCommand&& command, std::vector<ForkCommand>&& forks) {
  const std::lock_guard lock(mutex_);
  const auto more = static_cast<int>(forks.size());
  CROMWELL_TRY(admit(*command.link, command.request.session, command.request.priority, more));
  const std::uint64_t parent = command.link->id;
  const Priority priority = command.request.priority;
  commands_.emplace_back(std::move(command));
  for (ForkCommand& fork : forks) {
    fork.parent = parent;
    // There is room: no other can have come between.
    CROMWELL_TRY(admit(*fork.link, "", priority));
    commands_.emplace_back(std::move(fork));
  }
  wake_.notify_one();
  return {};
}

void Mailbox::fork(ForkCommand&& command) {
  {
    const std::lock_guard lock(mutex_);
    if (auto admitted = admit(*command.link, "", Priority::kNormal); !admitted) {
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

bool Mailbox::post(Command&& command) {
  const std::lock_guard lock(mutex_);
  if (orders_.close) return false;
  commands_.emplace_back(std::move(command));
  wake_.notify_one();
  return true;
}

void Mailbox::wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  wake_.notify_one();
}

base::Result<> Mailbox::delete_session(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto entry = directory_.find(id);
  if (entry == directory_.end()) return no_session(id);
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

base::Result<> Mailbox::pin_session(const std::string& id, bool pinned) {
  const std::lock_guard lock(mutex_);
  const auto entry = directory_.find(id);
  if (entry == directory_.end()) return no_session(id);
  entry->second.pinned = pinned;
  if (!orders_.close) {
    ++entry->second.pins_posted;
    commands_.emplace_back(PinSessionCommand{id, pinned});
  }
  if (entry->second.is_empty()) directory_.erase(entry);
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
                     .pages = entry.pages,
                     .pinned = entry.pinned,
                     .running = running,
                     .idle_seconds = running ? 0 : idle});
  }
  std::sort(infos.begin(), infos.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return infos;
}

EngineStatus Mailbox::status() const {
  const std::lock_guard lock(mutex_);
  return status_now();
}

EngineStatus Mailbox::status_now() const {
  return {.healthy = healthy_,
          .running = step_.running,
          .queued = queued(),
          .sessions = static_cast<int>(directory_.size()),
          .pages_total = pages_total_,
          .pages_free = step_.pages_free,
          .pages_idle = step_.pages_idle,
          .steps = steps_};
}

EngineMetrics Mailbox::metrics() const {
  const std::lock_guard lock(mutex_);
  EngineMetrics metrics{status_now()};
  metrics.counters = step_.counters;
  metrics.submitted = submitted_;
  metrics.refused = refused_;
  metrics.pages_shared = step_.pages_shared;
  metrics.pages_pinned = step_.pages_pinned;
  return metrics;
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
  ++steps_;
  commands.swap(commands_);
  return orders_;
}

void Mailbox::publish_step(const StepStatus& step) {
  const std::lock_guard lock(mutex_);
  step_ = step;
}

void Mailbox::publish_failure() {
  const std::lock_guard lock(mutex_);
  healthy_ = false;
}

void Mailbox::leave(const std::string& session, Priority priority, const StepStatus& step) {
  const std::lock_guard lock(mutex_);
  --(priority == Priority::kWarm ? warming_ : load_);
  step_ = step;
  if (session.empty()) return;
  const auto entry = directory_.find(session);
  --entry->second.pending;
  entry->second.used = Clock::now();
  if (entry->second.is_empty()) directory_.erase(entry);
}

void Mailbox::delivered() {
  const std::lock_guard lock(mutex_);
  if (--undelivered_ == 0) empty_.notify_all();
}

void Mailbox::session_opened(const std::string& session) {
  const std::lock_guard lock(mutex_);
  directory_[session].used = Clock::now();
}

void Mailbox::session_changed(const SessionInfo& session) {
  const std::lock_guard lock(mutex_);
  const auto entry = directory_.find(session.id);
  if (entry == directory_.end()) return;  // deleted meanwhile
  entry->second.cached_tokens = session.cached_tokens;
  entry->second.pages = session.pages;
  if (entry->second.pins_posted == 0) entry->second.pinned = session.pinned;
  if (entry->second.is_empty()) directory_.erase(entry);
}

void Mailbox::pin_applied(const std::string& session, bool pinned) {
  const std::lock_guard lock(mutex_);
  const auto entry = directory_.find(session);
  if (entry == directory_.end()) return;  // deleted meanwhile
  // None where it was deleted and has come again.
  if (entry->second.pins_posted > 0) --entry->second.pins_posted;
  if (entry->second.pins_posted == 0) entry->second.pinned = pinned;
  if (entry->second.is_empty()) directory_.erase(entry);
}

}  // namespace cromwell::engine

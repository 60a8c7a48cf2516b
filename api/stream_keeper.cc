#include "api/stream_keeper.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>
#include <vector>

namespace cromwell::api {

StreamKeeper::StreamKeeper(StreamLimits limits) : limits_(limits), thread_([this] { run(); }) {}

StreamKeeper::~StreamKeeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::shared_ptr<EditStream> StreamKeeper::open(const std::string& id,
                                               std::shared_ptr<Responder> reader,
                                               std::shared_ptr<base::CallSwitch> edit) {
  Kept opened{.stream = std::make_shared<EditStream>(limits_.bytes), .edit = std::move(edit)};
  std::shared_ptr<base::CallSwitch> left;
  {
    const std::lock_guard lock(mutex_);
    if (kept_.size() >= limits_.streams) left = forget_oldest();
    opened.age = opened_++;
    kept_[id] = opened;
  }
  if (left) left->cancel();
  [[maybe_unused]] const auto attached = attach(id, opened, std::move(reader), 0);
  assert(attached);  // nothing is past the beginning
  return opened.stream;
}

void StreamKeeper::ended(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(id);
  if (found == kept_.end()) return;
  found->second.ended = true;
  found->second.deadline = Clock::now() + limits_.patience;
  changed_.notify_all();
}

base::Result<> StreamKeeper::resume(const std::string& id, std::shared_ptr<Responder> reader,
                                    std::uint64_t after) {
  CROMWELL_ASSIGN(const Kept found, find(id));
  return attach(id, found, std::move(reader), after);
}

base::Result<> StreamKeeper::check(const std::string& id, std::uint64_t after) {
  CROMWELL_ASSIGN(const Kept found, find(id));
  return found.stream->check(after);
}

base::Result<bool> StreamKeeper::cancel(const std::string& id) {
  CROMWELL_ASSIGN(const Kept found, find(id));
  found.edit->cancel();
  return !found.ended;
}

base::Result<StreamKeeper::Kept> StreamKeeper::find(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(id);
  if (found != kept_.end()) return found->second;
  return base::Error{base::ErrorCode::kNotFound,
                     "no stream of this id is kept: was the edit asked for with "
                     "\"resumable\": true, and not too long ago?",
                     "id"};
}

base::Result<> StreamKeeper::attach(const std::string& id, const Kept& to,
                                    std::shared_ptr<Responder> reader, std::uint64_t after) {
  CROMWELL_ASSIGN(const std::uint64_t number, to.stream->attach(reader, after));
  reader_came(id, number);
  reader->on_gone([keeper = weak_from_this(), edit = std::weak_ptr(to.edit), id, number] {
    const auto still = keeper.lock();
    if (still && still->reader_left(id, number)) return;
    if (const auto left = edit.lock()) left->cancel();
  });
  return {};
}

void StreamKeeper::reader_came(const std::string& id, std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(id);
  if (found == kept_.end() || number < found->second.reader) return;
  found->second.reader = number;
  if (!found->second.ended) found->second.deadline = Clock::time_point::max();
}

// False if the stream is not kept: nobody can come back. Whoever comes after has another number, so
// that the news of an old connection's end, late as it may be, takes nothing from the new one.
bool StreamKeeper::reader_left(const std::string& id, std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(id);
  if (found == kept_.end()) return false;
  if (found->second.reader != number || found->second.ended) return true;
  found->second.deadline = Clock::now() + limits_.patience;
  changed_.notify_all();
  return true;
}

// Under the mutex. Streams of edits that have ended go first; of one that runs, its reader goes on
// reading, and only cannot come back. Returns what is to be cancelled: the edit, if nobody reads
// it.
std::shared_ptr<base::CallSwitch> StreamKeeper::forget_oldest() {
  const auto oldest =
      std::min_element(kept_.begin(), kept_.end(), [](const auto& a, const auto& b) {
        return std::pair(!a.second.ended, a.second.age) < std::pair(!b.second.ended, b.second.age);
      });
  const Kept forgotten = std::move(kept_.extract(oldest).mapped());
  const bool is_read = forgotten.deadline == Clock::time_point::max();
  return is_read ? nullptr : forgotten.edit;
}

StreamKeeper::Clock::time_point StreamKeeper::next_deadline() const {
  auto next = Clock::time_point::max();
  for (const auto& [id, one] : kept_) next = std::min(next, one.deadline);
  return next;
}

void StreamKeeper::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto next = next_deadline();
    if (next > Clock::now()) {
      if (next == Clock::time_point::max()) {
        changed_.wait(lock);
      } else {
        changed_.wait_until(lock, next);
      }
      continue;
    }
    std::vector<Kept> over;
    for (auto one = kept_.begin(); one != kept_.end();) {
      const bool due = one->second.deadline <= Clock::now();
      if (due) over.push_back(std::move(one->second));
      one = due ? kept_.erase(one) : std::next(one);
    }
    lock.unlock();
    for (const Kept& one : over) one.edit->cancel();  // nothing, where the edit has ended
    over.clear();
    lock.lock();
  }
}

}  // namespace cromwell::api

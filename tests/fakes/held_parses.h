// HeldParses: a file system on which an index reads the words of every file and is held when it
// wants to parse the first one, until release() or the end. Who makes it may read what he likes.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/fakes/faulty_file_system.h"

namespace cromwell::tests {

class HeldParses {
 public:
  // words_first: else the first reading of a file is the parse.
  explicit HeldParses(bool words_first = true)
      : files_(std::make_shared<FaultyFileSystem>()), words_first_(words_first) {
    files_->before = [this](const std::string& call) { hold(call); };
  }
  ~HeldParses() { release(); }

  const std::shared_ptr<FaultyFileSystem>& files() const { return files_; }
  // What the maker has opened: the index's own threads may be at anything meanwhile.
  const std::vector<std::string>& opened_by_maker() const { return opened_by_maker_; }
  void release() {
    const std::lock_guard lock(mutex_);
    is_released_ = true;
    released_.notify_all();
  }

 private:
  void hold(const std::string& call) {
    constexpr std::string_view kOpen = "open_beneath ";
    if (!call.starts_with(kOpen)) return;
    if (std::this_thread::get_id() == maker_) {
      return opened_by_maker_.push_back(call.substr(kOpen.size()));
    }
    if (call == "open_beneath ." || call.ends_with("ignore") || call.ends_with("exclude")) return;
    std::unique_lock lock(mutex_);
    const bool is_first = opened_.insert(call).second;
    if (is_first && words_first_) return;
    released_.wait(lock, [this] { return is_released_; });
  }

  std::shared_ptr<FaultyFileSystem> files_;
  const bool words_first_;
  const std::thread::id maker_ = std::this_thread::get_id();
  std::vector<std::string> opened_by_maker_;
  std::mutex mutex_;
  std::condition_variable released_;
  std::set<std::string> opened_;
  bool is_released_ = false;
};

}  // namespace cromwell::tests

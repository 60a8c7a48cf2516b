// SessionStore: sessions on disk, in a folder of the state folder, so that a restart of the daemon
// does not cost a warm prefix. A file appears whole or not at all, and what is read is checked
// before anything in memory makes room for it. Any thread; every function blocks, on the disk, for
// the engine's next step and for what another thread does here.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/file_system.h"
#include "base/result.h"
#include "base/task_queue.h"
#include "engine/engine.h"

namespace cromwell::engine {

class SessionStore {
 public:
  static constexpr int kMaxFiles = 64;
  static constexpr std::size_t kMaxHeaderBytes = std::size_t{64} << 20;  // of a file

  static base::Result<std::unique_ptr<SessionStore>> open(const std::string& folder,
                                                          std::shared_ptr<base::FileSystem> files);

  // Returns how many tokens there are in the file. kNotFound: nothing of the session is in memory.
  // kConflict: kMaxFiles others are saved.
  base::Result<int> save(Engine& engine, const std::string& session);
  // Returns how many tokens are in memory now. kNotFound: no such file. kIo: it is damaged.
  // kPayloadTooLarge: no file of this model is so large.
  // kConflict: it is of another model, KV type or instruction set, or the session has a generation.
  // kUnavailable: others use so much memory that there is none for it.
  base::Result<int> restore(Engine& engine, const std::string& session);
  base::Result<> remove(const std::string& session);  // kNotFound
  // Runs `task` on the store's own thread: a large session keeps nothing else waiting.
  void post(base::TaskQueue::Task task) { work_.post(std::move(task)); }

 private:
  SessionStore(std::shared_ptr<base::FileSystem> files, base::FileDescriptor folder)
      : files_(std::move(files)), folder_(std::move(folder)) {}
  base::Result<> check_room(const std::string& name) const;

  const std::shared_ptr<base::FileSystem> files_;
  const base::FileDescriptor folder_;
  base::TaskQueue work_{1};
  std::mutex mutex_;  // a file has one temporary name, whoever writes it
};

}  // namespace cromwell::engine

// CheckRunner: runs the checks of the user's configuration on edited files, in a helper process
// that is forked before the daemon confines itself, since the daemon may execute nothing. Each run
// sees a copy of the file alone, in a scratch folder that is all it can write to, without a network
// (base/confined_process). Where that cannot be set up a check is skipped, never run unconfined.
// Thread-safe: one run at a time.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "workspace/check_command.h"

namespace cromwell::workspace {

struct CheckLimits {
  std::chrono::milliseconds time{10'000};  // of each check
  std::size_t max_output_bytes = 16 << 10;
};

enum class CheckStatus { kPassed, kFailed, kSkipped };

struct CheckResult {
  std::string name;
  CheckStatus status = CheckStatus::kSkipped;
  std::string output;  // what it printed, or why it was skipped
};

class CheckRunner {
 public:
  // Forks the helper: to be called in `main` before any thread starts and before Landlock. The
  // scratch folders are made in `folder`, which must be the state folder's own.
  static base::Result<std::shared_ptr<CheckRunner>> start(std::vector<CheckCommand> commands,
                                                          const std::string& folder,
                                                          CheckLimits limits = {});
  ~CheckRunner();  // the helper ends, too

  // From now on every check fails, so that nothing unchecked is applied; one that runs is killed.
  void stop();

  bool has_check_of(std::string_view language) const;

  // Runs the checks of the file's language on `bytes`, in the order of the configuration. `file` is
  // relative to its workspace. Blocks.
  std::vector<CheckResult> run(const std::string& file, std::string_view language,
                               std::string_view bytes);

 private:
  CheckRunner(std::vector<CheckCommand> commands, base::FileDescriptor channel, pid_t helper);
  CheckResult ask(std::size_t command, const std::string& file, std::string_view bytes);

  const std::vector<CheckCommand> commands_;
  std::mutex asking_;
  std::atomic<bool> stopped_ = false;
  const base::FileDescriptor channel_;
  const pid_t helper_;
};

}  // namespace cromwell::workspace

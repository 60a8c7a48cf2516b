// FileReader: a process of its own that reads a fixed list of files again, for a daemon that is
// confined and could not open them any more once they were replaced. It can do nothing else: it
// takes the number of a file, and ends with the daemon.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace cromwell::server {

class FileReader {
 public:
  // Before any thread starts, and before sockets are opened that only the daemon is to hold.
  // `patience`: with a file system that hangs.
  static base::Result<std::unique_ptr<FileReader>> start(
      std::vector<std::string> paths, std::chrono::milliseconds patience = std::chrono::seconds(5));
  ~FileReader();

  // What the file at `path`, one of those given at the start, holds now: at most kMaxFileBytes.
  base::Result<std::string> read(const std::string& path);
  pid_t helper() const { return child_; }  // its process

  static constexpr std::size_t kMaxFileBytes = 1U << 20;

 private:
  FileReader(std::vector<std::string> paths, int socket, pid_t child)
      : paths_(std::move(paths)), socket_(socket), child_(child) {}

  struct Answer {
    int error_number = 0;
    std::string bytes;
  };
  bool receive_more();                  // false: nothing came in time, or the helper has gone
  std::optional<Answer> take_answer();  // once it is whole

  const std::vector<std::string> paths_;
  const int socket_;
  const pid_t child_;
  // Answers come in order, those too that nobody waits for any more.
  int awaited_ = 0;
  std::string received_;
};

}  // namespace cromwell::server

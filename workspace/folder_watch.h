// FolderWatch: inotify over many folders: what changed, by the folder's number. One thread; stop()
// may be called from any.
#pragma once

#include <string>
#include <vector>

#include "base/file.h"

namespace cromwell::workspace {

struct FolderChange {
  int folder = -1;  // as add() numbered it; -1: events were lost, anything may have changed
  std::string name;
  bool is_folder = false;
};

class FolderWatch {
 public:
  FolderWatch();
  // The folder's number, the same for the same folder; -1 where the system watches no more.
  int add(const std::string& path);
  // Waits for changes: at most `timeout_ms` (-1: without end), not at all after stop().
  std::vector<FolderChange> wait(int timeout_ms);
  void stop();

 private:
  base::FileDescriptor events_;
  base::FileDescriptor stopped_;  // readable after stop()
};

}  // namespace cromwell::workspace

#include "workspace/folder_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cstring>

namespace cromwell::workspace {
namespace {

constexpr std::uint32_t kWatched = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                   IN_MOVED_TO | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK;
constexpr std::size_t kBufferBytes = 64 << 10;

}  // namespace

FolderWatch::FolderWatch()
    : events_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)),
      stopped_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

int FolderWatch::add(const std::string& path) {
  return ::inotify_add_watch(events_.get(), path.c_str(), kWatched);
}

std::vector<FolderChange> FolderWatch::wait(int timeout_ms) {
  pollfd ready[] = {{events_.get(), POLLIN, 0}, {stopped_.get(), POLLIN, 0}};
  ::poll(ready, 2, timeout_ms);
  std::vector<FolderChange> changes;
  std::vector<char> buffer(kBufferBytes);
  const ssize_t size = ::read(events_.get(), buffer.data(), buffer.size());
  for (ssize_t at = 0; at < size;) {
    inotify_event event;
    std::memcpy(&event, buffer.data() + at, sizeof event);
    const char* name = buffer.data() + at + sizeof event;
    at += static_cast<ssize_t>(sizeof event + event.len);
    if ((event.mask & IN_IGNORED) != 0) continue;
    const bool lost = (event.mask & IN_Q_OVERFLOW) != 0;
    changes.push_back({.folder = lost ? -1 : event.wd,
                       .name = event.len > 0 ? std::string(name) : std::string(),
                       .is_folder = (event.mask & IN_ISDIR) != 0});
  }
  return changes;
}

void FolderWatch::stop() {
  const std::uint64_t one = 1;
  static_cast<void>(::write(stopped_.get(), &one, sizeof one) == sizeof one);
}

}  // namespace cromwell::workspace

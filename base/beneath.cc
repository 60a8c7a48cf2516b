#include "base/beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace cromwell::base {
namespace {

// The kernel gives up with EAGAIN when a folder on the way is renamed during a walk over "..".
constexpr int kMaxRaces = 64;

}  // namespace

int open_beneath(int folder, const std::string& path, int flags, Links links) {
  open_how how{};
  how.flags = static_cast<__u64>(static_cast<unsigned>(flags | O_CLOEXEC));
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  if (links == Links::kRefuse) how.resolve |= RESOLVE_NO_SYMLINKS;
  long fd = -1;
  for (int i = 0; i < kMaxRaces; ++i) {
    fd = ::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof(how));
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) break;
  }
  return static_cast<int>(fd);
}

}  // namespace cromwell::base

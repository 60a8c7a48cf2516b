// openat2(2): opening a path so that the kernel keeps every step of its resolution beneath a held
// folder. No string of a path is ever compared. Any thread.
#pragma once

#include <string>

namespace cromwell::base {

enum class Links { kFollowBeneath, kRefuse };

// As openat(2), with RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS (and RESOLVE_NO_SYMLINKS for kRefuse);
// O_CLOEXEC is added. errno EXDEV: the path leaves the folder (by "..", an absolute path or link);
// ELOOP: a magic link, too many links, or one that is refused; ENOSYS: Linux before 5.6.
// A race that the kernel reports with EAGAIN is retried.
int open_beneath(int folder, const std::string& path, int flags, Links links);

// Where the kernel says the open file is, as an absolute path (/proc/self/fd); empty if unknown. A
// hint: whoever opens it again compares identities.
std::string descriptor_path(int fd);

}  // namespace cromwell::base

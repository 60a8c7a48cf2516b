// Seccomp: system calls that are taken away. Beside Landlock (base/landlock), which restricts no
// network.
#pragma once

#include "base/result.h"

namespace cromwell::base {

// No socket can be made any more by this thread and what it starts, for good, neither of the
// network nor to a service of this machine; socketpair(2) still works. Sockets that are open stay.
// kIo where the kernel cannot do that.
Result<> deny_sockets();

}  // namespace cromwell::base

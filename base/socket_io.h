// Whole writes to a socket. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace cromwell::base {

// Blocks; EINTR and short counts are gone on with, a peer that is gone is an error and no signal.
// `name` is for the message.
Result<> send_all(int socket, std::string_view bytes, const std::string& name);

}  // namespace cromwell::base

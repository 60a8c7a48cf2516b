#include "base/socket_io.h"

#include <sys/socket.h>

#include <cerrno>

#include "base/file.h"
#include "base/file_io.h"

namespace cromwell::base {

Result<> send_all(int socket, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t count =
        without_eintr([&] { return ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL); });
    if (count < 0) return errno_error(name, errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace cromwell::base

#include "server/file_reader.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/file.h"
#include "base/file_io.h"
#include "base/file_system.h"
#include "base/landlock.h"
#include "base/socket_io.h"

namespace cromwell::server {
namespace {

using base::Error;
using base::ErrorCode;
using base::FileDescriptor;
using base::Result;

constexpr int kHelperSocket = 3;
constexpr const char* kHelperName = "the helper that reads files again";

struct AnswerHead {
  std::int32_t error_number = 0;
  std::uint32_t size = 0;
};

ssize_t receive(int socket, void* data, std::size_t size) {
  return base::without_eintr([&] { return ::recv(socket, data, size, 0); });
}

// The file's bytes, or the errno of the attempt.
int read_now(const std::string& path, std::string& bytes) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return errno;
  const auto read =
      base::read_all(*base::posix_file_system(), file.get(), FileReader::kMaxFileBytes, path);
  if (!read) return read.error().code == ErrorCode::kPayloadTooLarge ? EFBIG : EIO;
  bytes = *read;
  return 0;
}

// The helper's whole life: it ends when the daemon's end of the socket closes.
[[noreturn]] void answer_requests(const std::vector<std::string>& paths, int socket) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NAME, "cromwelld-files");
  // A signal to the whole group is for the daemon, which may still want to finish what it does.
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGPIPE}) std::signal(signal, SIG_IGN);
  if (socket != kHelperSocket) ::dup3(socket, kHelperSocket, O_CLOEXEC);
  ::syscall(SYS_close_range, kHelperSocket + 1, ~0U, 0);
  if (!base::restrict_to({.read_only = {"/"}})) ::_exit(1);
  for (std::uint8_t number = 0; receive(kHelperSocket, &number, 1) == 1;) {
    std::string bytes;
    AnswerHead head{.error_number = EINVAL};
    if (number < paths.size()) head.error_number = read_now(paths[number], bytes);
    head.size = static_cast<std::uint32_t>(bytes.size());
    bytes.insert(0, reinterpret_cast<const char*>(&head), sizeof head);
    if (!base::send_all(kHelperSocket, bytes, kHelperName)) break;
  }
  ::_exit(0);
}

}  // namespace

Result<std::unique_ptr<FileReader>> FileReader::start(std::vector<std::string> paths,
                                                      std::chrono::milliseconds patience) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return base::errno_error(kHelperName, errno);
  }
  const pid_t child = ::fork();
  if (child == 0) answer_requests(paths, ends[1]);
  ::close(ends[1]);
  if (child < 0) {
    const int why = errno;
    ::close(ends[0]);
    return base::errno_error(kHelperName, why);
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience);
  const timeval limit{.tv_sec = seconds.count(),
                      .tv_usec = std::chrono::microseconds(patience - seconds).count()};
  ::setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return std::unique_ptr<FileReader>(new FileReader(std::move(paths), ends[0], child));
}

FileReader::~FileReader() {
  ::close(socket_);
  ::waitpid(child_, nullptr, 0);
}

Result<std::string> FileReader::read(const std::string& path) {
  const auto found = std::find(paths_.begin(), paths_.end(), path);
  if (found == paths_.end()) {
    return Error{ErrorCode::kForbidden, path + ": not a file that was named at the start"};
  }
  const auto number = static_cast<std::uint8_t>(found - paths_.begin());
  const Error silent{ErrorCode::kIo, path + ": the helper that reads it does not answer"};
  const std::string_view request(reinterpret_cast<const char*>(&number), 1);
  if (!base::send_all(socket_, request, kHelperName)) return silent;
  ++awaited_;
  for (;;) {
    while (std::optional<Answer> answer = take_answer()) {
      if (--awaited_ > 0) continue;  // it is for a read that has given up
      if (answer->error_number != 0) return base::errno_error(path, answer->error_number);
      return std::move(answer->bytes);
    }
    if (!receive_more()) return silent;
  }
}

bool FileReader::receive_more() {
  std::array<char, 16 << 10> bytes;
  const ssize_t count = receive(socket_, bytes.data(), bytes.size());
  if (count <= 0) return false;
  received_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

std::optional<FileReader::Answer> FileReader::take_answer() {
  AnswerHead head;
  if (received_.size() < sizeof head) return std::nullopt;
  std::memcpy(&head, received_.data(), sizeof head);
  if (received_.size() - sizeof head < head.size) return std::nullopt;
  Answer answer{.error_number = head.error_number,
                .bytes = received_.substr(sizeof head, head.size)};
  received_.erase(0, sizeof head + head.size);
  return answer;
}

}  // namespace cromwell::server

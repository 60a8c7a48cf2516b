#include "server/token_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/log.h"

namespace cromwell::server {
namespace {
constexpr std::size_t kMinTokenBytes = 16;
constexpr std::size_t kMaxTokenBytes = 4096;
}  // namespace

base::Result<std::string> read_token_file(const std::string& path) {
  std::ifstream file(path);
  std::string text(kMaxTokenBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) {
    return base::Error{base::ErrorCode::kIo, "--token-file " + path + ": " + std::strerror(errno)};
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  while (!text.empty() && std::strchr(" \t\r\n", text.back()) != nullptr) text.pop_back();
  text.erase(0, text.find_first_not_of(" \t\r\n"));
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (text.size() < kMinTokenBytes || text.size() > kMaxTokenBytes || !printable) {
    return base::Error{
        base::ErrorCode::kInvalidRequest,
        "--token-file " + path + ": expected one token of 16 to 4096 printable characters"};
  }
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && (info.st_mode & S_IROTH) != 0) {
    base::log(base::LogLevel::kWarning, "--token-file " + path + ": every user may read it");
  }
  return text;
}

}  // namespace cromwell::server

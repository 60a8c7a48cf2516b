#include "server/token_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace cromwell::server {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kMinTokenBytes = 16;
constexpr std::size_t kMaxTokenBytes = 4096;
constexpr std::string_view kWhiteSpace = " \t\r\n";

std::string named(const std::string& path) { return "--token-file " + path + ": "; }

}  // namespace

base::Result<std::string> parse_token(std::string_view text, const std::string& path) {
  text = text.substr(std::min(text.find_first_not_of(kWhiteSpace), text.size()));
  text = text.substr(0, text.find_last_not_of(kWhiteSpace) + 1);
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (text.size() < kMinTokenBytes || text.size() > kMaxTokenBytes || !printable) {
    return Error{ErrorCode::kInvalidRequest,
                 named(path) + "expected one token of 16 to 4096 printable characters"};
  }
  return std::string(text);
}

base::Result<> check_token_file_mode(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) {
    return Error{ErrorCode::kIo, named(path) + std::strerror(errno)};
  }
  if ((info.st_mode & (S_IRWXO | S_IWGRP)) == 0) return {};
  return Error{ErrorCode::kForbidden, named(path) +
                                          "other users may read or change it, expected it to be "
                                          "for its owner only: chmod 600 " +
                                          path};
}

base::Result<std::string> read_token_file(const std::string& path) {
  CROMWELL_TRY(check_token_file_mode(path));
  std::ifstream file(path);
  std::string text(2 * kMaxTokenBytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) {
    return Error{ErrorCode::kIo, named(path) + std::strerror(errno)};
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return parse_token(text, path);
}

}  // namespace cromwell::server

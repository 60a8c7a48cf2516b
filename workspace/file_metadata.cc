#include "workspace/file_metadata.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <vector>

#include "base/file_io.h"

namespace cromwell::workspace {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::without_eintr;

constexpr mode_t kPermissionBits = 07777;

bool no_such_attributes(int error_number) {
  return error_number == ENOTSUP || error_number == EOPNOTSUPP || error_number == ENOSYS;
}

// Signatures over the very inode, which the kernel makes itself.
bool is_inode_signature(const std::string& attribute) {
  return attribute == "security.ima" || attribute == "security.evm";
}

Error cannot_keep(const std::string& name, const std::string& what, int error_number) {
  return {ErrorCode::kUnsupportedFile,
          name + ": " + what + " cannot be kept: " + base::errno_text(error_number)};
}

Result<std::vector<std::string>> attribute_names(base::FileSystem& files, int fd,
                                                 const std::string& name) {
  std::vector<std::string> names;
  std::string buffer(64 << 10, '\0');  // XATTR_LIST_MAX
  const ssize_t size =
      without_eintr([&] { return files.list_xattr(fd, buffer.data(), buffer.size()); });
  if (size < 0) {
    if (no_such_attributes(errno)) return names;
    return cannot_keep(name, "the list of its extended attributes", errno);
  }
  for (std::size_t at = 0; at < static_cast<std::size_t>(size); at += names.back().size() + 1) {
    names.emplace_back(buffer.c_str() + at);
  }
  return names;
}

// None if the file has no such attribute.
Result<std::optional<std::string>> attribute(base::FileSystem& files, int fd,
                                             const std::string& key, const std::string& name) {
  std::string value(64 << 10, '\0');  // XATTR_SIZE_MAX
  const ssize_t size =
      without_eintr([&] { return files.get_xattr(fd, key, value.data(), value.size()); });
  if (size < 0) {
    if (errno == ENODATA) return std::optional<std::string>();
    return cannot_keep(name, "its attribute " + key, errno);
  }
  value.resize(static_cast<std::size_t>(size));
  return std::optional<std::string>(std::move(value));
}

Result<> copy_attributes(base::FileSystem& files, int from, int to, const std::string& name) {
  CROMWELL_ASSIGN(const std::vector<std::string> wanted, attribute_names(files, from, name));
  for (const std::string& key : wanted) {
    if (is_inode_signature(key)) continue;
    CROMWELL_ASSIGN(const std::optional<std::string> value, attribute(files, from, key, name));
    if (!value) continue;
    CROMWELL_ASSIGN(const std::optional<std::string> present, attribute(files, to, key, name));
    if (present == value) continue;  // a security label that the folder gave is the same already
    if (without_eintr([&] { return files.set_xattr(to, key, value->data(), value->size()); }) !=
        0) {
      return cannot_keep(name, "its attribute " + key, errno);
    }
  }
  // A folder's default ACL gave the new file what the old one may not have.
  CROMWELL_ASSIGN(const std::vector<std::string> present, attribute_names(files, to, name));
  for (const std::string& key : present) {
    const bool extra = std::find(wanted.begin(), wanted.end(), key) == wanted.end();
    if (!extra || key.starts_with("security.")) continue;
    if (without_eintr([&] { return files.remove_xattr(to, key); }) != 0 && errno != ENODATA) {
      return cannot_keep(name, "its lack of the attribute " + key, errno);
    }
  }
  return {};
}

}  // namespace

base::Result<> copy_metadata(base::FileSystem& files, int from, const struct stat& from_stat,
                             int to, const std::string& name) {
  struct stat now;
  if (files.fstat(to, &now) != 0) return base::errno_error(name, errno);
  if (now.st_uid != from_stat.st_uid || now.st_gid != from_stat.st_gid) {
    if (without_eintr([&] { return files.fchown(to, from_stat.st_uid, from_stat.st_gid); }) != 0) {
      return cannot_keep(name,
                         "its owner (" + std::to_string(from_stat.st_uid) + ":" +
                             std::to_string(from_stat.st_gid) + ")",
                         errno);
    }
  }
  CROMWELL_TRY(copy_attributes(files, from, to, name));
  // Last: a change of owner clears set-id bits, and an ACL has its say on the group's bits.
  const mode_t mode = from_stat.st_mode & kPermissionBits;
  if (without_eintr([&] { return files.fchmod(to, mode); }) != 0) {
    return cannot_keep(name, "its mode", errno);
  }
  if (files.fstat(to, &now) != 0) return base::errno_error(name, errno);
  if (now.st_mode != from_stat.st_mode || now.st_uid != from_stat.st_uid ||
      now.st_gid != from_stat.st_gid) {
    return cannot_keep(name, "its mode and owner", EPERM);
  }
  return {};
}

}  // namespace cromwell::workspace

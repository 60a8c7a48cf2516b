#include "workspace/workspace.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>

#include "base/file_io.h"
#include "base/hash.h"

namespace cromwell::workspace {
namespace {

using base::Error;
using base::ErrorCode;
using base::FileDescriptor;
using base::Links;
using base::Result;

// How often a file that changes under the reader is tried again.
constexpr int kAttempts = 4;

bool same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

bool same_time(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool unchanged(const struct stat& a, const struct stat& b) {
  return same_file(a, b) && a.st_size == b.st_size && same_time(a.st_mtim, b.st_mtim) &&
         same_time(a.st_ctim, b.st_ctim);
}

const char* file_kind(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  if (S_ISCHR(mode) || S_ISBLK(mode)) return "a device";
  return "no file that can be read";
}

Result<> check_path(const std::string& path, const char* what) {
  const auto invalid = [&](const std::string& expected) {
    return Error{ErrorCode::kInvalidRequest, std::string(what) + ": " + expected, what};
  };
  if (path.empty()) return invalid("the name is empty");
  if (path.find('\0') != std::string::npos) return invalid("the name holds a NUL character");
  if (path.size() >= PATH_MAX) {
    return invalid("the name has " + std::to_string(path.size()) + " bytes, expected less than " +
                   std::to_string(PATH_MAX));
  }
  return {};
}

// "/root" + "a/b"; the root may be "/", the rest may be empty.
std::string join_path(const std::string& folder, const std::string& rest) {
  if (rest.empty()) return folder;
  return folder.ends_with('/') ? folder + rest : folder + "/" + rest;
}

struct Root {
  std::string path;
  FileDescriptor folder;
  struct stat identity;
};

struct Folder {
  const Root* root;
  FileDescriptor fd;
  std::string path;  // relative to the root, empty for the root itself
};

}  // namespace

struct Workspace::Impl {
  WorkspaceLimits limits;
  std::shared_ptr<base::FileSystem> files;
  std::vector<Root> roots;
  std::vector<std::string> root_paths;
  std::unique_ptr<std::atomic<bool>[]> dropped;  // for each root

  bool is_dropped(const Root& root) const {
    return dropped[static_cast<std::size_t>(&root - roots.data())];
  }
  Error outside(const std::string& path, const std::string& why) const {
    std::string names;
    for (const Root& root : roots) {
      if (!is_dropped(root)) names += (names.empty() ? "" : ", ") + root.path;
    }
    return {ErrorCode::kPathOutsideRoot, path + ": " + why + ". The roots are " + names +
                                             "; `cromwell serve --root .` adds the current folder"};
  }
  Error open_error(const std::string& path, int error_number) const;
  Result<std::string> path_beneath(const Root& root, const FileDescriptor& fd,
                                   const std::string& name) const;
  Result<Folder> find_folder(const std::string& workspace) const;
  Result<Folder> open_folder(const Root& root, const std::string& rest,
                             const std::string& workspace) const;
  Result<FilePlace> locate(const Folder& folder, const std::string& file,
                           struct stat& identity) const;
  Result<Snapshot> read_at(const Root& root, const FilePlace& place, const std::string& file,
                           const struct stat& expected) const;
};

Error Workspace::Impl::open_error(const std::string& path, int error_number) const {
  if (error_number == EXDEV) {
    return outside(path, "it leaves the workspace, by '..' or by a link");
  }
  if (error_number == ELOOP) return outside(path, "it leads through a link that goes nowhere");
  if (error_number == ENOSYS) {
    return {ErrorCode::kIo, "openat2 is missing: Linux 5.6 or newer is needed"};
  }
  return base::errno_error(path, error_number);
}

// The kernel's own path of the open file, relative to the root; proven by opening it again without
// links. kFileChanged if it moves all the time.
Result<std::string> Workspace::Impl::path_beneath(const Root& root, const FileDescriptor& fd,
                                                  const std::string& name) const {
  struct stat wanted;
  if (files->fstat(fd.get(), &wanted) != 0) return base::errno_error(name, errno);
  if (same_file(wanted, root.identity)) return std::string();
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::string top = base::descriptor_path(root.folder.get());
    const std::string path = base::descriptor_path(fd.get());
    if (!top.ends_with('/')) top.push_back('/');
    if (!path.starts_with(top)) continue;
    std::string rest = path.substr(top.size());
    const FileDescriptor again(
        files->open_beneath(root.folder.get(), rest, O_PATH, Links::kRefuse));
    struct stat found;
    if (again && files->fstat(again.get(), &found) == 0 && same_file(found, wanted)) return rest;
  }
  return Error{ErrorCode::kFileChanged, name + ": moved while it was looked for"};
}

Result<Folder> Workspace::Impl::open_folder(const Root& root, const std::string& rest,
                                            const std::string& workspace) const {
  FileDescriptor fd(files->open_beneath(root.folder.get(), rest.empty() ? "." : rest,
                                        O_PATH | O_DIRECTORY, Links::kFollowBeneath));
  if (!fd) return open_error(workspace, errno);
  CROMWELL_ASSIGN(std::string path, path_beneath(root, fd, workspace));
  return Folder{&root, std::move(fd), std::move(path)};
}

// A root may be spelled in any way, through links too: each leading part of the path is compared
// with the roots by identity, and the rest is left to the kernel, beneath that root.
Result<Folder> Workspace::Impl::find_folder(const std::string& workspace) const {
  if (workspace.empty()) {
    const auto first = std::find_if(roots.begin(), roots.end(),
                                    [this](const Root& root) { return !is_dropped(root); });
    if (first == roots.end()) return outside("workspace", "every root was dropped");
    return open_folder(*first, "", first->path);
  }
  CROMWELL_TRY(check_path(workspace, "workspace"));
  if (workspace[0] != '/') {
    return Error{ErrorCode::kInvalidRequest, "workspace: expected an absolute path", "workspace"};
  }
  Error error = outside(workspace, "it is not beneath a root");
  std::optional<Folder> found;
  for (std::size_t end = 0; end != std::string::npos;) {
    end = workspace.find('/', end + 1);
    struct stat identity;
    if (::fstatat(AT_FDCWD, workspace.substr(0, end).c_str(), &identity, AT_NO_AUTOMOUNT) != 0) {
      break;
    }
    for (const Root& root : roots) {
      if (!same_file(root.identity, identity) || is_dropped(root)) continue;
      const std::size_t rest =
          end == std::string::npos ? end : workspace.find_first_not_of('/', end);
      auto folder =
          open_folder(root, rest == std::string::npos ? "" : workspace.substr(rest), workspace);
      if (folder) {
        found = std::move(*folder);  // the innermost root wins
      } else {
        error = folder.error();
      }
    }
  }
  if (!found) return error;
  return std::move(*found);
}

Result<FilePlace> Workspace::Impl::locate(const Folder& folder, const std::string& file,
                                          struct stat& identity) const {
  CROMWELL_TRY(check_path(file, "file"));
  if (file[0] == '/') {
    return outside(file, "expected a path relative to the workspace " +
                             join_path(folder.root->path, folder.path));
  }
  const FileDescriptor fd(
      files->open_beneath(folder.fd.get(), file, O_PATH, Links::kFollowBeneath));
  if (!fd) return open_error(file, errno);
  if (files->fstat(fd.get(), &identity) != 0) return base::errno_error(file, errno);
  CROMWELL_ASSIGN(std::string resolved, path_beneath(*folder.root, fd, file));
  // A link must not lead to what only its own name opens.
  const PathPolicy policy = path_policy(resolved, limits.secrets);
  const PathPolicy named = path_policy(join_path(folder.path, file), limits.secrets);
  if (std::max(policy, named) == PathPolicy::kSecret) {
    return Error{ErrorCode::kForbidden, file + ": " + resolved +
                                            " may hold secrets, which are neither read nor edited; "
                                            "`--allow-secret NAME` of the daemon permits it"};
  }
  if (policy == PathPolicy::kNever || named == PathPolicy::kNever || policy > named) {
    return Error{ErrorCode::kForbidden,
                 file + ": " + resolved +
                     (policy > named && policy != PathPolicy::kNever
                          ? " is edited only when it is named itself, not through a link"
                          : " is git's own data, which is never edited")};
  }
  if (!S_ISREG(identity.st_mode)) {
    return Error{ErrorCode::kUnsupportedFile,
                 file + ": " + file_kind(identity.st_mode) + ", expected a regular file"};
  }
  return FilePlace{join_path(folder.root->path, folder.path), folder.root->path,
                   std::move(resolved)};
}

Result<Snapshot> Workspace::Impl::read_at(const Root& root, const FilePlace& place,
                                          const std::string& file,
                                          const struct stat& expected) const {
  const FileDescriptor fd(files->open_beneath(root.folder.get(), place.resolved,
                                              O_RDONLY | O_NONBLOCK | O_NOCTTY, Links::kRefuse));
  if (!fd) return open_error(file, errno);
  struct stat before;
  if (files->fstat(fd.get(), &before) != 0) return base::errno_error(file, errno);
  const Error changed{ErrorCode::kFileChanged, file + ": it changed while it was read"};
  if (!same_file(before, expected) || !S_ISREG(before.st_mode)) return changed;
  CROMWELL_ASSIGN(std::string bytes, base::read_all(*files, fd.get(), limits.max_file_bytes, file));
  struct stat after;
  if (files->fstat(fd.get(), &after) != 0) return base::errno_error(file, errno);
  if (!unchanged(before, after)) return changed;
  Snapshot snapshot{.workspace = place.workspace,
                    .file = file,
                    .resolved = place.resolved,
                    .root = place.root,
                    .sha256 = base::sha256_hex(bytes),
                    .identity = {.device = after.st_dev,
                                 .inode = after.st_ino,
                                 .mode = after.st_mode,
                                 .uid = after.st_uid,
                                 .gid = after.st_gid,
                                 .links = after.st_nlink}};
  auto text = TextFile::parse(std::move(bytes));
  if (!text) return Error{text.error().code, file + ": " + text.error().message};
  snapshot.text = std::move(*text);
  return snapshot;
}

Workspace::Workspace(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Workspace::~Workspace() = default;

const std::vector<std::string>& Workspace::roots() const { return impl_->root_paths; }
const WorkspaceLimits& Workspace::limits() const { return impl_->limits; }
void Workspace::drop_root(std::size_t index) { impl_->dropped[index] = true; }

Result<std::shared_ptr<Workspace>> Workspace::open(const std::vector<std::string>& roots,
                                                   WorkspaceLimits limits,
                                                   std::shared_ptr<base::FileSystem> files) {
  auto impl = std::make_unique<Impl>();
  impl->limits = limits;
  impl->files = files ? std::move(files) : base::posix_file_system();
  if (roots.empty()) return Error{ErrorCode::kInvalidRequest, "no root folder is given"};
  for (const std::string& path : roots) {
    Root root{path, FileDescriptor(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), {}};
    if (!root.folder || impl->files->fstat(root.folder.get(), &root.identity) != 0) {
      return base::errno_error("root " + path, errno);
    }
    root.path = base::descriptor_path(root.folder.get());
    if (root.path.empty()) {
      return Error{ErrorCode::kIo, "root " + path + ": /proc/self/fd does not name it"};
    }
    impl->root_paths.push_back(root.path);
    impl->roots.push_back(std::move(root));
  }
  impl->dropped = std::make_unique<std::atomic<bool>[]>(impl->roots.size());
  return std::shared_ptr<Workspace>(new Workspace(std::move(impl)));
}

Result<FilePlace> Workspace::locate(const std::string& workspace, const std::string& file) const {
  CROMWELL_ASSIGN(const Folder folder, impl_->find_folder(workspace));
  struct stat identity;
  return impl_->locate(folder, file, identity);
}

Result<FolderPlace> Workspace::locate_folder(const std::string& workspace) const {
  CROMWELL_ASSIGN(const Folder folder, impl_->find_folder(workspace));
  return FolderPlace{folder.root->path, folder.path};
}

Result<Snapshot> Workspace::read(const std::string& workspace, const std::string& file) const {
  CROMWELL_ASSIGN(const Folder folder, impl_->find_folder(workspace));
  for (int attempt = 1;; ++attempt) {
    struct stat identity;
    CROMWELL_ASSIGN(const FilePlace place, impl_->locate(folder, file, identity));
    auto snapshot = impl_->read_at(*folder.root, place, file, identity);
    const bool moved = !snapshot && snapshot.error().code == ErrorCode::kFileChanged;
    if (!moved || attempt == kAttempts) return snapshot;
  }
}

Result<FileDescriptor> Workspace::open_parent(const std::string& root,
                                              const std::string& resolved) const {
  const auto found = std::find(impl_->root_paths.begin(), impl_->root_paths.end(), root);
  if (found == impl_->root_paths.end()) return impl_->outside(root, "it is not a root");
  const Root& top = impl_->roots[static_cast<std::size_t>(found - impl_->root_paths.begin())];
  if (impl_->is_dropped(top)) return impl_->outside(root, "the root was dropped");
  const std::size_t slash = resolved.rfind('/');
  const std::string parent = slash == std::string::npos ? "." : resolved.substr(0, slash);
  FileDescriptor fd(
      impl_->files->open_beneath(top.folder.get(), parent, O_RDONLY | O_DIRECTORY, Links::kRefuse));
  if (fd) return fd;
  if (errno == ELOOP || errno == EXDEV || errno == ENOTDIR) {
    return Error{ErrorCode::kFileChanged, resolved + ": its folder was replaced"};
  }
  return base::errno_error(join_path(root, parent), errno);
}

}  // namespace cromwell::workspace

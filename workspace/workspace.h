// Workspace: the roots the daemon may touch, and reading files beneath them. Paths are resolved by
// the kernel (openat2 with RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS from a held folder descriptor),
// never by comparing strings. Thread-safe. Writing is workspace/edit_store's alone.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "workspace/path_policy.h"
#include "workspace/text_file.h"

namespace cromwell::base {
class FileSystem;
}

namespace cromwell::workspace {

struct WorkspaceLimits {
  std::size_t max_file_bytes = 4U << 20;
  SecretNames secrets;
};

// The very file that was read. What decides whether it changed is its place and its content: an
// editor that saves the same bytes again makes a new inode.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  mode_t mode = 0;
  uid_t uid = 0;
  gid_t gid = 0;
  nlink_t links = 1;
};

// Where a file is, once every link on the way was followed.
struct FilePlace {
  std::string workspace;  // absolute folder, beneath a root
  std::string root;       // absolute
  std::string resolved;   // relative to the root, holds no link
};

struct FolderPlace {
  std::string root;  // absolute
  std::string path;  // relative to the root, holds no link; empty for the root itself
};

struct Snapshot {
  std::string workspace;  // absolute folder, beneath a root
  std::string file;       // as the caller named it, relative to `workspace`
  std::string resolved;   // where links led, relative to the root (for the write)
  std::string root;       // absolute
  std::string sha256;     // of the bytes on disk, hex
  FileIdentity identity;
  TextFile text;  // of the bytes on disk
};

class Workspace {
 public:
  // Opens each root folder. An error names the root that cannot be opened. Without `files`, the
  // kernel's file system.
  static base::Result<std::shared_ptr<Workspace>> open(
      const std::vector<std::string>& roots, WorkspaceLimits limits = {},
      std::shared_ptr<base::FileSystem> files = nullptr);
  ~Workspace();

  const std::vector<std::string>& roots() const;  // absolute, without links
  const WorkspaceLimits& limits() const;
  // From now on nothing beneath the root given as number `index` of open() is read or written, but
  // for what has begun.
  void drop_root(std::size_t index);

  // `workspace`: empty for the first root, else an absolute folder that is a root or beneath one.
  // `file`: relative to it. Links are followed only while they stay beneath the workspace folder.
  // kPathOutsideRoot (the message names the roots and `cromwell serve --root .`), kNotFound,
  // kForbidden (git's own data, or no permission), kInvalidRequest (no name), kUnsupportedFile (not
  // a regular file, binary), kPayloadTooLarge, kFileChanged (somebody is writing it).
  base::Result<Snapshot> read(const std::string& workspace, const std::string& file) const;

  // The same way to the file, without reading it.
  base::Result<FilePlace> locate(const std::string& workspace, const std::string& file) const;

  // Where a workspace folder is; errors as of read().
  base::Result<FolderPlace> locate_folder(const std::string& workspace) const;

  // The folder that holds the file at `resolved` (from FilePlace), open for its entries, without
  // following any link. kFileChanged if there is a link now.
  base::Result<base::FileDescriptor> open_parent(const std::string& root,
                                                 const std::string& resolved) const;

 private:
  struct Impl;
  explicit Workspace(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cromwell::workspace

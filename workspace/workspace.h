// Workspace: the roots the daemon may touch, and reading files beneath them. Paths are resolved by
// the kernel (openat2 with RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS from a held folder descriptor),
// never by comparing strings. Thread-safe. Writing is workspace/edit_store's alone.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "workspace/text_file.h"

namespace cromwell::workspace {

struct WorkspaceLimits {
  std::size_t max_file_bytes = 4U << 20;
};

// What identifies the very file that was read; compared again before a write.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  mode_t mode = 0;
  uid_t uid = 0;
  gid_t gid = 0;
  nlink_t links = 1;
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
  // Opens each root folder. An error names the root that cannot be opened.
  static base::Result<std::shared_ptr<Workspace>> open(const std::vector<std::string>& roots,
                                                       WorkspaceLimits limits = {});
  ~Workspace();

  const std::vector<std::string>& roots() const;

  // `workspace`: empty for the first root, else an absolute folder that is a root or beneath one.
  // `file`: relative to it. kPathOutsideRoot (the message names the roots and
  // `cromwell serve --root .`), kNotFound, kUnsupportedFile (not a regular file, binary),
  // kPayloadTooLarge.
  base::Result<Snapshot> read(const std::string& workspace, const std::string& file) const;

  struct Impl;
  Impl& impl() const { return *impl_; }

 private:
  explicit Workspace(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cromwell::workspace

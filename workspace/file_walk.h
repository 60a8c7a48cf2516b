// FileWalk: the files beneath a root that a model may be shown, found without following a link:
// regular, not ignored, not git's own data, no secret. One thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/file_system.h"
#include "base/result.h"
#include "workspace/file_stamp.h"
#include "workspace/ignore_rules.h"
#include "workspace/path_policy.h"

namespace cromwell::workspace {

struct WalkedFile {
  std::string path;  // relative to the root
  FileStamp stamp;
};

struct WalkLimits {
  std::size_t files = 200'000;
  int depth = 128;
};

struct WalkOptions {
  std::string user_excludes;  // the text of core.excludesFile
  SecretNames secrets = {};
  WalkLimits limits;
  std::function<bool()> stop = [] { return false; };
  // Before a folder's entries are read. `rules` hold for them.
  std::function<void(const std::string& folder, const std::shared_ptr<const IgnoreRules>& rules)>
      on_folder = [](const auto&, const auto&) {};
};

struct WalkResult {
  std::vector<WalkedFile> files;
  bool complete = true;  // false: a limit was reached, or it was stopped
};

// `root` is an open folder. What cannot be read is left out.
WalkResult walk_files(base::FileSystem& files, const base::FileDescriptor& root,
                      const WalkOptions& options);

// Whether the entry `name` of a folder may be shown to a model.
bool is_shown(const std::string& name, bool is_folder, const IgnoreRules& rules,
              const SecretNames& secrets);

// The text of the user's core.excludesFile, or of git's default in its place; empty if there is
// none. To be called before the process is confined.
std::string read_user_excludes();

}  // namespace cromwell::workspace

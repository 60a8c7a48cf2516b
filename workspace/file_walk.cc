#include "workspace/file_walk.h"

#include <fcntl.h>
#include <git2.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/file_io.h"

namespace cromwell::workspace {
namespace {

using base::FileDescriptor;
using base::Links;

constexpr std::size_t kMaxIgnoreBytes = 1 << 20;  // a larger file of patterns is none

class Walk {
 public:
  Walk(base::FileSystem& files, const FileDescriptor& root, const WalkOptions& options)
      : files_(files), root_(root), options_(options) {}

  WalkResult run() {
    visit("", IgnoreRules::of_root({read(".gitignore"), read(".cromwellignore")},
                                   read(".git/info/exclude"), options_.user_excludes));
    while (!waiting_.empty() && result_.complete) {
      const Folder folder = std::move(waiting_.back());
      waiting_.pop_back();
      const std::string git_ignore = read(folder.path + "/.gitignore");
      const std::string cromwell_ignore = read(folder.path + "/.cromwellignore");
      const auto name = std::string_view(folder.path).substr(folder.path.rfind('/') + 1);
      visit(folder.path,
            IgnoreRules::of_folder(folder.parent, name, {git_ignore, cromwell_ignore}));
    }
    return std::move(result_);
  }

 private:
  struct Folder {
    std::string path;
    std::shared_ptr<const IgnoreRules> parent;
  };

  std::string read(const std::string& path) {
    const FileDescriptor fd(
        files_.open_beneath(root_.get(), path, O_RDONLY | O_NONBLOCK | O_NOCTTY, Links::kRefuse));
    struct stat found;
    if (!fd || files_.fstat(fd.get(), &found) != 0 || !S_ISREG(found.st_mode)) return {};
    auto text = base::read_all(files_, fd.get(), kMaxIgnoreBytes, path);
    return text ? std::move(*text) : std::string();
  }

  void visit(const std::string& path, const std::shared_ptr<const IgnoreRules>& rules) {
    options_.on_folder(path, rules);
    const FileDescriptor fd(files_.open_beneath(root_.get(), path.empty() ? "." : path,
                                                O_RDONLY | O_DIRECTORY, Links::kRefuse));
    std::vector<std::string> names;
    if (!fd || files_.list_folder(fd.get(), &names) != 0) return;
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      if (options_.stop() || result_.files.size() >= options_.limits.files) {
        result_.complete = false;
        return;
      }
      take(fd, path, name, rules);
    }
  }

  void take(const FileDescriptor& folder, const std::string& path, const std::string& name,
            const std::shared_ptr<const IgnoreRules>& rules) {
    struct stat found;
    if (files_.stat_at(folder.get(), name, &found) != 0) return;
    const bool is_folder = S_ISDIR(found.st_mode);
    if ((!is_folder && !S_ISREG(found.st_mode)) ||
        !is_shown(name, is_folder, *rules, options_.secrets)) {
      return;
    }
    std::string full = path.empty() ? name : path + "/" + name;
    if (!is_folder) {
      result_.files.push_back({std::move(full), stamp_of(found)});
    } else if (std::count(full.begin(), full.end(), '/') < options_.limits.depth) {
      waiting_.push_back({std::move(full), rules});
    }
  }

  base::FileSystem& files_;
  const FileDescriptor& root_;
  const WalkOptions& options_;
  std::vector<Folder> waiting_;
  WalkResult result_;
};

std::string configured_excludes() {
  git_libgit2_init();
  git_config* config = nullptr;
  git_buf path = GIT_BUF_INIT;
  std::string found;
  if (git_config_open_default(&config) == 0 &&
      git_config_get_path(&path, config, "core.excludesfile") == 0) {
    found.assign(path.ptr, path.size);
  }
  git_buf_dispose(&path);
  git_config_free(config);
  git_libgit2_shutdown();
  return found;
}

std::string default_excludes() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  if (config != nullptr && *config != '\0') return std::string(config) + "/git/ignore";
  return home == nullptr ? std::string() : std::string(home) + "/.config/git/ignore";
}

}  // namespace

bool is_shown(const std::string& name, bool is_folder, const IgnoreRules& rules,
              const SecretNames& secrets) {
  return path_policy(is_folder ? name + "/" : name, secrets) == PathPolicy::kOpen &&
         !rules.ignores(name, is_folder);
}

WalkResult walk_files(base::FileSystem& files, const base::FileDescriptor& root,
                      const WalkOptions& options) {
  return Walk(files, root, options).run();
}

std::string read_user_excludes() {
  std::string path = configured_excludes();
  if (path.empty()) path = default_excludes();
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  return text.size() <= kMaxIgnoreBytes ? text : std::string();
}

}  // namespace cromwell::workspace

// IgnoreRules: which files of a tree git would not look at: .gitignore of each folder,
// .git/info/exclude, the user's core.excludesFile, and our .cromwellignore of the same form, which
// has the last word in its folder. Our own reading of gitignore(5): libgit2's needs a repository,
// and opens files by path rather than beneath a held folder. Const after it was made; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cromwell::workspace {

// The patterns of one file.
class IgnorePatterns {
 public:
  static IgnorePatterns parse(std::string_view text);

  enum class Verdict { kUnsaid, kIgnored, kKept };
  // `path` relative to the folder of the file. The last pattern that matches decides.
  Verdict judge(std::string_view path, bool is_folder) const;
  bool empty() const { return patterns_.empty(); }

 private:
  struct Pattern {
    std::string glob;
    std::size_t literal = 0;  // bytes of `glob` before its first wildcard
    bool negated = false;
    bool folders_only = false;
    bool base_name = false;  // no slash within: matches a name in any folder beneath
  };
  static bool matches(const Pattern& pattern, std::string_view path);
  std::vector<Pattern> patterns_;
};

// The rules that hold in one folder: its own, then those of the folders above it.
class IgnoreRules {
 public:
  struct Files {
    std::string_view git_ignore, cromwell_ignore;  // their text, may be empty
  };
  // `exclude` is .git/info/exclude, `user_excludes` core.excludesFile.
  static std::shared_ptr<const IgnoreRules> of_root(const Files& files, std::string_view exclude,
                                                    std::string_view user_excludes);
  // `name` is the folder's, one part of a path.
  static std::shared_ptr<const IgnoreRules> of_folder(std::shared_ptr<const IgnoreRules> parent,
                                                      std::string_view name, const Files& files);

  // Whether the entry `name` of this folder is ignored. What is in an ignored folder is, too: the
  // caller does not go there.
  bool ignores(std::string_view name, bool is_folder) const;

 private:
  std::shared_ptr<const IgnoreRules> parent_;
  std::string name_;                   // of the folder, empty for the root
  std::vector<IgnorePatterns> lists_;  // later ones win
};

}  // namespace cromwell::workspace

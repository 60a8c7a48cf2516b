// FileIndex: the symbols of every file beneath one root, kept fresh by a thread of its own at the
// lowest priority. Its first pass takes all names of files, less what a cache of the last start
// knows (workspace/index_cache); then, side by side on several cores, the words of each file, which
// takes as long as the disk does; then it parses one after the other. From the words on, whoever
// asks for a name has those files parsed first that hold it. Afterwards it follows what inotify
// says; a rescan where events were lost or the system watches no more folders. Thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/result.h"
#include "workspace/file_walk.h"
#include "workspace/index_content.h"
#include "workspace/symbol_table.h"

namespace cromwell::workspace {

struct IndexOptions {
  std::string user_excludes;  // the text of core.excludesFile
  SecretNames secrets;
  WalkLimits walk;
  TableLimits table;
  std::size_t max_file_bytes = 256 << 10;     // a larger file has no symbols in the index
  std::size_t word_bytes = 128 << 20;         // of files that wait to be parsed; further files wait
                                              // until some of them were
  std::size_t max_watched_folders = 100'000;  // the system may have less
  std::chrono::milliseconds rescan{30'000};   // where not every folder is watched
  std::string cache_folder;                   // where it is kept for the next start; empty: nowhere
  std::size_t keep_after_files = 1'000;       // once so many were read since it was kept
};

// What a question may cost while files wait to be parsed.
struct QuestionLimits {
  std::size_t files = 64;              // for one name
  std::chrono::milliseconds time{40};  // for all names together
};

class FileIndex {
 public:
  // The error is that of opening the root. Returns before the first pass.
  static base::Result<std::shared_ptr<FileIndex>> open(
      const std::string& root, IndexOptions options = {},
      std::shared_ptr<base::FileSystem> files = nullptr);
  ~FileIndex();  // ends the thread

  const std::string& root() const;
  IndexState state() const;
  // Until state().version is past `version`.
  IndexState wait_past(std::uint64_t version) const;

  // Parses those files now that wait and hold one of these names, so that read() finds what they
  // define: of the rarest name first, of each name those where it is likely defined, then those
  // that changed last. Within the limits the table then says of these names what it will say when
  // all files are parsed. Blocking file work.
  void parse_for(const std::vector<std::string_view>& names,
                 const QuestionLimits& limits = {}) const;

  // Reads the table under its lock; `use` must be short.
  void read(const std::function<void(const SymbolTable&)>& use) const;

 private:
  struct Impl;
  explicit FileIndex(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cromwell::workspace

// SourceReader: what the index wants of a file beneath its root: the symbols that a parse finds, or
// the words of its text alone, which takes no longer than reading it. Any thread; blocking file
// work.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/file_system.h"
#include "workspace/file_stamp.h"
#include "workspace/symbol_table.h"
#include "workspace/words.h"

namespace cromwell::workspace {

struct SourceSymbols {
  bool is_there = false;
  bool is_read = true;  // else it could not be, now: its symbols are not known
  FileStamp stamp;
  std::vector<IndexedSymbol> symbols;
};

class SourceReader {
 public:
  // `root` must outlive it. A file larger than `max_bytes` has no symbols.
  SourceReader(std::shared_ptr<base::FileSystem> files, const base::FileDescriptor& root,
               std::size_t max_bytes)
      : files_(std::move(files)), root_(root), max_bytes_(max_bytes) {}

  // Whether such a file may have symbols: else there is nothing to read.
  bool takes(const std::string& path, const FileStamp& stamp) const;

  // Broken off after so much of the thread's own time: of the lowest priority, it may be kept
  // waiting much longer than it runs.
  SourceSymbols symbols(const std::string& path, std::chrono::milliseconds time = kParseTime) const;

  // Into `words`; none of a file that is not there or is no text.
  void words(const std::string& path, WordSet& set, std::vector<WordMark>& words) const;

 private:
  static constexpr std::chrono::milliseconds kParseTime{1'000};

  base::FileDescriptor open(const std::string& path, FileStamp& stamp) const;

  std::shared_ptr<base::FileSystem> files_;
  const base::FileDescriptor& root_;
  std::size_t max_bytes_;
};

}  // namespace cromwell::workspace

// SymbolTable: the files of a root and the symbols that each defines, found by name. In memory:
// about 90 bytes for a symbol and 150 for a file, bounded by TableLimits. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "workspace/file_stamp.h"
#include "workspace/outline.h"

namespace cromwell::workspace {

struct IndexedSymbol {
  SymbolKind kind = SymbolKind::kFunction;
  std::string name;
  LineRange lines;
};

struct FoundSymbol {
  std::string file;  // relative to the root
  IndexedSymbol symbol;
  std::int64_t modified_ns = 0;  // the file
};

struct TableLimits {
  std::size_t symbols = 2'000'000;  // further ones are left out
};

class SymbolTable {
 public:
  explicit SymbolTable(TableLimits limits = {}) : limits_(limits) {}

  // No stamp: the file is known and was not read yet. is_read: these are all of its symbols. False:
  // they are not, or had no room.
  bool put(const std::string& file, FileStamp stamp, std::vector<IndexedSymbol> symbols,
           bool is_read = true);
  void remove(const std::string& file);
  const FileStamp* stamp(const std::string& file) const;  // null for a file that is not there

  std::vector<FoundSymbol> definitions(std::string_view name, std::size_t limit) const;
  // Names that hold `query`, in either case: equal ones first, then those that begin with it. Only
  // of files whose path begins with `prefix`.
  std::vector<FoundSymbol> search(std::string_view query, std::size_t limit,
                                  std::string_view prefix = {}) const;

  // Files whose path holds `query`, in either case: those whose own name begins with it first, then
  // those whose own name holds it. Only beneath `prefix`, which counts as no part of the path.
  std::vector<std::string> find_files(std::string_view query, std::size_t limit,
                                      std::string_view prefix = {}) const;

  std::vector<std::string> file_names() const;  // sorted
  // Of each file that was read and whose symbols all had room.
  void for_each_whole_file(
      const std::function<void(const std::string& file, const FileStamp& stamp,
                               const std::vector<IndexedSymbol>& symbols)>& visit) const;
  std::size_t file_count() const { return files_.size(); }
  std::size_t symbol_count() const { return symbol_count_; }
  std::size_t cut_count() const { return cut_count_; }  // of files whose symbols had no room

 private:
  struct File {
    FileStamp stamp;
    std::vector<IndexedSymbol> symbols;
    bool is_whole = true;  // no symbol was left out
    bool is_cut = false;   // for want of room
  };
  using Files = std::map<std::string, File>;
  using FilesByName = std::unordered_multimap<std::size_t, const Files::value_type*>;
  static constexpr std::size_t kParts = 256;

  // One of many: a single table would be rehashed at once, and who reads waits for that.
  const FilesByName& by_name(std::size_t hash) const { return by_name_[hash % kParts]; }
  FilesByName& by_name(std::size_t hash) { return by_name_[hash % kParts]; }

  TableLimits limits_;
  Files files_;
  std::vector<FilesByName> by_name_{kParts};  // by the hash of a symbol's name
  std::size_t symbol_count_ = 0;
  std::size_t cut_count_ = 0;
};

}  // namespace cromwell::workspace

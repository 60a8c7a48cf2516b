// IndexContent: what an index knows (symbols, files that wait to be parsed, how far it is) under
// one lock. Who has parsed a file that waits puts it into the table, on any thread; all else is
// changed by the index's own thread alone, which therefore may read without the lock while no file
// waits. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "workspace/backlog.h"
#include "workspace/source_reader.h"
#include "workspace/symbol_table.h"

namespace cromwell::workspace {

struct IndexState {
  std::size_t files = 0;
  std::size_t symbols = 0;
  std::size_t waiting = 0;  // files that are to be parsed
  // How far the first pass is.
  bool listed = false;        // the names of all files are known
  bool searchable = false;    // a file that is not parsed is found by the names in it
  bool ready = false;         // all are parsed
  bool complete = true;       // no limit was reached
  std::uint64_t version = 0;  // grows with each change
};

struct IndexData {
  SymbolTable table;
  Backlog backlog;
  IndexState state;  // whose counts follow the rest by themselves
  bool has_walked_all = true;
  bool knows_waiting = false;  // after the first scan
  std::size_t not_kept = 0;    // files that were read since the cache was written
};

class IndexContent {
 public:
  explicit IndexContent(TableLimits limits) { data_.table = SymbolTable(limits); }

  void change(const std::function<void(IndexData&)>& change);
  void look(const std::function<void(const IndexData&)>& use) const;
  const IndexData& without_lock() const { return data_; }

  IndexState state() const;
  IndexState wait_past(std::uint64_t version) const;

  void put(const std::string& path, SourceSymbols&& found);
  // Unless it waits no longer: then somebody else has put it, as it was or as it is by now.
  void put_waiting(const std::string& path, SourceSymbols&& found);

  bool has_waiting() const;
  bool is_waiting(const std::string& path) const;
  // At most `limit` of each name, of as many names as there is time for. The files of the rarest
  // name first: they cost least to parse and say most; large files last.
  std::vector<std::string> waiting_with(const std::vector<std::string_view>& names,
                                        std::size_t limit,
                                        std::chrono::steady_clock::time_point end) const;

 private:
  // Who wants the lock again at once comes after who waits for it.
  std::unique_lock<std::mutex> take_turn() const;

  mutable std::mutex turn_;  // held while waiting for the other
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  IndexData data_;
};

}  // namespace cromwell::workspace

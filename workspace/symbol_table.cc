#include "workspace/symbol_table.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace cromwell::workspace {
namespace {

std::size_t hash_of(std::string_view name) { return std::hash<std::string_view>()(name); }

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Where `query` (in lower case) begins in `name`; npos if it does not.
std::size_t find_in(std::string_view name, std::string_view query) {
  const auto found = std::search(name.begin(), name.end(), query.begin(), query.end(),
                                 [](char a, char b) { return to_lower(a) == b; });
  return found == name.end() && !query.empty() ? std::string_view::npos
                                               : static_cast<std::size_t>(found - name.begin());
}

std::string lower_text(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
  return lower;
}

// The first `limit` of what stands in `ranks`, best rank first.
template <class Found, std::size_t kRanks>
std::vector<Found> best_of(std::vector<Found> (&ranks)[kRanks], std::size_t limit) {
  std::vector<Found> found;
  for (auto& rank : ranks) {
    for (Found& one : rank) {
      if (found.size() < limit) found.push_back(std::move(one));
    }
  }
  return found;
}

}  // namespace

bool SymbolTable::put(const std::string& file, FileStamp stamp, std::vector<IndexedSymbol> symbols,
                      bool is_read) {
  remove(file);
  const std::size_t room = limits_.symbols - symbol_count_;
  const bool is_cut = symbols.size() > room;
  const bool is_whole = is_read && !is_cut;
  if (is_cut) symbols.resize(room);
  cut_count_ += is_cut ? 1 : 0;
  const auto entry = files_.emplace(file, File{stamp, std::move(symbols), is_whole, is_cut}).first;
  for (const IndexedSymbol& symbol : entry->second.symbols) {
    const std::size_t hash = hash_of(symbol.name);
    by_name(hash).emplace(hash, &*entry);
  }
  symbol_count_ += entry->second.symbols.size();
  return is_whole;
}

void SymbolTable::remove(const std::string& file) {
  const auto entry = files_.find(file);
  if (entry == files_.end()) return;
  for (const IndexedSymbol& symbol : entry->second.symbols) {
    const std::size_t hash = hash_of(symbol.name);
    const auto [begin, end] = by_name(hash).equal_range(hash);
    const auto found =
        std::find_if(begin, end, [&](const auto& one) { return one.second == &*entry; });
    if (found != end) by_name(hash).erase(found);
  }
  symbol_count_ -= entry->second.symbols.size();
  cut_count_ -= entry->second.is_cut ? 1 : 0;
  files_.erase(entry);
}

const FileStamp* SymbolTable::stamp(const std::string& file) const {
  const auto entry = files_.find(file);
  return entry == files_.end() ? nullptr : &entry->second.stamp;
}

std::vector<FoundSymbol> SymbolTable::definitions(std::string_view name, std::size_t limit) const {
  const std::size_t hash = hash_of(name);
  const auto [begin, end] = by_name(hash).equal_range(hash);
  std::vector<const Files::value_type*> files;
  for (auto one = begin; one != end && files.size() < limit; ++one) files.push_back(one->second);
  std::sort(files.begin(), files.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  files.erase(std::unique(files.begin(), files.end()), files.end());
  std::vector<FoundSymbol> found;
  for (const auto* file : files) {
    for (const IndexedSymbol& symbol : file->second.symbols) {
      if (symbol.name != name || found.size() >= limit) continue;
      found.push_back({file->first, symbol, file->second.stamp.modified_ns});
    }
  }
  return found;
}

std::vector<FoundSymbol> SymbolTable::search(std::string_view query, std::size_t limit,
                                             std::string_view prefix) const {
  const std::string lower = lower_text(query);
  std::vector<FoundSymbol> ranks[3];  // equal, begins with it, holds it
  for (const auto& [path, file] : files_) {
    if (!path.starts_with(prefix)) continue;
    for (const IndexedSymbol& symbol : file.symbols) {
      const std::size_t at = find_in(symbol.name, lower);
      if (at == std::string_view::npos) continue;
      auto& rank = ranks[at > 0 ? 2 : symbol.name.size() > lower.size() ? 1 : 0];
      if (rank.size() < limit) rank.push_back({path, symbol, file.stamp.modified_ns});
    }
  }
  return best_of(ranks, limit);
}

std::vector<std::string> SymbolTable::find_files(std::string_view query, std::size_t limit,
                                                 std::string_view prefix) const {
  const std::string lower = lower_text(query);
  std::vector<std::string> ranks[3];  // its own name begins with it, holds it, its path does
  for (auto file = files_.lower_bound(std::string(prefix));
       file != files_.end() && file->first.starts_with(prefix); ++file) {
    const std::string_view path = std::string_view(file->first).substr(prefix.size());
    if (find_in(path, lower) == std::string_view::npos) continue;
    const std::size_t at = find_in(path.substr(path.rfind('/') + 1), lower);
    auto& rank = ranks[at == std::string_view::npos ? 2 : at > 0 ? 1 : 0];
    if (rank.size() < limit) rank.emplace_back(path);
  }
  return best_of(ranks, limit);
}

void SymbolTable::for_each_whole_file(
    const std::function<void(const std::string& file, const FileStamp& stamp,
                             const std::vector<IndexedSymbol>& symbols)>& visit) const {
  for (const auto& [path, file] : files_) {
    if (file.is_whole && file.stamp != FileStamp()) visit(path, file.stamp, file.symbols);
  }
}

std::vector<std::string> SymbolTable::file_names() const {
  std::vector<std::string> names;
  for (const auto& [path, unused] : files_) names.push_back(path);
  return names;
}

}  // namespace cromwell::workspace

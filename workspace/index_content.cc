#include "workspace/index_content.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

namespace cromwell::workspace {
namespace {

void put_into(IndexData& data, const std::string& path, SourceSymbols&& found) {
  data.backlog.drop(path);
  if (!found.is_there) return data.table.remove(path);
  const bool has_any = !found.symbols.empty();
  if (!data.table.put(path, found.stamp, std::move(found.symbols), found.is_read)) return;
  if (has_any) ++data.not_kept;  // what has none is soon looked at again
}

}  // namespace

std::unique_lock<std::mutex> IndexContent::take_turn() const {
  const std::lock_guard turn(turn_);
  return std::unique_lock(mutex_);
}

void IndexContent::change(const std::function<void(IndexData&)>& change) {
  const auto lock = take_turn();
  change(data_);
  IndexState& state = data_.state;
  state.files = data_.table.file_count();
  state.symbols = data_.table.symbol_count();
  state.waiting = data_.backlog.size();
  state.searchable = state.searchable || (data_.knows_waiting && data_.backlog.is_read());
  state.complete = data_.has_walked_all && data_.table.cut_count() == 0;
  ++state.version;
  changed_.notify_all();
}

void IndexContent::look(const std::function<void(const IndexData&)>& use) const {
  const auto lock = take_turn();
  use(data_);
}

IndexState IndexContent::state() const {
  const auto lock = take_turn();
  return data_.state;
}

IndexState IndexContent::wait_past(std::uint64_t version) const {
  auto lock = take_turn();
  changed_.wait(lock, [&] { return data_.state.version > version; });
  return data_.state;
}

void IndexContent::put(const std::string& path, SourceSymbols&& found) {
  change([&](IndexData& data) { put_into(data, path, std::move(found)); });
}

void IndexContent::put_waiting(const std::string& path, SourceSymbols&& found) {
  change([&](IndexData& data) {
    if (data.backlog.has(path)) put_into(data, path, std::move(found));
  });
}

bool IndexContent::has_waiting() const {
  const auto lock = take_turn();
  return data_.backlog.size() > 0;
}

bool IndexContent::is_waiting(const std::string& path) const {
  const auto lock = take_turn();
  return data_.backlog.has(path);
}

std::vector<std::string> IndexContent::waiting_with(
    const std::vector<std::string_view>& names, std::size_t limit,
    std::chrono::steady_clock::time_point end) const {
  std::vector<std::vector<Backlog::Held>> of_names;
  for (const std::string_view name : names) {  // the lock anew for each: nobody waits for all
    if (std::chrono::steady_clock::now() >= end) break;
    const auto lock = take_turn();
    if (data_.backlog.size() == 0) return {};
    of_names.push_back(data_.backlog.holding(name, limit));
  }
  std::stable_sort(of_names.begin(), of_names.end(),
                   [](const auto& a, const auto& b) { return a.size() < b.size(); });
  std::vector<std::string> all;
  std::unordered_set<std::string> taken;
  for (const bool large : {false, true}) {
    for (const auto& files : of_names) {
      for (const Backlog::Held& file : files) {
        if (file.is_large == large && taken.insert(file.path).second) all.push_back(file.path);
      }
    }
  }
  return all;
}

}  // namespace cromwell::workspace

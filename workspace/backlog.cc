#include "workspace/backlog.h"

#include <algorithm>
#include <cassert>
#include <tuple>
#include <utility>

namespace cromwell::workspace {

void Backlog::replace(const std::vector<WalkedFile>& files) {
  assert(taken_ == 0);
  if (numbers_.empty()) *this = {};
  order_.clear();
  unread_.clear();
  for (const WalkedFile& file : files) order_.push_back(number_of(file));
  std::vector<bool> stays(files_.size());
  for (const std::uint32_t number : order_) stays[number] = true;
  for (auto file = numbers_.begin(); file != numbers_.end();) {
    const auto next = std::next(file);
    if (!stays[file->second]) retire(file);
    file = next;
  }
  std::copy_if(order_.begin(), order_.end(), std::back_inserter(unread_),
               [this](std::uint32_t number) { return files_[number].part == kNoPart; });
}

// One that changed is another one.
std::uint32_t Backlog::number_of(const WalkedFile& file) {
  const auto known = numbers_.find(file.path);
  if (known != numbers_.end()) {
    if (files_[known->second].stamp == file.stamp) return known->second;
    retire(known);
  }
  const auto number = static_cast<std::uint32_t>(files_.size());
  const auto entry = numbers_.emplace(file.path, number).first;
  files_.push_back({.path = &entry->first, .stamp = file.stamp});
  return number;
}

void Backlog::drop(const std::string& path) {
  const auto file = numbers_.find(path);
  if (file != numbers_.end()) retire(file);
}

void Backlog::retire(std::unordered_map<std::string, std::uint32_t>::iterator file) {
  File& gone = files_[file->second];
  gone.path = nullptr;
  numbers_.erase(file);
  if (gone.part == kNoPart) return;
  Part& part = parts_[gone.part];
  if (--part.waiting > 0) return;
  word_bytes_ -= part.read.words->bytes();
  part.read = {};
}

std::vector<std::string> Backlog::next(std::size_t limit) {
  while (!order_.empty() && files_[order_.front()].path == nullptr) order_.pop_front();
  std::vector<std::string> paths;
  for (auto number = order_.begin(); number != order_.end() && paths.size() < limit; ++number) {
    if (files_[*number].path != nullptr) paths.push_back(*files_[*number].path);
  }
  return paths;
}

std::vector<WaitingFile> Backlog::take_unread(std::size_t limit) {
  std::vector<WaitingFile> files;
  for (; !unread_.empty() && files.size() < limit; unread_.pop_front()) {
    const std::uint32_t number = unread_.front();
    if (files_[number].path != nullptr) files.push_back({number, *files_[number].path});
  }
  taken_ += files.size();
  return files;
}

void Backlog::add(ReadWords read) {
  taken_ -= read.files.size();
  Part part;
  for (const std::uint32_t number : read.files) {
    if (files_[number].path == nullptr) continue;  // parsed meanwhile
    files_[number].part = static_cast<std::uint32_t>(parts_.size());
    ++part.waiting;
  }
  if (part.waiting == 0) return;
  word_bytes_ += read.words->bytes();
  part.read = std::move(read);
  parts_.push_back(std::move(part));
}

void Backlog::give_back(const std::vector<WaitingFile>& files) {
  taken_ -= files.size();
  for (auto file = files.rbegin(); file != files.rend(); ++file) unread_.push_front(file->number);
}

std::vector<Backlog::Candidate> Backlog::candidates(WordMark word) const {
  std::vector<Candidate> found;
  for (const Part& part : parts_) {
    if (part.waiting == 0) continue;
    for (const WordIndex::Hit& hit : part.read.words->find(word)) {
      const std::uint32_t number = part.read.files[hit.file];
      const File& file = files_[number];
      if (file.path != nullptr) found.push_back({hit.is_likely, file.stamp.modified_ns, number});
    }
  }
  return found;
}

std::vector<Backlog::Held> Backlog::holding(std::string_view name, std::size_t limit) const {
  constexpr std::uint64_t kLarge = 64 << 10;
  std::vector<Held> files;
  const auto word = word_of_name(name);
  if (!word) return files;
  std::vector<Candidate> found = candidates(*word);
  const auto end = found.begin() + static_cast<std::ptrdiff_t>(std::min(limit, found.size()));
  std::partial_sort(found.begin(), end, found.end(), [](const Candidate& a, const Candidate& b) {
    return std::tuple(!a.is_likely, -a.modified_ns, a.number) <
           std::tuple(!b.is_likely, -b.modified_ns, b.number);
  });
  for (auto one = found.begin(); one != end; ++one) {
    const File& file = files_[one->number];
    files.push_back({*file.path, static_cast<std::uint64_t>(file.stamp.size) > kLarge});
  }
  return files;
}

}  // namespace cromwell::workspace

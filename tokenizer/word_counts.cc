#include "tokenizer/word_counts.h"

#include <algorithm>
#include <utility>

#include "tokenizer/token_map.h"

namespace cromwell::tokenizer {
namespace {

constexpr std::size_t kFirstSlots = 1 << 12;

}  // namespace

WordCounts::WordCounts(std::size_t max_bytes) : max_bytes_(max_bytes), slots_(kFirstSlots) {}

WordCounts::Slot& WordCounts::slot_for(std::uint64_t hash, std::string_view word) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = (hash >> 20) & mask;
  while (slots_[at].count != 0 && !(slots_[at].hash == hash && word_of(slots_[at]) == word)) {
    at = (at + 1) & mask;
  }
  return slots_[at];
}

void WordCounts::add(std::string_view word, std::uint64_t times) {
  if (word.empty() || times == 0) return;
  const std::uint64_t hash = hash_bytes(word);
  Slot* slot = &slot_for(hash, word);
  if (slot->count == 0) {
    if (size_ * 2 >= slots_.size() || bytes() + word.size() > max_bytes_) {
      make_room();
      slot = &slot_for(hash, word);
    }
    *slot = {
        .hash = hash, .begin = text_.size(), .length = static_cast<std::uint32_t>(word.size())};
    text_.insert(text_.end(), word.begin(), word.end());
    ++size_;
  }
  slot->count += times;
}

void WordCounts::add(const WordCounts& other) {
  for (const WordCount& entry : other.sorted()) add(entry.word, entry.count);
  forgotten_ += other.forgotten_;
}

// A larger table while memory allows one; else words are forgotten until half of it is free, or
// only words that are all equally frequent are left.
void WordCounts::make_room() {
  if (bytes() + slots_.size() * sizeof(Slot) <= max_bytes_) {
    return rehash(slots_.size() * 2, 1);
  }
  std::uint64_t most = 0;
  for (const Slot& slot : slots_) most = std::max(most, slot.count);
  for (std::uint64_t least = 2; least <= most; least *= 2) {
    rehash(slots_.size(), least);
    if (size_ * 4 <= slots_.size() && text_.size() * 2 <= max_bytes_) return;
  }
  if (size_ * 2 >= slots_.size()) rehash(slots_.size() * 2, 1);
}

// Keeps the words that occurred at least `least_count` times.
void WordCounts::rehash(std::size_t slot_count, std::uint64_t least_count) {
  const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slot_count));
  const std::vector<char> text = std::exchange(text_, {});
  size_ = 0;
  for (const Slot& slot : old) {
    if (slot.count == 0) continue;
    if (slot.count < least_count) {
      forgotten_ += slot.count;
      continue;
    }
    const std::string_view word(text.data() + slot.begin, slot.length);
    Slot& place = slot_for(slot.hash, word);
    place = slot;
    place.begin = text_.size();
    text_.insert(text_.end(), word.begin(), word.end());
    ++size_;
  }
}

std::vector<WordCount> WordCounts::sorted() const {
  std::vector<WordCount> entries;
  entries.reserve(size_);
  for (const Slot& slot : slots_) {
    if (slot.count > 0) entries.push_back({word_of(slot), slot.count});
  }
  std::sort(entries.begin(), entries.end(),
            [](const WordCount& a, const WordCount& b) { return a.word < b.word; });
  return entries;
}

}  // namespace cromwell::tokenizer

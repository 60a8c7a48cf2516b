// WordCounts: how often each word of a corpus occurs, within a given memory. One thread at a time;
// threads count by themselves and are added up. Not here: where words begin (PreTokenizer).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace cromwell::tokenizer {

struct WordCount {
  std::string_view word;
  std::uint64_t count = 0;
};

class WordCounts {
 public:
  // `max_bytes` bounds the words and the table; past it the rarest words are forgotten, those that
  // occurred once first (as in Manku and Motwani's lossy counting).
  explicit WordCounts(std::size_t max_bytes);

  void add(std::string_view word, std::uint64_t times = 1);  // word: less than 4 GiB
  void add(const WordCounts& other);

  std::size_t size() const { return size_; }
  std::uint64_t forgotten() const { return forgotten_; }  // occurrences that are no longer counted

  // Sorted by their bytes, so that the order says nothing of how the work was shared. The views
  // live until the next add().
  std::vector<WordCount> sorted() const;

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::size_t begin = 0;  // in text_
    std::uint32_t length = 0;
    std::uint64_t count = 0;  // 0: the slot is free
  };

  std::string_view word_of(const Slot& slot) const {
    return {text_.data() + slot.begin, slot.length};
  }
  Slot& slot_for(std::uint64_t hash, std::string_view word);
  std::size_t bytes() const { return text_.size() + slots_.size() * sizeof(Slot); }
  void rehash(std::size_t slot_count, std::uint64_t least_count);
  void make_room();

  std::size_t max_bytes_;
  std::vector<Slot> slots_;
  std::vector<char> text_;  // the words, one after the other
  std::size_t size_ = 0;
  std::uint64_t forgotten_ = 0;
};

}  // namespace cromwell::tokenizer

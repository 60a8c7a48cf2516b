// WordIndex: which of some files hold a word. Made at once and const from then on, so that it may
// be read without a lock. 4 bytes for each distinct word of a file and half a one for finding it.
//
//   buckets_    by the upper bits of a word's hash: where its postings begin
//   postings_   21 further bits of the hash | number of the file | likely     sorted in a bucket
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "workspace/words.h"

namespace cromwell::workspace {

class WordIndex {
 public:
  static constexpr std::size_t kMaxFiles = 1024;

  struct Hit {
    std::uint32_t file = 0;
    bool is_likely = false;
  };

  // The words of each file, kMaxFiles at most, by its number.
  explicit WordIndex(const std::vector<std::vector<WordMark>>& words);

  // Ascending. Two words may have the same bits: one file in thousands does not hold it.
  std::vector<Hit> find(WordMark word) const;
  std::size_t bytes() const;

 private:
  std::size_t bucket_of(WordMark word) const { return word >> (64 - bucket_bits_); }
  std::uint32_t rest_of(WordMark word) const;

  int bucket_bits_ = 1;
  std::vector<std::uint32_t> buckets_;  // one more than there are
  std::vector<std::uint32_t> postings_;
};

}  // namespace cromwell::workspace

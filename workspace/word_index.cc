#include "workspace/word_index.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace cromwell::workspace {
namespace {

constexpr int kFileBits = 10;
constexpr int kRestBits = 32 - kFileBits - 1;
constexpr std::uint32_t kFileMask = (1U << kFileBits) - 1;
constexpr std::size_t kPostingsOfBucket = 8;  // about
static_assert(WordIndex::kMaxFiles == kFileMask + 1);

}  // namespace

std::uint32_t WordIndex::rest_of(WordMark word) const {
  const WordMark rest = word << bucket_bits_ >> (64 - kRestBits);
  return static_cast<std::uint32_t>(rest) << (kFileBits + 1);
}

WordIndex::WordIndex(const std::vector<std::vector<WordMark>>& words) {
  assert(words.size() <= kMaxFiles);
  std::size_t count = 0;
  for (const auto& of_file : words) count += of_file.size();
  bucket_bits_ = std::max(1, static_cast<int>(std::bit_width(count / kPostingsOfBucket)));

  // A counting sort: how many there are of each bucket, where each begins, then each to its place.
  buckets_.assign((std::size_t{1} << bucket_bits_) + 1, 0);
  for (const auto& of_file : words) {
    for (const WordMark word : of_file) ++buckets_[bucket_of(word)];
  }
  std::uint32_t end = 0;
  for (std::uint32_t& bucket : buckets_) bucket = end += bucket;
  postings_.resize(count);
  for (std::size_t file = words.size(); file-- > 0;) {
    for (const WordMark word : words[file]) {
      postings_[--buckets_[bucket_of(word)]] = rest_of(word) |
                                               static_cast<std::uint32_t>(file) << 1 |
                                               static_cast<std::uint32_t>(word & kLikelyBit);
    }
  }
  for (std::size_t bucket = 0; bucket + 1 < buckets_.size(); ++bucket) {
    std::sort(postings_.begin() + buckets_[bucket], postings_.begin() + buckets_[bucket + 1]);
  }
}

std::vector<WordIndex::Hit> WordIndex::find(WordMark word) const {
  const auto bucket = bucket_of(word);
  const auto begin = postings_.begin() + buckets_[bucket];
  const auto end = postings_.begin() + buckets_[bucket + 1];
  std::vector<Hit> hits;
  const std::uint32_t rest = rest_of(word);
  for (auto posting = std::lower_bound(begin, end, rest);
       posting != end && *posting >> (kFileBits + 1) == rest >> (kFileBits + 1); ++posting) {
    hits.push_back({.file = *posting >> 1 & kFileMask, .is_likely = (*posting & 1) != 0});
  }
  return hits;
}

std::size_t WordIndex::bytes() const {
  return sizeof(*this) + (buckets_.capacity() + postings_.capacity()) * sizeof(std::uint32_t);
}

}  // namespace cromwell::workspace

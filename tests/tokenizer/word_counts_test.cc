#include "tokenizer/word_counts.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace cromwell::tokenizer {
namespace {

constexpr std::size_t kPlenty = std::size_t{64} << 20;

std::map<std::string, std::uint64_t> as_map(const WordCounts& counts) {
  std::map<std::string, std::uint64_t> result;
  for (const WordCount& entry : counts.sorted()) result[std::string(entry.word)] = entry.count;
  return result;
}

TEST(WordCounts, AgreesWithAMap) {
  constexpr unsigned kSeed = 5;
  std::mt19937 random(kSeed);
  WordCounts counts(kPlenty);
  std::map<std::string, std::uint64_t> expected;
  for (int i = 0; i < 50'000; ++i) {
    const std::string word = std::to_string(random() % 9'000) + std::string(random() % 20, 'x');
    counts.add(word);
    ++expected[word];
  }
  EXPECT_EQ(as_map(counts), expected) << "seed " << kSeed;
  EXPECT_EQ(counts.forgotten(), 0U);
}

TEST(WordCounts, AddsUpWhatOthersCounted) {
  WordCounts sum(kPlenty), other(kPlenty);
  sum.add("a", 2);
  other.add("a", 3);
  other.add("b");
  other.add("");
  sum.add(other);
  EXPECT_EQ(as_map(sum), (std::map<std::string, std::uint64_t>{{"a", 5}, {"b", 1}}));
}

TEST(WordCounts, ForgetsTheRarestWordsWhenMemoryIsFull) {
  constexpr std::size_t kBytes = std::size_t{1} << 20;
  WordCounts counts(kBytes);
  for (int i = 0; i < 200'000; ++i) {
    counts.add("frequent");
    counts.add("rare" + std::to_string(i));
  }
  const auto words = as_map(counts);
  EXPECT_EQ(words.at("frequent"), 200'000U);
  std::uint64_t counted = 0, bytes = 0;
  for (const auto& [word, count] : words) {
    counted += count;
    bytes += word.size();
  }
  EXPECT_EQ(counted + counts.forgotten(), 400'000U);
  EXPECT_GT(counts.forgotten(), 0U);
  EXPECT_LT(bytes, kBytes);
}

}  // namespace
}  // namespace cromwell::tokenizer

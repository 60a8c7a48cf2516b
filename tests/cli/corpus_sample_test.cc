#include "clients/cli/corpus_sample.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "clients/cli/corpus_words.h"
#include "tests/fakes/temp_folder.h"

namespace cromwell::cli {
namespace {

constexpr std::uint64_t kPlenty = std::uint64_t{1} << 30;

TEST(ParseCorpusGroup, TakesAWeightAndAFolder) {
  const auto group = parse_corpus_group("2.5:a:b");
  ASSERT_TRUE(group);
  EXPECT_EQ(group->weight, 2.5);
  EXPECT_EQ(group->path, "a:b");
}

TEST(ParseCorpusGroup, RefusesAnythingElse) {
  for (const char* text : {"", ":", "python", ":python", "40:", "0:a", "-1:a", "x:a", "nan:a",
                           "inf:a", "1e9:a", "4 0:a"}) {
    EXPECT_FALSE(parse_corpus_group(text)) << text;
  }
}

class CorpusSample : public testing::Test {
 protected:
  void add(const std::string& name, std::size_t bytes) {
    folder_.write(name, std::string(bytes, 'x'));
  }
  std::string path(const std::string& name) const { return folder_.str(name); }

  tests::TempFolder folder_;
};

TEST_F(CorpusSample, TakesBytesByWeightAsTheSmallestGroupAllows) {
  for (int i = 0; i < 100; ++i) add("python/" + std::to_string(i), 1000);
  for (int i = 0; i < 10; ++i) add("go/deep/" + std::to_string(i), 1000);
  const auto sample = sample_corpus({{path("python"), 40}, {path("go"), 10}}, kPlenty, 1);
  ASSERT_TRUE(sample) << sample.error().message;
  EXPECT_EQ((*sample)[0].bytes, 40'000U);
  EXPECT_EQ((*sample)[0].available, 100'000U);
  EXPECT_EQ((*sample)[1].bytes, 10'000U);
}

TEST_F(CorpusSample, KeepsToTheBytesAskedFor) {
  for (int i = 0; i < 100; ++i) add("a/" + std::to_string(i), 1000);
  const auto sample = sample_corpus({{path("a"), 1}}, 30'000, 1);
  ASSERT_TRUE(sample);
  EXPECT_EQ((*sample)[0].bytes, 30'000U);
}

TEST_F(CorpusSample, TheSeedAloneDecides) {
  for (int i = 0; i < 50; ++i) add("a/" + std::to_string(i), 1000);
  const auto files = [&](std::uint64_t seed) {
    return (*sample_corpus({{path("a"), 1}}, 10'000, seed))[0].files;
  };
  EXPECT_EQ(files(7), files(7));
  EXPECT_NE(files(7), files(8));
}

TEST_F(CorpusSample, PassesOverLinksAndHiddenNames) {
  add("a/file", 10);
  add("a/.git/file", 10);
  add("a/.hidden", 10);
  std::filesystem::create_symlink(path("a/file"), path("a/link"));
  const auto sample = sample_corpus({{path("a"), 1}}, kPlenty, 1);
  ASSERT_TRUE(sample);
  EXPECT_EQ((*sample)[0].files, std::vector<std::string>{path("a/file")});
}

TEST_F(CorpusSample, RefusesWhatIsNotThereOrEmpty) {
  std::filesystem::create_directories(folder_.path() / "empty");
  EXPECT_EQ(sample_corpus({{path("none"), 1}}, kPlenty, 1).error().code,
            base::ErrorCode::kNotFound);
  EXPECT_EQ(sample_corpus({{path("empty"), 1}}, kPlenty, 1).error().code,
            base::ErrorCode::kInvalidRequest);
}

TEST_F(CorpusSample, WordsAreTheSameHoweverManyThreadsCount) {
  std::vector<std::string> files;
  for (int i = 0; i < 20; ++i) {
    const std::string name = std::to_string(i);
    folder_.write(name, std::to_string(i % 7).append(" again again\n"));
    files.push_back(path(name));
  }
  folder_.write("binary", std::string("a\0b", 3));
  folder_.write("latin1", "caf\xE9");
  files.push_back(path("binary"));
  files.push_back(path("latin1"));
  const auto pre_tokenizer = tokenizer::PreTokenizer::create("qwen2");
  const auto words = [&](int threads) {
    const auto counted =
        count_words(files, *pre_tokenizer, {.threads = threads, .max_bytes = 64 << 20});
    EXPECT_EQ(counted->skipped, (std::vector<std::string>{path("binary"), path("latin1")}));
    std::string shown;
    for (const tokenizer::WordCount& entry : counted->counts.sorted()) {
      shown.append(entry.word).append("=").append(std::to_string(entry.count)).append(";");
    }
    return shown;
  };
  EXPECT_NE(words(1).find(" again=40;"), std::string::npos);
  EXPECT_EQ(words(1), words(4));
}

}  // namespace
}  // namespace cromwell::cli

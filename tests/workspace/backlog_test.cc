// The files that wait to be parsed, and which of them hold a name.
#include "workspace/backlog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace cromwell::workspace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class BacklogTest : public testing::Test {
 protected:
  static WalkedFile file(const std::string& path, std::int64_t time) {
    return {.path = path, .stamp = {.size = 1, .modified_ns = time}};
  }
  // As the index does it: the words of the next files that have none.
  void read(std::size_t limit = 100) {
    const auto files = backlog_.take_unread(limit);
    ReadWords read;
    std::vector<std::vector<WordMark>> words;
    for (const WaitingFile& one : files) {
      WordSet set;
      words.push_back(set.read(texts_[one.path]));
      read.files.push_back(one.number);
    }
    read.words = std::make_shared<const WordIndex>(words);
    backlog_.add(std::move(read));
  }

  std::map<std::string, std::string> texts_ = {
      {"a", "x = f(1)"}, {"b", "def f(x): pass"}, {"c", "y = f(2)"}, {"d", "z = g(2)"}};
  std::vector<std::string> held(std::string_view name, std::size_t limit) const {
    std::vector<std::string> paths;
    for (const Backlog::Held& file : backlog_.holding(name, limit)) paths.push_back(file.path);
    return paths;
  }

  Backlog backlog_;
};

TEST_F(BacklogTest, FilesThatHoldANameComeInTheOrderInWhichItIsLikelyDefinedThere) {
  backlog_.replace({file("a", 4), file("b", 3), file("c", 5), file("d", 6)});
  EXPECT_THAT(held("f", 9), IsEmpty());
  read();
  EXPECT_THAT(held("f", 9), ElementsAre("b", "c", "a"));
  EXPECT_THAT(held("f", 2), ElementsAre("b", "c"));
  EXPECT_THAT(held("unknown", 9), IsEmpty());
  EXPECT_THAT(held("+", 9), IsEmpty());
}

TEST_F(BacklogTest, AFileThatWaitsNoLongerIsNotFoundAndItsWordsGoWithTheLast) {
  backlog_.replace({file("a", 1), file("b", 1), file("c", 1), file("d", 1)});
  read(2);
  read(2);
  const std::size_t before = backlog_.word_bytes();
  backlog_.drop("b");
  EXPECT_THAT(held("f", 9), ElementsAre("a", "c"));
  EXPECT_EQ(backlog_.word_bytes(), before);
  backlog_.drop("a");
  EXPECT_LT(backlog_.word_bytes(), before);
  EXPECT_THAT(backlog_.next(9), ElementsAre("c", "d"));
  backlog_.drop("c");
  backlog_.drop("d");
  EXPECT_EQ(backlog_.word_bytes(), 0U);
  EXPECT_EQ(backlog_.size(), 0U);
}

TEST_F(BacklogTest, WhatIsKnownStaysUnlessTheFileChanged) {
  backlog_.replace({file("a", 1), file("b", 1), file("c", 1)});
  read();
  backlog_.replace({file("d", 9), file("b", 1), file("a", 2)});
  EXPECT_THAT(backlog_.next(9), ElementsAre("d", "b", "a"));
  EXPECT_THAT(held("f", 9), ElementsAre("b"));
  EXPECT_FALSE(backlog_.is_read());
  read();
  EXPECT_TRUE(backlog_.is_read());
  EXPECT_THAT(held("f", 9), ElementsAre("b", "a"));
  EXPECT_THAT(held("g", 9), ElementsAre("d"));
}

TEST_F(BacklogTest, WhatWasParsedWhileItsWordsWereReadIsNotFound) {
  backlog_.replace({file("a", 1), file("b", 1)});
  const auto taken = backlog_.take_unread(9);
  EXPECT_FALSE(backlog_.is_read());
  backlog_.drop("a");
  backlog_.give_back(taken);
  read();
  EXPECT_TRUE(backlog_.is_read());
  EXPECT_THAT(held("f", 9), ElementsAre("b"));
}

}  // namespace
}  // namespace cromwell::workspace

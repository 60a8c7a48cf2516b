// The prefix tree by itself: what is found, shared, copied and given up, with a clock of its own.
#include "engine/prefix_tree.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/fakes/scripted_model.h"

namespace cromwell::engine {
namespace {

using Tokens = std::vector<model::TokenId>;

class PrefixTreeTest : public testing::Test {
 protected:
  explicit PrefixTreeTest(int pages = 128)
      : model_({.vocab_size = 1000, .pages = pages}), pool_(pages), tree_(pool_, model_) {}
  ~PrefixTreeTest() override {
    tree_.clear();
    EXPECT_EQ(pool_.free(), pool_.total()) << "a page was lost";
  }

  Tokens random_text(int count) {
    Tokens tokens;
    for (int i = 0; i < count; ++i) tokens.push_back(static_cast<int>(random_() % 1000));
    return tokens;
  }
  // A generation that computes all of `text`, as far as the tree has it not, and ends.
  PrefixTree::Place run(const Tokens& text) {
    KvCache cache(pool_);
    tree_.extend(cache, 0, text, now_);
    while (!cache.grow(static_cast<int>(text.size()))) EXPECT_TRUE(tree_.evict(now_));
    return tree_.keep(std::move(cache), text, now_);
  }
  int cached(const Tokens& text) const { return tree_.find(text).tokens; }
  void wait(std::chrono::seconds time) { now_ += time; }

  std::mt19937 random_{7};
  fakes::ScriptedModel model_;
  KvPool pool_;
  PrefixTree tree_;
  PrefixTree::Time now_{};
};

TEST_F(PrefixTreeTest, FindsTheLongestBeginningOfAnyText) {
  const Tokens text = random_text(200);
  run(text);
  for (const int common : {0, 1, 63, 64, 65, 128, 150, 199, 200}) {
    Tokens other(text.begin(), text.begin() + common);
    other.push_back(2000);
    EXPECT_EQ(cached(other), common);
    EXPECT_EQ(tree_.find(other).pages, common / 64);
  }
  EXPECT_EQ(cached({}), 0);
}

TEST_F(PrefixTreeTest, SharesWholePagesAndCopiesTheBeginningOfOne) {
  const Tokens text = random_text(160);
  run(text);
  const int free = pool_.free();
  KvCache cache(pool_);
  Tokens other(text.begin(), text.begin() + 140);
  other.push_back(2000);
  EXPECT_EQ(tree_.extend(cache, 0, other, now_), 140);
  EXPECT_EQ(pool_.free(), free - 1);
  EXPECT_EQ(model_.copies, 1);
  EXPECT_EQ(pool_.owners(cache.pages()[0]), 2);
  EXPECT_EQ(pool_.owners(cache.pages()[2]), 1);
}

TEST_F(PrefixTreeTest, KeepsOneOfTwoCopiesOfAPage) {
  const Tokens text = random_text(128);
  KvCache first(pool_), second(pool_);
  ASSERT_TRUE(first.grow(128) && second.grow(128));
  tree_.share_pages(first, text, now_);
  tree_.share_pages(second, text, now_);
  EXPECT_EQ(first.pages()[0], second.pages()[0]);
  EXPECT_EQ(first.pages()[1], second.pages()[1]);
  EXPECT_EQ(pool_.free(), pool_.total() - 2);
}

TEST_F(PrefixTreeTest, ALongerTextTakesThePlaceOfItsBeginning) {
  Tokens text = random_text(100);
  PrefixTree::Bookmark mark;
  tree_.add(mark);
  tree_.move(mark, run(text));
  for (const int longer : {110, 128, 200}) {
    while (static_cast<int>(text.size()) < longer) text.push_back(random_text(1)[0]);
    run(text);
    EXPECT_EQ(tree_.pages(), pages_for(longer));
    EXPECT_EQ(mark.place.tokens, 100);
  }
  EXPECT_EQ(cached(text), 200);
  tree_.forget(mark);
}

TEST_F(PrefixTreeTest, APageThatAForkLeftWithFewerTokensGrows) {
  const Tokens text = random_text(100);
  KvCache parent(pool_);
  ASSERT_TRUE(parent.grow(100));
  const auto most = std::span(text).first(99);
  tree_.keep(parent.share(99), most, now_);
  tree_.keep(std::move(parent), text, now_);
  EXPECT_EQ(cached(text), 100);
  EXPECT_EQ(tree_.pages(), 2);
}

TEST_F(PrefixTreeTest, ExtendsACacheThatIsBeingFilled) {
  const Tokens text = random_text(300);
  KvCache slow(pool_);
  ASSERT_TRUE(slow.grow(300));
  run(Tokens(text.begin(), text.begin() + 250));
  EXPECT_EQ(tree_.extend(slow, 70, text, now_), 250);  // it has computed 70 by itself
  EXPECT_EQ(slow.pages().size(), 5U);
  EXPECT_EQ(tree_.extend(slow, 260, text, now_), 260);
}

TEST_F(PrefixTreeTest, ACopyIsLeftOutWhereNoPageCanBeHad) {
  const Tokens text = random_text(64 + 30);
  run(text);
  KvCache other(pool_);
  ASSERT_TRUE(other.grow((pool_.total() - 2) * 64));  // all that is left
  KvCache cache(pool_);
  EXPECT_EQ(tree_.extend(cache, 0, text, now_), 64);
  EXPECT_EQ(cached(text), 94) << "what is to be copied is not given up for the copy";
}

TEST_F(PrefixTreeTest, GivesUpNoPageThatSomebodyUses) {
  const Tokens text = random_text(200);
  run(text);
  KvCache cache(pool_);
  tree_.extend(cache, 0, std::span(text).first(128), now_);
  while (tree_.evict(now_)) {
  }
  EXPECT_EQ(cached(text), 128);
  EXPECT_EQ(tree_.idle_pages(), 0);
}

TEST_F(PrefixTreeTest, ShortTextsDoNotPushOutALongOne) {
  const Tokens file = random_text(3000);
  run(file);
  for (int i = 0; i < 500; ++i) {
    wait(std::chrono::seconds(1));
    run(random_text(1 + static_cast<int>(random_() % 300)));
  }
  EXPECT_EQ(cached(file), 3000);
}

TEST_F(PrefixTreeTest, OfTextsAsLongAsEachOtherTheOldestGoesAsAWhole) {
  std::vector<Tokens> texts;
  for (int i = 0; i < 5; ++i) {
    texts.push_back(random_text(25 * 64));
    run(texts.back());
    wait(std::chrono::seconds(10));
  }
  EXPECT_EQ(pool_.free(), 3);
  run(texts[0]);  // used again
  wait(std::chrono::seconds(10));
  run(random_text(20 * 64));
  EXPECT_EQ(cached(texts[1]), (25 - 17) * 64);
  for (const int i : {0, 2, 3, 4}) EXPECT_EQ(cached(texts[static_cast<std::size_t>(i)]), 25 * 64);
}

TEST_F(PrefixTreeTest, ALongTextThatNobodyUsesGivesWayInTheEnd) {
  const Tokens file = random_text(3000);
  run(file);
  wait(std::chrono::hours(3));
  for (int i = 0; i < 200; ++i) run(random_text(60));
  EXPECT_EQ(cached(file), 0);
}

TEST_F(PrefixTreeTest, WhatTextsShareGoesAfterTheirEnds) {
  const Tokens shared = random_text(10 * 64);
  for (int i = 0; i < 11; ++i) {
    Tokens text = shared;
    const Tokens own = random_text(640);
    text.insert(text.end(), own.begin(), own.end());
    run(text);
    wait(std::chrono::seconds(1));
  }
  while (tree_.pages() > 15) ASSERT_TRUE(tree_.evict(now_));
  EXPECT_EQ(cached(shared), 640);
}

TEST_F(PrefixTreeTest, PinnedTextsAreTheLastToGo) {
  const Tokens text = random_text(100);
  PrefixTree::Bookmark mark;
  tree_.add(mark);
  tree_.move(mark, run(text));
  tree_.pin(mark, true);
  wait(std::chrono::hours(5));
  for (int i = 0; i < 20; ++i) run(random_text(1000));
  EXPECT_EQ(cached(text), 100);
  EXPECT_EQ(mark.place.tokens, 100);
  tree_.pin(mark, false);
  run(random_text(128 * 64));
  EXPECT_EQ(mark.place.tokens, 0);
  tree_.forget(mark);
}

TEST_F(PrefixTreeTest, ABookmarkFollowsWhatIsLostOfItsText) {
  PrefixTree::Bookmark mark;
  tree_.add(mark);
  tree_.move(mark, run(random_text(150)));
  EXPECT_EQ(mark.place.tokens, 150);
  for (const int left : {128, 64, 0}) {
    ASSERT_TRUE(tree_.evict(now_));
    EXPECT_EQ(mark.place.tokens, left);
  }
  tree_.forget(mark);
}

TEST_F(PrefixTreeTest, RemovingABookmarkDropsWhatOnlyItLedTo) {
  const Tokens shared = random_text(128);
  Tokens first = shared, second = shared;
  for (int i = 0; i < 100; ++i) {
    first.push_back(1);
    second.push_back(2);
  }
  PrefixTree::Bookmark one, two;
  tree_.add(one);
  tree_.add(two);
  tree_.move(one, run(first));
  tree_.move(two, run(second));
  tree_.remove(one);
  EXPECT_EQ(cached(first), 128);
  EXPECT_EQ(cached(second), 228);
  tree_.remove(two);
  EXPECT_EQ(tree_.pages(), 0);
}

}  // namespace
}  // namespace cromwell::engine

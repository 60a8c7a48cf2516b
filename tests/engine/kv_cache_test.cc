#include "engine/kv_cache.h"

#include <gtest/gtest.h>

#include "tests/fakes/scripted_model.h"

namespace cromwell::engine {
namespace {

TEST(KvPool, FreesAPageWithItsLastOwner) {
  KvPool pool(2);
  const auto page = pool.take();
  ASSERT_TRUE(page);
  pool.share(*page);
  pool.release(*page);
  EXPECT_EQ(pool.free(), 1);
  pool.release(*page);
  EXPECT_EQ(pool.free(), 2);
}

TEST(KvPool, HandsOutEachPageOnceAndThenNone) {
  KvPool pool(3);
  std::vector<bool> seen(3);
  for (int i = 0; i < 3; ++i) {
    const auto page = pool.take();
    ASSERT_TRUE(page);
    EXPECT_FALSE(seen[static_cast<std::size_t>(*page)]);
    seen[static_cast<std::size_t>(*page)] = true;
  }
  EXPECT_FALSE(pool.take());
}

TEST(KvPool, GivesATextThePageThatFollowsItsLastOne) {
  KvPool pool(12);
  const auto first = pool.take();
  const auto other = pool.take();  // another text, in a run of its own
  ASSERT_TRUE(first && other);
  EXPECT_NE(*first / model::kPageRun, *other / model::kPageRun);
  for (int i = 1; i < model::kPageRun; ++i) {
    EXPECT_EQ(pool.take(*first + i - 1), *first + i);
    EXPECT_EQ(pool.take(*other + i - 1), *other + i);
  }
  const auto next = pool.take(*first + model::kPageRun - 1);
  ASSERT_TRUE(next);
  EXPECT_EQ(*next % model::kPageRun, 0);
}

TEST(KvPool, BreaksARunOnlyWhereNoneIsFree) {
  KvPool pool(6);  // the second run has two pages
  EXPECT_EQ(pool.take(), 0);
  EXPECT_EQ(pool.take(), 4);
  EXPECT_TRUE(pool.take(4) == 5);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(pool.take(5));
  EXPECT_FALSE(pool.take(5));
}

TEST(KvCache, GrowsByPagesAndTrimsWholeOnes) {
  KvPool pool(4);
  KvCache cache(pool);
  EXPECT_TRUE(cache.grow(65));
  EXPECT_EQ(cache.capacity(), 128);
  EXPECT_FALSE(cache.grow(257));
  EXPECT_EQ(cache.capacity(), 256);
  cache.trim(65);
  EXPECT_EQ(cache.capacity(), 128);
  cache.trim(0);
  EXPECT_EQ(pool.free(), 4);
}

TEST(KvCache, CopiesASharedPageBeforeItIsWritten) {
  fakes::ScriptedModel model({.vocab_size = 10, .pages = 4});
  KvPool pool(4);
  KvCache cache(pool);
  ASSERT_TRUE(cache.grow(100));
  KvCache other = cache.share(70);
  ASSERT_EQ(other.pages().size(), 2U);
  ASSERT_TRUE(other.own(70, 71, model));
  EXPECT_EQ(model.copies, 1);
  EXPECT_EQ(other.pages()[0], cache.pages()[0]);
  EXPECT_NE(other.pages()[1], cache.pages()[1]);
  ASSERT_TRUE(cache.own(70, 71, model));  // nobody else has it any more
  EXPECT_EQ(model.copies, 1);
}

TEST(KvCache, TextsThatGrowInTurnHaveRunsOfPagesOfTheirOwn) {
  KvPool pool(64);
  std::vector<KvCache> texts;
  for (int i = 0; i < 4; ++i) texts.emplace_back(pool);
  for (int pages = 1; pages <= 8; ++pages) {
    for (KvCache& text : texts) ASSERT_TRUE(text.grow(pages * model::kPageTokens));
  }
  for (const KvCache& text : texts) {
    for (std::size_t i = 0; i < text.pages().size(); ++i) {
      const auto place = static_cast<int>(i) % model::kPageRun;
      EXPECT_EQ(text.pages()[i] % model::kPageRun, place);
      EXPECT_EQ(text.pages()[i], text.pages()[i - static_cast<std::size_t>(place)] + place);
    }
  }
}

TEST(KvCache, GivesItsPagesBackWhenItDiesOrIsOverwritten) {
  KvPool pool(4);
  {
    KvCache first(pool);
    ASSERT_TRUE(first.grow(128));
    KvCache second(pool);
    ASSERT_TRUE(second.grow(64));
    first = std::move(second);
    EXPECT_EQ(pool.free(), 3);
  }
  EXPECT_EQ(pool.free(), 4);
}

}  // namespace
}  // namespace cromwell::engine

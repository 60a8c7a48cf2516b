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

#include "model/kv_pages.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace cromwell::model {
namespace {

constexpr int kLayers = 3;
constexpr int kHeads = 2;

// `pages` pages, and room for half of another.
KvPages make_pages(int pages, KvType type = KvType::kF16) {
  const ModelConfig config{.layers = kLayers, .kv_heads = kHeads, .head_dim = 16};
  const std::size_t page = kernels::kv_block_bytes(type, 16) * kLayers * kHeads * 2;
  auto made = KvPages::reserve(config, type, static_cast<std::size_t>(pages) * page + page / 2);
  EXPECT_TRUE(made);
  return std::move(*made);
}

std::vector<std::byte*> blocks_of(const KvPages& pages, PageId page) {
  std::vector<std::byte*> blocks;
  for (int layer = 0; layer < kLayers; ++layer) {
    for (int head = 0; head < kHeads; ++head) {
      blocks.push_back(pages.keys(page, layer, head));
      blocks.push_back(pages.values(page, layer, head));
    }
  }
  return blocks;
}

TEST(KvPages, NoBlockLiesInAnotherOrOutsideTheMemory) {
  for (const KvType type : {KvType::kF16, KvType::kQ8_0}) {
    for (int count = 1; count <= 2 * kPageRun + 1; ++count) {
      const KvPages pages = make_pages(count, type);
      ASSERT_EQ(pages.count(), count);
      const std::size_t block_bytes = kernels::kv_block_bytes(type, 16);
      std::set<std::byte*> starts;
      for (PageId page = 0; page < count; ++page) {
        for (std::byte* block : blocks_of(pages, page)) starts.insert(block);
      }
      const std::size_t blocks = static_cast<std::size_t>(count) * kLayers * kHeads * 2;
      ASSERT_EQ(starts.size(), blocks);
      EXPECT_EQ(*starts.rbegin() - *starts.begin(),
                static_cast<std::ptrdiff_t>((blocks - 1) * block_bytes));
      for (std::byte* start : starts) {
        EXPECT_EQ((start - *starts.begin()) % static_cast<std::ptrdiff_t>(block_bytes), 0);
      }
    }
  }
}

TEST(KvPages, ABlockOfTheNextPageOfARunLiesBesideIt) {
  const KvPages pages = make_pages(2 * kPageRun);
  const auto bytes = static_cast<std::ptrdiff_t>(kernels::kv_block_bytes(KvType::kF16, 16));
  for (PageId page = 0; page + 1 < pages.count(); ++page) {
    const bool same_run = (page + 1) % kPageRun != 0;
    EXPECT_EQ(pages.values(page + 1, 2, 1) - pages.values(page, 2, 1) == bytes, same_run) << page;
  }
}

TEST(KvPages, WhatIsReadOfAPageMakesAnotherTheSameAndNoThird) {
  KvPages pages = make_pages(kPageRun + 2);
  const std::size_t block_bytes = pages.page_bytes() / (kLayers * kHeads * 2);
  int value = 0;
  for (PageId page = 0; page < pages.count(); ++page) {
    for (std::byte* block : blocks_of(pages, page)) {
      std::fill_n(block, block_bytes, static_cast<std::byte>(++value));
    }
  }
  const auto contents = [&](PageId page) {
    std::vector<std::byte> bytes(pages.page_bytes());
    pages.read(page, bytes);
    return bytes;
  };
  const auto first = contents(1);
  const auto third = contents(2);
  EXPECT_EQ(first.front(), *pages.keys(1, 0, 0));
  EXPECT_EQ(first.back(), *pages.values(1, kLayers - 1, kHeads - 1));
  pages.write(kPageRun + 1, first);
  pages.copy(1, 3);
  EXPECT_EQ(contents(kPageRun + 1), first);
  EXPECT_EQ(contents(3), first);
  EXPECT_EQ(contents(2), third);
  EXPECT_NE(contents(kPageRun), first);
}

}  // namespace
}  // namespace cromwell::model

// How attention is shared out.
#include "model/pass_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

#include "kernels/kernels.h"

namespace cromwell::model {
namespace {

struct Work {
  int tokens = 1;
  int first_position = 0;
};

// The plan of a batch with one sequence for each of `all`.
PassPlan plan_of(const PassLimits& limits, const std::vector<Work>& all) {
  std::vector<PageId> pages(static_cast<std::size_t>(limits.pages));
  std::iota(pages.begin(), pages.end(), 0);
  const std::vector<std::span<const PageId>> tables(all.size(), pages);
  std::vector<BatchToken> tokens;
  for (std::size_t s = 0; s < all.size(); ++s) {
    for (int i = 0; i < all[s].tokens; ++i) {
      tokens.push_back(
          {.sequence = static_cast<int>(s), .position = all[s].first_position + i, .token = 1});
    }
  }
  PassPlan plan(limits);
  EXPECT_TRUE(plan.make({.tokens = tokens, .page_tables = tables}));
  return plan;
}

PassLimits limits(int kv_heads, int threads, int tokens_per_part = 0) {
  return {.max_tokens = 256,
          .vocab = 10,
          .context = 4096,
          .pages = 64,
          .kv_heads = kv_heads,
          .group = 8,
          .threads = threads,
          .tokens_per_part = tokens_per_part};
}

// Every token, KV head and segment in exactly one share.
void expect_complete(const PassPlan& plan, int kv_heads, const std::vector<Work>& all) {
  std::set<std::tuple<int, int, int, int>> seen;
  std::size_t expected = 0;
  for (const AttentionShare& share : plan.shares()) {
    EXPECT_LT(share.segment_begin, share.segment_end);
    EXPECT_LE(share.segment_end, share.segments);
    EXPECT_EQ(share.segments, share.last_position() / kernels::kKvSegment + 1);
    for (int i = 0; i < share.n_tokens; ++i) {
      for (int s = share.segment_begin; s < share.segment_end; ++s) {
        const int position = share.first_position + i;
        EXPECT_TRUE(seen.insert({share.sequence, position, share.kv_head, s}).second);
      }
    }
  }
  for (const Work& work : all) {
    for (int i = 0; i < work.tokens; i += PassPlan::kTokensPerShare) {
      const int tokens = std::min(PassPlan::kTokensPerShare, work.tokens - i);
      const int last = work.first_position + i + tokens - 1;
      expected += static_cast<std::size_t>(kv_heads * tokens * (last / kernels::kKvSegment + 1));
    }
  }
  EXPECT_EQ(seen.size(), expected);
}

TEST(PassPlan, LeavesSharesWholeThatDivideAmongTheThreads) {
  const std::vector<Work> work = {{1, 4000}};
  const PassPlan plan = plan_of(limits(4, 2), work);
  EXPECT_EQ(plan.shares().size(), 4U);
  EXPECT_TRUE(plan.splits().empty());
  expect_complete(plan, 4, work);
}

TEST(PassPlan, SplitsALongContextThatHasTooFewHeadsForTheThreads) {
  for (const auto& [kv_heads, threads] : {std::pair(1, 2), std::pair(4, 3), std::pair(2, 7)}) {
    for (const std::vector<Work>& work :
         {std::vector<Work>{{1, 4000}}, std::vector<Work>{{8, 1020}}, std::vector<Work>{{1, 0}}}) {
      const PassPlan plan = plan_of(limits(kv_heads, threads), work);
      const bool is_long = work.front().first_position >= kernels::kKvSegment;
      EXPECT_EQ(plan.splits().size(), is_long ? static_cast<std::size_t>(kv_heads) : 0U);
      expect_complete(plan, kv_heads, work);
      std::vector<int> shares(plan.splits().size());
      for (const AttentionShare& share : plan.shares()) {
        if (is_long) ++shares[static_cast<std::size_t>(share.split)];
      }
      for (std::size_t i = 0; i < shares.size(); ++i) EXPECT_EQ(shares[i], plan.splits()[i].shares);
    }
  }
}

TEST(PassPlan, SplitsNoMoreThanPartialResultsHaveRoomFor) {
  PassLimits few = limits(3, 2);
  few.context = 4096;
  const std::vector<Work> work = {{16, 4080}};  // 3 heads of 8 * 16 queries and 16 segments
  const PassPlan plan = plan_of(few, work);
  EXPECT_EQ(plan.max_partials(), 3U * 8 * 256);
  EXPECT_EQ(plan.splits().size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(plan.splits()[i].first_partial, i * 8 * 16 * 16);
  few.context = 8192;
  few.pages = 128;
  const PassPlan longer = plan_of(few, {{16, 8176}});  // twice as many segments
  EXPECT_EQ(longer.splits().size(), 1U);
  expect_complete(longer, 3, {{16, 8176}});
}

// Parts that follow each other, one a thread, none of which cuts a share of attention.
void expect_parts(const PassPlan& plan, int threads, int tokens) {
  ASSERT_EQ(plan.parts().size(), static_cast<std::size_t>(threads));
  int begin = 0;
  for (const TokenRange& part : plan.parts()) {
    EXPECT_EQ(part.begin, begin);
    EXPECT_LT(part.begin, part.end);
    begin = part.end;
  }
  EXPECT_EQ(begin, tokens);
  for (const AttentionShare& share : plan.shares()) {
    EXPECT_EQ(share.split, AttentionShare::kWhole);
    const bool whole = std::ranges::any_of(plan.parts(), [&](const TokenRange& part) {
      return part.begin <= share.first_token && share.first_token + share.n_tokens <= part.end;
    });
    EXPECT_TRUE(whole) << share.first_token;
  }
}

TEST(PassPlan, GivesEachThreadTokensOfItsOwnWhereThereAreEnough) {
  for (const int threads : {2, 3}) {
    for (const int tokens : {24 * threads, 24 * threads + 7, 64 * threads}) {
      const PassPlan plan = plan_of(limits(1, threads, 24), {{tokens, 100}});
      expect_parts(plan, threads, tokens);
      for (const TokenRange& part : plan.parts()) {
        EXPECT_NEAR(part.size(), tokens / threads, 4) << tokens << " tokens";
      }
    }
  }
  EXPECT_TRUE(plan_of(limits(1, 2, 24), {{47, 0}}).parts().empty());
  EXPECT_TRUE(plan_of(limits(1, 1, 24), {{64, 0}}).parts().empty());
  EXPECT_TRUE(plan_of(limits(1, 2), {{64, 0}}).parts().empty());
}

TEST(PassPlan, PartsOfTokensWithMoreToAttendToAreSmaller) {
  const PassPlan plan = plan_of(limits(1, 2, 24), {{32, 900}, {32, 0}});
  expect_parts(plan, 2, 64);
  EXPECT_EQ(plan.parts().front().size(), 28);  // 28 * 2400 + .. beside 36 * 1500 + ..
}

TEST(PassPlan, HasNoPartsWhereTokensCostTooUnlike) {
  for (const std::vector<Work>& work :
       {std::vector<Work>{{1, 4090}, {47, 0}}, std::vector<Work>{{48, 0}, {1, 4090}},
        std::vector<Work>{{8, 4000}, {56, 0}}}) {
    EXPECT_TRUE(plan_of(limits(1, 2, 24), work).parts().empty());
  }
}

TEST(PassPlan, ManySequencesAreSharesEnough) {
  const std::vector<Work> work(9, {1, 3000});
  const PassPlan plan = plan_of(limits(1, 2), work);
  EXPECT_EQ(plan.shares().size(), 9U);
  EXPECT_TRUE(plan.splits().empty());
}

}  // namespace
}  // namespace cromwell::model

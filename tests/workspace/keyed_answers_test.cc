// A request that is sent again under its key.
#include "workspace/keyed_answers.h"

#include <gtest/gtest.h>

#include "tests/workspace/store_fixture.h"

namespace cromwell::workspace {
namespace {

using base::ErrorCode;
using tests::kNewText;
using tests::kOldText;

class KeyedAnswers : public tests::StoreFixture {
 protected:
  void expect_conflict(const base::Result<Applied>& result) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::kConflict) << result.error().message;
  }
};

TEST_F(KeyedAnswers, TheSameKeyGetsTheSameAnswerAndNothingIsDoneTwice) {
  const auto store = open_store();
  const std::string id = propose(*store);
  const auto first = store->apply(id, {.key = "k1"});
  ASSERT_TRUE(first.has_value()) << first.error().message;
  const auto again = open_store()->apply(id, {.key = "k1"});  // after a restart
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(again->files.front().sha256, first->files.front().sha256);
  EXPECT_EQ(again->guarantee, first->guarantee);
  expect_conflict(store->apply(id));
  expect_conflict(store->apply(id, {.key = "k2"}));
  expect_conflict(store->apply(id, {.merge = true, .key = "k1"}));
  expect_conflict(store->revert(id, {.key = "k1"}));
  ASSERT_TRUE(store->revert(id, {.key = "k3"}).has_value());
  EXPECT_TRUE(store->apply(id, {.key = "k1"}).has_value());
  EXPECT_EQ(file(), kOldText) << "a repeated request was carried out again";
}

TEST_F(KeyedAnswers, AKeyOfARefusedRequestMayBeUsedAgain) {
  const auto store = open_store();
  const std::string id = propose(*store);
  top_.write("root/src/file.c", "other");
  EXPECT_EQ(store->apply(id, {.key = "k"}).error().code, ErrorCode::kFileChanged);
  top_.write("root/src/file.c", kOldText);
  EXPECT_TRUE(store->apply(id, {.key = "k"}).has_value());
  EXPECT_EQ(file(), kNewText);
}

TEST_F(KeyedAnswers, RemembersTheLatestKeys) {
  const auto store = open_store();
  const std::string id = propose(*store);
  for (std::size_t i = 0; i <= kMaxKeyedAnswers; ++i) {
    const ApplyOptions options{.key = std::to_string(i)};
    ASSERT_TRUE((i % 2 == 0 ? store->apply(id, options) : store->revert(id, options)).has_value());
  }
  expect_conflict(store->apply(id, {.key = "0"}));
  EXPECT_TRUE(store->apply(id, {.key = "2"}).has_value());
}

}  // namespace
}  // namespace cromwell::workspace

// Which edits are kept, and which go.
#include "workspace/edit_history.h"

#include <gtest/gtest.h>

#include "tests/workspace/store_fixture.h"

namespace cromwell::workspace {
namespace {

using base::ErrorCode;
using tests::kNewText;

class EditHistoryTest : public tests::StoreFixture {};

TEST_F(EditHistoryTest, DropsTheOldestRecordsPastItsLimit) {
  const auto store = open_store(nullptr, {.history = {.max_records = 3}});
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(propose(*store));
  EXPECT_EQ(store->list().size(), 3U);
  EXPECT_EQ(store->get(ids[1]).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(store->get(ids[2]).has_value());
}

TEST_F(EditHistoryTest, DropsRecordsPastTheirAgeAndSize) {
  const auto store = open_store(nullptr, {.history = {.max_age = std::chrono::hours(1)}});
  EditRecord old = edit_of("src/file.c", kNewText);
  old.created = std::chrono::system_clock::now() - std::chrono::hours(2);
  ASSERT_TRUE(store->propose(old).has_value());
  EXPECT_TRUE(store->get(old.id).has_value()) << "the newest stays";
  const std::string id = propose(*store);
  EXPECT_EQ(store->get(old.id).error().code, ErrorCode::kNotFound);
  const auto small = open_store(nullptr, {.history = {.max_bytes = 3000}});
  std::string last;
  for (int i = 0; i < 10; ++i) last = propose(*small);
  EXPECT_LT(small->list().size(), 6U);
  EXPECT_TRUE(small->get(last).has_value());
  EXPECT_EQ(small->get(id).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace cromwell::workspace

// What an index knows, put by several threads.
#include "workspace/index_content.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cromwell::workspace {
namespace {

class IndexContentTest : public testing::Test {
 protected:
  static SourceSymbols defines(const std::string& name) {
    return {.is_there = true, .stamp = {.size = 1}, .symbols = {{.name = name}}};
  }
  std::size_t count(const std::string& name) const {
    return content_.without_lock().table.definitions(name, 9).size();
  }
  void SetUp() override {
    content_.change([](IndexData& data) {
      data.backlog.replace(
          {{.path = "a", .stamp = {.size = 1}}, {.path = "b", .stamp = {.size = 1}}});
    });
  }

  IndexContent content_{{}};
};

TEST_F(IndexContentTest, WhatWasReadLateDoesNotReplaceWhatIsNewer) {
  content_.put("a", defines("newer"));
  content_.put_waiting("a", defines("older"));
  EXPECT_EQ(count("newer"), 1U);
  EXPECT_EQ(count("older"), 0U);
  content_.put_waiting("b", defines("older"));
  EXPECT_EQ(count("older"), 1U);
  EXPECT_FALSE(content_.has_waiting());
}

TEST_F(IndexContentTest, AFileThatIsGoneIsNotThereAndDoesNotWait) {
  content_.put("b", defines("f"));
  content_.put("b", {});
  content_.put_waiting("a", {});
  EXPECT_EQ(content_.state().files, 0U);
  EXPECT_EQ(content_.state().waiting, 0U);
  EXPECT_EQ(count("f"), 0U);
}

}  // namespace
}  // namespace cromwell::workspace

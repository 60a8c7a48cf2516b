// The whole protocol's prompt and answers.
#include "edit/whole.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/edit/protocol_fixture.h"

namespace cromwell::edit {
namespace {

using testing::HasSubstr;

using WholeTest = ProtocolTest<Whole>;

TEST_F(WholeTest, ShowsTheFileUnderItsName) {
  render("x = 1\n", "src/a.py");
  EXPECT_THAT(text_, HasSubstr("The file src/a.py:\n```python\nx = 1\n```\n\nWrite the whole"));
  EXPECT_THAT(text_, HasSubstr("Here is the whole of src/a.py with only this change: Rename it."));
  EXPECT_TRUE(text_.ends_with("```python\n"));
}

TEST_F(WholeTest, ReadsTheFileUpToTheFence) {
  const Prompt prompt = render("x\n");
  EXPECT_EQ(read(prompt, "y\nz\n"), "y\nz\n");
  EXPECT_EQ(read(prompt, "y\n```\nThat is all."), "y\n");
  EXPECT_EQ(read_back(prompt, "z\n"), "z\n");
}

}  // namespace
}  // namespace cromwell::edit

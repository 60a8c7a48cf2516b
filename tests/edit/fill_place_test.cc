#include "edit/fill_place.h"

#include <gtest/gtest.h>

#include "tests/fakes/small_tokenizer.h"
#include "tests/fakes/temp_folder.h"

namespace cromwell::edit {
namespace {

class FillPlaceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("root/a.py", "one\n\u00e9two\nthree");
    folder_.write("root/b.py", "");
    folder_.write("root/util.py", "def helper(x):\n    return x\n");
    workspace_ = *workspace::Workspace::open({folder_.str("root")});
  }

  base::Result<FillSource> read(FillPlace place, int context_tokens = 0) {
    if (place.file.empty()) place.file = "a.py";
    return read_place({*workspace_, indexes_, *tokenizer_}, place, context_tokens);
  }

  tests::TempFolder folder_;
  std::shared_ptr<workspace::Workspace> workspace_;
  Indexes indexes_;
  std::shared_ptr<const tokenizer::Tokenizer> tokenizer_ = fakes::small_tokenizer();
};

TEST_F(FillPlaceTest, SplitsTheFileAtCharactersOfALine) {
  const auto source = read({.line = 2, .column = 1});
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ(source->text.before, "one\n\u00e9");
  EXPECT_EQ(source->text.after, "two\nthree");
  EXPECT_EQ(source->column, 1);
}

TEST_F(FillPlaceTest, IsTheEndOfTheLineWhereNoColumnIsGiven) {
  const auto source = read({.line = 2});
  ASSERT_TRUE(source);
  EXPECT_EQ(source->text.before, "one\n\u00e9two");
  EXPECT_EQ(source->text.after, "\nthree");
  EXPECT_EQ(source->column, 4);
}

TEST_F(FillPlaceTest, ReadsTheEditorsBufferInsteadOfTheDisk) {
  const auto source = read({.content = "x\r\ny\r\n", .line = 3});
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ(source->text.before, "x\ny\n");
  EXPECT_EQ(source->text.after, "");
}

TEST_F(FillPlaceTest, RefusesAPlaceThatTheFileDoesNotHave) {
  const auto line = read({.line = 4});
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().param, "line");
  EXPECT_EQ(line.error().message, "line: expected at most the number of lines, 3, got 4");
  const auto column = read({.line = 1, .column = 4});
  ASSERT_FALSE(column);
  EXPECT_EQ(column.error().param, "column");
}

TEST_F(FillPlaceTest, TakesTheOneLineOfAnEmptyFile) {
  const auto source = read({.content = "", .line = 1});
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ(source->text.before + source->text.after, "");
}

TEST_F(FillPlaceTest, BringsTheFilesThatItIsAskedFor) {
  const auto source = read({.line = 1, .context = {.add = {"util.py"}}}, 200);
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ(source->no_room, std::vector<std::string>());
  ASSERT_EQ(source->text.notes.size(), 1U);
  EXPECT_EQ(source->text.notes[0].name, "util.py");
  EXPECT_NE(source->text.notes[0].text.find("def helper(x)"), std::string::npos);
}

TEST_F(FillPlaceTest, NamesTheFilesThatHaveNoRoom) {
  const auto source = read({.line = 1, .context = {.add = {"util.py"}}}, 1);
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ(source->no_room, (std::vector<std::string>{"util.py"}));
  EXPECT_TRUE(source->text.notes.empty());
}

TEST_F(FillPlaceTest, ItsOwnFileIsNoneOfThem) {
  const std::string code = "def first():\n    return 1\n\n\ndef second():\n    return first()\n";
  const auto source = read({.file = "b.py", .content = code, .line = 6});
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ(source->no_room, std::vector<std::string>());
}

}  // namespace
}  // namespace cromwell::edit

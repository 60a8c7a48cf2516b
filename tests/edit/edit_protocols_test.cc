// Each protocol through the edit service: from the request to the diff, with a scripted model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "edit/protocol.h"
#include "tests/edit/edit_fixture.h"
#include "tests/edit/script_fixture.h"

namespace cromwell::edit {
namespace {

using base::ErrorCode;
using testing::HasSubstr;

constexpr const char* kOld = "def f(a):\n    x = a\n    return x\n\n\ndef g(a):\n    return a\n";

class EditProtocolsTest : public EditServiceTest {
 protected:
  std::unique_ptr<EditRecorder> edit_with(EditRequest request, const std::string& says_after,
                                          const std::string& answer) {
    folder_.write("a.py", kOld);
    start_service(answer, {.vocabulary = script_vocabulary(), .says_after = says_after});
    return run(std::move(request));
  }
  static EditRequest with(std::string protocol) {
    EditRequest request = request_for_a();
    request.protocol = std::move(protocol);
    return request;
  }
};

TEST_F(EditProtocolsTest, AScriptChangesTheLinesThatItNames) {
  EditRequest request = with("script");
  request.selection = {2, 3};
  const auto edit = edit_with(request, "<DIFF>", "<DEL>x = a\nreturn x\n<INS>return a\n");
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(edit->started->protocol, "script");
  EXPECT_THAT(edit->diff->diff.patch, HasSubstr("-    x = a\n-    return x\n+    return a\n"));
  EXPECT_EQ(edit->text, "<DEL>x = a\nreturn x\n<INS>return a\n");
}

// The scripted model would go on with a line that is not there: the constraint does not let it.
TEST_F(EditProtocolsTest, AScriptCanNotNameLinesThatAreNotThere) {
  EditRequest request = with("script");
  request.selection = {2, 3};
  request.max_tokens = 40;
  const auto edit = edit_with(request, "<DIFF>", "<DEL>y = a\n");
  EXPECT_THAT(edit->text, testing::StartsWith("<DEL>"));
  EXPECT_THAT(edit->text, testing::Not(HasSubstr("<DEL>y")));
}

TEST_F(EditProtocolsTest, AScriptWithoutAChangeIsNoChange) {
  const auto edit = edit_with(with("script"), "<DIFF>", "");
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(edit->done->finish_reason, "no_change");
}

TEST_F(EditProtocolsTest, SeveralCandidatesEachHaveTheConstraint) {
  EditRequest request = with("script");
  request.selection = {2, 3};
  request.candidates = 3;
  const auto edit = edit_with(request, "<DIFF>", "<DEL>x = a\n<INS>x = b\n");
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_THAT(edit->diff->diff.patch, HasSubstr("+    x = b\n"));
}

TEST_F(EditProtocolsTest, BlocksAreLookedForInTheRegionOnly) {
  EditRequest request = with("search_replace");
  request.selection = {1, 3};
  const std::string block = "\n    return x\n=======\n    return a\n>>>>>>> REPLACE\n";
  auto edit = edit_with(request, "assistant\n<<<<<<< SEARCH", block);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_THAT(edit->diff->diff.patch, HasSubstr("-    return x\n+    return a\n"));

  request.selection = {6, 7};
  edit = edit_with(request, "assistant\n<<<<<<< SEARCH", block);
  ASSERT_TRUE(edit->failed);
  EXPECT_EQ(edit->code(), ErrorCode::kNoValidEdit);
  EXPECT_THAT(edit->failed->error.message, HasSubstr("does not stand in lines 6 to 7"));
}

TEST_F(EditProtocolsTest, WholeChangesTheFileWhateverTheInstructionNames) {
  EditRequest request = with("whole");
  request.instruction = "Rename f";
  std::string answer = kOld;
  answer.replace(answer.find("f(a)"), 4, "h(a)");
  const auto edit = this->edit(kOld, answer, request);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(edit->started->region.last, 7);
  EXPECT_THAT(edit->diff->diff.patch, HasSubstr("-def f(a):\n+def h(a):\n"));
}

TEST_F(EditProtocolsTest, WholeRefusesCodeThatIsLeftOut) {
  const auto edit =
      this->edit(kOld, "def h(a):\n    return 2 * a\n\n# rest unchanged\n", with("whole"));
  ASSERT_TRUE(edit->failed);
  EXPECT_THAT(edit->failed->error.message, HasSubstr("leaves code out"));
}

TEST_F(EditProtocolsTest, AGapIsFilledAtTheCursor) {
  EditRequest request = with("fim");
  request.cursor = {2, 9};
  const auto edit = this->edit(kOld, "    x = f(1) + a", request);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_THAT(edit->diff->diff.patch, HasSubstr("+    x = f(1) + aa\n"));
}

TEST_F(EditProtocolsTest, ABlankLineWhoseGapIsLeftEmptyStays) {
  EditRequest request = with("fim");
  request.cursor = {4, 1};
  const auto edit = this->edit(kOld, "", request);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(edit->done->finish_reason, "no_change") << edit->diff->diff.patch;
}

TEST_F(EditProtocolsTest, AGapIsFilledInThePlaceOfASelection) {
  EditRequest request = with("fim");
  request.selection = {2, 3};
  const auto edit = this->edit(kOld, "    return a + 1", request);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_THAT(edit->diff->diff.patch, HasSubstr("-    x = a\n-    return x\n+    return a + 1\n"));
}

TEST_F(EditProtocolsTest, WhatAProtocolCanNotDoIsRefusedBeforeAnythingBegins) {
  const auto param_of = [&](EditRequest request) {
    const auto edit = this->edit(kOld, "", std::move(request));
    EXPECT_TRUE(edit->failed && !edit->started);
    EXPECT_EQ(edit->code(), ErrorCode::kInvalidRequest);
    return edit->failed->error.param;
  };
  EditRequest selected = with("whole");
  selected.selection = {1, 2};
  EXPECT_EQ(param_of(selected), "selection");
  EXPECT_EQ(param_of(with("fim")), "selection");
  EXPECT_EQ(param_of(with("script")), "protocol");  // the vocabulary has no such tokens
  EXPECT_EQ(param_of(with("magic")), "protocol");
  EditRequest both = with("fim");
  both.selection = {1, 2};
  both.cursor = {1, 1};
  EXPECT_EQ(param_of(both), "cursor");
  EditRequest elsewhere = with("whole");
  elsewhere.cursor = {1, 1};
  EXPECT_EQ(param_of(elsewhere), "cursor");
  EditRequest nowhere = with("rewrite");
  nowhere.cursor = {1000, 1};
  EXPECT_EQ(param_of(nowhere), "cursor");
}

TEST_F(EditProtocolsTest, ARequestThatNamesNoneTakesTheModelsOwn) {
  folder_.write("a.py", kOld);
  ServiceSetup setup{.vocabulary = script_vocabulary(), .says_after = "<DIFF>"};
  setup.options.protocol = *find_protocol("script");
  start_service("", setup);
  EXPECT_EQ(run(request_for_a())->started->protocol, "script");
}

}  // namespace
}  // namespace cromwell::edit

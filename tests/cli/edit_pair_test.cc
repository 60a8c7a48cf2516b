// Known edits as prompts and answers: what a model is trained on is what the daemon would read.
#include "clients/cli/edit_pair.h"

#include <gtest/gtest.h>

#include "edit/rewrite.h"
#include "tests/fakes/small_tokenizer.h"

namespace cromwell::cli {
namespace {

class EditPairTest : public testing::Test {
 protected:
  base::Result<PairIds> render(const std::string& content, workspace::LineRange lines,
                               const std::string& after) {
    return render_pair({.file = "a.py",
                        .content = content,
                        .lines = lines,
                        .after = after,
                        .instruction = "Change it"},
                       {rewrite_, *tokenizer_, *template_});
  }
  std::string refusal(const std::string& content, workspace::LineRange lines,
                      const std::string& after) {
    const auto ids = render(content, lines, after);
    return ids ? "not refused" : ids.error().message;
  }

  edit::Rewrite rewrite_;
  std::shared_ptr<const tokenizer::Tokenizer> tokenizer_ = fakes::small_tokenizer();
  base::Result<tokenizer::ChatTemplate> template_ =
      tokenizer::ChatTemplate::recognise("chatml", *tokenizer_);
};

TEST_F(EditPairTest, TheAnswerIsReadAsTheTextAfterTheEdit) {
  const auto ids = render("a = 1\nb = 2\n", {2, 2}, "b = 3\n");
  ASSERT_TRUE(ids) << ids.error().message;
  const std::string prompt = tokenizer_->decode(ids->prompt);
  EXPECT_TRUE(prompt.ends_with("```python\n")) << prompt;
  EXPECT_NE(prompt.find("b = 2\n"), std::string::npos);
  EXPECT_EQ(prompt.find("a = 1"), std::string::npos);
  EXPECT_TRUE(tokenizer_->decode(ids->answer).starts_with("b = 3\n```"));
}

TEST_F(EditPairTest, TheAnswerHasNoCommonIndentation) {
  const auto ids = render("if a:\n    b = 2\n    c = 3\n", {2, 3}, "    b = 4\n    c = 3\n");
  ASSERT_TRUE(ids) << ids.error().message;
  EXPECT_TRUE(tokenizer_->decode(ids->answer).starts_with("b = 4\nc = 3\n```"));
}

TEST_F(EditPairTest, RefusesWhatTheDaemonWouldRefuse) {
  EXPECT_NE(refusal("a = 1\n", {1, 1}, "a = (\n").find("syntax error"), std::string::npos);
  EXPECT_NE(refusal("a = 1\n", {1, 1}, "a = 1\n").find("nothing changes"), std::string::npos);
  EXPECT_NE(refusal("a = 1\n", {4, 5}, "a\n").find("lines 4 to 5"), std::string::npos);
}

// Trailing white space is not an edit unless the instruction is about it.
TEST_F(EditPairTest, RefusesAnAnswerThatIsReadAsAnotherText) {
  EXPECT_NE(refusal("a = 1\nb = 2\n", {1, 2}, "a = 1  \nb = 3\n").find("does not lead to"),
            std::string::npos);
}

}  // namespace
}  // namespace cromwell::cli

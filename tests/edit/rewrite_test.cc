// The rewrite protocol: what the prompt holds and how answers are read.
#include "edit/rewrite.h"

#include <gtest/gtest.h>

#include "tests/fakes/small_tokenizer.h"

namespace cromwell::edit {
namespace {

class RewriteTest : public testing::Test {
 protected:
  Prompt render(const std::string& shown, const std::string& file = "a.py",
                const std::string& surroundings = "",
                const std::string& instruction = "Rename it") {
    region_ = Region{.shown = shown};
    const auto prompt = rewrite_.render({file, instruction, region_, surroundings}, model());
    EXPECT_TRUE(prompt.has_value()) << prompt.error().message;
    text_ = tokenizer_->decode(prompt->ids);
    return *prompt;
  }
  std::string parse(const Prompt& prompt, const std::string& answer) {
    const auto result = rewrite_.parse(prompt, {answer, {}}, *tokenizer_);
    return result ? *result : "refused: " + result.error().message;
  }

  PromptModel model() const { return {*tokenizer_, *template_}; }

  Rewrite rewrite_;
  Region region_;
  std::string text_;
  std::shared_ptr<const tokenizer::Tokenizer> tokenizer_ = fakes::small_tokenizer();
  base::Result<tokenizer::ChatTemplate> template_ =
      tokenizer::ChatTemplate::recognise("chatml", *tokenizer_);
};

TEST_F(RewriteTest, EndsWithTheFenceOpenedForTheModel) {
  const Prompt prompt = render("x = 1\n");
  EXPECT_TRUE(text_.ends_with("```python\n")) << text_;
  EXPECT_EQ(prompt.stop, std::vector<std::string>{"\n```"});
}

TEST_F(RewriteTest, KeepsTheOrderThatTheCacheNeeds) {
  render("REGION\n", "a.py", "AROUND\n", "INSTRUCTION");
  const auto around = text_.find("AROUND");
  const auto region = text_.find("REGION");
  const auto instruction = text_.find("INSTRUCTION");
  EXPECT_LT(around, region);
  EXPECT_LT(region, instruction);
  EXPECT_NE(instruction, std::string::npos);
}

TEST_F(RewriteTest, TakesAFenceLongerThanAnyInTheRegion) {
  EXPECT_EQ(render("a = '```'\n").stop.front(), "\n````");
  EXPECT_EQ(render("`````\n").stop.front(), "\n``````");
  EXPECT_EQ(render("a\n", "a.md").stop.front(), "\n````");
  EXPECT_EQ(render("a\n", "a.py", "````\n").stop.front(), "\n`````");
}

TEST_F(RewriteTest, LeavesTheNewlineToTheModelWhereTheRegionBeginsWithSpaces) {
  const Prompt prompt = render("  b\na\n");
  EXPECT_TRUE(text_.ends_with("```python"));
  EXPECT_EQ(parse(prompt, "\n  c\na"), "  c\na\n");
  EXPECT_NE(parse(prompt, "3\nc").find("refused"), std::string::npos);
  EXPECT_NE(parse(prompt, "").find("refused"), 0U);  // nothing written: an empty answer
}

TEST_F(RewriteTest, TheAnswerThatIsGuessedReadsAsWhatItIsMadeOf) {
  for (const char* shown : {"x = 1\ny = 2\n", "    x = 1\n", ""}) {
    const Prompt prompt = render(shown);
    const std::string answer = tokenizer_->decode(rewrite_.draft(prompt, *tokenizer_));
    EXPECT_EQ(parse(prompt, answer.substr(0, answer.rfind("\n```"))), shown);
    EXPECT_TRUE(answer.ends_with("```")) << answer;
  }
}

TEST_F(RewriteTest, ReadsTheRegionUpToTheFence) {
  const Prompt prompt = render("x\n");
  EXPECT_EQ(parse(prompt, "y\nz"), "y\nz\n");
  EXPECT_EQ(parse(prompt, "y\n"), "y\n");
  EXPECT_EQ(parse(prompt, "y\n```\nThat is all."), "y\n");
  EXPECT_EQ(parse(prompt, ""), "");
  EXPECT_EQ(parse(prompt, "```\n"), "");
  EXPECT_EQ(parse(prompt, "a = '```'"), "a = '```'\n");
}

TEST_F(RewriteTest, TakesOffAFenceThatTheModelOpensWithinOurs) {
  const Prompt prompt = render("x\n");
  for (const char* answer : {"```python\ny\nz", "```\ny\nz\n", "~~~\ny\nz\n~~~\n"}) {
    EXPECT_EQ(parse(prompt, answer), "y\nz\n") << answer;
  }
  EXPECT_EQ(parse(prompt, "y\n~~~\nz"), "y\n~~~\nz\n");  // for the answer's check to refuse
  const Prompt longer = render("x = '''\n```\n'''\n");
  EXPECT_EQ(parse(longer, "```\nx"), "```\nx\n");
  EXPECT_EQ(parse(longer, "````\n"), "");
}

TEST_F(RewriteTest, AfterAnExplanationOurFenceIsOpenedOnceMore) {
  const Prompt prompt = render("x = 1\n");
  const auto next = rewrite_.after_explanation(prompt, "Here it is:\n", *tokenizer_);
  ASSERT_TRUE(next);
  EXPECT_EQ(tokenizer_->decode(next->ids), text_ + "Here it is:\n\n```python\n");
  EXPECT_EQ(parse(*next, "x = 2\n"), "x = 2\n");
  EXPECT_FALSE(rewrite_.after_explanation(prompt, "x = 2\n", *tokenizer_));
}

TEST_F(RewriteTest, WhoRepeatsALineOfTheCodeExplainsNothing) {
  const Prompt prompt = render("The path of the file.\n\"\"\"\nx = 1\n");
  EXPECT_FALSE(rewrite_.after_explanation(prompt, "The path of a file.\n  x = 1\n", *tokenizer_));
}

TEST_F(RewriteTest, AShorterFenceWithinALongerOneIsContent) {
  const Prompt prompt = render("# T\n\n```sh\nmake\n", "a.md", "", "Close the code block");
  EXPECT_EQ(parse(prompt, "# T\n\n```sh\nmake\n```\n"), "# T\n\n```sh\nmake\n```\n");
  const Prompt half = render("x\n```\n", "a.md");  // a block ends there that began before
  EXPECT_EQ(parse(half, "y\n```\n"), "y\n```\n");
  EXPECT_EQ(parse(half, "y\n```\n```"), "y\n```\n```\n");
}

TEST_F(RewriteTest, AShorterFenceOfTheModelsOwnIsTakenOffWhereItIsTheOnlyOneInCode) {
  const Prompt prompt = render("x = '```'\n");
  ASSERT_EQ(prompt.stop.front(), "\n````");
  for (const char* answer :
       {"```python\ny = '```'\n```\n", "```\ny = '```'\n", "~~~\ny = '```'\n~~~\n",
        "Here is the code:\n\n```python\ny = '```'\n```\n",
        "Here is the code:\n```python\ny = '```'\n```\n\nThis version renames it.\n",
        "Here is the code:\n```python\ny = '```'\n"}) {
    EXPECT_EQ(parse(prompt, answer), "y = '```'\n") << answer;
  }
}

TEST_F(RewriteTest, AShorterFenceThatMayBeAPartOfTheAnswerStays) {
  const Prompt prompt = render("x = '```'\n");
  for (const char* answer :
       {"Add the line:\n```python\ny = 1\n```\n",          // a part of the code
        "x = '```'\n```python\ny = 1\n```\n",              // the code itself, and then a block
        "```python\ny = 1\n```\nz = 2\n",                  // code after it
        "```python\ny = 1\n```\n```python\nz = 2\n```\n",  // two blocks
        "y = '```'\n", "y = ```1```\n"}) {
    EXPECT_EQ(parse(prompt, answer), answer);
  }
  const Prompt holds_one = render("'''\n```\nmake\n```\n'''\n");
  EXPECT_EQ(parse(holds_one, "```\nmake all\n```\n"), "```\nmake all\n```\n");
  const Prompt text = render("```\nmake\n", "a.md");
  EXPECT_EQ(parse(text, "Here is how:\n~~~\nmake\n~~~\n"), "Here is how:\n~~~\nmake\n~~~\n");
}

TEST_F(RewriteTest, AShorterFenceIsNoAnswerWhereWhatFollowsSaysThatItIsAPart) {
  const Prompt prompt = render("x = '```'\ny = 2\n");
  for (const char* answer :
       {"```python\nz = 1\n```\nAdd this line after the first one.\n",
        "```python\nz = 1\n```\n\nInsert this snippet below the old line.\n"}) {
    EXPECT_EQ(parse(prompt, answer), answer);
  }
}

TEST_F(RewriteTest, AFenceEndsOnlyByOneThatIsAsLong) {
  const Prompt prompt = render("x = '````'\n'''\n```\nmake\n```\n'''\n");
  ASSERT_EQ(prompt.stop.front(), "\n`````");
  EXPECT_EQ(parse(prompt, "````python\n'''\n```\nmake\n```\n'''\n````\n"),
            "'''\n```\nmake\n```\n'''\n");
}

TEST_F(RewriteTest, AnExplanationThatAnnouncesAPartIsNotGoneOnWith) {
  const Prompt prompt = render("a = 1\nb = 2\n");
  EXPECT_FALSE(rewrite_.after_explanation(prompt, "To do this, add the following line after `b`:\n",
                                          *tokenizer_));
}

TEST_F(RewriteTest, SaysTheInstructionAgainUnlessItIsLongOrHasAFence) {
  const auto times = [this](const std::string& instruction) {
    render("x\n", "a.py", "", instruction);
    int count = 0;
    for (auto at = text_.find(instruction); at != std::string::npos;
         at = text_.find(instruction, at + 1)) {
      ++count;
    }
    return count;
  };
  EXPECT_EQ(times("Rename `x` to y"), 2);
  EXPECT_EQ(times("Rename x.\nThen sort."), 1);
  EXPECT_EQ(times("Add ```a```"), 1);
  EXPECT_EQ(times(std::string(300, 'x')), 1);
}

TEST_F(RewriteTest, MarkersInTheTextStayText) {
  const Prompt prompt = render("s = '<|im_end|>'\n", "a.py", "", "Say <|im_start|>");
  const auto end = *tokenizer_->find("<|im_end|>");
  const auto start = *tokenizer_->find("<|im_start|>");
  EXPECT_EQ(std::count(prompt.ids.begin(), prompt.ids.end(), end), 1);    // user's
  EXPECT_EQ(std::count(prompt.ids.begin(), prompt.ids.end(), start), 2);  // and the assistant's
}

TEST_F(RewriteTest, NotesStandBeforeTheRegionAndThoseOfTheInstructionAfterIt) {
  region_ = Region{.shown = "x = 1\n"};
  PromptInput input{"a.py", "Rename it", region_, {}};
  input.notes = {{"From b.py", "before = 1\n"}};
  input.instruction_notes = {{"From c.py", "after = `` ``` ``\n"}};
  const auto prompt = rewrite_.render(input, model());
  ASSERT_TRUE(prompt) << prompt.error().message;
  const std::string text = tokenizer_->decode(prompt->ids);
  const std::size_t before = text.find("From b.py:\n```python\nbefore = 1\n```");
  const std::size_t region = text.find("The lines to change:\n```python\n" + region_.shown);
  const std::size_t after = text.find("From c.py:\n````python\nafter");
  ASSERT_NE(after, std::string::npos) << text;
  EXPECT_LT(before, region);
  EXPECT_LT(region, after);
  EXPECT_EQ(prompt->stop.front(), "\n````");  // what the instruction's notes hold may be said again
}

}  // namespace
}  // namespace cromwell::edit

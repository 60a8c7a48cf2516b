// What happens to an answer while it is written: hunks, dead ends; and afterwards: another attempt.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "edit/attempts.h"
#include "tests/edit/edit_fixture.h"

namespace cromwell::edit {
namespace {

using base::ErrorCode;
using testing::HasSubstr;

class LiveEditTest : public EditServiceTest {
 protected:
  // The model says the first answer; where the text has come to `after`, it goes on as it likes
  // best of several: each next is said where the one before is forbidden.
  struct Turn {
    std::string after;
    std::vector<std::string> tokens;  // one token each, best first
  };
  void start_with_turns(const std::string& answer, std::vector<Turn> turns,
                        EditServiceOptions options = {.context_length = 4096}) {
    tokenizer_ = *tokenizer::Tokenizer::create(fakes::small_vocabulary());
    auto model = std::make_unique<fakes::ScriptedModel>(fakes::ScriptedModelOptions{
        .vocab_size = tokenizer_->vocab_size(), .context_length = options.context_length});
    const auto ids = [&](const std::string& text) { return tokenizer_->encode(text).ids; };
    auto said = ids("\n" + answer + "\n```\n");
    said.push_back(*tokenizer_->find("<|im_end|>"));
    model->script(ids("```python"), said);
    model->on_row([turns, ids](const fakes::ScriptedModel::Tokens& text, float* row) {
      for (const Turn& turn : turns) {
        const auto after = ids(turn.after);
        if (text.size() < after.size() ||
            !std::equal(after.rbegin(), after.rend(), text.rbegin())) {
          continue;
        }
        float logit = 100;
        for (const std::string& token : turn.tokens) {
          row[ids(token).front()] = logit;
          logit -= 10;
        }
      }
    });
    start_with_model(std::move(model), options);
  }

  // The model explains first and then opens a fence of its own; in the one that is opened for it
  // behind the explanation it says `answer`.
  void start_with_explanation(const std::string& explanation, const std::string& answer) {
    tokenizer_ = *tokenizer::Tokenizer::create(fakes::small_vocabulary());
    auto model = std::make_unique<fakes::ScriptedModel>(fakes::ScriptedModelOptions{
        .vocab_size = tokenizer_->vocab_size(), .context_length = 4096});
    const auto ids = [&](const std::string& text) { return tokenizer_->encode(text).ids; };
    model->script(ids("Rename x to y.\n\n```python\n"), ids(explanation + "\n```python\n"));
    model->script(ids(explanation + "\n```python\n"), ids(answer + "```"));
    start_with_model(std::move(model), {.context_length = 4096});
  }

  static std::string rest_of(const EditRecorder& edit) {
    return edit.failed ? edit.failed->error.message : std::string();
  }
};

constexpr const char* kOld = "a = 1\nb = 2\nc = 3\nd = 4\ne = 5\nf = 6\n";

constexpr const char* kBroken = "a = (\nb = 2\nc = 3\nd = 4\ne = 5\nf = 6\n";

TEST_F(LiveEditTest, AHunkIsThereWhileLaterLinesAreStillWritten) {
  const auto edit = this->edit(kOld, "a = 1\nb = 9\nc = 3\nd = 4\ne = 8\nf = 6\n");
  ASSERT_TRUE(edit->done) << rest_of(*edit);
  EXPECT_THAT(edit->order, testing::MatchesRegex("SP?THTHDF"));
  ASSERT_EQ(edit->hunks.size(), 2U);
  EXPECT_EQ(edit->hunks[0].hunk.lines, (std::vector<std::string>{"-b = 2\n", "+b = 9\n"}));
  EXPECT_EQ(edit->hunks[1].hunk.old_start, 5);
}

TEST_F(LiveEditTest, HunksOfASelectionHaveTheFilesLinesAndIndentation) {
  EditRequest request = request_for_a();
  request.selection = {2, 5};
  const auto edit = this->edit("def f():\n    a = 1\n    b = 2\n    c = 3\n    d = 4\n",
                               "a = 9\nb = 2\nc = 3\nd = 4\n", request);
  ASSERT_TRUE(edit->done) << rest_of(*edit);
  ASSERT_EQ(edit->hunks.size(), 1U);
  EXPECT_EQ(edit->hunks[0].hunk.old_start, 2);
  EXPECT_EQ(edit->hunks[0].hunk.lines, (std::vector<std::string>{"-    a = 1\n", "+    a = 9\n"}));
}

TEST_F(LiveEditTest, OfSeveralCandidatesTheWinnersHunksComeBeforeItsDiff) {
  EditRequest request = request_for_a();
  request.candidates = 2;
  const auto edit = this->edit(kOld, "a = 1\nb = 9\nc = 3\nd = 4\ne = 8\nf = 6\n", request);
  ASSERT_TRUE(edit->done) << rest_of(*edit);
  EXPECT_THAT(edit->order, testing::MatchesRegex("SP?THDF"));
  EXPECT_EQ(edit->hunks.size(), 2U);
}

TEST_F(LiveEditTest, ADeadEndIsTakenBackAndTheNextBestWritten) {
  folder_.write("a.py", kOld);
  start_with_turns("a = 1\n",
                   {{"\na = 1\n", {")", "b"}}, {"\na = 1\n)", {"\n"}}, {"\na = 1\nb", {" "}}});
  const auto edit = run(request_for_a());
  EXPECT_EQ(edit->rewinds.size(), 1U) << edit->text;
  EXPECT_EQ(edit->rewinds.at(0).to_bytes, 5);
  EXPECT_THAT(edit->text, testing::StartsWith("a = 1\nb"));
}

TEST_F(LiveEditTest, DeadEndsAreTakenBackSoOftenAndNoMore) {
  folder_.write("a.py", kOld);
  start_with_turns(
      "a = 1\n", {{"\na = 1\n", {")", "]", "}", "b"}}, {")", {"\n"}}, {"]", {"\n"}}, {"}", {"\n"}}},
      {.context_length = 4096, .max_detours = 2});
  EditRequest request = request_for_a();
  request.max_tokens = 40;
  const auto edit = run(request);
  EXPECT_EQ(edit->rewinds.size(), 2U);
  EXPECT_THAT(edit->text, testing::StartsWith("a = 1\n}"));
}

TEST_F(LiveEditTest, ASyntaxErrorIsToldToTheModelWhichTriesOnceMore) {
  folder_.write("a.py", kOld);
  start_service(kBroken);
  const auto edit = run(request_for_a());
  EXPECT_EQ(edit->code(), ErrorCode::kNoValidEdit);
  ASSERT_EQ(edit->failed->attempts.size(), 2U);
  EXPECT_EQ(edit->failed->attempts[0].attempt, 1);
  EXPECT_EQ(edit->failed->attempts[1].attempt, 2);
  EXPECT_THAT(edit->failed->attempts[0].reason, HasSubstr("syntax error to line 1"));
  EXPECT_EQ(edit->last_attempt, 2);
  EXPECT_GT(edit->failed->usage.prompt_tokens, edit->started->prompt_tokens);
  EXPECT_EQ(edit->order.find('S', 1), std::string::npos);
}

TEST_F(LiveEditTest, TheSecondAttemptMaySucceed) {
  folder_.write("a.py", "x = 1\n");
  start_with_second_answer("x = (\n", "y = 1\n");
  const auto edit = run(request_for_a());
  ASSERT_TRUE(edit->done) << rest_of(*edit);
  EXPECT_EQ(edit->done->attempt, 2);
  ASSERT_EQ(edit->done->refused.size(), 1U);
  EXPECT_THAT(edit->done->refused[0].reason, HasSubstr("syntax error"));
  EXPECT_EQ(edit->rewinds.size(), 1U);
  EXPECT_THAT(edit->diff->diff.patch, HasSubstr("+y = 1"));
}

TEST_F(LiveEditTest, TheReportedSeedIsThatOfASecondAttemptToo) {
  folder_.write("a.py", "x = 1\n");
  start_with_second_answer("x = (\n", "y = 1\n", "y = 2\n");
  for (int i = 0; i < 12; ++i) {  // each other seed has an even chance to say the same
    EditRequest request = request_for_a();
    request.sampling.temperature = 1;
    const auto unseeded = run_sampled(request);
    ASSERT_TRUE(unseeded->done) << rest_of(*unseeded);
    request.sampling.seed = unseeded->started->seed;
    const auto again = run_sampled(request);
    EXPECT_EQ(again->text, unseeded->text) << "seed " << *request.sampling.seed;
  }
}

TEST_F(LiveEditTest, WithoutRetriesThereIsOneAttempt) {
  EditRequest request = request_for_a();
  request.retries = 0;
  const auto edit = this->edit(kOld, kBroken, request);
  EXPECT_EQ(edit->failed->attempts.size(), 1U);
  EXPECT_EQ(edit->last_attempt, 1);
}

TEST_F(LiveEditTest, WhatIsRefusedForAnotherReasonIsNotTriedAgain) {
  const auto edit = this->edit(kOld, "<think>\n");
  EXPECT_EQ(edit->failed->attempts.size(), 1U);
}

TEST_F(LiveEditTest, AfterAnExplanationTheModelGoesOnInAFenceThatIsOpenedForIt) {
  folder_.write("a.py", kOld);
  for (const char* explanation :
       {"Here is the code:\n", "To be safe, `b` gets another value.\n\nThat is:\n"}) {
    start_with_explanation(explanation, "a = 1\nb = 9\nc = 3\nd = 4\ne = 5\nf = 6\n");
    const auto edit = run(request_for_a());
    ASSERT_TRUE(edit->done) << rest_of(*edit);
    EXPECT_EQ(edit->done->attempt, 2);
    EXPECT_EQ(edit->done->refused.at(0).text, explanation);
    EXPECT_EQ(edit->diff->diff.added, 1);
    EXPECT_EQ(edit->diff->diff.removed, 1);
    EXPECT_EQ(edit->text, "a = 1\nb = 9\nc = 3\nd = 4\ne = 5\nf = 6");
    EXPECT_EQ(edit->hunks.size(), 1U);
  }
}

TEST_F(LiveEditTest, AnExplanationIsRefusedWhereNothingMayBeTriedAgain) {
  folder_.write("a.py", kOld);
  start_with_explanation("Here is the code:\n", "a = 2\n");
  EditRequest request = request_for_a();
  request.retries = 0;
  const auto edit = run(request);
  EXPECT_EQ(edit->code(), ErrorCode::kNoValidEdit);
  EXPECT_THAT(rest_of(*edit), HasSubstr("prose"));
}

TEST_F(LiveEditTest, LeftOutLinesArePutBackWhereThatIsCertain) {
  const auto edit = this->edit(kOld, "a = 9\nb = 2\n# ... rest unchanged\nf = 6\n");
  ASSERT_TRUE(edit->done) << rest_of(*edit);
  EXPECT_EQ(edit->diff->diff.added, 1);
  EXPECT_EQ(edit->diff->diff.removed, 1);
}

TEST_F(LiveEditTest, ConfidenceIsOfTheTokensThatWereNotCopied) {
  Attempt attempt;
  for (const auto& [text, logprob] :
       {std::pair{"a\n", -8.0F}, {"x", -1.0F}, {"\n", -3.0F}, {"c\n", -8.0F}}) {
    attempt.add({.id = 1, .logprob = logprob}, text);
  }
  EXPECT_FLOAT_EQ(confidence_of(attempt, 0, "a\nb\nc\n"), std::exp(-2.0F));
  EXPECT_FLOAT_EQ(confidence_of(attempt, 0, "a\nb\nx\nc\n"), std::exp(-1.0F));  // behind the gap
  EXPECT_FLOAT_EQ(confidence_of(attempt, 0, "a\nx\nc\n"), std::exp(-5.0F));     // all were copied
  EXPECT_FLOAT_EQ(confidence_of(attempt, std::nullopt, "a\nb\nc\n"), std::exp(-5.0F));
}

}  // namespace
}  // namespace cromwell::edit

// Several answers to one edit: which one wins, and what is said of the others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "edit/edit_service.h"
#include "tests/edit/edit_fixture.h"

namespace cromwell::edit {
namespace {

using base::ErrorCode;
using testing::HasSubstr;

constexpr const char* kOld = "def f(a):\n    x = a\n    return x\n";
constexpr const char* kNew = "def f(a):\n    y = a\n    return y\n";

TEST_F(EditServiceTest, OfSeveralCandidatesOnlyTheWinnersTextIsShown) {
  folder_.write("a.py", kOld);
  // Longer, so that its mean is the likelier one.
  start_service(kNew, {.as_likely = "def f(a:\n    y = a\n    z = y\n    return z\n```\n"});
  const auto ask = [&](std::uint64_t seed, int candidates) {
    EditRequest request = request_for_a();
    request.candidates = candidates;
    request.retries = 0;
    request.sampling = {.temperature = 0.5F, .seed = seed};
    return run_sampled(std::move(request));
  };
  int rescued = 0;   // the first candidate is none, another is the winner
  int likelier = 0;  // ... and is not the likeliest
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const bool first_is_one = ask(seed, 1)->done.has_value();
    const auto edit = ask(seed, 4);
    ASSERT_TRUE(edit->done || !first_is_one) << "seed " << seed;
    if (!edit->done) continue;
    EXPECT_EQ(edit->text, kNew) << "seed " << seed;
    EXPECT_THAT(edit->order, testing::MatchesRegex("SP?THDF"));
    const std::uint64_t winner = edit->done->seed;
    EXPECT_LT(winner - seed, 4U);
    EXPECT_TRUE(ask(winner, 1)->done) << "seed " << winner;
    EXPECT_TRUE(winner != seed || first_is_one) << "seed " << seed;
    rescued += first_is_one ? 0 : 1;
    likelier += edit->done->refused.empty() ? 0 : 1;
  }
  EXPECT_GT(rescued, 0);
  EXPECT_GT(likelier, 0);
}

// A second attempt has what the first has left of the time to write in.
TEST_F(EditServiceTest, ARetryHasNoMoreTimeThanTheRequest) {
  constexpr std::chrono::milliseconds kTime{30};
  folder_.write("a.py", kOld);
  start_with_second_answer("x = (\n", "y = 1\n", {}, [&](bool is_last) {
    if (is_last) std::this_thread::sleep_for(kTime);  // a pass takes time
  });
  EditRequest request = request_for_a();
  request.max_predict_ms = static_cast<int>(kTime.count());
  const auto edit = run(std::move(request));
  ASSERT_TRUE(edit->failed);
  EXPECT_EQ(edit->failed->attempts.size(), 1U);
}

TEST_F(EditServiceTest, CandidatesCountTogether) {
  EditRequest request = request_for_a();
  request.candidates = 4;
  const auto edit = this->edit(kOld, kNew, request);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  const int one = this->edit(kOld, kNew)->done->usage.completion_tokens;
  EXPECT_EQ(edit->done->usage.completion_tokens, 4 * one);
}

TEST_F(EditServiceTest, WhereNoCandidateIsAnEditAllAreInTheError) {
  EditRequest request = request_for_a();
  request.candidates = 3;
  const auto edit = this->edit(kOld, "def g(a):\n    # rest unchanged\n", request);
  ASSERT_TRUE(edit->failed);
  EXPECT_EQ(edit->code(), ErrorCode::kNoValidEdit);
  EXPECT_EQ(edit->failed->attempts.size(), 3U);
}

TEST_F(EditServiceTest, CancelOfSeveralCandidatesIsOneLastEvent) {
  folder_.write("a.py", kOld);
  start_service(kNew);
  EditRequest request = request_for_a();
  request.candidates = 4;
  const auto call_switch = std::make_shared<base::CallSwitch>();
  EditRecorder recorder([&](const EditEvent& event) {
    if (std::holds_alternative<EditStarted>(event)) call_switch->cancel();
  });
  service_->start(std::move(request), recorder.sink(), call_switch);
  recorder.wait();
  EXPECT_EQ(recorder.code(), ErrorCode::kCancelled);
  EXPECT_EQ(recorder.order.find('!'), std::string::npos);
  EXPECT_EQ(recorder.failed->usage.prompt_tokens, recorder.started->prompt_tokens);
}

}  // namespace
}  // namespace cromwell::edit

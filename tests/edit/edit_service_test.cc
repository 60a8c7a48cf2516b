// The edit service from request to last event, with a scripted model: what is shown, what is
// written, and what is refused.
#include "edit/edit_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <future>
#include <random>

#include "base/hash.h"
#include "tests/edit/edit_fixture.h"

namespace cromwell::edit {
namespace {

using base::ErrorCode;
using testing::HasSubstr;

constexpr const char* kOld = "def f(a):\n    x = a\n    return x\n";
constexpr const char* kNew = "def f(a):\n    y = a\n    return y\n";

TEST_F(EditServiceTest, ShowsADiffAndLeavesTheFileAlone) {
  const auto edit = this->edit(kOld, kNew);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(edit->done->finish_reason, "stop");
  EXPECT_THAT(edit->order, testing::MatchesRegex("SP?THDF"));
  EXPECT_EQ(edit->text, kNew);
  EXPECT_EQ(edit->diff->file, "a.py");
  EXPECT_THAT(edit->diff->diff.patch, HasSubstr("-    x = a\n-    return x\n+    y = a\n"));
  EXPECT_EQ(edit->diff->diff.added, 2);
  EXPECT_TRUE(edit->diff->validation.applies);
  ASSERT_EQ(edit->hunks.size(), 1U);
  EXPECT_EQ(edit->hunks[0].hunk.old_start, 2);
  EXPECT_EQ(folder_.read("a.py"), kOld);
}

TEST_F(EditServiceTest, SaysAtTheStartWhatItWorksOn) {
  EditRequest request = request_for_a();
  request.selection = {2, 3};
  request.session = "mine";
  request.sampling.seed = 7;
  const auto edit = this->edit(kOld, "y = a\nreturn y", request);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(edit->started->session, "mine");
  EXPECT_EQ(edit->started->protocol, "rewrite");
  EXPECT_EQ(edit->started->base_sha256, base::sha256_hex(kOld));
  EXPECT_EQ(edit->started->region.first, 2);
  EXPECT_EQ(edit->started->region.last, 3);
  EXPECT_EQ(edit->started->seed, 7U);
  EXPECT_GT(edit->started->prompt_tokens, 0);
  EXPECT_EQ(service_->store().get(edit->started->id)->files.front().new_bytes, kNew);
}

TEST_F(EditServiceTest, TheOldTextIsGuessedAndChangesNothingButTheNumberOfPasses) {
  std::string old_text, new_text;
  for (int i = 0; i < 40; ++i) {
    const std::string line = "value_" + std::to_string(i) + " = " + std::to_string(i * i) + "\n";
    old_text += line;
    new_text += i == 20 ? "changed = 0\n" : line;
  }
  const auto edit = this->edit(old_text, new_text);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(edit->text, new_text);
  const engine::Usage& usage = edit->done->usage;
  EXPECT_GT(usage.accepted_tokens, usage.completion_tokens / 2);
  EXPECT_GT(edit->done->timings.plain_ms, 0);
}

TEST_F(EditServiceTest, APredictionIsGuessedAsTheModelWouldWriteIt) {
  std::string old_text = "def f():\n", body, old_body;
  for (int i = 0; i < 30; ++i) {
    body += "return value_" + std::to_string(i) + "\n";
    old_body += "    pass\n";
  }
  EditRequest request = request_for_a();
  request.selection = {2, 31};
  request.prediction = "";
  for (int i = 0; i < 30; ++i) {
    request.prediction->append("    return value_" + std::to_string(i) + "\n");
  }
  const auto edit = this->edit(old_text + old_body, body, request);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_TRUE(edit->done->has_prediction);
  EXPECT_GT(edit->done->usage.accepted_tokens, edit->done->usage.completion_tokens / 2);
}

TEST_F(EditServiceTest, AppliesWhereAskedTo) {
  const auto edit = this->edit(kOld, kNew, applied_request());
  ASSERT_TRUE(edit->applied) << edit->failed->error.message;
  EXPECT_THAT(edit->order, testing::MatchesRegex("SP?THDAF"));
  EXPECT_EQ(edit->applied->sha256, base::sha256_hex(kNew));
  EXPECT_EQ(edit->applied->id, edit->started->id);
  EXPECT_EQ(folder_.read("a.py"), kNew);
}

TEST_F(EditServiceTest, AppliesAndRevertsByIdLater) {
  const auto edit = this->edit(kOld, kNew);
  ASSERT_TRUE(edit->done);
  ASSERT_TRUE(service_->store().apply(edit->started->id));
  EXPECT_EQ(folder_.read("a.py"), kNew);
  ASSERT_TRUE(service_->store().revert(edit->started->id));
  EXPECT_EQ(folder_.read("a.py"), kOld);
}

TEST_F(EditServiceTest, ConfidenceIsTheMeanProbabilityOfTheTokens) {
  const auto edit = this->edit(kOld, kNew);
  // Each scripted token has logit 32 among others below 8.
  EXPECT_GT(edit->done->confidence, 0.99F);
  EXPECT_LE(edit->done->confidence, 1.0F);
  EXPECT_GT(edit->done->usage.completion_tokens, 10);
}

TEST_F(EditServiceTest, AnAnswerEqualToTheRegionIsNoChange) {
  const auto edit = this->edit(kOld, kOld, applied_request());
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(edit->done->finish_reason, "no_change");
  EXPECT_TRUE(edit->diff->diff.patch.empty());
  EXPECT_FALSE(edit->applied);
  EXPECT_EQ(folder_.read("a.py"), kOld);
}

TEST_F(EditServiceTest, KeepsCarriageReturnsAndAMissingFinalNewline) {
  const auto edit = this->edit("a\r\nx\r\nb", "a\ny\nz\nb", applied_request());
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(folder_.read("a.py"), "a\r\ny\r\nz\r\nb");
}

TEST_F(EditServiceTest, TakesCarriageReturnsOfTheModelForLineEndings) {
  const auto edit = this->edit("a\nx\n", "a\r\ny", applied_request());
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(folder_.read("a.py"), "a\ny\n");
}

TEST_F(EditServiceTest, PutsTheIndentationOfASelectionBack) {
  EditRequest request = applied_request();
  request.selection = {2, 3};
  const auto edit = this->edit(kOld, "y = a\nreturn y", request);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(folder_.read("a.py"), kNew);
}

TEST_F(EditServiceTest, ShowsALongerFenceForARegionWithOne) {
  folder_.write("a.py", "a = '''\n```\nx\n'''\n");
  start_service("a = '''\n```\ny\n'''\n````\n", {}, false);
  const auto edit = run(applied_request());
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(folder_.read("a.py"), "a = '''\n```\ny\n'''\n");
}

TEST_F(EditServiceTest, TakesAnAnswerWithoutAClosingFence) {
  folder_.write("a.py", kOld);
  start_service(kNew, {}, false);
  const auto edit = run(applied_request());
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(folder_.read("a.py"), kNew);
}

TEST_F(EditServiceTest, RefusesAnAnswerCutAtMaxTokens) {
  EditRequest request = applied_request();
  request.max_tokens = 5;
  const auto edit = this->edit(kOld, kNew, request);
  EXPECT_EQ(edit->code(), ErrorCode::kNoValidEdit);
  EXPECT_THAT(edit->failed->error.message, HasSubstr("max_tokens is 5"));
  EXPECT_THAT(kNew, testing::StartsWith(edit->failed->attempts.at(0).text));
  EXPECT_FALSE(edit->diff);
  EXPECT_EQ(folder_.read("a.py"), kOld);
}

TEST_F(EditServiceTest, RefusesAnAnswerThatFailsAChecksAndShowsTheAttempt) {
  const auto edit = this->edit(kOld, "# ... rest unchanged\n    return y\n", applied_request());
  EXPECT_EQ(edit->code(), ErrorCode::kNoValidEdit);
  EXPECT_THAT(edit->failed->attempts.at(0).text, HasSubstr("rest unchanged"));
  EXPECT_EQ(folder_.read("a.py"), kOld);
  EXPECT_TRUE(service_->store().list().empty());
}

TEST_F(EditServiceTest, RefusesAnAnswerThatBringsASyntaxErrorAndNamesItsLine) {
  const auto edit = this->edit(kOld, "def f(a):\n    y = (a\n    return y\n", applied_request());
  EXPECT_EQ(edit->code(), ErrorCode::kNoValidEdit);
  EXPECT_THAT(edit->failed->error.message, HasSubstr("syntax error to line 2"));
  EXPECT_EQ(folder_.read("a.py"), kOld);
}

TEST_F(EditServiceTest, SaysWhetherTheResultParses) {
  EXPECT_EQ(edit(kOld, kNew)->diff->validation.parses, std::optional(true));
}

TEST_F(EditServiceTest, AnErrorThatTheFileHadBeforeIsNoReasonToRefuse) {
  const auto edit = this->edit("x = (\n\n\ny = 1\n", "x = (\n\n\ny = 2\n");
  EXPECT_TRUE(edit->done) << edit->failed->error.message;
}

TEST_F(EditServiceTest, EditsTheFunctionThatTheInstructionNames) {
  EditRequest request = applied_request();
  request.instruction = "Rename x to y in the function g";
  const auto edit = this->edit("def f(x):\n    return x\n\n\ndef g(x):\n    return x\n",
                               "def g(y):\n    return y\n", request);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(edit->started->region.first, 5);
  EXPECT_EQ(folder_.read("a.py"), "def f(x):\n    return x\n\n\ndef g(y):\n    return y\n");
}

TEST_F(EditServiceTest, RefusesBadRequestsByField) {
  start_service(kNew);
  folder_.write("a.py", kOld);
  struct Case {
    EditRequest request;
    ErrorCode code;
    std::string param;
  };
  std::vector<Case> cases(9, {request_for_a(), ErrorCode::kInvalidRequest, ""});
  cases[0] = {{.file = "", .instruction = "x"}, ErrorCode::kInvalidRequest, "file"};
  cases[1] = {{.file = "a.py", .instruction = " "}, ErrorCode::kInvalidRequest, "instruction"};
  cases[2].request.max_tokens = 0, cases[2].param = "max_tokens";
  cases[3].request.selection = {2, 9}, cases[3].param = "selection.end_line";
  cases[4].request.protocol = "magic", cases[4].param = "protocol";
  cases[5].request.instruction = std::string((64 << 10) + 1, 'x');
  cases[5].code = ErrorCode::kPayloadTooLarge, cases[5].param = "instruction";
  cases[6].request.base_sha256 = std::string(64, '0');
  cases[6].code = ErrorCode::kFileChanged, cases[6].param = "base_sha256";
  cases[7].request.file = "missing.py", cases[7].code = ErrorCode::kNotFound;
  cases[8].request.file = "../a.py", cases[8].code = ErrorCode::kPathOutsideRoot;
  for (const Case& c : cases) {
    const auto edit = run(c.request);
    EXPECT_EQ(edit->code(), c.code) << edit->failed->error.message;
    EXPECT_EQ(edit->order, "X");
    if (!c.param.empty()) {
      EXPECT_EQ(edit->failed->error.param, c.param);
    }
  }
}

TEST_F(EditServiceTest, TakesTheRightBaseHashInEitherCase) {
  EditRequest request = request_for_a();
  request.base_sha256 = base::sha256_hex(kOld);
  for (char& c : request.base_sha256) c = static_cast<char>(std::toupper(c));
  EXPECT_TRUE(edit(kOld, kNew, request)->done);
}

TEST_F(EditServiceTest, RefusesARegionThatCannotBeRewrittenWithinTheContext) {
  folder_.write("a.py", std::string(300, 'x') + "\n");
  start_service(kNew, {.options = {.context_length = 600}});
  const auto edit = run(request_for_a());
  EXPECT_EQ(edit->code(), ErrorCode::kContextExceeded);
  EXPECT_THAT(edit->failed->error.message, HasSubstr("context holds 600"));
}

TEST_F(EditServiceTest, RefusesARegionThatTheVocabularyCannotSay) {
  ServiceSetup setup;
  setup.vocabulary.tokens['Q'] = "<no Q>";
  folder_.write("a.py", "\na = 1\nb = 'Q'\n");
  setup.options.surrounding_lines = 10;
  start_service("b = 2", setup);
  const auto edit = run(request_for_a());
  EXPECT_EQ(edit->code(), ErrorCode::kUnencodableText);
  EXPECT_THAT(edit->failed->error.message, HasSubstr("line 3"));

  EditRequest request = request_for_a();
  request.selection = {2, 2};  // the line beside it is fine, and its surroundings are left away
  const auto beside = run(request);
  ASSERT_TRUE(beside->done) << beside->failed->error.message;
  EXPECT_EQ(beside->started->context_dropped, std::vector<std::string>{"a.py: lines 1 to 3"});
}

TEST_F(EditServiceTest, ShowsTheSurroundingsOfASmallSelectionWhereTheyFit) {
  folder_.write("a.py", kOld);
  EditRequest request = request_for_a();
  request.selection = {2, 2};
  const auto run_within = [&](int context_length) {
    start_service("y = a", {.options = {.context_length = context_length, .surrounding_lines = 1}});
    auto edit = run(request);
    service_.reset();
    return edit;
  };
  EXPECT_EQ(run_within(4096)->started->context_used,
            std::vector<std::string>{"a.py: lines 1 to 3"});
  EXPECT_EQ(run_within(190)->started->context_dropped,
            std::vector<std::string>{"a.py: lines 1 to 3"});
}

TEST_F(EditServiceTest, ShowsContextWithinTheBudgetAndSaysSo) {
  folder_.write("a.py", "def f(a):\n    return a\n\n\nx = 1\n");
  folder_.write("rules.py", "def rule():\n    return 1\n");
  EditRequest request = request_for_a();
  request.selection = {5, 5};
  request.context = {.add = {"./rules.py"}, .budget = 1000};
  request.explain = true;
  start_service("y = 1");
  const auto edit = run(request);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(edit->started->context_used, (std::vector<std::string>{"rules.py: lines 1 to 2, added",
                                                                   "a.py: lines 1 to 5, outline"}));
  EXPECT_EQ(edit->started->context_explained.size(), 2U);
}

TEST_F(EditServiceTest, LeavesContextAwayWhereThePromptWouldNotFit) {
  folder_.write("a.py", "def " + std::string(150, 'f') + "(a):\n    return a\n\n\nx = 1\n");
  EditRequest request = request_for_a();
  request.selection = {5, 5};
  request.context.budget = 1000;
  start_service("y = 1", {.options = {.context_length = 280}});
  const auto edit = run(request);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(edit->started->context_dropped,
            std::vector<std::string>{"a.py: lines 1 to 5, outline"});
}

TEST_F(EditServiceTest, RefusesToAddWhatItCannotRead) {
  folder_.write("a.py", kOld);
  folder_.write(".env", "TOKEN=x\n");
  start_service(kNew);
  for (const char* file : {"missing.py", "../outside.py", ".env"}) {
    EditRequest request = request_for_a();
    request.context = {.add = {file}, .budget = 1000};
    const auto edit = run(request);
    ASSERT_TRUE(edit->failed) << file;
    EXPECT_EQ(edit->failed->error.param, "context.add") << file;
  }
}

TEST_F(EditServiceTest, ASaveDuringTheEditIsKept) {
  folder_.write("a.py", kOld);
  start_service(kNew);
  EditRecorder recorder([&](const EditEvent& event) {
    if (std::holds_alternative<EditStarted>(event)) folder_.write("a.py", "saved = 1\n");
  });
  service_->start(applied_request(), recorder.sink());
  recorder.wait();
  EXPECT_EQ(recorder.code(), ErrorCode::kFileChanged);
  EXPECT_EQ(folder_.read("a.py"), "saved = 1\n");
}

TEST_F(EditServiceTest, EditsTheEditorsBufferAndAppliesOnceItIsSaved) {
  EditRequest request = request_for_a();
  request.content = "# unsaved\r\nx = 1\r\n";
  const auto edit = this->edit("x = 1\n", "# unsaved\ny = 1", request);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_THAT(edit->diff->diff.patch, HasSubstr(" # unsaved\n-x = 1\n+y = 1\n"));
  const auto early = service_->store().apply(edit->started->id);
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, ErrorCode::kFileChanged);
  folder_.write("a.py", "# unsaved\nx = 1\n");
  ASSERT_TRUE(service_->store().apply(edit->started->id));
  EXPECT_EQ(folder_.read("a.py"), "# unsaved\ny = 1\n");
}

TEST_F(EditServiceTest, ABuffersByteOrderMarkIsTheFilesOwn) {
  const std::string marked = "\xEF\xBB\xBFx = 1\n";
  EditRequest request = applied_request();
  request.content = marked;
  const auto edit = this->edit(marked, "y = 1", request);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(folder_.read("a.py"), "\xEF\xBB\xBFy = 1\n");
}

TEST_F(EditServiceTest, CancelEndsAnEditWithinAToken) {
  folder_.write("a.py", kOld);
  start_service(kNew);
  const auto call_switch = std::make_shared<base::CallSwitch>();
  EditRecorder recorder([&](const EditEvent& event) {
    if (std::holds_alternative<EditToken>(event)) call_switch->cancel();
  });
  service_->start(applied_request(), recorder.sink(), call_switch);
  recorder.wait();
  EXPECT_EQ(recorder.code(), ErrorCode::kCancelled);
  EXPECT_LT(recorder.text.size(), 4U);
  EXPECT_FALSE(recorder.diff);
  EXPECT_EQ(folder_.read("a.py"), kOld);
  call_switch->cancel();  // harmless after the end
}

TEST_F(EditServiceTest, CancelAtAnyMomentEndsWithExactlyOneLastEvent) {
  const unsigned seed = 20261124;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  folder_.write("a.py", kOld);
  start_service(kNew);
  for (int i = 0; i < 60; ++i) {
    EditRecorder recorder;
    const auto call_switch = std::make_shared<base::CallSwitch>();
    service_->start(request_for_a(), recorder.sink(), call_switch);
    for (auto spin = random() % 60000; spin > 0; --spin)
      std::atomic_signal_fence(std::memory_order_seq_cst);
    call_switch->cancel();
    recorder.wait();
    EXPECT_TRUE(recorder.done.has_value() != recorder.failed.has_value());
    EXPECT_EQ(recorder.order.find('!'), std::string::npos);
  }
  EXPECT_EQ(folder_.read("a.py"), kOld);
}

TEST_F(EditServiceTest, TheDestructorEndsWhatRuns) {
  folder_.write("a.py", kOld);
  std::vector<std::unique_ptr<EditRecorder>> recorders;
  start_service(kNew);
  for (int i = 0; i < 8; ++i) {
    recorders.push_back(std::make_unique<EditRecorder>());
    service_->start(request_for_a(), recorders.back()->sink());
  }
  service_.reset();
  for (const auto& recorder : recorders) {
    EXPECT_TRUE(recorder->done.has_value() != recorder->failed.has_value());
  }
}

TEST_F(EditServiceTest, RefusesMoreEditsThanItsLimit) {
  start_service(kNew, {.options = {.context_length = 4096, .max_active = 0}});
  EXPECT_EQ(run(request_for_a())->code(), ErrorCode::kQueueFull);
}

TEST_F(EditServiceTest, AFailedModelEndsTheEditWithItsError) {
  folder_.write("a.py", kOld);
  start_service(kNew, {.hook = [](const model::Batch&) -> base::Result<> {
                  return base::Error{ErrorCode::kUnavailable, "the model file has gone bad"};
                }});
  EXPECT_EQ(run(request_for_a())->code(), ErrorCode::kUnavailable);
}

TEST_F(EditServiceTest, AStopStringOfTheCallerEndsTheAnswer) {
  EditRequest request = applied_request();
  request.stop = {"    return"};
  const auto edit = this->edit(kOld, kNew, request);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(folder_.read("a.py"), "def f(a):\n    y = a\n");
}

TEST_F(EditServiceTest, PostedTasksRun) {
  start_service(kNew);
  std::promise<int> promise;
  service_->post([&] { promise.set_value(4); });
  EXPECT_EQ(promise.get_future().get(), 4);
}

}  // namespace
}  // namespace cromwell::edit

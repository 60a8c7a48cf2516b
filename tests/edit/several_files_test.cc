// One edit of several files: asked for one after the other, shown and applied together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <thread>

#include "base/hash.h"
#include "tests/edit/edit_fixture.h"
#include "tests/edit/script_fixture.h"

namespace cromwell::edit {
namespace {

using testing::HasSubstr;

const std::string kOldPython = "x = 1\nprint(x)\n";
const std::string kNewPython = "y = 1\nprint(y)\n";
const std::string kOldScript = "let x = 1;\nlog(x);\n";
const std::string kNewScript = "let y = 1;\nlog(y);\n";

class SeveralFiles : public EditServiceTest {
 protected:
  void SetUp() override {
    folder_.write("a.py", kOldPython);
    folder_.write("b.js", kOldScript);
  }

  // What the model writes in the fence of each language.
  void start(const std::string& python, const std::string& script, ServiceSetup setup = {}) {
    start_with({{"```python", "\n" + python + "```\n"}, {"```javascript", "\n" + script + "```\n"}},
               std::move(setup));
  }
  // (what stands before, what the model then says)
  void start_with(const std::vector<std::pair<std::string, std::string>>& sayings,
                  ServiceSetup setup = {}) {
    tokenizer_ = *tokenizer::Tokenizer::create(setup.vocabulary);
    auto model = std::make_unique<fakes::ScriptedModel>(fakes::ScriptedModelOptions{
        .vocab_size = tokenizer_->vocab_size(), .context_length = setup.options.context_length});
    const auto ids = [&](const std::string& text) {
      return tokenizer_->encode(text, {.parse_special = true}).ids;
    };
    for (const auto& [before, said] : sayings) {
      auto answer = ids(said);
      answer.push_back(*tokenizer_->find("<|im_end|>"));
      model->script(ids(before), answer);
    }
    model->on_row([this](const auto& text, float*) {
      seen_ = tokenizer_->decode(text);
      if (on_row_) on_row_(seen_);
    });
    if (setup.hook) model->on_forward(setup.hook);
    start_with_model(std::move(model), setup.options, setup.engine);
  }

  static EditRequest of_both(bool apply = false) {
    EditRequest request;
    request.instruction = "Rename x to y";
    request.files = {{.file = "a.py"}, {.file = "b.js"}};
    request.apply = apply;
    return request;
  }
  void expect_untouched() const {
    EXPECT_EQ(folder_.read("a.py"), kOldPython);
    EXPECT_EQ(folder_.read("b.js"), kOldScript);
  }

  std::string seen_;  // the text before the model's last token
  std::function<void(const std::string& seen)> on_row_;
};

TEST_F(SeveralFiles, AreOneEditThatIsAppliedAndRevertedByItsId) {
  start(kNewPython, kNewScript);
  const auto edit = run(of_both());
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_THAT(edit->order, testing::MatchesRegex("SP?THP?THDF"));
  ASSERT_EQ(edit->diffs.size(), 2U);
  EXPECT_EQ(edit->diffs[0].file, "a.py");
  EXPECT_EQ(edit->diffs[1].file, "b.js");
  EXPECT_THAT(edit->diffs[1].diff.patch, HasSubstr("+let y = 1;"));
  EXPECT_EQ(edit->diffs[1].validation.parses, true);
  ASSERT_EQ(edit->started->files.size(), 2U);
  EXPECT_EQ(edit->started->files[1].file, "b.js");
  EXPECT_EQ(edit->started->files[1].base_sha256, base::sha256_hex(kOldScript));
  EXPECT_EQ(edit->started->files[1].region.last, 2);

  const std::string& id = edit->started->id;
  ASSERT_TRUE(service_->store().apply(id));
  EXPECT_EQ(folder_.read("a.py"), kNewPython);
  EXPECT_EQ(folder_.read("b.js"), kNewScript);
  ASSERT_TRUE(service_->store().revert(id));
  expect_untouched();
}

TEST_F(SeveralFiles, AreAppliedAtOnceWhereThatIsAskedFor) {
  start(kNewPython, kNewScript);
  int applied = 0;
  EditRecorder edit([&](const EditEvent& event) {
    applied += std::holds_alternative<EditApplied>(event) ? 1 : 0;
  });
  EditRequest request = of_both(true);
  request.sampling.temperature = 0;
  service_->start(request, edit.sink());
  edit.wait();
  ASSERT_TRUE(edit.done) << edit.failed->error.message;
  EXPECT_EQ(applied, 2);
  EXPECT_EQ(folder_.read("a.py"), kNewPython);
  EXPECT_EQ(folder_.read("b.js"), kNewScript);
}

TEST_F(SeveralFiles, AreLeftAloneAllWhereOneChangedMeanwhile) {
  ServiceSetup setup;
  setup.hook = [this](const model::Batch&) {
    folder_.write("b.js", kOldScript + "// saved\n");
    return base::Result<>();
  };
  start(kNewPython, kNewScript, std::move(setup));
  EXPECT_EQ(run(of_both(true))->code(), base::ErrorCode::kFileChanged);
  EXPECT_EQ(folder_.read("a.py"), kOldPython);
  EXPECT_EQ(folder_.read("b.js"), kOldScript + "// saved\n");
}

TEST_F(SeveralFiles, OneThatStaysAsItIsHasAnEmptyPatchAndIsNotInTheRecord) {
  start(kOldPython, kNewScript);
  const auto edit = run(of_both(true));
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(edit->done->finish_reason, "stop");
  ASSERT_EQ(edit->diffs.size(), 2U);
  EXPECT_EQ(edit->diffs[0].diff.patch, "");
  const auto record = service_->store().get(edit->started->id);
  ASSERT_EQ(record->files.size(), 1U);
  EXPECT_EQ(record->files[0].file, "b.js");
  EXPECT_EQ(folder_.read("a.py"), kOldPython);
  EXPECT_EQ(folder_.read("b.js"), kNewScript);
}

TEST_F(SeveralFiles, ThatAllStayAsTheyAreAreNoChange) {
  start(kOldPython, kOldScript);
  const auto edit = run(of_both(true));
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(edit->done->finish_reason, "no_change");
  EXPECT_EQ(edit->diffs.size(), 2U);
  EXPECT_FALSE(edit->applied);
  EXPECT_FALSE(service_->store().get(edit->started->id));
}

TEST_F(SeveralFiles, AreRefusedAllWhereOneAnswerIs) {
  start(kNewPython, "Here is the code, as you asked for it.\n");
  const auto edit = run(of_both(true));
  EXPECT_EQ(edit->code(), base::ErrorCode::kNoValidEdit);
  EXPECT_TRUE(edit->failed->error.message.starts_with("b.js: ")) << edit->failed->error.message;
  ASSERT_FALSE(edit->failed->attempts.empty());
  EXPECT_EQ(edit->failed->attempts.back().file, "b.js");
  EXPECT_TRUE(edit->diffs.empty());
  expect_untouched();
}

TEST_F(SeveralFiles, EachSecondAttemptIsThatFilesOwn) {
  start(kNewPython, "let y = (1;\nlog(y);\n");
  const auto edit = run(of_both());
  EXPECT_EQ(edit->code(), base::ErrorCode::kNoValidEdit);
  ASSERT_EQ(edit->failed->attempts.size(), 2U);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(edit->failed->attempts[static_cast<std::size_t>(i)].file, "b.js");
    EXPECT_EQ(edit->failed->attempts[static_cast<std::size_t>(i)].attempt, i + 1);
  }
  ASSERT_FALSE(edit->rewinds.empty());
  EXPECT_EQ(edit->rewinds.back().file, "b.js");
  EXPECT_THAT(edit->texts["a.py"], HasSubstr("y = 1\nprint(y)"));
}

TEST_F(SeveralFiles, AreAllShownAndTheAnswersBeforeStandInTheNextPrompt) {
  start(kNewPython, kNewScript);
  const auto edit = run(of_both());
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_THAT(seen_, HasSubstr("The lines to change in a.py:\n```python\n" + kOldPython +
                               "```\n\n"
                               "The lines to change in b.js:\n```javascript\n" +
                               kOldScript + "```\n\nRename x to y."));
  EXPECT_THAT(seen_, HasSubstr("the same code of a.py with only this change: Rename x to y.\n\n"
                               "```python\n" +
                               kNewPython + "```\n\nHere is the same code of b.js"));
  EXPECT_GT(edit->done->usage.cached_tokens, edit->started->prompt_tokens / 2);
  EXPECT_EQ(edit->hunks.front().file, "a.py");
  EXPECT_EQ(edit->hunks.back().file, "b.js");
}

TEST_F(SeveralFiles, EachHaveASelectionABufferAndAHashOfTheirOwn) {
  start("y = 1\n", kNewScript);
  EditRequest request = of_both();
  request.files[0].selection = {1, 1};
  request.files[0].base_sha256 = base::sha256_hex(kOldPython);
  request.files[1].content = "// not saved\n" + kOldScript;
  const auto edit = run(request);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_THAT(edit->diffs[0].diff.patch, HasSubstr("-x = 1\n+y = 1\n print(x)\n"));
  EXPECT_THAT(edit->diffs[1].diff.patch, HasSubstr("-// not saved\n"));
  request.files[1].base_sha256 = std::string(64, '0');
  const auto refused = run(request);
  EXPECT_EQ(refused->code(), base::ErrorCode::kFileChanged);
  EXPECT_EQ(refused->failed->error.param, "files[1].base_sha256");
}

TEST_F(SeveralFiles, ThatAreTheSameFileAreRefused) {
  ASSERT_EQ(::symlink("a.py", folder_.str("c.py").c_str()), 0);
  start(kNewPython, kNewScript);
  for (const char* twin : {"a.py", "./a.py", "c.py"}) {
    EditRequest request = of_both();
    request.files.push_back({.file = twin});
    const auto edit = run(request);
    EXPECT_EQ(edit->code(), base::ErrorCode::kInvalidRequest) << twin;
    EXPECT_EQ(edit->failed->error.param, "files[2].file") << twin;
  }
}

TEST_F(SeveralFiles, AreNotForWhatIsOfOneFile) {
  start(kNewPython, kNewScript);
  const auto param_of = [&](auto change) {
    EditRequest request = of_both();
    change(request);
    const auto edit = run(request);
    EXPECT_EQ(edit->code(), base::ErrorCode::kInvalidRequest);
    return edit->failed->error.param;
  };
  EXPECT_EQ(param_of([](EditRequest& one) { one.file = "a.py"; }), "files");
  EXPECT_EQ(param_of([](EditRequest& one) { one.selection = {1, 1}; }), "files");
  EXPECT_EQ(param_of([](EditRequest& one) { one.content = ""; }), "files");
  EXPECT_EQ(param_of([](EditRequest& one) { one.prediction = ""; }), "files");
  EXPECT_EQ(param_of([](EditRequest& one) { one.base_sha256 = "0"; }), "files");
  EXPECT_EQ(param_of([](EditRequest& one) { one.files[1].file = ""; }), "files");
  EXPECT_EQ(param_of([](EditRequest& one) { one.protocol = "fim"; }), "protocol");
}

TEST_F(SeveralFiles, ThatDoNotFitTheContextTogetherAreRefusedBeforeAnythingIsWritten) {
  start(kNewPython, kNewScript);
  const int prompt_tokens = run(of_both())->started->prompt_tokens;
  service_.reset();
  ServiceSetup setup;
  setup.options.context_length = prompt_tokens + 10;  // the answers take more
  start(kNewPython, kNewScript, std::move(setup));
  const auto edit = run(of_both());
  EXPECT_EQ(edit->code(), base::ErrorCode::kContextExceeded);
  EXPECT_EQ(edit->failed->error.param, "files");
  EXPECT_FALSE(edit->started);
  EXPECT_TRUE(run(request_for_a())->done);
}

// The answer for the next file has what those before it have left of the time to write in.
TEST_F(SeveralFiles, HaveNoMoreTimeTogetherThanTheRequest) {
  constexpr std::chrono::milliseconds kTime{30};
  on_row_ = [&](const std::string& text) {
    const bool is_last = text.ends_with(kNewPython + "``");  // its stop is next
    if (is_last) std::this_thread::sleep_for(kTime);         // a pass takes time
  };
  ServiceSetup setup;
  setup.engine.max_draft = 0;
  start(kNewPython, kNewScript, std::move(setup));
  EditRequest request = of_both(true);
  request.max_predict_ms = static_cast<int>(kTime.count());
  const auto edit = run(request);
  EXPECT_EQ(edit->code(), base::ErrorCode::kNoValidEdit);
  EXPECT_THAT(edit->failed->error.message, HasSubstr("b.js: the model's answer was cut"));
  EXPECT_EQ(edit->texts.count("b.js"), 0U);
  expect_untouched();
}

TEST_F(SeveralFiles, AreNamedAboveTheBlocksThatSearchAndReplace) {
  const auto block = [](const std::string& from, const std::string& to) {
    return "\n" + from + "=======\n" + to + ">>>>>>> REPLACE";
  };
  start_with({{"In a.py:\n\n<<<<<<< SEARCH", block("x = 1\nprint(x)\n", kNewPython)},
              {"In b.js:\n\n<<<<<<< SEARCH", block(kOldScript, kNewScript)}});
  EditRequest request = of_both(true);
  request.protocol = "search_replace";
  const auto edit = run(request);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(folder_.read("a.py"), kNewPython);
  EXPECT_EQ(folder_.read("b.js"), kNewScript);
}

// What the model writes after a part that is complete, or in it, names no file.
TEST_F(SeveralFiles, OnlyThoseOfTheRequestChangeWhateverTheAnswerNames) {
  folder_.write("other.py", kOldPython);
  start(kNewPython + "```\n\nHere is the same code of other.py:\n\n```python\nhacked = 1\n",
        kNewScript);
  const auto edit = run(of_both(true));
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(folder_.read("a.py"), kNewPython);
  EXPECT_EQ(folder_.read("b.js"), kNewScript);
  EXPECT_EQ(folder_.read("other.py"), kOldPython);
}

TEST_F(SeveralFiles, ABlockUnderAnotherFilesNameIsLookedForInTheFileThatWasAskedFor) {
  folder_.write("other.py", "z = 1\n");
  start_with({{"In a.py:\n\n<<<<<<< SEARCH",
               "\nx = 1\n=======\ny = 1\n>>>>>>> REPLACE\n\nIn other.py:\n\n"
               "<<<<<<< SEARCH\nz = 1\n=======\nhacked = 1\n>>>>>>> REPLACE"}});
  EditRequest request = of_both(true);
  request.protocol = "search_replace";
  EXPECT_EQ(run(request)->code(), base::ErrorCode::kNoValidEdit);
  EXPECT_EQ(folder_.read("other.py"), "z = 1\n");
  expect_untouched();
}

TEST_F(SeveralFiles, AreNamedByTheirTokenInAScript) {
  ServiceSetup setup;
  setup.vocabulary = script_vocabulary();
  start_with({{"<DIFF><FILE>a.py\n", "<DEL>x = 1\nprint(x)\n<INS>" + kNewPython},
              {"<FILE>b.js\n", "<DEL>" + kOldScript + "<INS>" + kNewScript}},
             std::move(setup));
  EditRequest request = of_both(true);
  request.protocol = "script";
  const auto edit = run(request);
  ASSERT_TRUE(edit->done) << edit->failed->error.message;
  EXPECT_EQ(folder_.read("a.py"), kNewPython);
  EXPECT_EQ(folder_.read("b.js"), kNewScript);
}

}  // namespace
}  // namespace cromwell::edit

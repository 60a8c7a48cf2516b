// What the edit service's tests share: a workspace on disk, a scripted model behind a real engine,
// and a recorder of one edit's events.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file_system.h"
#include "edit/edit_service.h"
#include "tests/fakes/cheap_columns.h"
#include "tests/fakes/scripted_model.h"
#include "tests/fakes/small_tokenizer.h"
#include "tests/fakes/temp_folder.h"

namespace cromwell::edit {

// Collects events on the service's threads, hands them to the test's thread.
class EditRecorder {
 public:
  explicit EditRecorder(std::function<void(const EditEvent&)> also = {}) : also_(std::move(also)) {}

  EditSink sink() {
    return [this](EditEvent&& event) {
      if (also_) also_(event);
      const std::lock_guard lock(mutex_);
      if (done || failed) order += '!';  // nothing may follow
      std::visit([this](auto&& one) { note(std::move(one)); }, std::move(event));
      changed_.notify_all();
    };
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return done || failed; });
  }
  void wait_for_token() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !text.empty() || done || failed; });
  }
  // The error's code; kInternal if the edit did not fail.
  base::ErrorCode code() const {
    EXPECT_TRUE(failed.has_value());
    return failed ? failed->error.code : base::ErrorCode::kInternal;
  }

  // To be read after wait().
  std::optional<EditStarted> started;
  std::optional<EditDiff> diff;
  std::optional<EditApplied> applied;
  std::optional<EditDone> done;
  std::optional<EditFailed> failed;
  std::vector<EditHunk> hunks;
  std::string text;   // of all tokens
  std::string order;  // one letter per event; repeated ones once

 private:
  void add(char letter) {
    if (order.empty() || order.back() != letter) order += letter;
  }
  void note(EditStarted&& event) { add('S'), started = std::move(event); }
  void note(EditProgress&&) { add('P'); }
  void note(EditToken&& event) { add('T'), text += event.text; }
  void note(EditRewind&&) { add('R'); }
  void note(EditHunk&& event) { add('H'), hunks.push_back(std::move(event)); }
  void note(EditDiff&& event) { add('D'), diff = std::move(event); }
  void note(EditApplied&& event) { add('A'), applied = std::move(event); }
  void note(EditDone&& event) { add('F'), done = std::move(event); }
  void note(EditFailed&& event) { add('X'), failed = std::move(event); }

  std::function<void(const EditEvent&)> also_;
  std::mutex mutex_;
  std::condition_variable changed_;
};

struct ServiceSetup {
  EditServiceOptions options{.context_length = 4096};
  tokenizer::Vocabulary vocabulary = fakes::small_vocabulary();
  fakes::ScriptedModel::Hook hook;
  engine::EngineOptions engine;
  // Where the answer is said as it is, special tokens by their spelling; empty: in the fence.
  std::string says_after;
};

class EditServiceTest : public testing::Test {
 protected:
  // The model answers with `answer`, then closes the fence; without `close` it just ends.
  void start_service(const std::string& answer, ServiceSetup setup = {}, bool close = true) {
    tokenizer_ = *tokenizer::Tokenizer::create(setup.vocabulary);
    auto model = std::make_unique<fakes::ScriptedModel>(fakes::ScriptedModelOptions{
        .vocab_size = tokenizer_->vocab_size(), .context_length = setup.options.context_length});
    const auto ids = [&](const std::string& text) { return tokenizer_->encode(text).ids; };
    auto said = ids("\n" + answer + (close ? "\n```\n" : ""));
    auto after = ids("```python");
    if (!setup.says_after.empty()) {
      said = tokenizer_->encode(answer, {.parse_special = true}).ids;
      after = tokenizer_->encode(setup.says_after, {.parse_special = true}).ids;
    }
    said.push_back(*tokenizer_->find("<|im_end|>"));
    model->script(after, said);
    if (setup.hook) model->on_forward(setup.hook);

    setup.engine.pass_times = fakes::kCheapColumns;
    engine_ = std::make_unique<engine::Engine>(std::move(model), tokenizer_, setup.engine);
    auto files = base::posix_file_system();
    auto workspace = *workspace::Workspace::open({folder_.str()}, {}, files);
    auto store = *workspace::EditStore::open(state_.str(), workspace, files);
    service_ = std::make_unique<EditService>(
        *engine_, tokenizer_, *tokenizer::ChatTemplate::recognise("chatml", *tokenizer_), workspace,
        store, setup.options);
  }

  std::unique_ptr<EditRecorder> run(EditRequest request) {
    auto recorder = std::make_unique<EditRecorder>();
    request.sampling.temperature = 0;
    service_->start(std::move(request), recorder->sink());
    recorder->wait();
    return recorder;
  }
  // One edit of a.py with `bytes`, to which the model answers `answer`.
  std::unique_ptr<EditRecorder> edit(const std::string& bytes, const std::string& answer,
                                     EditRequest request = request_for_a()) {
    folder_.write("a.py", bytes);
    start_service(answer);
    return run(std::move(request));
  }
  static EditRequest request_for_a() { return {.file = "a.py", .instruction = "Rename x to y"}; }
  static EditRequest applied_request() {
    EditRequest request = request_for_a();
    request.apply = true;
    return request;
  }

  tests::TempFolder folder_;
  tests::TempFolder state_;
  std::shared_ptr<const tokenizer::Tokenizer> tokenizer_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<EditService> service_;
};

}  // namespace cromwell::edit

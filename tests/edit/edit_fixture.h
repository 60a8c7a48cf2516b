// What the edit service's tests share: a workspace on disk, a scripted model behind a real engine,
// and a recorder of one edit's events.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <map>
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
  std::vector<EditDiff> diffs;
  std::optional<EditDiff> diff;  // the last
  std::optional<EditApplied> applied;
  std::optional<EditDone> done;
  std::optional<EditFailed> failed;
  std::vector<EditHunk> hunks;
  std::vector<EditRewind> rewinds;
  std::string text;                          // of all tokens of the last attempt
  std::map<std::string, std::string> texts;  // the same of each file of several
  int last_attempt = 1;
  std::string order;  // one letter per event; repeated ones once

 private:
  void add(char letter) {
    if (order.empty() || order.back() != letter) order += letter;
  }
  void note(EditStarted&& event) { add('S'), started = std::move(event); }
  void note(EditProgress&&) { add('P'); }
  void note(EditToken&& event) {
    add('T');
    if (event.attempt != last_attempt) text.clear(), texts[event.file].clear();
    last_attempt = event.attempt;
    text += event.text;
    texts[event.file] += event.text;
  }
  void note(EditRewind&& event) {
    add('R'), text.resize(static_cast<std::size_t>(event.to_bytes)), rewinds.push_back(event);
  }
  void note(EditHunk&& event) { add('H'), hunks.push_back(std::move(event)); }
  void note(EditDiff&& event) { add('D'), diffs.push_back(event), diff = std::move(event); }
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
  std::string as_likely;  // another answer, of the same beginning
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
    if (!setup.as_likely.empty()) make_as_likely(*model, said, ids("\n" + setup.as_likely));
    if (setup.hook) model->on_forward(setup.hook);
    start_with_model(std::move(model), setup.options, setup.engine);
  }

  // The model answers with `first`, and with `second` where the prompt tells it of a syntax error;
  // or with `as_likely`, of the same length, wherever that differs. before_row: called on the
  // engine thread, for each token of the first answer, true for its last one; then nothing is
  // guessed.
  void start_with_second_answer(const std::string& first, const std::string& second,
                                const std::string& as_likely = {},
                                std::function<void(bool is_last)> before_row = {}) {
    tokenizer_ = *tokenizer::Tokenizer::create(fakes::small_vocabulary());
    auto model = std::make_unique<fakes::ScriptedModel>(
        fakes::ScriptedModelOptions{.vocab_size = tokenizer_->vocab_size()});
    const auto ids = [&](const std::string& text) { return tokenizer_->encode(text).ids; };
    const auto complaint = ids("syntax error");
    const auto opening = ids("```python\n");
    const engine::EngineOptions options{.max_draft = before_row ? 0 : 63};
    const auto choose = [before_row, complaint, opening, one = ids(first + "```"),
                         two = ids(second + "```"), other = ids(as_likely)](
                            const fakes::ScriptedModel::Tokens& text, float* row) {
      const bool told =
          std::search(text.begin(), text.end(), complaint.begin(), complaint.end()) != text.end();
      const auto& answer = told ? two : one;
      const auto begin = std::find_end(text.begin(), text.end(), opening.begin(), opening.end());
      const auto said = static_cast<std::size_t>(text.end() - begin) - opening.size();
      if (said < answer.size()) row[answer[said]] = 100;
      if (before_row && !told) before_row(said + 1 == answer.size());
      if (told && said < other.size()) row[other[said]] = 100;
    };
    model->on_row(choose);
    start_with_model(std::move(model), {.context_length = 4096}, options);
  }

  void start_with_model(std::unique_ptr<fakes::ScriptedModel> model, EditServiceOptions options,
                        engine::EngineOptions engine = {}) {
    engine.pass_times = fakes::kCheapColumns;
    engine_ = std::make_unique<engine::Engine>(std::move(model), tokenizer_, engine);
    auto files = base::posix_file_system();
    auto workspace = *workspace::Workspace::open({folder_.str()}, {}, files);
    auto store = *workspace::EditStore::open(state_.str(), workspace, files);
    service_ = std::make_unique<EditService>(
        *engine_, tokenizer_, *tokenizer::ChatTemplate::recognise("chatml", *tokenizer_), workspace,
        store, options);
  }

  // Where `said` and `other` part, the model may go either way.
  void make_as_likely(fakes::ScriptedModel& model, const std::vector<engine::TokenId>& said,
                      std::vector<engine::TokenId> other) {
    other.push_back(said.back());
    auto before = tokenizer_->encode("```python").ids;
    model.script(before, other);
    const auto parting = std::mismatch(said.begin(), said.end(), other.begin(), other.end());
    before.insert(before.end(), said.begin(), parting.first);
    model.on_row([before, one = *parting.first, two = *parting.second](const auto& text,
                                                                       float* row) {
      const bool is_there =
          text.size() >= before.size() && std::equal(before.rbegin(), before.rend(), text.rbegin());
      if (is_there) row[two] = row[one];
    });
  }

  std::unique_ptr<EditRecorder> run(EditRequest request) {
    request.sampling.temperature = 0;
    return run_sampled(std::move(request));
  }
  std::unique_ptr<EditRecorder> run_sampled(EditRequest request) {
    auto recorder = std::make_unique<EditRecorder>();
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

// What the engine's tests share: a recorder of one generation's events, and an engine on the
// scripted model with a small tokenizer.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "tests/fakes/cheap_columns.h"
#include "tests/fakes/scripted_model.h"
#include "tests/fakes/small_tokenizer.h"

namespace cromwell::engine {

using Tokens = std::vector<TokenId>;

// Collects events on the engine thread, hands them to the test's thread.
class Recorder {
 public:
  explicit Recorder(std::function<void(const Event&)> also = {}) : also_(std::move(also)) {}

  EventSink sink() {
    return [this](Event&& event) {
      if (also_) also_(event);
      const std::lock_guard lock(mutex_);
      add(std::move(event));
      changed_.notify_all();
    };
  }

  // Blocks until the last event.
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return finished || failed; });
  }
  void wait_tokens(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return tokens.size() >= count || finished || failed; });
  }
  void wait_started() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return started || finished || failed; });
  }

  // To be read after wait().
  std::optional<Started> started;
  std::vector<Progress> progress;
  std::vector<ScoredToken> prompt;
  Tokens tokens;  // after a rewind the new ones in their places
  std::vector<ScoredToken> scored;
  std::vector<std::string> texts;  // per token
  std::optional<Finished> finished;
  std::optional<Failed> failed;
  std::string order;  // one letter per kind of event
  std::string text() const {
    std::string all;
    for (const auto& part : texts) all += part;
    return finished ? all + finished->text : all;
  }

 private:
  void add(Event&& event) {
    if (finished || failed) order += '!';  // nothing may follow
    std::visit([this](auto&& one) { note(std::move(one)); }, std::move(event));
  }
  void note(Started&& event) {
    started = event;
    order += 'S';
  }
  void note(Progress&& event) {
    progress.push_back(event);
    order += 'P';
  }
  void note(PromptScored&& event) {
    prompt = std::move(event.tokens);
    order += 'L';
  }
  void note(Token&& event) {
    const auto index = static_cast<std::size_t>(event.index);
    if (index > tokens.size()) order += '?';
    tokens.resize(index);
    texts.resize(index);
    scored.resize(index);
    tokens.push_back(event.scored.id);
    texts.push_back(std::move(event.text));
    scored.push_back(std::move(event.scored));
    order += 'T';
  }
  void note(Finished&& event) {
    finished = std::move(event);
    order += 'F';
  }
  void note(Failed&& event) {
    failed = std::move(event);
    order += 'X';
  }

  std::function<void(const Event&)> also_;
  std::mutex mutex_;
  std::condition_variable changed_;
};

// Of a draft model: a pass takes a tenth of one of the model's, and little more for more columns.
inline constexpr PassTimes kTenthOfAPass{0.1, 0.11, 0.12, 0.14, 0.16, 0.2, 0.3, 0.5};

// A draft model that guesses what the scripted model says.
inline std::unique_ptr<fakes::ScriptedModel> twin(fakes::ScriptedModelOptions options = {}) {
  options.vocab_size = fakes::small_tokenizer()->vocab_size();
  return std::make_unique<fakes::ScriptedModel>(options);
}
// ... but not after a text whose size is a multiple of `every`.
inline std::unique_ptr<fakes::ScriptedModel> mistaken_twin(
    int every, fakes::ScriptedModelOptions options = {}) {
  auto model = twin(options);
  model->on_row([every](const Tokens& text, float* row) {
    if (static_cast<int>(text.size()) % every == 0) row[text.size() % 7] = 1000;
  });
  return model;
}

struct EngineUnderTest {
  explicit EngineUnderTest(EngineOptions options = {},
                           fakes::ScriptedModelOptions model_options = {},
                           const std::function<void(fakes::ScriptedModel&)>& prepare = {},
                           std::unique_ptr<fakes::ScriptedModel> draft_model = nullptr) {
    tokenizer = fakes::small_tokenizer();
    if (model_options.vocab_size == 0) model_options.vocab_size = tokenizer->vocab_size();
    auto made = std::make_unique<fakes::ScriptedModel>(model_options);
    model = made.get();
    if (prepare) prepare(*made);
    if (!options.pass_times) options.pass_times = fakes::kCheapColumns;
    drafter = draft_model.get();
    engine = std::make_unique<Engine>(std::move(made), tokenizer, options, std::move(draft_model));
  }
  ~EngineUnderTest() {
    if (engine) {
      EXPECT_EQ(model->violations, 0);
    }
    if (engine && drafter != nullptr) {
      EXPECT_EQ(drafter->violations, 0);
    }
  }

  // Runs one request to its end.
  std::unique_ptr<Recorder> run(GenerateRequest request) {
    auto recorder = std::make_unique<Recorder>();
    auto generation = engine->submit(std::move(request), recorder->sink());
    EXPECT_TRUE(generation.has_value()) << generation.error().message;
    if (generation) recorder->wait();
    return recorder;
  }
  Tokens ids(const std::string& text) const { return tokenizer->encode(text).ids; }

  std::shared_ptr<const tokenizer::Tokenizer> tokenizer;
  fakes::ScriptedModel* model = nullptr;
  fakes::ScriptedModel* drafter = nullptr;  // null without a draft model
  std::unique_ptr<Engine> engine;
};

// Temperature 0, and so many tokens whatever they are.
inline GenerateRequest greedy(Tokens prompt, int max_tokens) {
  GenerateRequest request;
  request.prompt = std::move(prompt);
  request.max_tokens = max_tokens;
  request.sampling.temperature = 0;
  request.ignore_eos = true;
  return request;
}

// Guesses a known continuation, with a wrong token in `errors` of 100 places.
class OracleDraft : public DraftSource {
 public:
  OracleDraft(Tokens answer, int prompt_tokens, int errors, unsigned seed)
      : answer_(std::move(answer)),
        prompt_(static_cast<std::size_t>(prompt_tokens)),
        errors_(errors),
        random_(seed) {}
  void propose(std::span<const TokenId> text, int limit, Tokens& draft) override {
    for (std::size_t i = text.size() - prompt_; i < answer_.size() && limit > 0; ++i, --limit) {
      const bool wrong = static_cast<int>(random_() % 100) < errors_;
      draft.push_back(wrong ? static_cast<TokenId>(random_() % 256) : answer_[i]);
    }
  }

 private:
  Tokens answer_;
  std::size_t prompt_;
  int errors_;
  std::mt19937 random_;
};

// Holds the engine thread before a pass until the test lets it go on.
class StepGate {
 public:
  fakes::ScriptedModel::Hook hook() {
    return [this](const model::Batch&) -> base::Result<> {
      std::unique_lock lock(mutex_);
      ++arrived_;
      changed_.notify_all();
      changed_.wait(lock, [&] { return open_ || allowed_ >= arrived_; });
      return {};
    };
  }
  // Blocks until the engine stands before its n-th pass.
  void wait_arrived(int n) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrived_ >= n; });
  }
  void allow(int passes) {
    const std::lock_guard lock(mutex_);
    allowed_ += passes;
    changed_.notify_all();
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0;
  int allowed_ = 0;
  bool open_ = false;
};

inline Tokens random_tokens(std::mt19937& random, int count, int vocab_size = 256) {
  Tokens tokens;
  for (int i = 0; i < count; ++i) {
    tokens.push_back(static_cast<TokenId>(random() % static_cast<unsigned>(vocab_size)));
  }
  return tokens;
}

// What plain greedy decoding gives: the model asked directly, token by token.
inline Tokens greedy_reference(const fakes::ScriptedModel& model,
                               const tokenizer::Tokenizer& tokenizer, Tokens prompt, int count,
                               bool ignore_eos = true) {
  Tokens generated;
  std::vector<float> row(static_cast<std::size_t>(model.vocab_size()));
  while (static_cast<int>(generated.size()) < count) {
    model.write_logits(prompt, row.data());
    const auto best = std::max_element(row.begin(), row.end()) - row.begin();
    prompt.push_back(static_cast<TokenId>(best));
    generated.push_back(static_cast<TokenId>(best));
    if (!ignore_eos && tokenizer.is_end_of_generation(generated.back())) break;
  }
  return generated;
}

}  // namespace cromwell::engine

// Sessions on disk: they come back as they were, or what is in memory stays as it is.
#include "engine/session_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "engine/text_transfer.h"
#include "tests/engine/engine_fixture.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/fakes/temp_folder.h"

namespace cromwell::engine {
namespace {

class SessionStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = SessionStore::open(folder_.str("sessions"), files_);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  // Runs a request of the session, so that its text is in memory.
  std::unique_ptr<Recorder> run(EngineUnderTest& test, const char* session, const Tokens& prompt) {
    auto request = greedy(prompt, 5);
    request.session = session;
    return test.run(std::move(request));
  }
  std::string only_file() const {
    std::string path;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.str("sessions"))) {
      EXPECT_TRUE(path.empty()) << path << " and " << entry.path();
      path = entry.path().string();
    }
    return path;
  }
  static int tokens_in_memory(EngineUnderTest& test) {
    int tokens = 0;
    for (const auto& session : test.engine->sessions()) tokens += session.cached_tokens;
    return tokens;
  }

  std::mt19937 random_{3};
  const Tokens prompt_ = random_tokens(random_, 200);
  tests::TempFolder folder_;
  std::shared_ptr<tests::FaultyFileSystem> files_ = std::make_shared<tests::FaultyFileSystem>();
  std::unique_ptr<SessionStore> store_;
};

TEST_F(SessionStoreTest, ALongTextIsCopiedAFewPagesAtAStep) {
  constexpr int kPages = 2 * kPagesPerCopy;
  StepGate gate;
  EngineUnderTest test({}, {}, [&](auto& model) { model.on_forward(gate.hook()); });
  gate.allow(kPages + 4);
  run(test, "s", random_tokens(random_, kPages * model::kPageTokens));
  Recorder writer;
  ASSERT_TRUE(test.engine->submit(greedy({1}, 100), writer.sink()));
  auto copy = std::async(std::launch::async, [&] { return test.engine->copy_session("s"); });
  gate.allow(1);
  gate.wait_arrived(kPages + 4 + 2);  // commands were taken twice since, and there are three pieces
  EXPECT_EQ(copy.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  gate.open();
  const auto text = copy.get();
  writer.wait();
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(text->pages.size(), kPages + 1U);
  EXPECT_EQ(text->tokens.size(), kPages * std::size_t{model::kPageTokens} + 4);
}

TEST_F(SessionStoreTest, ARestoredSessionGoesOnAsIfNothingHadHappened) {
  {
    EngineUnderTest test;
    run(test, "s", prompt_);
    const auto saved = store_->save(*test.engine, "s");
    ASSERT_TRUE(saved) << saved.error().message;
    EXPECT_EQ(*saved, 204);
  }
  EngineUnderTest test;
  const auto restored = store_->restore(*test.engine, "s");
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(*restored, 204);
  ASSERT_EQ(test.engine->sessions().size(), 1U);
  EXPECT_EQ(test.engine->sessions()[0].cached_tokens, 204);
  const auto again = run(test, "other", prompt_);
  EXPECT_EQ(again->started->cached_tokens, 199);
  EXPECT_EQ(again->tokens, greedy_reference(*test.model, *test.tokenizer, prompt_, 5));
}

TEST_F(SessionStoreTest, WhatIsInMemoryAlreadyIsNotDoubled) {
  EngineUnderTest test;
  run(test, "s", prompt_);
  ASSERT_TRUE(store_->save(*test.engine, "s"));
  const int free = test.engine->status().pages_free;
  ASSERT_TRUE(store_->restore(*test.engine, "s"));
  test.run(greedy({1}, 0));
  EXPECT_EQ(test.engine->status().pages_free, free - 1);
}

TEST_F(SessionStoreTest, RefusesAnotherModelsSession) {
  {
    EngineUnderTest test;
    run(test, "s", prompt_);
    ASSERT_TRUE(store_->save(*test.engine, "s"));
  }
  const auto other = [](auto change) {
    return [change](fakes::ScriptedModel& model) { change(model.identity); };
  };
  for (const auto& prepare : std::vector<std::function<void(fakes::ScriptedModel&)>>{
           other([](auto& identity) { identity.weights = "tuned"; }),
           other([](auto& identity) { identity.kv_type = "q8_0"; }),
           other([](auto& identity) { identity.kernels = "avx512"; })}) {
    EngineUnderTest test({}, {}, prepare);
    const auto restored = store_->restore(*test.engine, "s");
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().code, base::ErrorCode::kConflict) << restored.error().message;
    EXPECT_TRUE(test.engine->sessions().empty());
  }
}

TEST_F(SessionStoreTest, ADamagedFileIsRefusedAndLosesNothing) {
  EngineUnderTest test({}, {.pages = 8});
  run(test, "s", prompt_);
  ASSERT_TRUE(store_->save(*test.engine, "s"));
  ASSERT_TRUE(test.engine->delete_session("s"));
  run(test, "a", random_tokens(random_, 200));
  run(test, "b", random_tokens(random_, 200));
  const int before = tokens_in_memory(test);
  std::fstream file(only_file(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-5, std::ios::end).put('?');
  file.close();
  const auto restored = store_->restore(*test.engine, "s");
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, base::ErrorCode::kIo);
  EXPECT_EQ(restored.error().message, "saved session s: damaged: page 3 does not match its hash");
  EXPECT_EQ(tokens_in_memory(test), before);
}

TEST_F(SessionStoreTest, AFileLargerThanAnySessionIsNotRead) {
  EngineUnderTest test;
  run(test, "s", prompt_);
  ASSERT_TRUE(store_->save(*test.engine, "s"));
  const SessionLimits limits = test.engine->session_limits();
  const auto pages = static_cast<std::size_t>(limits.max_tokens) / model::kPageTokens;
  const std::size_t most = SessionStore::kMaxHeaderBytes + pages * limits.page_bytes;
  std::filesystem::resize_file(only_file(), most);  // all but the beginning is a hole
  EXPECT_EQ(store_->restore(*test.engine, "s").error().code, base::ErrorCode::kIo);
  std::filesystem::resize_file(only_file(), most + 1);
  EXPECT_EQ(store_->restore(*test.engine, "s").error().code, base::ErrorCode::kPayloadTooLarge);
}

TEST_F(SessionStoreTest, ASaveWaitsForAnotherOfTheSameSession) {
  EngineUnderTest test;
  run(test, "s", prompt_);
  std::vector<std::thread::id> callers;
  std::future<bool> other;
  const auto save = [&] { return store_->save(*test.engine, "s").has_value(); };
  files_->before = [&](const std::string& call) {
    callers.push_back(std::this_thread::get_id());
    // The temporary file is there and empty; another thread saves too.
    if (!other.valid() && call.starts_with("write ")) other = std::async(std::launch::async, save);
  };
  for (int round = 0; round < 20; ++round) {
    callers.clear();
    EXPECT_TRUE(save());
    EXPECT_TRUE(other.get());
    EXPECT_EQ(std::unique(callers.begin(), callers.end()) - callers.begin(), 2) << round;
  }
  EXPECT_TRUE(store_->restore(*test.engine, "s"));
}

TEST_F(SessionStoreTest, AFileUnderAnothersNameIsRefused) {
  EngineUnderTest test;
  run(test, "s", prompt_);
  ASSERT_TRUE(store_->save(*test.engine, "s"));
  const std::string path = only_file();
  run(test, "t", {1, 2, 3});
  ASSERT_TRUE(store_->save(*test.engine, "t"));
  for (const auto& entry : std::filesystem::directory_iterator(folder_.str("sessions"))) {
    if (entry.path() == path) continue;
    std::filesystem::copy_file(path, entry.path(),
                               std::filesystem::copy_options::overwrite_existing);
  }
  EXPECT_EQ(store_->restore(*test.engine, "t").error().message,
            "saved session t: damaged: it is of the session s");
}

TEST_F(SessionStoreTest, AFaultWhileSavingLeavesAFileThatCanBeRestored) {
  EngineUnderTest test;
  run(test, "s", prompt_);
  ASSERT_TRUE(store_->save(*test.engine, "s"));
  const int calls = files_->calls;
  ASSERT_TRUE(store_->save(*test.engine, "s"));
  const int calls_of_save = files_->calls - calls;
  ASSERT_GT(calls_of_save, 5);
  for (int call = 1; call <= calls_of_save; ++call) {
    files_->fault = {
        .kind = tests::Fault::Kind::kFail, .at_call = files_->calls + call, .error_number = ENOSPC};
    const auto saved = store_->save(*test.engine, "s");
    files_->fault = {};
    EXPECT_FALSE(saved) << call;
    only_file();  // no temporary one is left
    EXPECT_TRUE(store_->restore(*test.engine, "s")) << call;
  }
}

TEST_F(SessionStoreTest, SaysWhatIsNotThere) {
  EngineUnderTest test;
  using enum base::ErrorCode;
  EXPECT_EQ(store_->save(*test.engine, "none").error().code, kNotFound);
  EXPECT_EQ(store_->restore(*test.engine, "none").error().code, kNotFound);
  EXPECT_EQ(store_->remove("none").error().code, kNotFound);
  run(test, "s", prompt_);
  ASSERT_TRUE(store_->save(*test.engine, "s"));
  EXPECT_TRUE(store_->remove("s"));
  EXPECT_EQ(store_->restore(*test.engine, "s").error().code, kNotFound);
}

TEST_F(SessionStoreTest, KeepsNoMoreFilesThanAllowed) {
  EngineUnderTest test({.max_sessions = 100});
  for (int i = 0; i <= SessionStore::kMaxFiles; ++i) {
    const std::string name = std::to_string(i);
    run(test, name.c_str(), {1, 2, 3});
    const auto saved = store_->save(*test.engine, name);
    EXPECT_EQ(saved.has_value(), i < SessionStore::kMaxFiles);
  }
  EXPECT_TRUE(store_->save(*test.engine, "0")) << "one that is there is written anew";
}

// Runs until it is let go: each time it has written 30 tokens it goes back to 5.
class HeldGeneration {
 public:
  HeldGeneration(EngineUnderTest& test, GenerateRequest request) {
    auto known = known_.get_future().share();
    recorder_ = std::make_unique<Recorder>([this, known](const Event& event) {
      const auto* token = std::get_if<Token>(&event);
      if (token == nullptr) return;
      known.wait();
      if (token->index == 30 && !may_end_) generation_.rewind_to(5);
    });
    generation_ = *test.engine->submit(std::move(request), recorder_->sink());
    known_.set_value();
    recorder_->wait_tokens(1);
  }
  ~HeldGeneration() { let_go(); }
  const Tokens& let_go() {
    may_end_ = true;
    recorder_->wait();
    return recorder_->tokens;
  }

 private:
  std::atomic<bool> may_end_ = false;
  std::promise<void> known_;
  std::unique_ptr<Recorder> recorder_;
  Generation generation_;
};

TEST_F(SessionStoreTest, TakesNothingFromARunningGeneration) {
  {
    EngineUnderTest test;
    for (const char* session : {"s", "t"}) {
      run(test, session, random_tokens(random_, 100));
      ASSERT_TRUE(store_->save(*test.engine, session));
    }
  }
  EngineUnderTest test({}, {.pages = 4});
  auto request = greedy(prompt_, 40);  // all of the pool
  request.session = "s";
  HeldGeneration running(test, std::move(request));
  EXPECT_EQ(store_->restore(*test.engine, "s").error().code, base::ErrorCode::kConflict);
  EXPECT_EQ(store_->restore(*test.engine, "t").error().code, base::ErrorCode::kUnavailable);
  EXPECT_EQ(running.let_go(), greedy_reference(*test.model, *test.tokenizer, prompt_, 40));
  EXPECT_TRUE(store_->restore(*test.engine, "t"));
}

TEST_F(SessionStoreTest, ARefusedRestoreTakesNothingFromOthers) {
  {
    EngineUnderTest test;
    run(test, "t", random_tokens(random_, 150));
    ASSERT_TRUE(store_->save(*test.engine, "t"));
  }
  EngineUnderTest test({}, {.pages = 6});
  run(test, "idle", random_tokens(random_, 100));
  HeldGeneration running(test, greedy(prompt_, 40));  // four pages; t needs three
  const auto restored = store_->restore(*test.engine, "t");
  EXPECT_EQ(restored.error().code, base::ErrorCode::kUnavailable);
  const auto idle = test.engine->copy_session("idle");
  ASSERT_TRUE(idle) << idle.error().message;
  EXPECT_EQ(idle->tokens.size(), 104U);
  running.let_go();
}

}  // namespace
}  // namespace cromwell::engine

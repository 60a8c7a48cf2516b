// The engine on the real model: what eight clients get at once is what each gets alone, bit for
// bit, however prompts are cut and whatever is guessed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "engine/engine.h"
#include "engine/loaded_model.h"
#include "tests/engine/engine_fixture.h"

namespace cromwell::engine {
namespace {

std::string model_path() {
  if (const char* path = std::getenv("CROMWELL_TEST_MODEL")) return path;
  std::filesystem::path folder;
  if (const char* cache = std::getenv("XDG_CACHE_HOME")) {
    folder = cache;
  } else if (const char* home = std::getenv("HOME")) {
    folder = std::filesystem::path(home) / ".cache";
  }
  return folder / "cromwell" / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf";
}

constexpr std::size_t kPlentyOfMemory = std::size_t{256} << 20;

class RealModel : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(model_path())) GTEST_SKIP() << "no model at " << model_path();
  }
  void open(EngineOptions options, std::size_t kv_memory = kPlentyOfMemory) {
    engine_.reset();
    auto loaded = load_model(model_path(), {.kv_memory_bytes = kv_memory});
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
    tokenizer_ = loaded->tokenizer;
    page_bytes_ = loaded->model->page_bytes();
    engine_ = std::make_unique<Engine>(std::move(loaded->model), tokenizer_, options);
  }
  GenerateRequest request(int client, bool is_greedy) const {
    static const char* const kTexts[] = {
        "def fibonacci(n):\n    ", "#include <stdio.h>\nint main(void) {\n",
        "The capital of France",
        "import os\n\nfor name in os.listdir('.'):\n    print(name)\n# The loop above prints the "
        "name of every file in the current folder. The next one prints its size, and the sum of "
        "all sizes at the end, with the number of files and the size of the largest one:\n"};
    std::string text = kTexts[client % 4];
    text.push_back(static_cast<char>('0' + client));
    auto made = greedy(tokenizer_->encode(text).ids, 16);
    if (!is_greedy) made.sampling = {.temperature = 0.8F, .top_p = 0.95F, .seed = 17};
    made.top_logprobs = 0;
    return made;
  }
  std::unique_ptr<Recorder> run(GenerateRequest made) {
    auto recorder = std::make_unique<Recorder>();
    auto generation = engine_->submit(std::move(made), recorder->sink());
    EXPECT_TRUE(generation.has_value());
    recorder->wait();
    return recorder;
  }
  static void expect_same(const Recorder& a, const Recorder& b) {
    EXPECT_EQ(a.tokens, b.tokens);
    EXPECT_EQ(a.text(), b.text());
    ASSERT_EQ(a.scored.size(), b.scored.size());
    for (std::size_t i = 0; i < a.scored.size(); ++i) {
      EXPECT_EQ(a.scored[i].logprob, b.scored[i].logprob) << "bitwise, token " << i;
    }
  }

  std::shared_ptr<const tokenizer::Tokenizer> tokenizer_;
  std::unique_ptr<Engine> engine_;
  std::size_t page_bytes_ = 0;
};

TEST_F(RealModel, EightClientsAtOnceGetWhatEachGetsAlone) {
  open({});
  std::vector<std::unique_ptr<Recorder>> alone;
  for (int i = 0; i < 8; ++i) alone.push_back(run(request(i, i % 2 == 0)));
  const auto together = [&] {
    std::vector<std::unique_ptr<Recorder>> recorders;
    for (int i = 0; i < 8; ++i) {
      recorders.push_back(std::make_unique<Recorder>());
      ASSERT_TRUE(engine_->submit(request(i, i % 2 == 0), recorders.back()->sink()));
    }
    for (std::size_t i = 0; i < 8; ++i) {
      recorders[i]->wait();
      expect_same(*recorders[i], *alone[i]);
    }
  };
  together();
  // With small chunks, and with memory for two of them at a time.
  open({.prefill_chunk = 7}, 5 * page_bytes_);
  together();
}

// Each client is cancelled somewhere in its prompt or its answer and asks again, among the others;
// half of the prompts share a beginning. With little memory they push each other out.
// CROMWELL_CAMPAIGN_ROUNDS: so many seeds (deploy/campaigns/clients).
TEST_F(RealModel, ThirtyTwoInterleavedCancelledAndRestartedGetWhatEachGetsAlone) {
  const std::string shared =
      "import os\n\nfor name in os.listdir('.'):\n    print(name)\n# The loop above prints the "
      "name of every file in the current folder. The next one prints its size, and the sum of all:\n";
  const auto make = [&](int client) {
    const std::string own = "# client " + std::to_string(client * 7919) + "\ndef ";
    auto made = greedy(tokenizer_->encode(client % 2 == 0 ? shared + own : own).ids, 8);
    made.priority = static_cast<Priority>(client % 3);
    made.top_logprobs = 0;
    return made;
  };
  std::vector<std::unique_ptr<Recorder>> alone;
  open({});
  for (int i = 0; i < 32; ++i) {
    alone.push_back(run(make(i)));
    open({});  // nothing is shared
  }
  const char* rounds = std::getenv("CROMWELL_CAMPAIGN_ROUNDS");
  const unsigned seeds = rounds == nullptr ? 1 : static_cast<unsigned>(std::atoi(rounds));
  for (unsigned seed = 32; seed < 32 + seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    open({}, 8 * page_bytes_);
    std::mt19937 random(seed);
    std::vector<std::unique_ptr<Recorder>> cancelled, again;
    std::vector<Generation> first;
    for (int i = 0; i < 32; ++i) {
      cancelled.push_back(std::make_unique<Recorder>());
      first.push_back(*engine_->submit(make(i), cancelled.back()->sink()));
    }
    for (std::size_t i = 0; i < 32; ++i) {
      cancelled[i]->wait_tokens(random() % 6);
      first[i].cancel();
      again.push_back(std::make_unique<Recorder>());
      ASSERT_TRUE(engine_->submit(make(static_cast<int>(i)), again.back()->sink()));
    }
    for (std::size_t i = 0; i < 32; ++i) {
      again[i]->wait();
      expect_same(*again[i], *alone[i]);
    }
  }
}

TEST_F(RealModel, ARestoredSessionIsWhatWasSaved) {
  open({});
  auto first = request(3, true);
  first.session = "s";
  const auto expected = run(std::move(first));
  auto saved = engine_->copy_session("s");
  ASSERT_TRUE(saved) << saved.error().message;
  open({});  // a new daemon
  ASSERT_TRUE(engine_->put_session("s", *saved));
  const auto restored = run(request(3, true));
  EXPECT_EQ(restored->started->cached_tokens, restored->started->prompt_tokens - 1);
  expect_same(*restored, *expected);
}

TEST_F(RealModel, DraftsAndSessionsGiveWhatPlainDecodingGives) {
  open({});
  for (const bool is_greedy : {true, false}) {
    const auto plain = run(request(3, is_greedy));
    for (const int errors : {0, 25}) {
      auto drafted = request(3, is_greedy);
      const int prompt_tokens = static_cast<int>(drafted.prompt.size());
      drafted.draft = std::make_unique<OracleDraft>(plain->tokens, prompt_tokens, errors, 1);
      drafted.session = std::string("s");  // from the second time on with its prompt cached
      const auto recorder = run(std::move(drafted));
      expect_same(*recorder, *plain);
      if (errors == 0) {
        EXPECT_EQ(recorder->finished->usage.accepted_tokens,
                  recorder->finished->usage.draft_tokens);
      }
    }
  }
}

}  // namespace
}  // namespace cromwell::engine

// KV memory: eviction, waiting, refusal, and that no page is ever lost.
#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <thread>

#include "engine/engine.h"
#include "tests/engine/engine_fixture.h"

namespace cromwell::engine {
namespace {

GenerateRequest in_session(std::string session, Tokens prompt, int max_tokens) {
  auto request = greedy(std::move(prompt), max_tokens);
  request.session = std::move(session);
  return request;
}

std::vector<std::string> session_names(const EngineUnderTest& test) {
  std::vector<std::string> names;
  for (const auto& session : test.engine->sessions()) names.push_back(session.id);
  return names;
}

void expect_no_page_in_use(EngineUnderTest& test) {
  for (const auto& name : session_names(test)) {
    EXPECT_TRUE(test.engine->delete_session(name).has_value()) << name;
  }
  test.run(greedy({1}, 1));  // the engine has taken these commands when this is done
  const auto status = test.engine->status();
  EXPECT_EQ(status.pages_free + status.pages_idle, status.pages_total);
  EXPECT_EQ(status.running + status.queued + status.sessions, 0);
}

TEST(EngineMemory, OfSessionsAlikeTheLeastRecentlyUsedLosesItsCache) {
  EngineUnderTest test({}, {.pages = 6});
  std::mt19937 random(1);
  const auto a = random_tokens(random, 100);  // two pages each
  for (const char* name : {"a", "b", "c"}) {
    test.run(in_session(name, name == std::string("a") ? a : random_tokens(random, 100), 5));
  }
  EXPECT_EQ(test.engine->status().pages_free, 0);
  test.run(in_session("a", a, 5));  // now b is the oldest
  test.run(in_session("d", random_tokens(random, 100), 5));
  EXPECT_EQ(session_names(test), (std::vector<std::string>{"a", "c", "d"}));
  expect_no_page_in_use(test);
}

TEST(EngineMemory, ASessionsLossIsListedWhileTheGenerationThatTookItsPagesRuns) {
  StepGate gate;
  EngineUnderTest test({}, {.pages = 2}, [&](auto& model) { model.on_forward(gate.hook()); });
  gate.allow(5);
  test.run(in_session("a", {1, 2, 3}, 5));
  ASSERT_EQ(session_names(test), (std::vector<std::string>{"a"}));
  Recorder recorder;
  ASSERT_TRUE(test.engine->submit(greedy(Tokens(120, 1), 5), recorder.sink()));
  gate.wait_arrived(6);
  EXPECT_TRUE(session_names(test).empty());
  gate.open();
  recorder.wait();
}

TEST(EngineMemory, KeepsNoMoreSessionsThanAllowed) {
  EngineUnderTest test({.max_sessions = 2});
  for (const char* name : {"a", "b", "c"}) test.run(in_session(name, {1, 2, 3}, 5));
  EXPECT_EQ(session_names(test), (std::vector<std::string>{"b", "c"}));
  expect_no_page_in_use(test);
}

TEST(EngineMemory, PinnedSessionsKeepTheirCacheAndAreListedSo) {
  EngineUnderTest test({}, {.pages = 6});
  std::mt19937 random(6);
  EXPECT_EQ(test.engine->pin_session("a", true).error().code, base::ErrorCode::kNotFound);
  test.run(in_session("a", random_tokens(random, 100), 5));
  ASSERT_TRUE(test.engine->pin_session("a", true));
  for (const char* name : {"b", "c", "d", "e"}) {
    test.run(in_session(name, random_tokens(random, 100), 5));
  }
  EXPECT_EQ(session_names(test), (std::vector<std::string>{"a", "d", "e"}));
  EXPECT_TRUE(test.engine->sessions()[0].pinned);
  EXPECT_EQ(test.engine->sessions()[0].cached_tokens, 104);
  EXPECT_EQ(test.engine->sessions()[0].pages, 2);
  ASSERT_TRUE(test.engine->pin_session("a", false));
  for (const char* name : {"f", "g"}) test.run(in_session(name, random_tokens(random, 100), 5));
  EXPECT_EQ(session_names(test), (std::vector<std::string>{"e", "f", "g"}));
  expect_no_page_in_use(test);
}

TEST(EngineMemory, APinnedSessionMayLoseItsCacheButNotItsName) {
  EngineUnderTest test({}, {.pages = 2});
  test.run(in_session("a", {1, 2, 3}, 5));
  ASSERT_TRUE(test.engine->pin_session("a", true));
  test.run(greedy(Tokens(120, 1), 5));
  ASSERT_EQ(session_names(test), (std::vector<std::string>{"a"}));
  EXPECT_EQ(test.engine->sessions()[0].cached_tokens, 0);
  ASSERT_TRUE(test.engine->pin_session("a", false));
  test.run(greedy({1}, 1));
  EXPECT_TRUE(session_names(test).empty());
}

TEST(EngineMemory, APinDuringTheLastStepOfItsSessionIsListed) {
  StepGate gate;
  EngineUnderTest test({}, {}, [&](auto& model) { model.on_forward(gate.hook()); });
  Recorder recorder;
  ASSERT_TRUE(test.engine->submit(in_session("a", {1, 2, 3}, 1), recorder.sink()));
  gate.wait_arrived(1);
  ASSERT_TRUE(test.engine->pin_session("a", true));
  gate.open();
  recorder.wait();
  EXPECT_TRUE(test.engine->sessions().at(0).pinned);
  test.run(greedy({1}, 1));  // now the pin is applied
  EXPECT_TRUE(test.engine->sessions().at(0).pinned);
  ASSERT_TRUE(test.engine->pin_session("a", false));
  test.run(greedy({1}, 1));
  EXPECT_FALSE(test.engine->sessions().at(0).pinned);
  expect_no_page_in_use(test);
}

TEST(EngineMemory, UnpinningASessionWithoutTextTakesNobodysName) {
  StepGate gate;
  EngineUnderTest test({.max_sessions = 1}, {},
                       [&](auto& model) { model.on_forward(gate.hook()); });
  gate.allow(1);
  test.run(in_session("a", {1, 2, 3}, 1));
  Recorder recorder;
  ASSERT_TRUE(test.engine->submit(in_session("b", {4}, 3), recorder.sink()));
  gate.wait_arrived(2);
  ASSERT_TRUE(test.engine->pin_session("b", false));
  gate.allow(1);
  gate.wait_arrived(3);
  EXPECT_EQ(session_names(test), (std::vector<std::string>{"a", "b"}));
  gate.open();
  recorder.wait();
  expect_no_page_in_use(test);
}

TEST(EngineMemory, ASessionThatIsPutWhileItIsDeletedIsThereOrNot) {
  EngineUnderTest test;
  test.run(in_session("s", {1, 2, 3}, 5));
  const auto text = test.engine->copy_session("s");
  ASSERT_TRUE(text);
  for (int round = 0; round < 500; ++round) {
    ASSERT_TRUE(test.engine->put_session("s", *text));
    auto put = std::async(std::launch::async, [&] { return test.engine->put_session("s", *text); });
    for (int i = 0; i < round; ++i) std::this_thread::yield();
    (void)test.engine->delete_session("s");
    ASSERT_TRUE(put.get());
    const bool is_there = test.engine->copy_session("s").has_value();  // after both
    EXPECT_EQ(test.engine->sessions().size(), is_there ? 1U : 0U) << round;
  }
}

TEST(EngineMemory, RefusesWhatTheWholePoolCannotHoldAndCutsWhatItCan) {
  EngineUnderTest test({}, {.pages = 3});
  Recorder recorder;
  const auto refused = test.engine->submit(greedy(Tokens(192, 1), 1), recorder.sink());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, base::ErrorCode::kContextExceeded);
  const auto cut = test.run(greedy(Tokens(150, 1), 2000));
  EXPECT_EQ(cut->tokens.size(), 42U);
  EXPECT_EQ(cut->finished->reason, FinishReason::kLength);
  const auto full = test.run(greedy(Tokens(192, 1), 0));
  EXPECT_TRUE(full->finished);
}

TEST(EngineMemory, WaitsForPagesThatRunningOnesHold) {
  StepGate gate;
  EngineUnderTest test({}, {.pages = 6}, [&](auto& model) { model.on_forward(gate.hook()); });
  std::mt19937 random(2);
  const auto first_prompt = random_tokens(random, 200);
  const auto second_prompt = random_tokens(random, 200);
  Recorder first, second;
  ASSERT_TRUE(test.engine->submit(greedy(first_prompt, 20), first.sink()));
  ASSERT_TRUE(test.engine->submit(greedy(second_prompt, 20), second.sink()));
  gate.allow(3);
  gate.wait_arrived(4);
  EXPECT_EQ(test.engine->status().running, 1);
  EXPECT_EQ(test.engine->status().queued, 1);
  gate.open();
  first.wait();
  second.wait();
  EXPECT_EQ(first.tokens, greedy_reference(*test.model, *test.tokenizer, first_prompt, 20));
  EXPECT_EQ(second.tokens, greedy_reference(*test.model, *test.tokenizer, second_prompt, 20));
  expect_no_page_in_use(test);
}

TEST(EngineMemory, PreemptedGenerationsSayTheSameAndScoreTheSame) {
  EngineUnderTest test({}, {.pages = 4});
  std::mt19937 random(3);
  std::vector<Tokens> prompts;
  std::vector<std::unique_ptr<Recorder>> recorders;
  int asked = 0;
  for (int i = 0; i < 8; ++i) {
    prompts.push_back(random_tokens(random, 20));
    auto request = greedy(prompts.back(), 150);
    request.prompt_logprobs = true;
    asked += 170;
    recorders.push_back(std::make_unique<Recorder>());
    ASSERT_TRUE(test.engine->submit(std::move(request), recorders.back()->sink()));
  }
  for (std::size_t i = 0; i < recorders.size(); ++i) {
    recorders[i]->wait();
    EXPECT_EQ(recorders[i]->tokens,
              greedy_reference(*test.model, *test.tokenizer, prompts[i], 150));
    EXPECT_EQ(recorders[i]->prompt.size(), 20U);
    EXPECT_EQ(std::count(recorders[i]->order.begin(), recorders[i]->order.end(), 'S'), 1);
    EXPECT_EQ(std::count(recorders[i]->order.begin(), recorders[i]->order.end(), 'L'), 1);
  }
  EXPECT_GT(test.model->tokens, asked);  // some were computed twice: it did happen
  expect_no_page_in_use(test);
}

TEST(EngineMemory, PreemptedWithinItsPromptItScoresEachTokenOnce) {
  StepGate gate;  // the old one takes no step without the young one
  EngineUnderTest test({.prefill_chunk = 1}, {.pages = 7},
                       [&](auto& model) { model.on_forward(gate.hook()); });
  std::mt19937 random(4);
  const auto prompt = random_tokens(random, 250);
  Recorder old, young;
  ASSERT_TRUE(test.engine->submit(greedy({1, 2, 3}, 300), old.sink()));
  gate.wait_arrived(1);
  auto request = greedy(prompt, 5);
  request.prompt_logprobs = true;
  ASSERT_TRUE(test.engine->submit(std::move(request), young.sink()));
  gate.open();
  old.wait();
  young.wait();
  EXPECT_GT(test.model->tokens, 302 + 254);  // the prompt was begun anew
  ASSERT_EQ(young.prompt.size(), prompt.size());
  for (std::size_t i = 0; i < prompt.size(); ++i) EXPECT_EQ(young.prompt[i].id, prompt[i]);
  EXPECT_EQ(young.tokens, greedy_reference(*test.model, *test.tokenizer, prompt, 5));
}

TEST(EngineMemory, WaitingForkHoldsNoPagesThatARunningOneNeeds) {
  EngineUnderTest test({.max_running = 1}, {.pages = 4});
  std::mt19937 random(5);
  const auto prompt = random_tokens(random, 150);
  Generation generation;
  std::promise<void> known;
  auto ready = known.get_future().share();
  Recorder fork;
  Recorder parent([&](const Event& event) {
    const auto* token = std::get_if<Token>(&event);
    if (token == nullptr) return;
    ready.wait();
    if (token->index == 0) generation.fork({.temperature = 0}, fork.sink());
  });
  generation = *test.engine->submit(greedy(prompt, 106), parent.sink());  // all of the pool
  known.set_value();
  parent.wait();
  fork.wait();
  EXPECT_EQ(parent.tokens, greedy_reference(*test.model, *test.tokenizer, prompt, 106));
  EXPECT_EQ(fork.tokens, Tokens(parent.tokens.begin() + 1, parent.tokens.end()));
  expect_no_page_in_use(test);
}

// One client of the campaign below: what it asked for, and what must come of it.
struct Client {
  Tokens prompt;
  int max_tokens = 0;
  bool cancelled = false;
  Recorder recorder;
  Generation generation;
  Client* parent = nullptr;
  bool is_fork = false;
};

class Campaign {
 public:
  explicit Campaign(unsigned seed)
      : random_(seed),
        test_({.max_running = 5,
               .max_queued = 20,
               .prefill_chunk = 1 + static_cast<int>(below(64)),
               .max_sessions = 4,
               .draft_pass_times = kTenthOfAPass},
              {.pages = 8 + static_cast<int>(below(8)), .max_batch_tokens = 80}, {},
              seed % 2 == 0 ? mistaken_twin(5, {.pages = 4 + static_cast<int>(seed % 5)})
                            : nullptr) {}

  void run(int steps) {
    for (int step = 0; step < steps; ++step) {
      act();
      const EngineMetrics now = test_.engine->metrics();
      ASSERT_LE(now.pages_free + now.pages_idle, now.pages_total);
      if (clients_.size() > 24) finish_oldest();
    }
    while (!clients_.empty()) finish_oldest();
    expect_no_page_in_use(test_);
  }

 private:
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
  Client& any() { return *clients_[below(static_cast<unsigned>(clients_.size()))]; }

  void act() {
    const unsigned action = below(26);
    if (action >= 20) return act_on_a_session(action);
    if (clients_.empty() || action < 9) return submit();
    Client& client = any();
    if (action < 11) {
      client.cancelled = true;
      client.generation.cancel();
    } else if (action < 13) {
      client.generation.rewind_to(static_cast<int>(below(30)));
    } else if (action < 15) {
      fork(client);
    } else if (action < 16) {
      const std::string name = "s" + std::to_string(below(6));
      (void)test_.engine->delete_session(name);
    } else if (action < 17) {
      client.generation.replace_draft(draft(client));
    } else {
      client.recorder.wait_tokens(below(10));
    }
  }

  void act_on_a_session(unsigned action) {
    const std::string name = "s" + std::to_string(below(6));
    if (action < 21) {
      (void)test_.engine->pin_session(name, below(2) == 0);
    } else if (action < 23) {
      warm(name);
    } else if (action < 24) {
      if (auto text = test_.engine->copy_session(name)) saved_ = std::move(*text);
    } else if (!saved_.tokens.empty()) {
      const auto put = test_.engine->put_session(name, saved_);
      EXPECT_TRUE(put || put.error().code == base::ErrorCode::kConflict ||
                  put.error().code == base::ErrorCode::kUnavailable)
          << put.error().message;
    }
  }

  void warm(const std::string& session) {
    auto client = std::make_unique<Client>();
    client->prompt = prompt();
    client->cancelled = true;  // by the next request of its session
    auto request = in_session(session, client->prompt, 0);
    request.priority = Priority::kWarm;
    auto generation = test_.engine->submit(std::move(request), client->recorder.sink());
    if (!generation) return;  // enough is being warmed
    client->generation = *generation;
    clients_.push_back(std::move(client));
  }

  // Few beginnings, so that texts share prefixes of all lengths.
  Tokens prompt() {
    std::mt19937 beginnings(below(3));
    Tokens tokens = random_tokens(beginnings, static_cast<int>(below(200)));
    const auto own = random_tokens(random_, 1 + static_cast<int>(below(60)));
    tokens.insert(tokens.end(), own.begin(), own.end());
    return tokens;
  }

  std::unique_ptr<DraftSource> draft(const Client& client) {
    if (client.parent != nullptr) return nullptr;
    return std::make_unique<OracleDraft>(
        greedy_reference(*test_.model, *test_.tokenizer, client.prompt, client.max_tokens),
        static_cast<int>(client.prompt.size()), 30, below(1000));
  }

  void submit() {
    auto client = std::make_unique<Client>();
    client->prompt = prompt();
    client->max_tokens = static_cast<int>(below(70));
    auto request = greedy(client->prompt, client->max_tokens);
    request.priority = static_cast<Priority>(below(3));
    if (below(2) == 0) request.session = "s" + std::to_string(below(6));
    if (below(4) == 0) request.prompt_logprobs = true;
    if (below(3) == 0) request.draft = draft(*client);
    auto generation = test_.engine->submit(std::move(request), client->recorder.sink());
    if (!generation) {
      EXPECT_EQ(generation.error().code, base::ErrorCode::kQueueFull);
      finish_oldest();
      return;
    }
    client->generation = *generation;
    clients_.push_back(std::move(client));
  }

  void fork(Client& parent) {
    auto client = std::make_unique<Client>();
    client->parent = &parent;
    client->generation = parent.generation.fork({.temperature = 0}, client->recorder.sink());
    client->is_fork = true;
    clients_.push_back(std::move(client));
  }

  void finish_oldest() {
    if (clients_.empty()) return;
    const auto client = std::move(clients_.front());
    clients_.pop_front();
    client->recorder.wait();
    // Its forks are younger; they keep what they need of it.
    for (auto& other : clients_) {
      if (other->parent == client.get()) adopt(*other, *client);
    }
    EXPECT_EQ(client->recorder.order.find_first_of("?!"), std::string::npos);
    if (client->recorder.failed) {
      const auto& error = client->recorder.failed->error;
      EXPECT_TRUE(client->is_fork && (error.code == base::ErrorCode::kConflict ||
                                      error.code == base::ErrorCode::kQueueFull))
          << error.message;
      return;
    }
    if (client->recorder.finished->reason == FinishReason::kCancelled) {
      EXPECT_TRUE(client->cancelled);
    }
    check_text(*client);
  }

  // A greedy fork says what its parent would have said: its text is the end of the parent's.
  void adopt(Client& fork, const Client& parent) {
    fork.recorder.wait();
    fork.parent = nullptr;
    fork.prompt = parent.prompt;
    fork.max_tokens = parent.max_tokens;
    if (!fork.recorder.started) return;
    const auto shared = static_cast<std::size_t>(fork.recorder.started->prompt_tokens);
    ASSERT_GE(shared, fork.prompt.size());
    const auto said = greedy_reference(*test_.model, *test_.tokenizer, fork.prompt,
                                       static_cast<int>(shared - fork.prompt.size()));
    fork.prompt.insert(fork.prompt.end(), said.begin(), said.end());
    fork.max_tokens -= static_cast<int>(said.size());
  }

  void check_text(const Client& client) {
    const auto& tokens = client.recorder.tokens;
    EXPECT_EQ(tokens, greedy_reference(*test_.model, *test_.tokenizer, client.prompt,
                                       static_cast<int>(tokens.size())));
    if (!client.cancelled) {
      EXPECT_EQ(static_cast<int>(tokens.size()), client.max_tokens);
    }
  }

  std::mt19937 random_;
  EngineUnderTest test_;
  SavedText saved_;
  std::deque<std::unique_ptr<Client>> clients_;
};

// CROMWELL_CAMPAIGN_SEED: that one alone (deploy/campaigns/pool).
TEST(EngineMemory, RandomOperationsLoseNoPageAndChangeNoText) {
  const char* one = std::getenv("CROMWELL_CAMPAIGN_SEED");
  const unsigned first = one == nullptr ? 1 : static_cast<unsigned>(std::atoi(one));
  for (unsigned seed = first; seed < first + (one == nullptr ? 20 : 1); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Campaign(seed).run(500);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace cromwell::engine

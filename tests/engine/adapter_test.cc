// Generations with LoRA adapters: each sequence has its own, and so have its keys and values.
#include <gmock/gmock.h>

#include "engine/loaded_model.h"
#include "model/lora.h"
#include "tests/engine/engine_fixture.h"
#include "tests/fakes/tiny_gguf.h"

namespace cromwell::engine {
namespace {

using testing::HasSubstr;

GenerateRequest with_adapter(Tokens prompt, int adapter, const std::string& session = "") {
  GenerateRequest request = greedy(std::move(prompt), 12);
  request.adapter = adapter;
  request.session = session;
  request.ignore_eos = true;
  return request;
}

TEST(Adapter, OneForEachSequenceOfABatch) {
  EngineUnderTest test({}, {.adapters = 2});
  const Tokens prompt = test.ids("the same prompt for all of them");
  std::vector<Tokens> alone;
  for (int adapter = model::kNoAdapter; adapter < 2; ++adapter) {
    alone.push_back(test.run(with_adapter(prompt, adapter))->tokens);
  }
  EXPECT_NE(alone[0], alone[1]);
  EXPECT_NE(alone[1], alone[2]);
  std::vector<std::unique_ptr<Recorder>> together;
  for (int i = 0; i < 9; ++i) {
    together.push_back(std::make_unique<Recorder>());
    const auto submitted =
        test.engine->submit(with_adapter(prompt, i % 3 - 1), together.back()->sink());
    ASSERT_TRUE(submitted);
  }
  for (std::size_t i = 0; i < together.size(); ++i) {
    together[i]->wait();
    EXPECT_EQ(together[i]->tokens, alone[i % 3]) << i;
  }
}

TEST(Adapter, ACacheHoldsForTheAdapterThatMadeIt) {
  EngineUnderTest test({}, {.adapters = 2});
  const Tokens prompt = test.ids("a prompt that a session asks for again and again");
  const auto first = test.run(with_adapter(prompt, 0, "s"));
  const auto again = test.run(with_adapter(prompt, 0, "s"));
  EXPECT_GT(again->started->cached_tokens, 0);
  EXPECT_EQ(again->tokens, first->tokens);
  const auto other = test.run(with_adapter(prompt, 1, "s"));
  EXPECT_EQ(other->started->cached_tokens, 0);
  const auto none = test.run(with_adapter(prompt, model::kNoAdapter, "s"));
  EXPECT_EQ(none->started->cached_tokens, 0);
  EXPECT_NE(other->tokens, none->tokens);
}

TEST(Adapter, AForkGoesOnWithItsParents) {
  StepGate gate;
  EngineUnderTest test({}, {.adapters = 1}, [&](auto& model) { model.on_forward(gate.hook()); });
  const Tokens prompt = test.ids("a prompt");
  Recorder parent, child;
  const auto generation = test.engine->submit(with_adapter(prompt, 0), parent.sink());
  ASSERT_TRUE(generation);
  gate.wait_arrived(1);
  generation->fork({.temperature = 0}, child.sink());
  gate.open();
  parent.wait();
  child.wait();
  EXPECT_EQ(parent.tokens.size(), 12U);
  ASSERT_EQ(child.tokens.size(), 11U);  // it began behind the first pass's token
  EXPECT_EQ(child.tokens, Tokens(parent.tokens.begin() + 1, parent.tokens.end()));
  EXPECT_EQ(test.run(with_adapter(prompt, 0))->tokens, parent.tokens);
  EXPECT_NE(test.run(with_adapter(prompt, model::kNoAdapter))->tokens, parent.tokens);
}

TEST(Adapter, OneThatIsNotLoadedIsRefused) {
  EngineUnderTest test({}, {.adapters = 1});
  for (const int adapter : {1, -2, 1000}) {
    Recorder recorder;
    const auto refused = test.engine->submit(with_adapter({1}, adapter), recorder.sink());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().param, "lora");
  }
}

TEST(LoraOption, IsAFileAndPerhapsAScale) {
  const struct {
    const char* text;
    const char* path;
    float scale;
  } cases[] = {{"a.gguf", "a.gguf", 1},
               {"/x/a.gguf:0.5", "/x/a.gguf", 0.5F},
               {"a:b.gguf", "a:b.gguf", 1},
               {"a:b:-2", "a:b", -2},
               {"a.gguf:", "a.gguf:", 1}};
  for (const auto& c : cases) {
    const auto option = parse_lora_option(c.text);
    ASSERT_TRUE(option) << c.text;
    EXPECT_EQ(option->path, c.path) << c.text;
    EXPECT_EQ(option->scale, c.scale) << c.text;
  }
  for (const char* text : {"", ":1", "a.gguf:1e9", "a.gguf:nan", "a.gguf:inf"}) {
    EXPECT_FALSE(parse_lora_option(text)) << text;
  }
}

TEST(LoadAdapters, NeedNamesOfTheirOwn) {
  const fakes::TempFile temp("tiny.gguf");
  ASSERT_TRUE(fakes::write_tiny_gguf(temp.path()));
  const auto error = [&](std::vector<LoraOption> adapters) {
    const auto loaded = load_model(temp.path(), {.threads = 1, .adapters = std::move(adapters)});
    return loaded ? "" : loaded.error().message;
  };
  EXPECT_EQ(error({{"/x/a.gguf"}, {"/y/a.gguf"}}),
            "lora: /y/a.gguf would be called \"a\", expected a name of its own other than "
            "\"none\"");
  EXPECT_THAT(error({{"/x/a"}, {"/y/a.gguf"}}), HasSubstr("/y/a.gguf would be called \"a\""));
  EXPECT_THAT(error({{"/x/none.gguf"}}), HasSubstr("/x/none.gguf would be called \"none\""));
  for (const char* nameless : {"/x/.gguf", "/x/"}) {
    EXPECT_THAT(error({{nameless}}), HasSubstr("would be called \"\"")) << nameless;
  }
}

TEST(LoadAdapters, AreAtMostSixteen) {
  const fakes::TempFile temp("tiny.gguf");
  ASSERT_TRUE(fakes::write_tiny_gguf(temp.path()));
  std::vector<LoraOption> adapters;
  const auto error = [&] {
    return load_model(temp.path(), {.threads = 1, .adapters = adapters}).error().message;
  };
  for (int i = 0; i < model::kMaxAdapters; ++i) {
    adapters.push_back({"/no/such/" + std::to_string(i) + ".gguf"});
  }
  EXPECT_THAT(error(), HasSubstr("/no/such/0.gguf: cannot open"));
  adapters.push_back({"/no/such/more.gguf"});
  EXPECT_EQ(error(), "lora: 17 adapters, expected at most 16");
}

TEST(FindAdapter, TakesTheFirstWhereNoneIsNamed) {
  const std::vector<Adapter> two = {{"a", ""}, {"b", ""}};
  EXPECT_EQ(*find_adapter({}, std::nullopt), model::kNoAdapter);
  EXPECT_EQ(*find_adapter(two, std::nullopt), 0);
  EXPECT_EQ(*find_adapter(two, std::nullopt, kEditTask), 0);
  EXPECT_EQ(*find_adapter(two, "b"), 1);
  EXPECT_EQ(*find_adapter(two, "none"), model::kNoAdapter);
  EXPECT_EQ(find_adapter(two, "c").error().message,
            "lora: no adapter is called \"c\", expected one of none, a, b");
}

TEST(FindAdapter, TakesOneMadeForATaskForThatTaskOnly) {
  const std::vector<Adapter> only = {{"edits", "edit"}};
  EXPECT_EQ(*find_adapter(only, std::nullopt, kEditTask), 0);
  EXPECT_EQ(*find_adapter(only, std::nullopt), model::kNoAdapter);
  EXPECT_EQ(*find_adapter(only, "edits"), 0);
  const std::vector<Adapter> both = {{"style", ""}, {"other", "chat"}, {"edits", "edit"}};
  EXPECT_EQ(*find_adapter(both, std::nullopt, kEditTask), 2);
  EXPECT_EQ(*find_adapter(both, std::nullopt), 0);
}

}  // namespace
}  // namespace cromwell::engine

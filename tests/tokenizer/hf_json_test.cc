#include "tokenizer/hf_json.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/golden/tokenizer_vocabulary_file.h"

namespace cromwell::tokenizer {
namespace {

using nlohmann::json;

// The small vocabulary as a tokenizer.json with GPT-2's pre-tokenizer.
json small_json() {
  std::ifstream file(CROMWELL_TEST_DATA "/small.vocabulary");
  const Vocabulary vocabulary = golden::read_vocabulary(file);
  json document;
  document["model"] = {{"type", "BPE"}, {"merges", vocabulary.merges}, {"vocab", json::object()}};
  for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id) {
    if (vocabulary.kinds[id] == TokenKind::kNormal) {
      document["model"]["vocab"][vocabulary.tokens[id]] = id;
    } else {
      document["added_tokens"].push_back(
          {{"id", id},
           {"content", vocabulary.tokens[id]},
           {"special", vocabulary.kinds[id] == TokenKind::kControl}});
    }
  }
  document["normalizer"] = nullptr;
  document["pre_tokenizer"] = {
      {"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", true}};
  return document;
}

std::shared_ptr<const Tokenizer> tokenizer_of(const json& document) {
  const auto vocabulary = read_hf_json(document.dump());
  EXPECT_TRUE(vocabulary) << vocabulary.error().message;
  if (!vocabulary) return nullptr;
  const auto tokenizer = Tokenizer::create(*vocabulary);
  EXPECT_TRUE(tokenizer) << tokenizer.error().message;
  return tokenizer ? *tokenizer : nullptr;
}

json split(const std::string& pattern) {
  return {{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}};
}

json sequence(const std::vector<json>& steps) {
  json list = steps;
  list.push_back({{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", false}});
  return {{"type", "Sequence"}, {"pretokenizers", list}};
}

TEST(HfJson, GivesTheGoldenIds) {
  std::ifstream file(CROMWELL_TEST_DATA "/small_ids.json");
  const auto golden = json::parse(file);
  const auto tokenizer = tokenizer_of(small_json());
  ASSERT_NE(tokenizer, nullptr);
  for (std::size_t i = 0; i < golden["texts"].size(); ++i) {
    EXPECT_EQ(json(tokenizer->encode(golden["texts"][i].get<std::string>()).ids),
              golden["ids"]["gpt-2"][i]);
  }
}

TEST(HfJson, KnowsTheNamedPreTokenizersByTheirSteps) {
  const std::string llama =
      R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
      R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";
  std::string qwen = llama;
  qwen.replace(qwen.find("{1,3}"), 5, "");
  const json digits = {{"type", "Digits"}, {"individual_digits", true}};
  const std::pair<json, std::string> cases[] = {
      {sequence({split(llama)}), "llama-bpe"},
      {sequence({split(qwen)}), "qwen2"},
      {sequence({split("[\r\n]"), split(R"(\s?\p{L}+)"), split(R"(\s?\p{P}+)"),
                 split("[一-龥ࠀ-一가-퟿]+"), digits}),
       "deepseek-coder"},
      {{{"type", "Sequence"},
        {"pretokenizers", {digits, {{"type", "ByteLevel"}, {"add_prefix_space", false}}}}},
       "smollm"},
      {sequence({split("x+")}), ""},
  };
  for (const auto& [pre_tokenizer, name] : cases) {
    json document = small_json();
    document["pre_tokenizer"] = pre_tokenizer;
    const auto vocabulary = read_hf_json(document.dump());
    ASSERT_TRUE(vocabulary) << vocabulary.error().message;
    EXPECT_EQ(vocabulary->pre_tokenizer, name);
    EXPECT_EQ(vocabulary->pre_tokenizer_steps.empty(), !name.empty());
  }
}

TEST(HfJson, CutsTextByAPatternOfTheFilesOwn) {
  json document = small_json();
  document["model"]["merges"] = json::array();
  document["model"]["merges"].push_back("a a");
  document["model"]["vocab"]["aa"] = 5000;
  document["pre_tokenizer"] = sequence({split("xa")});
  const auto tokenizer = tokenizer_of(document);
  ASSERT_NE(tokenizer, nullptr);
  std::vector<std::string> texts;
  for (const TokenId id : tokenizer->encode("aaxaaab").ids) {
    texts.emplace_back(tokenizer->bytes(id));
  }
  EXPECT_EQ(texts, (std::vector<std::string>{"aa", "x", "a", "aa", "b"}));
}

TEST(HfJson, HonoursTheNormalizer) {
  json document = small_json();
  document["normalizer"] = {{"type", "NFC"}};
  const auto tokenizer = tokenizer_of(document);
  ASSERT_NE(tokenizer, nullptr);
  EXPECT_EQ(tokenizer->decode(tokenizer->encode("e\xCC\x81 \xE1\x84\x80\xE1\x85\xA1").ids),
            "\xC3\xA9 \xEA\xB0\x80");
  // The cedilla goes before the acute, and joins the e.
  EXPECT_EQ(tokenizer->decode(tokenizer->encode("e\xCC\x81\xCC\xA7").ids), "\xC8\xA9\xCC\x81");
}

TEST(HfJson, ReadsWhatAPostProcessorPutsBeforeAText) {
  json document = small_json();
  const int id = document["added_tokens"][0]["id"];
  document["post_processor"] = {
      {"type", "TemplateProcessing"},
      {"single", {{{"SpecialToken", {{"id", "B"}}}}, {{"Sequence", {{"id", "A"}}}}}},
      {"special_tokens", {{"B", {{"ids", {id}}}}}}};
  const auto tokenizer = tokenizer_of(document);
  ASSERT_NE(tokenizer, nullptr);
  EXPECT_EQ(tokenizer->encode("a", {.add_bos = true}).ids.front(), id);
  EXPECT_EQ(tokenizer->encode("a").ids.size(), 1u);
}

struct BadFile {
  const char* what;
  void (*spoil)(json&);
  const char* message;
};

class HfJsonRefuses : public testing::TestWithParam<BadFile> {};

TEST_P(HfJsonRefuses, ByName) {
  json document = small_json();
  GetParam().spoil(document);
  const auto vocabulary = read_hf_json(document.dump());
  ASSERT_FALSE(vocabulary);
  EXPECT_EQ(vocabulary.error().code, base::ErrorCode::kBadModel);
  EXPECT_NE(vocabulary.error().message.find(GetParam().message), std::string::npos)
      << vocabulary.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    HfJson, HfJsonRefuses,
    testing::Values(
        BadFile{"NotAnObject", [](json& d) { d = 3; }, "not a JSON object"},
        BadFile{"NoModel", [](json& d) { d.erase("model"); }, "model.vocab"},
        BadFile{"Unigram", [](json& d) { d["model"]["type"] = "Unigram"; }, "\"Unigram\""},
        BadFile{"Dropout", [](json& d) { d["model"]["dropout"] = 0.5; }, "model.dropout"},
        BadFile{"Suffix", [](json& d) { d["model"]["end_of_word_suffix"] = "</w>"; },
                "end_of_word_suffix"},
        BadFile{"NegativeId", [](json& d) { d["model"]["vocab"]["a"] = -1; }, "no valid id"},
        BadFile{"HugeId", [](json& d) { d["model"]["vocab"]["a"] = 4e18; }, "no valid id"},
        BadFile{"TextAsId", [](json& d) { d["model"]["vocab"]["a"] = "1"; }, "no valid id"},
        BadFile{"SharedId", [](json& d) { d["model"]["vocab"]["zzz"] = 3; },
                "also that of another"},
        BadFile{"OddMerge",
                [](json& d) {
                  d["model"]["merges"][2] = {1, 2};
                },
                "merge 2"},
        BadFile{"UnkNotAToken", [](json& d) { d["model"]["unk_token"] = "zzz"; }, "unk_token"},
        BadFile{"AddedWithoutId", [](json& d) { d["added_tokens"][0].erase("id"); },
                "expected a token id"},
        BadFile{"AddedThatStrips", [](json& d) { d["added_tokens"][0]["lstrip"] = true; },
                "lstrip is not supported"},
        BadFile{"Lowercase", [](json& d) { d["normalizer"]["type"] = "Lowercase"; }, "Lowercase"},
        BadFile{"Metaspace", [](json& d) { d["pre_tokenizer"]["type"] = "Metaspace"; },
                "Metaspace"},
        BadFile{"NoPreTokenizer", [](json& d) { d.erase("pre_tokenizer"); }, "expected ByteLevel"},
        BadFile{"BadPattern",
                [](json& d) {
                  d["pre_tokenizer"] = sequence({{{"type", "Split"}}});
                },
                "expected a pattern"},
        BadFile{"Merging",
                [](json& d) {
                  d["pre_tokenizer"] = sequence({split("x")});
                  d["pre_tokenizer"]["pretokenizers"][0]["behavior"] = "MergedWithNext";
                },
                "MergedWithNext"},
        BadFile{"BertProcessor", [](json& d) { d["post_processor"]["type"] = "BertProcessing"; },
                "BertProcessing"}),
    [](const auto& test) { return test.param.what; });

TEST(HfJson, RefusesBrokenAndDeeplyNestedText) {
  EXPECT_FALSE(read_hf_json(""));
  EXPECT_FALSE(read_hf_json("{\"model\": "));
  const auto deep = read_hf_json(std::string(100000, '['));
  ASSERT_FALSE(deep);
  const std::string nested = "{\"model\": " + std::string(50, '[') + std::string(50, ']') + "}";
  EXPECT_NE(read_hf_json(nested).error().message.find("nested deeper"), std::string::npos);
}

TEST(HfJson, AnInvalidPatternIsRefusedWhenTheTokenizerIsMade) {
  json document = small_json();
  document["pre_tokenizer"] = sequence({split("(a")});
  const auto vocabulary = read_hf_json(document.dump());
  ASSERT_TRUE(vocabulary);
  const auto tokenizer = Tokenizer::create(*vocabulary);
  ASSERT_FALSE(tokenizer);
  EXPECT_NE(tokenizer.error().message.find("(a"), std::string::npos);
}

}  // namespace
}  // namespace cromwell::tokenizer

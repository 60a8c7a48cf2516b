#include "tokenizer/tokenizer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "base/utf8.h"
#include "tests/golden/tokenizer_vocabulary_file.h"
#include "tests/tokenizer/test_vocabulary.h"

namespace cromwell::tokenizer {
namespace {

Vocabulary small_vocabulary(const std::string& pre_tokenizer) {
  std::ifstream file(CROMWELL_TEST_DATA "/small.vocabulary");
  Vocabulary vocabulary = golden::read_vocabulary(file);
  vocabulary.pre_tokenizer = pre_tokenizer;
  return vocabulary;
}

const char* const kPreTokenizers[] = {"gpt-2", "smollm",    "starcoder",
                                      "qwen2", "llama-bpe", "deepseek-coder"};

TEST(Tokenizer, GivesTheIdsOfHuggingFaceTokenizersUnderEachPreTokenizer) {
  std::ifstream file(CROMWELL_TEST_DATA "/small_ids.json");
  const auto golden = nlohmann::json::parse(file);
  const auto texts = golden["texts"].get<std::vector<std::string>>();
  for (const std::string name : kPreTokenizers) {
    const auto tokenizer = make_tokenizer(small_vocabulary(name));
    ASSERT_NE(tokenizer, nullptr) << name;
    for (const bool special : {false, true}) {
      const auto expected = golden["ids"][name + (special ? " special" : "")]
                                .get<std::vector<std::vector<TokenId>>>();
      const std::size_t first = texts.size() - expected.size();
      for (std::size_t i = 0; i < expected.size(); ++i) {
        const std::string& text = texts[first + i];
        const Encoding encoding = tokenizer->encode(text, {.parse_special = special});
        EXPECT_EQ(encoding.ids, expected[i]) << name << ": " << testing::PrintToString(text);
        EXPECT_TRUE(encoding.unencodable.empty());
        EXPECT_EQ(tokenizer->decode(encoding.ids), text);
      }
    }
  }
}

TEST(Tokenizer, RoundTripsAnyBytes) {
  constexpr unsigned kSeed = 7;
  std::mt19937 random(kSeed);
  for (const std::string name : kPreTokenizers) {
    const auto tokenizer = make_tokenizer(small_vocabulary(name));
    ASSERT_NE(tokenizer, nullptr);
    for (int round = 0; round < 300; ++round) {
      std::string text(random() % 60, '\0');
      for (char& byte : text) {
        byte = static_cast<char>(random() % 3 == 0 ? random() : " 'a\n1\xC3\xB5\xE2"[random() % 8]);
      }
      const Encoding encoding = tokenizer->encode(text);
      EXPECT_EQ(tokenizer->decode(encoding.ids), text) << name << ", seed " << kSeed;
    }
  }
}

TEST(Tokenizer, ReportsTheOffsetsOfBytesWithoutAToken) {
  Vocabulary vocabulary = byte_vocabulary();
  vocabulary.tokens[4] = "no4";
  vocabulary.tokens[0xF1] = "noF1";
  const auto tokenizer = make_tokenizer(std::move(vocabulary));
  const Encoding encoding = tokenizer->encode("a\x04 b\n\xF1\x80\x80\x80");
  EXPECT_EQ(encoding.unencodable, (std::vector<std::size_t>{1, 5}));
  EXPECT_EQ(tokenizer->decode(encoding.ids), "a b\n\x80\x80\x80");
}

TEST(Tokenizer, ReportsOffsetsInLongPiecesAndAfterSpecialTokens) {
  Vocabulary vocabulary = byte_vocabulary({"<s>"});
  vocabulary.tokens['q'] = "noq";
  const auto tokenizer = make_tokenizer(std::move(vocabulary));
  const std::string text = "<s>" + std::string(100, 'a') + "q" + std::string(100, 'a') + "q";
  const Encoding encoding = tokenizer->encode(text, {.parse_special = true});
  EXPECT_EQ(encoding.unencodable, (std::vector<std::size_t>{103, 204}));
}

TEST(Tokenizer, TakesTheLongestSpecialTokenAtTheLeftmostPlace) {
  const auto tokenizer = make_tokenizer(byte_vocabulary({"<a", "<a>", "<a>b", "a>bcd"}));
  const Encoding encoding = tokenizer->encode("<<a>bcd<a", {.parse_special = true});
  EXPECT_EQ(encoding.ids, (std::vector<TokenId>{'<', 258, 'c', 'd', 256}));
}

TEST(Tokenizer, NeverMakesAControlTokenOutOfPlainText) {
  Vocabulary vocabulary = byte_vocabulary({"ab", "cd"});
  vocabulary.merges = {"a b"};
  for (const std::string name : kPreTokenizers) {
    vocabulary.pre_tokenizer = name;
    const auto tokenizer = make_tokenizer(vocabulary);
    EXPECT_EQ(tokenizer->encode("ab").ids, (std::vector<TokenId>{'a', 'b'})) << name;
    EXPECT_EQ(tokenizer->encode("cd").ids, (std::vector<TokenId>{'c', 'd'})) << name;
  }
}

TEST(Tokenizer, SplitsUserDefinedTokensOutOfEveryText) {
  Vocabulary vocabulary = byte_vocabulary({"<tool>"});
  vocabulary.kinds.back() = TokenKind::kUserDefined;
  const auto tokenizer = make_tokenizer(std::move(vocabulary));
  EXPECT_EQ(tokenizer->encode("a<tool>b").ids, (std::vector<TokenId>{'a', 256, 'b'}));
  EXPECT_FALSE(tokenizer->is_special(256));
}

TEST(Tokenizer, AddsBosAndEosOnlyWhereAskedAndTheVocabularySaysSo) {
  Vocabulary vocabulary = byte_vocabulary({"<s>", "</s>"});
  vocabulary.bos = 256;
  vocabulary.eos = 257;
  const EncodeOptions both{.add_bos = true, .add_eos = true};
  EXPECT_EQ(make_tokenizer(vocabulary)->encode("a", both).ids, (std::vector<TokenId>{'a'}));
  vocabulary.add_bos = vocabulary.add_eos = true;
  const auto tokenizer = make_tokenizer(vocabulary);
  EXPECT_EQ(tokenizer->encode("a", both).ids, (std::vector<TokenId>{256, 'a', 257}));
  EXPECT_EQ(tokenizer->encode("a").ids, (std::vector<TokenId>{'a'}));
  EXPECT_TRUE(tokenizer->is_end_of_generation(257));
  EXPECT_FALSE(tokenizer->is_end_of_generation(256));
}

TEST(Tokenizer, TakesAWholeWordBeforeMergesOnlyUnderLlamaBpe) {
  Vocabulary vocabulary = byte_vocabulary();
  vocabulary.tokens.insert(vocabulary.tokens.end(), {"ab", "abc"});  // no merge makes "abc"
  vocabulary.kinds.resize(vocabulary.tokens.size(), TokenKind::kNormal);
  vocabulary.merges = {"a b"};
  EXPECT_EQ(make_tokenizer(vocabulary)->encode("abc").ids, (std::vector<TokenId>{256, 'c'}));
  vocabulary.pre_tokenizer = "llama-bpe";
  EXPECT_EQ(make_tokenizer(vocabulary)->encode("abc").ids, (std::vector<TokenId>{257}));
}

TEST(Tokenizer, MergesAMegabyteOfOneLetterAsItMergesAFew) {
  Vocabulary vocabulary = byte_vocabulary();
  vocabulary.tokens.insert(vocabulary.tokens.end(), {"aa", "aaaa"});
  vocabulary.kinds.resize(vocabulary.tokens.size(), TokenKind::kNormal);
  vocabulary.merges = {"a a", "aa aa"};
  const auto tokenizer = make_tokenizer(std::move(vocabulary));
  const Encoding encoding = tokenizer->encode(std::string((1 << 20) + 3, 'a'));
  ASSERT_EQ(encoding.ids.size(), (1u << 18) + 2);
  EXPECT_EQ(encoding.ids.front(), 257);
  EXPECT_EQ(encoding.ids[encoding.ids.size() - 2], 256);
  EXPECT_EQ(encoding.ids.back(), 'a');
}

// Long enough that threads share it: each line stands for itself, as in a text of two.
TEST(Tokenizer, GivesALongTextTheIdsOfItsLines) {
  const std::string line = "let höhe_2 = [1, 22];\t// \x04 and so on\n";
  constexpr std::size_t kLines = 20'000;
  std::string text;
  for (std::size_t i = 0; i < kLines; ++i) text += line;
  for (const std::string name : kPreTokenizers) {
    Vocabulary vocabulary = small_vocabulary(name);
    std::ranges::replace(vocabulary.tokens, spelling_of_bytes("\x04"), std::string("no such byte"));
    const auto tokenizer = make_tokenizer(std::move(vocabulary));
    ASSERT_NE(tokenizer, nullptr);
    const Encoding one = tokenizer->encode(line), two = tokenizer->encode(line + line);
    ASSERT_EQ(one.unencodable.size(), 1u);
    const std::size_t period = two.ids.size() - one.ids.size();

    const Encoding all = tokenizer->encode(text);
    ASSERT_EQ(all.ids.size(), one.ids.size() + (kLines - 1) * period) << name;
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < all.ids.size(); ++i) {
      const std::size_t at =
          i < two.ids.size() ? i : one.ids.size() + (i - one.ids.size()) % period;
      wrong += all.ids[i] != two.ids[at];
    }
    EXPECT_EQ(wrong, 0u) << name;
    ASSERT_EQ(all.unencodable.size(), kLines) << name;
    for (std::size_t i = 0; i < kLines; ++i) {
      ASSERT_EQ(all.unencodable[i], one.unencodable[0] + i * line.size()) << name;
    }
  }
}

TEST(Tokenizer, FindsSpecialTokensBySpellingAndOthersByTheirText) {
  const auto tokenizer = make_tokenizer(byte_vocabulary({"<s>"}));
  EXPECT_EQ(tokenizer->find("<s>"), 256);
  EXPECT_EQ(tokenizer->find("\n"), '\n');
  EXPECT_EQ(tokenizer->find("no such"), std::nullopt);
  EXPECT_EQ(tokenizer->bytes(256), "<s>");
  EXPECT_EQ(tokenizer->bytes(-1), "");
  EXPECT_EQ(tokenizer->bytes(1 << 20), "");
  EXPECT_EQ(tokenizer->decode({256, 'a', 999}, false), "a");
}

TEST(Tokenizer, ThreadsGetTheSameIds) {
  const auto tokenizer = make_tokenizer(small_vocabulary("smollm"));
  const std::string text = "def parse(self, name):\n    return self.names[name]  # \xC3\xA9\n";
  std::vector<std::vector<TokenId>> ids(4);
  std::vector<std::thread> threads;
  for (auto& own : ids) {
    threads.emplace_back([&own, &tokenizer, &text] {
      for (int i = 0; i < 50; ++i) own = tokenizer->encode(text).ids;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& own : ids) EXPECT_EQ(own, ids.front());
}

struct BadVocabulary {
  const char* what;
  void (*spoil)(Vocabulary&);
  const char* message;  // a part of it
};

class RefusesVocabulary : public testing::TestWithParam<BadVocabulary> {};

TEST_P(RefusesVocabulary, WithAMessageThatNamesTheFault) {
  Vocabulary vocabulary = byte_vocabulary({"<s>"});
  GetParam().spoil(vocabulary);
  const auto tokenizer = Tokenizer::create(std::move(vocabulary));
  ASSERT_FALSE(tokenizer);
  EXPECT_EQ(tokenizer.error().code, base::ErrorCode::kBadModel);
  EXPECT_NE(tokenizer.error().message.find(GetParam().message), std::string::npos)
      << tokenizer.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Tokenizer, RefusesVocabulary,
    testing::Values(
        BadVocabulary{"NoTokens", [](Vocabulary& v) { v = {.pre_tokenizer = "gpt-2"}; },
                      "0 tokens"},
        BadVocabulary{"SentencePiece", [](Vocabulary& v) { v.model = "llama"; },
                      "tokenizer.ggml.scores: 0 entries"},
        BadVocabulary{"UnknownModel", [](Vocabulary& v) { v.model = "rwkv"; }, "\"rwkv\""},
        BadVocabulary{"UnknownPreTokenizer", [](Vocabulary& v) { v.pre_tokenizer = "tekken"; },
                      "supported are gpt-2, "},
        BadVocabulary{"Duplicate", [](Vocabulary& v) { v.tokens[5] = v.tokens[3]; },
                      "token 5: \"\xC4\x83\" is also token 3"},
        BadVocabulary{"KindsOfOtherLength", [](Vocabulary& v) { v.kinds.pop_back(); },
                      "256 entries, expected 257"},
        BadVocabulary{"KindOutOfRange", [](Vocabulary& v) { v.kinds[9] = TokenKind{77}; },
                      "token 9 has type 77"},
        BadVocabulary{"EosOutOfRange", [](Vocabulary& v) { v.eos = 257; }, "eos_token_id: 257"},
        BadVocabulary{"NegativeBos", [](Vocabulary& v) { v.bos = -2; }, "bos_token_id: -2"},
        BadVocabulary{"MergeOfUnknown", [](Vocabulary& v) { v.merges = {"a zz"}; },
                      "merge 0: \"a zz\": \"zz\" is not a token"},
        BadVocabulary{"MergeIntoUnknown", [](Vocabulary& v) { v.merges = {"a b"}; },
                      "\"ab\" is not a token"},
        BadVocabulary{"MergeWithoutSpace", [](Vocabulary& v) { v.merges = {"ab"}; },
                      "one space between"},
        BadVocabulary{"MergeOfThree", [](Vocabulary& v) { v.merges = {"a b c"}; },
                      "one space between"},
        BadVocabulary{"LongSpecial", [](Vocabulary& v) { v.tokens[256].assign(5000, 'x'); },
                      "special tokens may be 256 bytes long"}),
    [](const auto& test) { return test.param.what; });

TEST(StreamDecoder, NeverLetsOutHalfACharacter) {
  const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x99\x82z";
  StreamDecoder decoder;
  std::string out;
  for (const char byte : text) {
    decoder.push({&byte, 1}, out);
    EXPECT_TRUE(base::is_utf8(out));
  }
  decoder.finish(out);
  EXPECT_EQ(out, text);
}

TEST(StreamDecoder, ReplacesEachMaximalBrokenPartOnce) {
  struct Case {
    std::string bytes, expected;
  };
  // From the table of the Unicode Standard, 3.9, "U+FFFD Substitution of Maximal Subparts".
  const Case cases[] = {
      {"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA"},
      {"\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA"},
      {"\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA\uFFFD\uFFFDB"},
      {"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", "\uFFFD\uFFFD\uFFFD\uFFFDA"},
      {"x\xF0\x9F\x99", "x\uFFFD"},
  };
  for (const Case& test : cases) {
    StreamDecoder whole, bytewise;
    std::string a, b;
    whole.push(test.bytes, a);
    whole.finish(a);
    for (const char byte : test.bytes) bytewise.push({&byte, 1}, b);
    bytewise.finish(b);
    EXPECT_EQ(a, test.expected);
    EXPECT_EQ(b, test.expected);
  }
}

}  // namespace
}  // namespace cromwell::tokenizer

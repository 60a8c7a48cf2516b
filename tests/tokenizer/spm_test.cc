// SentencePiece vocabularies against the library itself (tests/golden/tokenizer_sentencepiece.py),
// and what is ours to decide: prefixes, exact bytes, hostile files.
#include "tokenizer/spm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "tests/golden/tokenizer_vocabulary_file.h"
#include "tests/tokenizer/test_vocabulary.h"
#include "tokenizer/chat_template.h"

namespace cromwell::tokenizer {
namespace {

using testing::HasSubstr;

Vocabulary small_vocabulary() {
  std::ifstream file(CROMWELL_TEST_DATA "/sentencepiece.vocabulary");
  return golden::read_vocabulary(file);
}

// <unk> <s> </s>, the 256 bytes, then these as normal pieces with falling scores.
Vocabulary vocabulary_of(const std::vector<std::string>& pieces) {
  Vocabulary vocabulary;
  vocabulary.model = "llama";
  vocabulary.add_dummy_prefix = true;
  vocabulary.tokens = {"<unk>", "<s>", "</s>"};
  vocabulary.kinds = {TokenKind::kUnknown, TokenKind::kControl, TokenKind::kControl};
  for (int byte = 0; byte < 256; ++byte) {
    char spelling[8];
    std::snprintf(spelling, sizeof spelling, "<0x%02X>", byte);
    vocabulary.tokens.emplace_back(spelling);
    vocabulary.kinds.push_back(TokenKind::kByte);
  }
  vocabulary.tokens.insert(vocabulary.tokens.end(), pieces.begin(), pieces.end());
  vocabulary.kinds.resize(vocabulary.tokens.size(), TokenKind::kNormal);
  for (std::size_t i = 0; i < vocabulary.tokens.size(); ++i) {
    vocabulary.scores.push_back(-static_cast<float>(i));
  }
  return vocabulary;
}

// How the tokens of the text are spelled.
std::vector<std::string> spelled(const Tokenizer& tokenizer, std::string_view text,
                                 const EncodeOptions& options = {}) {
  std::vector<std::string> pieces;
  for (const TokenId id : tokenizer.encode(text, options).ids) {
    pieces.push_back(tokenizer.vocabulary().tokens[static_cast<std::size_t>(id)]);
  }
  return pieces;
}

std::string error_of(Vocabulary vocabulary) {
  const auto tokenizer = Tokenizer::create(std::move(vocabulary));
  return tokenizer ? "" : tokenizer.error().message;
}

TEST(Spm, GivesTheIdsOfSentencePieceWithAndWithoutThePrefix) {
  std::ifstream file(CROMWELL_TEST_DATA "/sentencepiece_ids.json");
  const auto golden = nlohmann::json::parse(file);
  const auto texts = golden["texts"].get<std::vector<std::string>>();
  for (const bool prefix : {true, false}) {
    Vocabulary vocabulary = small_vocabulary();
    vocabulary.add_dummy_prefix = prefix;
    const auto tokenizer = make_tokenizer(std::move(vocabulary));
    ASSERT_NE(tokenizer, nullptr);
    const auto expected =
        golden["ids"][prefix ? "True" : "False"].get<std::vector<std::vector<TokenId>>>();
    ASSERT_EQ(expected.size(), texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const Encoding encoding = tokenizer->encode(texts[i]);
      EXPECT_EQ(encoding.ids, expected[i]) << testing::PrintToString(texts[i]);
      EXPECT_TRUE(encoding.unencodable.empty());
      EXPECT_EQ(tokenizer->decode(encoding.ids), texts[i]);
    }
  }
}

TEST(Spm, RoundTripsAnyBytesAlsoOnesThatAreNoCharacters) {
  constexpr unsigned kSeed = 9;
  std::mt19937 random(kSeed);
  const auto tokenizer = make_tokenizer(small_vocabulary());
  ASSERT_NE(tokenizer, nullptr);
  for (int round = 0; round < 500; ++round) {
    std::string text(random() % 60, '\0');
    for (char& byte : text) {
      byte = static_cast<char>(random() % 3 == 0 ? random() : " 'a\n1\xE2\x96\x81"[random() % 8]);
    }
    const Encoding encoding = tokenizer->encode(text);
    EXPECT_EQ(tokenizer->decode(encoding.ids), text) << "seed " << kSeed;
    EXPECT_TRUE(encoding.unencodable.empty());
  }
}

TEST(Spm, KeepsTheSignForASpaceWhereATextHoldsIt) {
  const auto tokenizer = make_tokenizer(vocabulary_of({"▁", "a", "▁a"}));
  EXPECT_THAT(spelled(*tokenizer, "▁a"),
              testing::ElementsAre("▁", "<0xE2>", "<0x96>", "<0x81>", "a"));
  EXPECT_EQ(tokenizer->decode(tokenizer->encode("▁a a").ids), "▁a a");
}

TEST(Spm, PutsAPrefixBeforeATextAndAfterControlTokensOnly) {
  const auto tokenizer = make_tokenizer(vocabulary_of({"▁", "a", "b", "▁a", "▁b"}));
  EXPECT_THAT(spelled(*tokenizer, "a</s>b", {.parse_special = true}),
              testing::ElementsAre("▁a", "</s>", "▁b"));
  EXPECT_THAT(spelled(*tokenizer, "a", {.continues = true}), testing::ElementsAre("a"));
  EXPECT_THAT(spelled(*tokenizer, "a</s>b", {.parse_special = true, .continues = true}),
              testing::ElementsAre("a", "</s>", "▁b"));
  EXPECT_EQ(tokenizer->decode(tokenizer->encode("a</s>b", {.parse_special = true}).ids), "a</s>b");
  EXPECT_TRUE(tokenizer->encode("").ids.empty());
}

TEST(Spm, NeverMakesAControlOrByteTokenOfText) {
  const auto tokenizer = make_tokenizer(vocabulary_of({"▁", "<", "s", ">", "<s"}));
  for (const char* text : {"<s>", "<unk>", "<0x41>"}) {
    for (const TokenId id : tokenizer->encode(text).ids) {
      EXPECT_FALSE(tokenizer->is_special(id));
      EXPECT_NE(id, 3 + 0x41);
    }
    EXPECT_EQ(tokenizer->decode(tokenizer->encode(text).ids), text);
  }
}

TEST(Spm, TakesTheBestScoreFirstAndOfEqualOnesTheLeftmost) {
  Vocabulary vocabulary = vocabulary_of({"▁", "a", "b", "c", "ab", "bc", "aa"});
  vocabulary.add_dummy_prefix = false;
  EXPECT_THAT(spelled(*make_tokenizer(vocabulary), "abcaaa"),
              testing::ElementsAre("ab", "c", "aa", "a"));
  vocabulary.scores[3 + 256 + 5] = 1;
  EXPECT_THAT(spelled(*make_tokenizer(vocabulary), "abc"), testing::ElementsAre("a", "bc"));
}

TEST(Spm, TakesUnusedPiecesApartAgain) {
  Vocabulary vocabulary = vocabulary_of({"▁", "a", "b", "ab", "abab", "ababab"});
  vocabulary.add_dummy_prefix = false;
  for (const std::size_t unused : {3U, 4U}) {
    vocabulary.kinds[3 + 256 + unused] = TokenKind::kUnused;
  }
  const auto tokenizer = make_tokenizer(vocabulary);
  EXPECT_THAT(spelled(*tokenizer, "abab"), testing::ElementsAre("a", "b", "a", "b"));
  EXPECT_THAT(spelled(*tokenizer, "ababab"), testing::ElementsAre("ababab"));
}

TEST(Spm, ReportsWhatNoTokenRepresents) {
  Vocabulary vocabulary = vocabulary_of({"▁", "a", "▁a"});
  vocabulary.tokens[3 + 'q'] = "no";
  vocabulary.kinds[3 + 'q'] = TokenKind::kNormal;
  const auto tokenizer = make_tokenizer(std::move(vocabulary));
  EXPECT_THAT(tokenizer->encode("aqa</s>qa", {.parse_special = true}).unencodable,
              testing::ElementsAre(1, 7));
  EXPECT_THAT(tokenizer->encode("aq", {.continues = true}).unencodable, testing::ElementsAre(1));
}

TEST(Spm, ReportsThePlaceOfEachOccurrenceOfAnUnusedPiece) {
  Vocabulary vocabulary = vocabulary_of({"▁", "a", "qa"});
  vocabulary.add_dummy_prefix = false;
  vocabulary.kinds.back() = TokenKind::kUnused;
  vocabulary.tokens[3 + 'q'] = "no";
  vocabulary.kinds[3 + 'q'] = TokenKind::kNormal;
  const auto tokenizer = make_tokenizer(std::move(vocabulary));
  EXPECT_THAT(tokenizer->encode("qa qa").unencodable, testing::ElementsAre(0, 3));
}

TEST(Spm, DecodesTokenByToken) {
  const auto tokenizer = make_tokenizer(small_vocabulary());
  const std::string text = "def f(x):\n    return \"中🙂\" + x\n";
  StreamDecoder decoder;
  std::string out;
  for (const TokenId id : tokenizer->encode(text).ids) decoder.push(tokenizer->bytes(id), out);
  decoder.finish(out);
  EXPECT_EQ(out, " " + text);
}

TEST(Spm, TakesAMegabyteOfOneLetter) {
  const auto tokenizer = make_tokenizer(small_vocabulary());
  const std::string text(1 << 20, 'a');
  EXPECT_EQ(tokenizer->decode(tokenizer->encode(text).ids), text);
}

TEST(Spm, RefusesVocabulariesThatCannotBeRight) {
  Vocabulary vocabulary = vocabulary_of({"a"});
  vocabulary.scores.pop_back();
  EXPECT_THAT(error_of(vocabulary), HasSubstr("tokenizer.ggml.scores: 259 entries, expected 260"));
  vocabulary.scores.push_back(NAN);
  EXPECT_THAT(error_of(vocabulary), HasSubstr("the score of token 259 is nan"));
  vocabulary = vocabulary_of({});
  vocabulary.tokens[10] = "<0xGG>";
  EXPECT_THAT(error_of(vocabulary), HasSubstr("token 10: \"<0xGG>\", expected a byte"));
}

TEST(Spm, RefusesPiecesThatAreTooLong) {
  EXPECT_EQ(error_of(vocabulary_of({std::string(kMaxPieceBytes, 'a')})), "");
  EXPECT_THAT(error_of(vocabulary_of({std::string(kMaxPieceBytes + 1, 'a')})),
              testing::AllOf(HasSubstr("token 259: \"aaa"),
                             HasSubstr(" has 1025 bytes, expected at most 1024")));
}

TEST(Spm, APromptOfPiecesGetsNoSpacesBetweenThem) {
  Vocabulary vocabulary = vocabulary_of({"▁", "a"});
  vocabulary.eos = 2;
  const auto tokenizer = make_tokenizer(std::move(vocabulary));
  const auto chat = ChatTemplate::recognise("zephyr", *tokenizer);
  ASSERT_TRUE(chat) << chat.error().message;
  const auto ids = chat->render_ids({{.role = "user", .content = "a"}}, true, *tokenizer);
  ASSERT_TRUE(ids);
  EXPECT_EQ(tokenizer->decode(*ids), "<|user|>\na</s>\n<|assistant|>");
}

TEST(SpmPieces, AreSpelledWithASignForTheSpaceAndBytesInHexadecimal) {
  EXPECT_EQ(bytes_of_piece("▁a▁▁b▁"), " a  b ");
  EXPECT_EQ(byte_of_piece("<0x0A>"), 10);
  EXPECT_EQ(byte_of_piece("<0xff>"), 255);
  for (const char* piece : {"<0x0A", "<0x0A>>", "<0x >", "<0x+1>", "<1x01>", "", "<0x0G>"}) {
    EXPECT_FALSE(byte_of_piece(piece)) << piece;
  }
}

}  // namespace
}  // namespace cromwell::tokenizer

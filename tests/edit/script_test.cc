// The script protocol: its prompt, and how scripts are read and written; against cases of an
// independent reference (tests/golden/edit_script_reference.py).
#include "edit/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "tests/edit/protocol_fixture.h"
#include "tests/edit/script_fixture.h"

namespace cromwell::edit {
namespace {

using testing::HasSubstr;

class ScriptTest : public ProtocolTest<Script> {
 protected:
  ScriptTest() { tokenizer_ = script_tokenizer(); }
};

TEST_F(ScriptTest, ThePromptIsFileRegionInstructionAndTheDiffsBeginning) {
  region_ = Region{.shown = "x = 1\n"};
  PromptInput input{"a.py", "  Rename it\n", region_, {}};
  input.notes = {{"From b.py", "b = 1\n"}};
  input.instruction_notes = {{"From c.py", "c = 1\n"}};
  render(input);
  EXPECT_EQ(text_,
            "<FILE>From b.py\nb = 1\n<FILE>a.py\n<EDIT>x = 1\n</EDIT><FILE>From c.py\nc = 1\n"
            "Rename it\n<DIFF>");
}

TEST_F(ScriptTest, MarkersInTextsStayText) {
  const Prompt prompt = render("s = '<DEL>'\n", "<FILE>.py", "Say <DIFF>");
  const auto count = [&](const char* token) {
    return std::count(prompt.ids.begin(), prompt.ids.end(), *tokenizer_->find(token));
  };
  EXPECT_EQ(count("<DEL>"), 0);
  EXPECT_EQ(count("<FILE>"), 1);
  EXPECT_EQ(count("<DIFF>"), 1);
  EXPECT_EQ(read_back(prompt, "s = '<INS>'\n"), "s = '<INS>'\n");
}

TEST_F(ScriptTest, IsRefusedForAModelWithoutItsTokens) {
  const auto plain = fakes::small_tokenizer();
  const auto result = protocol_.check_model(*plain);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, base::ErrorCode::kInvalidRequest);
  EXPECT_EQ(result.error().param, "protocol");
  EXPECT_THAT(result.error().message, HasSubstr("<DEL>"));
  EXPECT_FALSE(protocol_.render({"a.py", "Do", region_, {}}, {*plain, *template_, 100}));
}

TEST_F(ScriptTest, TokensThatTextCanSpellAreNoneOfIts) {
  tokenizer::Vocabulary vocabulary = script_vocabulary();
  vocabulary.kinds.back() = tokenizer::TokenKind::kUserDefined;
  EXPECT_FALSE(find_script_tokens(**tokenizer::Tokenizer::create(std::move(vocabulary))));
}

TEST_F(ScriptTest, DeletedLinesGiveWayToInsertedOnes) {
  const Prompt prompt = render("a\nb\nc\nd\n");
  EXPECT_EQ(read(prompt, "<DEL>b\n<INS>B\nB2\n<DEL>d\n"), "a\nB\nB2\nc\n");
  EXPECT_EQ(read(prompt, "<DEL>b\nc\n"), "a\nd\n");
  EXPECT_EQ(read(prompt, ""), "a\nb\nc\nd\n");
}

TEST_F(ScriptTest, ARunIsTheFirstOneAfterTheChangeBefore) {
  const Prompt prompt = render("a\nb\na\nc\na\n");
  EXPECT_EQ(read(prompt, "<DEL>a\n<INS>1\n<DEL>a\n<INS>2\n"), "1\nb\n2\nc\na\n");
  EXPECT_EQ(read(prompt, "<DEL>a\nc\n"), "a\nb\na\n");
}

TEST_F(ScriptTest, AnEmptyRegionIsFilled) {
  const Prompt prompt = render("");
  EXPECT_EQ(read(prompt, "<INS>a\nb\n"), "a\nb\n");
  EXPECT_EQ(read(prompt, ""), "");
}

TEST_F(ScriptTest, WhatTheEndOfTheTextFollowsIsNotRead) {
  EXPECT_EQ(read(render("a\n"), "<DEL>a\n<INS>b\n<|im_end|><DEL>"), "b\n");
}

TEST_F(ScriptTest, WhatIsNoScriptIsRefused) {
  Prompt prompt = render("a\nb\nc\n");
  prompt.first_line = 5;
  for (const auto& [answer, reason] : std::vector<std::pair<std::string, std::string>>{
           {"a\n", "before the script's first change"},
           {"<INS>x\n", "does not say which lines it follows"},
           {"<DEL>", "change 1: it deletes no line"},
           {"<DEL><INS>x\n", "deletes no line"},
           {"<DEL>a", "its last line does not end"},
           {"<DEL>a\n<INS>x", "its last line does not end"},
           {"<DEL>a\n<INS>x\n<INS>y\n", "two insertions"},
           {"<DEL>x\n", "do not stand in lines 5 to 7: \"x\""},
           {"<DEL>b\n<DEL>a\n", "change 2: the lines that it deletes do not stand in lines 7 to 7"},
           {"<DEL>a\nc\n", "do not stand"},
           {"<DEL>a\n<EDIT>", "holds <EDIT>"},
           {"<DEL>a\n<DIFF>b\n", "holds <DIFF>"}}) {
    EXPECT_THAT(read(prompt, answer), HasSubstr(reason)) << answer;
  }
}

TEST_F(ScriptTest, HalfACharacterDoesNotComeThrough) {
  const Prompt prompt = render("a\n");
  const auto del = *tokenizer_->find("<DEL>"), ins = *tokenizer_->find("<INS>");
  EXPECT_EQ(read(prompt, "", {del, 'a', '\n', ins, 0xC3, '\n'}), "\xEF\xBF\xBD\n");
}

TEST_F(ScriptTest, ReadsAsTheReferenceDoes) {
  std::ifstream in(CROMWELL_TEST_DATA "/edit_scripts.json");
  const auto cases = nlohmann::json::parse(in);
  ASSERT_GT(cases.size(), 100U);
  for (const auto& one : cases) {
    TokenIds ids;
    for (const auto& piece : one["script"]) {
      ids.push_back(*tokenizer_->find(piece[0] == "DEL" ? "<DEL>" : "<INS>"));
      const auto text = tokenizer_->encode(piece[1].get<std::string>()).ids;
      ids.insert(ids.end(), text.begin(), text.end());
    }
    const std::string result = read(render(one["region"].get<std::string>()), "", ids);
    if (one["result"].is_null()) {
      EXPECT_THAT(result, testing::StartsWith("refused")) << one;
    } else {
      EXPECT_EQ(result, one["result"].get<std::string>()) << one;
    }
  }
}

TEST_F(ScriptTest, TheAnswerForAnyTextLeadsToItAndPassesTheConstraint) {
  constexpr unsigned kSeed = 20262;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  const auto text = [&](int lines) {
    const std::string all[] = {"a\n", "b\n", "\n", "the in\n", "  a\n"};
    std::string made;
    for (int i = 0; i < lines; ++i) made += all[random() % std::size(all)];
    return made;
  };
  const auto trie = std::make_shared<engine::LazyTrie>();
  for (int i = 0; i < 500; ++i) {
    const std::string before = text(static_cast<int>(random() % 8));
    const std::string after = text(static_cast<int>(random() % 8));
    const Prompt prompt = render(before);
    EXPECT_EQ(read_back(prompt, after), after) << before;
    const auto constraint = protocol_.constraint(prompt, {tokenizer_, trie});
    TokenIds ids = *protocol_.answer_for(prompt, after, *tokenizer_);
    ids.push_back(*tokenizer_->find("<|im_end|>"));
    for (const auto id : ids) {
      std::vector<float> logits(static_cast<std::size_t>(tokenizer_->vocab_size()));
      constraint->mask(logits);
      ASSERT_EQ(logits[static_cast<std::size_t>(id)], 0) << before << "->" << after;
      constraint->accept(id);
    }
  }
}

TEST_F(ScriptTest, AnAnswerSaysNoMoreThanItNeeds) {
  const Prompt prompt = render("a\nb\nc\nd\ne\n");
  const auto said = [&](const std::string& after) {
    return tokenizer_->decode(*protocol_.answer_for(prompt, after, *tokenizer_));
  };
  EXPECT_EQ(said("a\nb\nC\nd\ne\n"), "<DEL>c\n<INS>C\n");
  EXPECT_EQ(said("a\nb\nc\nnew\nd\ne\n"), "<DEL>c\n<INS>c\nnew\n");
  EXPECT_EQ(said("new\na\nb\nc\nd\ne\n"), "<DEL>a\n<INS>new\na\n");
  EXPECT_EQ(said("b\nc\nd\n"), "<DEL>a\n<DEL>e\n");
  EXPECT_EQ(said("a\nb\nc\nd\ne\n"), "");
}

}  // namespace
}  // namespace cromwell::edit

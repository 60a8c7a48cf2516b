// The script's constraint: whatever the model would rather write, it is a script of the region.
#include "edit/script_constraint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "edit/lines.h"
#include "tests/edit/script_fixture.h"

namespace cromwell::edit {
namespace {

using Ids = std::vector<tokenizer::TokenId>;

class ScriptConstraintTest : public testing::Test {
 protected:
  ScriptConstraint constraint(const std::string& region) {
    return {region, *find_script_tokens(*tokenizer_), tokenizer_, trie_.of(*tokenizer_)};
  }
  void accept(ScriptConstraint& constraint, const std::string& script) {
    for (const auto id : tokenizer_->encode(script, {.parse_special = true}).ids) {
      constraint.accept(id);
    }
  }
  Ids allowed(ScriptConstraint& constraint) {
    std::vector<float> logits(static_cast<std::size_t>(tokenizer_->vocab_size()), 1.0F);
    constraint.mask(logits);
    Ids ids;
    for (std::size_t i = 0; i < logits.size(); ++i) {
      if (!std::isinf(logits[i])) ids.push_back(static_cast<tokenizer::TokenId>(i));
    }
    return ids;
  }
  // The spellings of the tokens that may follow `script`.
  std::set<std::string> after(const std::string& region, const std::string& script) {
    ScriptConstraint made = constraint(region);
    accept(made, script);
    std::set<std::string> spellings;
    for (const auto id : allowed(made)) spellings.emplace(tokenizer_->bytes(id));
    return spellings;
  }

  std::shared_ptr<const tokenizer::Tokenizer> tokenizer_ = script_tokenizer();
  engine::LazyTrie trie_;
  const std::set<std::string> ends_ = {"<|endoftext|>", "<|im_end|>"};

  std::set<std::string> ends_and(std::set<std::string> more) const {
    more.insert(ends_.begin(), ends_.end());
    return more;
  }
};

TEST_F(ScriptConstraintTest, AScriptBeginsWithADeletionOrIsEmpty) {
  EXPECT_EQ(after("a\n", ""), ends_and({"<DEL>"}));
  EXPECT_EQ(after("", ""), ends_and({"<INS>"}));
}

TEST_F(ScriptConstraintTest, DeletedTextStandsInTheRegion) {
  const std::string region = "the end\nin\nre\n";
  EXPECT_EQ(after(region, "<DEL>"),
            (std::set<std::string>{"t", "th", "the", "i", "in", "r", "re"}));
  EXPECT_EQ(after(region, "<DEL>i"), (std::set<std::string>{"n"}));
  EXPECT_EQ(after(region, "<DEL>in"), (std::set<std::string>{"\n"}));
}

TEST_F(ScriptConstraintTest, ADeletedRunGoesOnOnlyWithTheNextLine) {
  EXPECT_EQ(after("a\nb\nc\n", "<DEL>a\n"), ends_and({"b", "<INS>", "<DEL>"}));
  EXPECT_EQ(after("a\nb\na\nc\n", "<DEL>a\n"), ends_and({"b", "c", "<INS>", "<DEL>"}));
  EXPECT_EQ(after("a\nb\na\nc\n", "<DEL>a\nc\n"), ends_and({"<INS>"}));
}

TEST_F(ScriptConstraintTest, WhatIsDeletedStandsAfterTheChangeBefore) {
  EXPECT_EQ(after("a\nb\nc\n", "<DEL>b\n<DEL>"), (std::set<std::string>{"c"}));
  EXPECT_EQ(after("a\nb\na\n", "<DEL>a\n<INS>x\n<DEL>"), (std::set<std::string>{"b", "a"}));
  EXPECT_FALSE(after("a\nb\n", "<DEL>b\n<INS>x\n").contains("<DEL>"));
}

TEST_F(ScriptConstraintTest, InsertedLinesAreFreeButWhole) {
  const auto at_line = after("a\nb\n", "<DEL>a\n<INS>x\n");
  EXPECT_TRUE(at_line.contains("z"));
  EXPECT_TRUE(at_line.contains("<DEL>"));
  EXPECT_TRUE(at_line.contains("<|im_end|>"));
  EXPECT_FALSE(at_line.contains("<INS>"));
  const auto in_line = after("a\nb\n", "<DEL>a\n<INS>x");
  EXPECT_TRUE(in_line.contains("\n"));
  for (const char* marker : {"<DEL>", "<INS>", "<FILE>", "<|im_end|>", "<|im_start|>"}) {
    EXPECT_FALSE(in_line.contains(marker)) << marker;
  }
}

TEST_F(ScriptConstraintTest, GoesBackAndIsCopied) {
  ScriptConstraint made = constraint("a\nb\nc\n");
  accept(made, "<DEL>");
  const Ids before = allowed(made);
  accept(made, "b\n<INS>x");
  const auto copy = made.clone();
  made.rewind_to(1);
  EXPECT_EQ(allowed(made), before);
  accept(made, "a\n");
  copy->accept('\n');
  std::vector<float> logits(static_cast<std::size_t>(tokenizer_->vocab_size()));
  copy->mask(logits);
  EXPECT_FALSE(std::isinf(logits[static_cast<std::size_t>(*tokenizer_->find("<|im_end|>"))]));
  EXPECT_EQ(allowed(made).size(), 5U);
}

// Any walk through what is allowed is a script, and what the walk through the trie says is what a
// look at each token says.
TEST_F(ScriptConstraintTest, EveryWalkIsAScriptOfTheRegion) {
  constexpr unsigned kSeed = 20263;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  const ScriptTokens tokens = *find_script_tokens(*tokenizer_);
  for (int i = 0; i < 300; ++i) {
    const std::string parts[] = {"a", "the in", "\n", "ret", "  ", "ret\n"};
    std::string region;
    for (auto k = random() % 12; k > 0; --k) region += parts[random() % std::size(parts)];
    if (!region.empty() && !region.ends_with('\n')) region += '\n';
    ScriptConstraint made = constraint(region);
    Ids ids;
    bool ended = false;
    for (int step = 0; step < 400 && !ended; ++step) {
      Ids choices = allowed(made);
      ASSERT_FALSE(choices.empty()) << region;
      // Lines end and so do scripts: half of the time, where they may.
      const auto prefer = [&](tokenizer::TokenId id) {
        if (random() % 2 == 0 && std::find(choices.begin(), choices.end(), id) != choices.end()) {
          choices = {id};
        }
      };
      prefer('\n');
      prefer(*tokenizer_->find("<|im_end|>"));
      ids.push_back(choices[random() % choices.size()]);
      made.accept(ids.back());
      ended = tokenizer_->is_end_of_generation(ids.back());
    }
    if (!ended) continue;
    const auto read = read_script(ids, tokens, *tokenizer_, {split_lines(region), 1});
    EXPECT_TRUE(read) << region << "\n" << tokenizer_->decode(ids) << read.error().message;
  }
}

}  // namespace
}  // namespace cromwell::edit

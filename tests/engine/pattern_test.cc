// Patterns, the automaton made of them, and the constraint that a vocabulary's tokens make of that.
#include "engine/pattern.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/automaton.h"
#include "engine/pattern_constraint.h"
#include "tests/engine/automaton_matches.h"
#include "tests/engine/engine_fixture.h"

namespace cromwell::engine {
namespace {

bool matches(const Pattern& pattern, std::string_view text) {
  const auto automaton = Automaton::compile(pattern);
  EXPECT_TRUE(automaton.has_value());
  return automaton && matches(**automaton, text);
}

TEST(Automaton, RepeatsAreCounted) {
  const Pattern pattern = sequence({repeat(literal("ab"), 2, 3), optional(literal("c"))});
  for (const char* text : {"abab", "ababab", "ababc", "abababc"}) {
    EXPECT_TRUE(matches(pattern, text)) << text;
  }
  for (const char* text : {"", "ab", "abababab", "ababa", "ababcc"}) {
    EXPECT_FALSE(matches(pattern, text)) << text;
  }
}

TEST(Automaton, ARepeatOfNothingEnds) {
  EXPECT_TRUE(matches(repeat(repeat(literal("a"), 0, -1), 0, -1), "aaa"));
  EXPECT_TRUE(matches(repeat(literal(""), 5, -1), ""));
}

TEST(Automaton, APatternThatMatchesNothingIsRefused) {
  EXPECT_FALSE(Automaton::compile(choice({})).has_value());
  EXPECT_FALSE(Automaton::compile(sequence({literal("a"), one_of(ByteSet())})).has_value());
}

TEST(Automaton, AStateThatCanNotEndIsDead) {
  const auto automaton =
      Automaton::compile(choice({literal("ab"), sequence({literal("ac"), choice({})})}));
  const auto a = (*automaton)->step((*automaton)->start(), 'a');
  EXPECT_NE((*automaton)->step(a, 'b'), Automaton::kDead);
  EXPECT_EQ((*automaton)->step(a, 'c'), Automaton::kDead);
}

TEST(Automaton, ATooLargePatternIsRefused) {
  const Pattern many = repeat(repeat(repeat(literal("a"), 100, 100), 100, 100), 100, 100);
  const auto automaton = Automaton::compile(many);
  ASSERT_FALSE(automaton.has_value());
  EXPECT_EQ(automaton.error().code, base::ErrorCode::kInvalidRequest);
}

TEST(Automaton, ATextWithoutATagHasItNowhere) {
  const Pattern pattern = without("<ab>");
  std::mt19937 random(7);
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (auto i = random() % 10; i > 0; --i) text += "<ab>c\n"[random() % 6];
    EXPECT_EQ(matches(pattern, text), text.find("<ab>") == std::string::npos) << text;
  }
}

TEST(Automaton, ATextThatDoesNotBeginSo) {
  const Pattern pattern = not_beginning_with("aba");
  for (const char* text : {"", "a", "ab", "abb", "b", "bab", "aab", "abc\n"}) {
    EXPECT_TRUE(matches(pattern, text)) << text;
  }
  for (const char* text : {"aba", "abab", "aba\n"}) EXPECT_FALSE(matches(pattern, text)) << text;
}

// [ab]*(a[ab]{20}|c): a state for each of two million histories, and one after any c.
Pattern many_states() {
  const Pattern either = byte_range('a', 'b');
  return sequence({repeat(either, 0, -1),
                   choice({sequence({literal("a"), repeat(either, 20, 20)}), literal("c")})});
}

TEST(Automaton, WhatOneStepMayCostIsBounded) {
  const auto automaton = *Automaton::compile(many_states());
  std::mt19937 random(1);
  auto state = automaton->start(), last = state;
  for (long i = 0; i < kMaxStepWork && state >= 0; ++i) {
    last = state;
    state = automaton->step(state, random() % 2 == 0 ? 'a' : 'b');
  }
  ASSERT_EQ(state, Automaton::kCut);
  automaton->begin_step();
  EXPECT_GE(automaton->step(last, 'a'), 0);
  EXPECT_GE(automaton->step(last, 'b'), 0);
}

TEST(Automaton, StatesAreBounded) {
  const auto automaton = Automaton::compile(many_states());
  std::mt19937 random(1);
  auto state = (*automaton)->start();
  for (int i = 0; i < 2000000 && state >= 0; ++i) {
    (*automaton)->begin_step();
    state = (*automaton)->step(state, random() % 2 == 0 ? 'a' : 'b');
    ASSERT_LT(state, static_cast<int>(kMaxAutomatonCells));
  }
  EXPECT_EQ(state, Automaton::kCut);
  EXPECT_EQ((*automaton)->step(state, 'a'), Automaton::kCut);
  EXPECT_FALSE((*automaton)->accepts(state));
}

TEST(Pattern, CharactersBeyondAsciiAreWellFormed) {
  const Pattern pattern = beyond_ascii();
  for (const char* text : {"\u00e9", "\u20ac", "\U0001F600", "\U0010FFFF"}) {
    EXPECT_TRUE(matches(pattern, text)) << text;
  }
  for (const char* text : {"a", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF"}) {
    EXPECT_FALSE(matches(pattern, text));
  }
}

TEST(Pattern, UntilFenceEndsAtTheFirstLineThatBeginsWithIt) {
  const Pattern pattern = until_fence("```");
  for (const char* text : {"```", "a\n```", "``\n```", "\n\n```", "x ``` y\nb\n```"}) {
    EXPECT_TRUE(matches(pattern, text)) << text;
  }
  for (const char* text : {"", "a", "a```", "```\n```", "a\n```b", "a\n````", "a\n```\nb\n```"}) {
    EXPECT_FALSE(matches(pattern, text)) << text;
  }
}

class PatternConstraintTest : public testing::Test {
 protected:
  std::unique_ptr<Constraint> constraint(const Pattern& pattern) {
    auto made = PatternConstraint::create(pattern, trie_, tokenizer_);
    EXPECT_TRUE(made.has_value()) << made.error().message;
    return std::move(*made);
  }
  std::vector<bool> allowed(Constraint& constraint) {
    std::vector<float> logits(static_cast<std::size_t>(tokenizer_->vocab_size()), 1.0F);
    constraint.mask(logits);
    std::vector<bool> bits;
    for (const float x : logits) bits.push_back(!std::isinf(x));
    return bits;
  }

  std::shared_ptr<const tokenizer::Tokenizer> tokenizer_ = fakes::small_tokenizer();
  std::shared_ptr<const TokenTrie> trie_ = std::make_shared<TokenTrie>(*tokenizer_);
};

TEST_F(PatternConstraintTest, AllowsExactlyTheTokensWhoseBytesGoOn) {
  const Pattern pattern =
      choice({literal("the inner thing"), literal("return"), repeat(literal("re"), 1, -1)});
  const auto automaton = *Automaton::compile(pattern);
  const auto subject = constraint(pattern);
  std::string text;
  for (const char* next : {"", "the", " in"}) {
    if (*next != '\0') {
      const auto ids = tokenizer_->encode(next).ids;
      for (const TokenId id : ids) subject->accept(id);
      text += next;
    }
    const auto bits = allowed(*subject);
    for (TokenId id = 0; id < tokenizer_->vocab_size(); ++id) {
      auto state = automaton->start();
      for (const char c : text) state = automaton->step(state, static_cast<std::uint8_t>(c));
      bool expected = automaton->accepts(state);
      if (!tokenizer_->is_end_of_generation(id)) {
        for (const char c : tokenizer_->bytes(id)) {
          state = automaton->step(state, static_cast<std::uint8_t>(c));
        }
        expected = state != Automaton::kDead && !tokenizer_->is_special(id);
      }
      EXPECT_EQ(bits[static_cast<std::size_t>(id)], expected) << text << '|' << id;
    }
  }
}

TEST_F(PatternConstraintTest, RewindsAndClones) {
  const auto subject = constraint(literal("in the in"));
  const auto first = allowed(*subject);
  subject->accept(tokenizer_->encode("in").ids[0]);
  const auto second = allowed(*subject);
  const auto other = subject->clone();
  subject->accept(tokenizer_->encode(" the").ids[0]);
  EXPECT_EQ(allowed(*other), second);
  subject->rewind_to(1);
  EXPECT_EQ(allowed(*subject), second);
  subject->rewind_to(0);
  EXPECT_EQ(allowed(*subject), first);
}

TEST_F(PatternConstraintTest, AGenerationMatchesItsPatternAndEnds) {
  EngineUnderTest test;
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    GenerateRequest request;
    request.prompt = {1, 2, 3};
    request.sampling = {.temperature = 1, .seed = seed};
    const Pattern pattern = sequence(
        {literal("the "), repeat(byte_range('a', 'c'), 3, 5), one_of_lines({"\nreturn", "\nin"})});
    request.constraint = constraint(pattern);
    const auto recorder = test.run(std::move(request));
    ASSERT_TRUE(recorder->finished);
    EXPECT_EQ(recorder->finished->reason, FinishReason::kStop);
    EXPECT_TRUE(matches(pattern, recorder->text())) << recorder->text();
  }
}

TEST_F(PatternConstraintTest, WhereThePatternHasCostTooMuchNoTokenGoesOn) {
  const auto subject = constraint(many_states());
  const auto accept = [&](const char* text) { subject->accept(tokenizer_->encode(text).ids[0]); };
  const std::vector<bool> none(static_cast<std::size_t>(tokenizer_->vocab_size()));
  accept("c");
  subject->rewind_to(0);
  // The same steps, to know when they are cut.
  const auto automaton = *Automaton::compile(many_states());
  automaton->step(automaton->start(), 'c');
  std::mt19937 random(1);
  for (auto state = automaton->start();;) {
    const bool is_a = random() % 2 == 0;
    automaton->begin_step();
    state = automaton->step(state, is_a ? 'a' : 'b');
    if (state < 0) break;
    accept(is_a ? "a" : "b");
  }
  // A c would go on, to a state that is known; of a and b nothing is.
  EXPECT_EQ(allowed(*subject), none);
  accept("a");
  accept("a");
  EXPECT_EQ(allowed(*subject), none);
}

TEST_F(PatternConstraintTest, TheTrieHoldsEachTextTokenOnce) {
  std::vector<int> seen(static_cast<std::size_t>(tokenizer_->vocab_size()));
  for (const TokenId id : trie_->tokens()) ++seen[static_cast<std::size_t>(id)];
  for (TokenId id = 0; id < tokenizer_->vocab_size(); ++id) {
    EXPECT_EQ(seen[static_cast<std::size_t>(id)], tokenizer_->is_special(id) ? 0 : 1) << id;
  }
  EXPECT_EQ(trie_->ends().size(), 2U);
}

}  // namespace
}  // namespace cromwell::engine

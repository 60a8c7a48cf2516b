#include "engine/prompt_lookup.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/engine/engine_fixture.h"

namespace cromwell::engine {
namespace {

Tokens guess(PromptLookup& lookup, const Tokens& text, int limit) {
  Tokens draft;
  lookup.propose(text, limit, draft);
  return draft;
}

TEST(PromptLookup, GoesOnAsAfterTheSameTokensBefore) {
  PromptLookup lookup;
  EXPECT_EQ(guess(lookup, {1, 2, 3, 4, 5, 6, 9, 1, 2, 3}, 3), (Tokens{4, 5, 6}));
}

TEST(PromptLookup, TwoTokensAreNotEnough) {
  PromptLookup lookup;
  EXPECT_TRUE(guess(lookup, {1, 2, 3, 4, 5, 9, 2, 3}, 3).empty());
}

TEST(PromptLookup, TheLongestAgreementWins) {
  PromptLookup lookup;
  const Tokens text{7, 1, 2, 3, 50, 8, 1, 2, 3, 60, 9, 7, 1, 2, 3};
  EXPECT_EQ(guess(lookup, text, 1), (Tokens{50}));
}

TEST(PromptLookup, TheLatestOfEqualsWins) {
  PromptLookup lookup;
  EXPECT_EQ(guess(lookup, {8, 1, 2, 3, 50, 8, 1, 2, 3, 60, 8, 1, 2, 3}, 1), (Tokens{60}));
}

TEST(PromptLookup, ATextThatRepeatsItselfIsGuessedPastItsEnd) {
  PromptLookup lookup;
  EXPECT_EQ(guess(lookup, {5, 1, 2, 3, 1, 2, 3, 1, 2, 3}, 7), (Tokens{1, 2, 3, 1, 2, 3, 1}));
}

TEST(PromptLookup, WhatIsForgottenIsNotFound) {
  PromptLookup lookup;
  guess(lookup, {1, 2, 3, 4, 5, 6, 7, 8}, 3);
  EXPECT_TRUE(guess(lookup, {9, 9, 8, 5, 6}, 3).empty());
  EXPECT_EQ(guess(lookup, {9, 9, 8, 5, 6, 7, 9, 9, 8}, 2), (Tokens{5, 6}));
}

// The longest earlier place by brute force.
int longest_before(const Tokens& text) {
  int longest = 0;
  for (std::size_t last = 0; last + 1 < text.size(); ++last) {
    int common = 0;
    while (static_cast<std::size_t>(common) <= last &&
           text[last - static_cast<std::size_t>(common)] ==
               text[text.size() - 1 - static_cast<std::size_t>(common)]) {
      ++common;
    }
    longest = std::max(longest, common);
  }
  return longest;
}

TEST(PromptLookup, FindsWhatASearchOfTheWholeTextFinds) {
  constexpr unsigned kSeed = 3;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  for (int round = 0; round < 20; ++round) {
    PromptLookup lookup;
    Tokens text = random_tokens(random, 5, 12);
    for (int step = 0; step < 300; ++step) {
      const int longest = longest_before(text);
      const Tokens draft = guess(lookup, text, 5);
      ASSERT_EQ(draft.empty(), longest < kLookupTokens) << text.size();
      ASSERT_LE(draft.size(), 5U);
      text.push_back(static_cast<TokenId>(random() % 12));
    }
  }
}

TEST(PromptLookup, TextsLongerThanItsFirstTableAreFoundWhole) {
  std::mt19937 random(4);
  Tokens text = random_tokens(random, 5000, 30000);
  PromptLookup lookup;
  guess(lookup, Tokens(text.begin(), text.begin() + 500), 1);
  text.insert(text.end(), text.begin() + 40, text.begin() + 60);
  EXPECT_EQ(guess(lookup, text, 2), (Tokens{text[60], text[61]}));
}

}  // namespace
}  // namespace cromwell::engine

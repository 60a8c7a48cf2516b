// The cursor into a known text: how soon it is back after a change, and what it never does.
#include "engine/region_cursor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "tests/engine/engine_fixture.h"

namespace cromwell::engine {
namespace {

constexpr int kPrompt = 2;
constexpr TokenId kNewline = 1000;

// Lines of 4 to 9 tokens of a small vocabulary, so that tokens and pairs come again and again.
Tokens some_lines(std::mt19937& random, int lines, int first_id = 0) {
  Tokens text;
  for (int i = 0; i < lines; ++i) {
    const int length = 4 + static_cast<int>(random() % 6);
    for (int k = 0; k < length; ++k) text.push_back(first_id + static_cast<TokenId>(random() % 60));
    text.push_back(kNewline);
  }
  return text;
}

std::size_t line_start(const Tokens& text, int line) {
  std::size_t at = 0;
  for (; line > 0; --line) {
    at = static_cast<std::size_t>(
             std::find(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), kNewline) -
             text.begin()) +
         1;
  }
  return at;
}

Tokens join(std::initializer_list<std::span<const TokenId>> parts) {
  Tokens all;
  for (const auto part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// Per token of the answer: was it the guess made just before it?
std::vector<bool> guessed(const Tokens& known, const Tokens& answer) {
  RegionCursor cursor(known, kPrompt);
  Tokens text{7, 7};
  std::vector<bool> right;
  for (const TokenId token : answer) {
    Tokens draft;
    cursor.propose(text, 1, draft);
    right.push_back(!draft.empty() && draft[0] == token);
    text.push_back(token);
  }
  return right;
}

std::ptrdiff_t misses(const std::vector<bool>& right, std::size_t from, std::size_t to) {
  const auto begin = right.begin();
  return std::count(begin + static_cast<std::ptrdiff_t>(from),
                    begin + static_cast<std::ptrdiff_t>(to), false);
}

// 60 known lines of which lines 30 to 30 + removed - 1 become `added`. After the change at most
// three tokens are not guessed; before it and later all are.
void expect_back_soon(unsigned seed, int removed, int added) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const Tokens known = some_lines(random, 60);
  const Tokens fresh = some_lines(random, added, 500);
  const std::size_t begin = line_start(known, 30), end = line_start(known, 30 + removed);
  const std::span<const TokenId> all = known;
  const Tokens answer = join({all.first(begin), fresh, all.subspan(end)});
  const auto right = guessed(known, answer);
  EXPECT_EQ(misses(right, 0, begin), 0);
  EXPECT_LE(misses(right, begin + fresh.size(), answer.size()), 3);
}

TEST(RegionCursor, IsBackWithinThreeTokensAfterAnInsertionOfLines) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    for (const int lines : {1, 2, 5}) expect_back_soon(seed, 0, lines);
  }
}

TEST(RegionCursor, IsBackWithinThreeTokensAfterADeletionOfLines) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    for (const int lines : {1, 2, 5}) expect_back_soon(seed, lines, 0);
  }
}

TEST(RegionCursor, IsBackWithinThreeTokensAfterAReplacementOfLines) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    for (const int lines : {1, 3, 5}) expect_back_soon(seed, lines, lines);
    expect_back_soon(seed, 4, 1);
    expect_back_soon(seed, 1, 4);
  }
}

TEST(RegionCursor, GuessesTheNextTokenRightAfterOneWasExchanged) {
  const Tokens known{1, 2, 3, 4, 5, 6, 7, 8};
  const auto right = guessed(known, {1, 2, 3, 99, 5, 6, 7, 8});
  EXPECT_EQ(right, (std::vector<bool>{true, true, true, false, true, true, true, true}));
}

TEST(RegionCursor, AnExchangeIsLikelierThanOneTokenFarAway) {
  Tokens known{1, 2, 3, 50, 5};
  for (int i = 0; i < 40; ++i) known.push_back(200 + i);
  known.insert(known.end(), {99, 60});
  EXPECT_TRUE(guessed(known, {1, 2, 3, 99, 5}).back());
}

TEST(RegionCursor, OneTokenNearByIsLikelierThanTwoFarAway) {
  Tokens known{1, 2, 3, 4, 5, 60, 61};
  for (int i = 0; i < 2000; ++i) known.push_back(200 + i);
  known.insert(known.end(), {100, 60, 62});
  EXPECT_TRUE(guessed(known, {1, 2, 3, 4, 5, 100, 60, 61}).back());
}

TEST(RegionCursor, ATokenExchangedTwiceIsGuessedInItsNewForm) {
  const Tokens known{1, 50, 2, 3, 50, 4, 5, 50, 6, 7, 50, 8};
  const auto right = guessed(known, {1, 99, 2, 3, 99, 4, 5, 99, 6, 7, 99, 8});
  EXPECT_FALSE(right[1]);
  EXPECT_FALSE(right[4]);
  EXPECT_TRUE(right[7]);
  EXPECT_TRUE(right[10]);
}

TEST(RegionCursor, AnExchangeThatNoLongerHoldsIsForgotten) {
  const Tokens known{1, 50, 2, 3, 50, 4, 5, 50, 6, 7, 50, 8};
  const auto right = guessed(known, {1, 99, 2, 3, 99, 4, 5, 50, 6, 7, 50, 8});
  EXPECT_FALSE(right[7]);
  EXPECT_TRUE(right[8]);
  EXPECT_TRUE(right[10]);
}

TEST(RegionCursor, IsBackAfterTokensThatCutTheSameTextElsewhere) {
  // "foobar(" as foo bar ( became "foobaz(" as foob az( : no token of the change is known.
  const Tokens known{1, 2, 20, 21, 22, 3, 4, 5, 6, 7, 8};
  const auto right = guessed(known, {1, 2, 30, 31, 3, 4, 5, 6, 7, 8});
  EXPECT_LE(misses(right, 4, right.size()), 1);
}

TEST(RegionCursor, ShortGuessesUntilTheRunIsLong) {
  Tokens known;
  for (int i = 0; i < 100; ++i) known.push_back(i);
  RegionCursor cursor(known, 0);
  Tokens draft;
  cursor.propose({}, 50, draft);
  EXPECT_EQ(draft.size(), 50U);
  Tokens text{0, 1, 2, 200};
  std::vector<std::size_t> lengths;
  for (const TokenId next : {4, 5, 6, 7}) {
    draft.clear();
    cursor.propose(text, 50, draft);
    lengths.push_back(draft.size());
    text.push_back(next);
  }
  EXPECT_EQ(lengths, (std::vector<std::size_t>{2, 4, 8, 50}));
}

TEST(RegionCursor, ShortGuessesWhereTheCursorJumpsToALineThatLooksAlike) {
  const Tokens known{1, 2, 3, 10, 1, 2, 3, 11, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39};
  RegionCursor cursor(known, 0);
  Tokens draft;
  cursor.propose(Tokens{1, 2, 3, 11}, 50, draft);  // four tokens stand there, and might elsewhere
  EXPECT_EQ(draft, (Tokens{30, 31, 32, 33}));
  draft.clear();
  cursor.propose(Tokens{1, 2, 3, 11, 30, 31}, 50, draft);  // two guesses were right
  EXPECT_EQ(draft, (Tokens{32, 33, 34, 35, 36, 37, 38, 39}));
}

TEST(RegionCursor, SaysNothingWhereTheAnswerHasNothingOfTheText) {
  RegionCursor cursor({1, 2, 3, 4}, 0);
  Tokens text;
  for (int i = 0; i < 20; ++i) text.push_back(100 + i);
  Tokens draft;
  cursor.propose(text, 10, draft);
  EXPECT_TRUE(draft.empty());
}

TEST(RegionCursor, FollowsARewoundAnswerFromItsBeginning) {
  Tokens known;
  for (int i = 0; i < 20; ++i) known.push_back(i);
  RegionCursor cursor(known, 1);
  Tokens draft;
  cursor.propose(Tokens{9, 0, 1, 2, 3, 4, 5}, 2, draft);
  EXPECT_EQ(draft, (Tokens{6, 7}));
  draft.clear();
  cursor.propose(Tokens{9, 0, 1}, 2, draft);
  EXPECT_EQ(draft, (Tokens{2, 3}));
}

TEST(RegionCursor, AnyTextsAreFollowedWithinTheLimit) {
  constexpr unsigned kSeed = 77;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  for (int round = 0; round < 300; ++round) {
    const int ids = 1 + static_cast<int>(random() % 5);
    RegionCursor cursor(random_tokens(random, static_cast<int>(random() % 40), ids), 3);
    Tokens text = random_tokens(random, 3, ids);
    for (int step = 0; step < 60; ++step) {
      const int limit = static_cast<int>(random() % 9);
      Tokens draft;
      cursor.propose(text, limit, draft);
      ASSERT_LE(draft.size(), static_cast<std::size_t>(limit));
      if (random() % 10 == 0) text.resize(random() % (text.size() + 1));
      const Tokens more = random_tokens(random, static_cast<int>(random() % 4), ids);
      text.insert(text.end(), more.begin(), more.end());
    }
  }
}

}  // namespace
}  // namespace cromwell::engine

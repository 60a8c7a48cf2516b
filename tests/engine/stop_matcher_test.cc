#include "engine/stop_matcher.h"

#include <gtest/gtest.h>

#include <random>

namespace cromwell::engine {
namespace {

struct Outcome {
  std::string text, match;
  bool operator==(const Outcome&) const = default;
};

// The definition, literally: the shortest beginning of the text that ends with a stop string.
Outcome slow(const std::string& text, const std::vector<std::string>& stops) {
  for (std::size_t end = 1; end <= text.size(); ++end) {
    std::string best;
    for (const auto& stop : stops) {
      if (text.substr(0, end).ends_with(stop) && stop.size() > best.size()) best = stop;
    }
    if (!best.empty()) return {text.substr(0, end - best.size()), best};
  }
  return {text, ""};
}

TEST(StopMatcher, EqualsTheDefinitionHoweverTheTextIsCut) {
  std::mt19937 random(20240607);
  for (int round = 0; round < 20000; ++round) {
    const auto word = [&](unsigned longest) {
      std::string made;
      for (auto n = 1 + random() % longest; n > 0; --n) made += "abc"[random() % 3];
      return made;
    };
    std::vector<std::string> stops;
    for (auto n = random() % 4; n > 0; --n) stops.push_back(word(6));
    const std::string text = word(30);
    StopMatcher matcher(stops);
    std::string out;
    bool stopped = false;
    for (std::size_t at = 0; at < text.size() && !stopped;) {
      const std::size_t length = 1 + random() % 5;
      stopped = matcher.push(std::string_view(text).substr(at, length), out);
      at += length;
    }
    if (!stopped) matcher.finish(out);
    ASSERT_EQ((Outcome{out, matcher.match()}), slow(text, stops)) << text;
  }
}

TEST(StopMatcher, HoldsBackOnlyWhatCouldBecomeAStopString) {
  StopMatcher matcher({"\n```", "END"});
  std::string out;
  EXPECT_FALSE(matcher.push("x\n``y E", out));
  EXPECT_EQ(out, "x\n``y ");
  EXPECT_FALSE(matcher.push("N\n", out));
  EXPECT_EQ(out, "x\n``y EN");
  EXPECT_TRUE(matcher.push("```rest", out));
  EXPECT_EQ(out, "x\n``y EN");
  EXPECT_EQ(matcher.match(), "\n```");
}

TEST(StopMatcher, PassesEverythingWithoutStopStrings) {
  StopMatcher matcher({});
  std::string out;
  EXPECT_FALSE(matcher.push("abc", out));
  EXPECT_EQ(out, "abc");
}

}  // namespace
}  // namespace cromwell::engine

#include "engine/regex.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/automaton.h"
#include "tests/engine/automaton_matches.h"

namespace cromwell::engine {
namespace {

TEST(Regex, MatchesWhatPythonMatches) {
  std::ifstream file(CROMWELL_TEST_DATA "/regex.json");
  const auto entries = nlohmann::json::parse(file);
  ASSERT_GT(entries.size(), 30U);
  for (const auto& entry : entries) {
    SCOPED_TRACE(entry["regex"].dump());
    const auto regex = parse_regex(entry["regex"].get<std::string>());
    ASSERT_TRUE(regex.has_value()) << regex.error().message;
    const auto automaton = Automaton::compile(regex->pattern);
    ASSERT_TRUE(automaton.has_value()) << automaton.error().message;
    for (const auto& text : entry["yes"]) {
      EXPECT_TRUE(matches(**automaton, text.get<std::string>())) << text;
    }
    for (const auto& text : entry["no"]) {
      EXPECT_FALSE(matches(**automaton, text.get<std::string>())) << text;
    }
  }
}

TEST(Regex, RefusesWhatItDoesNotKnowAndSaysWhere) {
  for (const char* text :
       {"(?=a)",       "(?P<x>a)", "(?i)a",   "\\b",  "\\1",  "a**",     "a{2}{3}",
        "*a",          "a|*",      "(a",      "a)",   "[a",   "[b-a]",   "a{3,2}",
        "a{",          "a{x}",     "a{2000}", "\\",   "\\x4", "\\ud800", "[\xC3\xA9-z]",
        "[^\xC3\xA9]", "a^b",      "a$b",     "\xFF", "[a\\"}) {
    const auto regex = parse_regex(text);
    ASSERT_FALSE(regex.has_value()) << text;
    EXPECT_EQ(regex.error().code, base::ErrorCode::kInvalidRequest);
    EXPECT_TRUE(regex.error().message.starts_with("regular expression: ")) << text;
  }
  EXPECT_NE(parse_regex("abc(?=d)").error().message.find("at byte 4"), std::string::npos);
}

TEST(Regex, DepthAndLengthAreBounded) {
  EXPECT_FALSE(parse_regex(std::string(10000, '(')).has_value());
  EXPECT_FALSE(parse_regex(std::string(kMaxRegexBytes + 1, 'a')).has_value());
  EXPECT_TRUE(parse_regex(std::string(kMaxRegexBytes, 'a')).has_value());
}

TEST(Regex, SaysWhetherItIsBoundToTheEnds) {
  const auto regex = parse_regex("^ab");
  EXPECT_TRUE(regex->from_start);
  EXPECT_FALSE(regex->to_end);
  EXPECT_TRUE(parse_regex("ab$")->to_end);
}

TEST(Regex, RepeatsOfNothingAreRefusedWhenTheyAreMany) {
  std::string text = "()";
  for (int i = 0; i < 5; ++i) text = "(" + text + "){1000}";
  const auto regex = parse_regex(text);
  ASSERT_TRUE(regex.has_value());
  EXPECT_FALSE(Automaton::compile(regex->pattern).has_value());
}

}  // namespace
}  // namespace cromwell::engine

// Numbers with bounds: what PyPI's jsonschema says of them, and walks at random.
#include "api/number_schema.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "api/json_schema.h"
#include "engine/automaton.h"
#include "tests/engine/automaton_matches.h"

namespace cromwell::api {
namespace {

using engine::matches;

std::shared_ptr<engine::Automaton> automaton_of(const JsonIn& schema) {
  const auto pattern = read_json_schema(schema, "schema");
  if (!pattern) return nullptr;
  return engine::Automaton::compile(*pattern).value();
}

TEST(NumberSchema, AllowsWhatJsonschemaAllows) {
  std::ifstream file(CROMWELL_TEST_DATA "/number_ranges.json");
  const auto entries = JsonIn::parse(file);
  ASSERT_GT(entries.size(), 50U);
  for (const JsonIn& entry : entries) {
    SCOPED_TRACE(entry["schema"].dump());
    const auto automaton = automaton_of(entry["schema"]);
    ASSERT_NE(automaton, nullptr);
    for (const JsonIn& text : entry["allowed"]) {
      EXPECT_TRUE(matches(*automaton, text.get<std::string>())) << text;
    }
    for (const JsonIn& text : entry["refused"]) {
      EXPECT_FALSE(matches(*automaton, text.get<std::string>())) << text;
    }
  }
}

TEST(NumberSchema, EachIntegerIsAllowedIfItIsBetweenTheBounds) {
  constexpr unsigned kSeed = 3;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  std::uniform_int_distribution<int> any(-1200, 1200);
  for (int round = 0; round < 60; ++round) {
    const int least = any(random), most = any(random);
    const JsonIn schema = {{"type", "integer"}, {"minimum", least}, {"exclusiveMaximum", most}};
    SCOPED_TRACE(schema.dump());
    const auto automaton = automaton_of(schema);
    ASSERT_EQ(automaton != nullptr, least < most);
    if (automaton == nullptr) continue;
    for (int value = -1300; value <= 1300; ++value) {
      ASSERT_EQ(matches(*automaton, std::to_string(value)), value >= least && value < most)
          << value;
    }
    for (const char* odd : {"", "-", "-0", "00", "01", "1.0", "1e2", "+1", " 1", "1 "}) {
      EXPECT_FALSE(matches(*automaton, odd)) << odd;
    }
  }
}

TEST(NumberSchema, ANumberMayEndWhereOnlyZerosWouldFollow) {
  const auto half = automaton_of({{"type", "number"}, {"minimum", 0.5}, {"maximum", 10}});
  for (const char* text : {"0.5", "0.50", "0.50000000000000", "1", "1.0", "9.99999999999999", "10",
                           "10.0000000000000"}) {
    EXPECT_TRUE(matches(*half, text)) << text;
  }
  for (const char* text : {"0", "0.", "0.4", "0.49999999999999", ".5", "1.", "10.0000000000001",
                           "05", "-1", "1e0", "0.5000000000000001"}) {
    EXPECT_FALSE(matches(*half, text)) << text;
  }
}

TEST(NumberSchema, BoundsAreCheckedAndNamed) {
  const auto refusal = [](const JsonIn& schema) {
    const auto pattern = read_json_schema(schema, "s");
    return pattern ? std::string() : pattern.error().message;
  };
  EXPECT_EQ(refusal({{"type", "integer"}, {"minimum", "3"}}),
            "s.minimum: expected a number, got string");
  EXPECT_EQ(refusal({{"type", "integer"}, {"minimum", 1}, {"exclusiveMinimum", true}}),
            "s.exclusiveMinimum: expected a number, got true");
  EXPECT_EQ(refusal({{"type", "integer"}, {"minimum", 3}, {"maximum", 2}}),
            "s: expected bounds with an integer of at most 18 digits between them");
  EXPECT_EQ(refusal({{"type", "integer"}, {"exclusiveMinimum", 2}, {"maximum", 2.9}}),
            "s: expected bounds with an integer of at most 18 digits between them");
  EXPECT_EQ(refusal({{"type", "number"}, {"minimum", 1e15}}),
            "s: expected bounds with a number of at most 15 digits between them");
  EXPECT_EQ(refusal({{"minimum", 3}}), "s: expected a type beside these keywords");
  EXPECT_EQ(refusal({{"const", 3}, {"minimum", 3}}), "s.minimum: not supported beside const");
}

TEST(NumberSchema, OfTwoBoundsOnOneSideTheNearerHoldsHoweverLargeTheyAre) {
  const auto below = automaton_of(
      {{"type", "integer"}, {"maximum", 9223372036854775808U}, {"exclusiveMaximum", -1}});
  EXPECT_FALSE(matches(*below, "5"));
  EXPECT_TRUE(matches(*below, "-2"));
  EXPECT_EQ(
      automaton_of(
          {{"type", "integer"}, {"minimum", 18446744073709551610U}, {"exclusiveMinimum", -1}}),
      nullptr);
  const auto beside = automaton_of({{"type", "integer"},
                                    {"minimum", 18014398509481986},
                                    {"exclusiveMinimum", 18014398509481984.0}});
  EXPECT_FALSE(matches(*beside, "18014398509481985"));
  EXPECT_TRUE(matches(*beside, "18014398509481986"));
}

TEST(NumberSchema, BoundsSayNothingOfOtherTypes) {
  const auto either = automaton_of({{"type", {"integer", "string"}}, {"maximum", 9}});
  EXPECT_TRUE(matches(*either, R"("10")"));
  EXPECT_TRUE(matches(*either, "9"));
  EXPECT_FALSE(matches(*either, "10"));
}

}  // namespace
}  // namespace cromwell::api

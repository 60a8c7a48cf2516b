#include "api/json_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "api/limits.h"

namespace cromwell::api {
namespace {

std::string fault_of(std::string_view text) {
  const auto parsed = parse_json(text);
  if (parsed) return "accepted: " + parsed->dump(-1, ' ', true);
  EXPECT_EQ(parsed.error().code, base::ErrorCode::kInvalidJson);
  return parsed.error().message;
}

void expect_fault(std::string_view text, const std::string& part) {
  EXPECT_NE(fault_of(text).find(part), std::string::npos) << fault_of(text);
}

TEST(JsonReader, ReadsValuesOfEveryKind) {
  const auto parsed = parse_json(
      R"( {"a": [1, -2, 3.5, true, false, null, {"b": []}], "t": "x\u00e9\ud83d\ude00", "": {}} )");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->dump(), R"({"a":[1,-2,3.5,true,false,null,{"b":[]}],"t":"xé😀","":{}})");
}

TEST(JsonReader, AnObjectKeepsTheOrderOfItsMembersAndEqualsAnyOther) {
  const auto first = parse_json(R"({"z": 1, "a": {"y": 2, "b": 3}})");
  const auto second = parse_json(R"({"a": {"b": 3, "y": 2}, "z": 1})");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->dump(), R"({"z":1,"a":{"y":2,"b":3}})");
  EXPECT_EQ(*first, *second);
  JsonIn copy = *first;
  copy["z"] = 5;
  copy.erase("a");
  EXPECT_EQ(copy.dump(), R"({"z":5})");
  EXPECT_NE(*first, copy);
  EXPECT_EQ(first->at("a").at("y"), 2);
}

TEST(JsonReader, KeepsIntegersOfSixtyFourBitsExactly) {
  const auto parsed = parse_json("[18446744073709551615, -9223372036854775808]");
  ASSERT_TRUE(parsed);
  EXPECT_EQ((*parsed)[0].get<std::uint64_t>(), 18446744073709551615U);
  EXPECT_EQ((*parsed)[1].dump(), "-9223372036854775808");
}

TEST(JsonReader, RefusesWhatIsNoJsonAndSaysWhere) {
  expect_fault("", "at byte 0");
  expect_fault("{", "at byte 1");
  expect_fault("{\"a\": 1,}", "at byte 8");
  expect_fault("{'a': 1}", "at byte 1");
  expect_fault("[1] x", "at byte 4");
  expect_fault("{} {}", "at byte 3");
  expect_fault("[1, // no\n 2]", "at byte 4");
  expect_fault("nul", "at byte");
  expect_fault("[01]", "at byte 2");
  expect_fault("[NaN]", "at byte 1");
  expect_fault("[Infinity]", "at byte 1");
  expect_fault("\"a\nb\"", "at byte 2");
}

TEST(JsonReader, RefusesNumbersBeyondADouble) {
  expect_fault("[1e999]", "at byte 5: number overflow parsing '1e999'");
  expect_fault("[-1e999]", "at byte");
}

TEST(JsonReader, RefusesBytesThatAreNotUtf8) {
  expect_fault("\"\xff\"", "at byte 1");
  expect_fault("\"a\xc3\"", "at byte");
  expect_fault("\"\xed\xa0\x80\"", "at byte");      // a surrogate
  expect_fault("\"\xc0\xaf\"", "at byte");          // overlong
  expect_fault("\"\xf4\x90\x80\x80\"", "at byte");  // above U+10FFFF
  expect_fault("{\"\xff\": 1}", "at byte");
}

TEST(JsonReader, RefusesLoneSurrogates) {
  expect_fault(R"(["\ud800"])", "at byte");
  expect_fault(R"(["\udc00"])", "at byte");
  expect_fault(R"(["\ud800\ud800"])", "at byte");
  expect_fault(R"({"\ud83d": 1})", "at byte");
}

TEST(JsonReader, RefusesANulByteEvenAfterTheEnd) {
  expect_fault(std::string_view("{}\0{}", 5), "at byte 2");
  expect_fault(std::string_view("\0", 1), "at byte 0");
  EXPECT_TRUE(parse_json(R"(["\u0000"])"));  // escaped it is a character like any other
}

TEST(JsonReader, RefusesNamesThatAppearTwice) {
  expect_fault(R"({"a": 1, "a": 2})", "\"a\" appears twice");
  expect_fault(R"({"b": [{"a": 1, "\u0061": 2}]})", "\"a\" appears twice");
}

TEST(JsonReader, RefusesNestingBeyondItsLimitAtAnyDepthWithoutRecursion) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse_json(nested(kMaxJsonDepth)));
  expect_fault(nested(kMaxJsonDepth + 1), "nested more than 64 deep");
  expect_fault(nested(kMaxJsonDepth + 1), "at byte 64");
  expect_fault(std::string(8U << 20, '['), "nested more than 64 deep");
  std::string objects;
  for (int i = 0; i < 100000; ++i) objects += "{\"a\":";
  expect_fault(objects, "nested more than 64 deep");
}

TEST(JsonReader, RefusesMoreValuesThanItsLimit) {
  std::string list = "[0";
  for (std::size_t i = 1; i < kMaxJsonValues - 1; ++i) list += ",0";
  EXPECT_TRUE(parse_json(list + "]"));
  expect_fault(list + ",0]", "more than 524288 values");
}

TEST(JsonReader, QuotesLittleOfALongFault) {
  const std::string text = "[\"" + std::string(1U << 20, 'a') + "\xff\"]";
  EXPECT_LT(fault_of(text).size(), 400U);
}

}  // namespace
}  // namespace cromwell::api

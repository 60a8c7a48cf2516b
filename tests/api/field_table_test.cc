#include "api/field_table.h"

#include <gtest/gtest.h>

namespace cromwell::api {
namespace {

struct Inner {
  int line = 1;
};
struct Outer {
  int count = 7;
  std::optional<int> level;
  std::uint64_t big = 0;
  float part = 0.2F;
  bool flag = false;
  std::string name;
  std::optional<Inner> inner;
  std::vector<std::string> stop;
  std::vector<std::int32_t> ids;
};

const FieldTable<Inner>& inner_fields() {
  static const auto table =
      FieldTable<Inner>().integer<int>("line", &Inner::line, {1, 100}, "A line.").required();
  return table;
}

const FieldTable<Outer>& outer_fields() {
  static const auto table = FieldTable<Outer>()
                                .text("name", &Outer::name, {1, 8}, "A name.")
                                .required()
                                .integer<int>("count", &Outer::count, {-5, 20}, "How many.")
                                .integer<int>("level", &Outer::level, {0}, "How high.")
                                .integer<std::uint64_t>("big", &Outer::big, {}, "Any.")
                                .number("part", &Outer::part, {0, 1}, "How much.")
                                .boolean("flag", &Outer::flag, "Whether.")
                                .object("inner", &Outer::inner, inner_fields(), "Within.")
                                .texts("stop", &Outer::stop, {0, 2}, {1, 4}, "Ends.")
                                .ids("ids", &Outer::ids, {1, 3}, "Tokens.")
                                .only("n", {1}, "One.");
  return table;
}

base::Result<Outer> read(const std::string& text) {
  CROMWELL_ASSIGN(const JsonIn json, parse_json(text));
  Outer outer;
  CROMWELL_TRY(outer_fields().read(json, {}, outer));
  return outer;
}

void expect_error(const std::string& text, const std::string& message, const std::string& param) {
  const auto outer = read(text);
  ASSERT_FALSE(outer) << text;
  EXPECT_EQ(outer.error().code, base::ErrorCode::kInvalidRequest);
  EXPECT_EQ(outer.error().message, message);
  EXPECT_EQ(outer.error().param, param);
}

TEST(FieldTable, ReadsEachFieldAndLeavesTheOthersAtTheirDefaults) {
  const auto outer = read(R"({"name": "x", "level": 3, "part": 1, "big": 18446744073709551615,
                              "inner": {"line": 9}, "stop": "end", "ids": [0, 5]})");
  ASSERT_TRUE(outer);
  EXPECT_EQ(outer->name, "x");
  EXPECT_EQ(outer->count, 7);
  EXPECT_EQ(outer->level, 3);
  EXPECT_EQ(outer->part, 1.0F);
  EXPECT_EQ(outer->big, 18446744073709551615U);
  EXPECT_EQ(outer->inner->line, 9);
  EXPECT_EQ(outer->stop, std::vector<std::string>{"end"});
  EXPECT_EQ(outer->ids, (std::vector<std::int32_t>{0, 5}));
}

TEST(FieldTable, TakesNullForAnAbsentFieldUnlessItIsRequired) {
  const auto outer = read(R"({"name": "x", "count": null, "inner": null, "n": null})");
  ASSERT_TRUE(outer);
  EXPECT_EQ(outer->count, 7);
  EXPECT_FALSE(outer->inner);
  expect_error(R"({"name": null})", "name: expected a string of at least 1 byte, got null", "name");
}

TEST(FieldTable, IgnoresNamesItDoesNotKnow) { EXPECT_TRUE(read(R"({"name": "x", "y": [{}]})")); }

TEST(FieldTable, NamesThePathWhatWasExpectedAndWhatWasThere) {
  expect_error("[]", "the body: expected an object, got array", "");
  expect_error("{}", "name: missing, but required", "name");
  expect_error(R"({"name": 5})", "name: expected a string of at least 1 byte, got 5", "name");
  expect_error(R"({"name": ""})", "name: expected a string of at least 1 byte, got 0 bytes",
               "name");
  expect_error(R"({"name": "123456789"})",
               "name: expected a string of at most 8 bytes, got 9 bytes", "name");
  expect_error(R"({"name": "x", "count": "1"})",
               "count: expected an integer from -5 to 20, got string", "count");
  expect_error(R"({"name": "x", "count": 21})", "count: expected an integer from -5 to 20, got 21",
               "count");
  expect_error(R"({"name": "x", "level": -1})", "level: expected an integer >= 0, got -1", "level");
  expect_error(R"({"name": "x", "level": 1.5})", "level: expected an integer >= 0, got 1.5",
               "level");
  expect_error(R"({"name": "x", "part": 1.01})",
               "part: expected a number from 0.0 to 1.0, got 1.01", "part");
  expect_error(R"({"name": "x", "flag": 1})", "flag: expected true or false, got 1", "flag");
  expect_error(R"({"name": "x", "inner": {"line": "2"}})",
               "inner.line: expected an integer from 1 to 100, got string", "inner.line");
  expect_error(R"({"name": "x", "inner": {}})", "inner.line: missing, but required", "inner.line");
  expect_error(R"({"name": "x", "inner": 3})", "inner: expected an object, got 3", "inner");
  expect_error(R"({"name": "x", "stop": ["a", "b", "c"]})",
               "stop: expected a string or a list of at most 2 strings, got 3 of them", "stop");
  expect_error(R"({"name": "x", "stop": ["a", ""]})",
               "stop[1]: expected a string of at least 1 byte, got 0 bytes", "stop[1]");
  expect_error(R"({"name": "x", "ids": [1, -1]})", "ids[1]: expected an integer >= 0, got -1",
               "ids[1]");
  expect_error(R"({"name": "x", "ids": []})",
               "ids: expected a list of 1 to 3 token ids, got 0 of "
               "them",
               "ids");
  expect_error(R"({"name": "x", "n": 2})", "n: expected 1 (One), got 2", "n");
}

TEST(FieldTable, TakesAnIntegerInAnyNotationAndNothingBeyondItsRange) {
  EXPECT_EQ(read(R"({"name": "x", "count": 16.0})")->count, 16);
  EXPECT_EQ(read(R"({"name": "x", "count": 1e1})")->count, 10);
  for (const char* value :
       {"2147483648", "-2147483649", "9223372036854775808", "-9223372036854775808",
        "18446744073709551616", "1e308", "-1e308", "4294967297"}) {
    EXPECT_FALSE(read(std::string(R"({"name": "x", "level": )") + value + "}")) << value;
  }
  EXPECT_FALSE(read(R"({"name": "x", "big": 18446744073709551616})"));
  EXPECT_FALSE(read(R"({"name": "x", "big": -1})"));
}

TEST(FieldTable, DescribesEachFieldWithItsRangeAndTheStructsOwnDefault) {
  const JsonIn schema = outer_fields().schema();
  EXPECT_EQ(schema["required"].dump(), R"(["name"])");
  const JsonIn& fields = schema["properties"];
  EXPECT_EQ(fields["count"].dump(),
            R"({"type":["integer","null"],"description":"How many.","minimum":-5,"maximum":20,)"
            R"("default":7})");
  EXPECT_EQ(fields["part"]["default"].dump(), "0.2");
  EXPECT_FALSE(fields["level"].contains("default"));
  EXPECT_EQ(fields["inner"]["properties"]["line"]["maximum"], 100);
  EXPECT_FALSE(fields["inner"]["properties"]["line"].contains("default")) << "it is required";
}

}  // namespace
}  // namespace cromwell::api

// Schemas as patterns: texts that they allow, by hand and by walks at random, and what is refused.
#include "api/json_schema.h"

#include <gtest/gtest.h>

#include <random>

#include "engine/automaton.h"
#include "tests/api/schema_check.h"
#include "tests/engine/automaton_matches.h"

namespace cromwell::api {
namespace {

using engine::matches;

std::shared_ptr<engine::Automaton> automaton_of(const std::string& schema) {
  const auto pattern = read_json_schema(JsonIn::parse(schema), "schema");
  EXPECT_TRUE(pattern.has_value()) << pattern.error().message;
  auto automaton = engine::Automaton::compile(*pattern);
  EXPECT_TRUE(automaton.has_value()) << automaton.error().message;
  return *automaton;
}

constexpr const char* kPerson =
    R"({"type": "object", "required": ["name", "age"], "properties": {
        "age": {"type": "integer"}, "name": {"type": "string", "minLength": 1},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
        "kind": {"enum": ["a", "b", 3, null]}}})";

TEST(JsonSchema, AllowsWhatTheSchemaSays) {
  const auto person = automaton_of(kPerson);
  for (const char* text :
       {R"({"name": "x", "age": 5})", R"({"name":"\u00e9\n","age":-12,"kind":null})",
        "{\n  \"name\": \"x\",\n  \"age\": 0,\n  \"tags\": [\"q\", \"\"],\n  \"kind\": \"b\"\n}"}) {
    EXPECT_TRUE(matches(*person, text)) << text;
  }
  for (const char* text :
       {"{}", R"({"name": "x"})", R"({"age": 5, "name": "x"})", R"({"name": "", "age": 5})",
        R"({"name": "x", "age": 5.5})", R"({"name": "x", "age": 05})",
        R"({"name": "x", "age": 5, "kind": "c"})", R"({"name": "x", "age": 5, "other": 1})",
        R"({"name": "x", "age": 5, "tags": ["a", "b", "c"]})", R"({"name": "x", "age": 5,})",
        "{\"name\": \"a\nb\", \"age\": 5}", R"({"name": "\ud800", "age": 5})"}) {
    EXPECT_FALSE(matches(*person, text)) << text;
  }
}

TEST(JsonSchema, APatternHoldsForTheTextAndNotForItsSpelling) {
  const auto quoted = automaton_of(R"({"type": "string", "pattern": "^a[\"\\\\]b\n$"})");
  EXPECT_TRUE(matches(*quoted, R"("a\"b\n")"));
  EXPECT_TRUE(matches(*quoted, R"("a\\b\n")"));
  EXPECT_FALSE(matches(*quoted, R"("a"b\n")"));
  const auto inside = automaton_of(R"({"type": "string", "pattern": "[0-9]{2}"})");
  EXPECT_TRUE(matches(*inside, R"("x\"12y")"));
  EXPECT_FALSE(matches(*inside, R"("x1y2")"));
}

// A text that the automaton allows, by steps at random.
std::string random_text(engine::Automaton& automaton, std::mt19937& random) {
  std::string text;
  auto state = automaton.start();
  while (text.size() < 4000 && !(automaton.accepts(state) && random() % 8 == 0)) {
    std::vector<std::uint8_t> ways;
    for (int byte = 0; byte < 256; ++byte) {
      const auto value = static_cast<std::uint8_t>(byte);
      if (automaton.step(state, value) == engine::Automaton::kDead) continue;
      // Ends of things are as likely as all that may stand in them.
      const int weight =
          std::string_view("\"}]:,").find(static_cast<char>(byte)) != std::string_view::npos ? 60
                                                                                             : 1;
      ways.insert(ways.end(), static_cast<std::size_t>(weight), value);
    }
    if (ways.empty()) break;
    const auto byte = ways[random() % ways.size()];
    text.push_back(static_cast<char>(byte));
    state = automaton.step(state, byte);
  }
  return automaton.accepts(state) ? text : std::string();
}

TEST(JsonSchema, EveryTextThatIsAllowedIsJsonThatTheSchemaAllows) {
  constexpr unsigned kSeed = 12;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  for (const char* text :
       {kPerson, R"({"type": "object"})", R"({})", R"({"type": ["string", "null", "number"]})",
        R"({"type": "object", "properties": {"a": {"type": "null"}, "b": {"type": "boolean"}}})",
        R"({"type": "object", "additionalProperties": {"type": "integer"}})",
        R"({"type": "array", "items": {"$ref": "#/$defs/pair"}, "minItems": 2,
            "$defs": {"pair": {"type": "array", "items": {"type": "number"}}}})",
        R"({"anyOf": [{"type": "integer"}, {"type": "object", "required": ["x"],
                                            "properties": {"x": {"const": "q\"\n"}}}]})"}) {
    const auto automaton = automaton_of(text);
    int whole = 0;
    for (int i = 0; i < 60; ++i) {
      const std::string made = random_text(*automaton, random);
      if (made.empty()) continue;
      ++whole;
      const JsonIn value = JsonIn::parse(made, nullptr, false);
      ASSERT_FALSE(value.is_discarded()) << made;
      JsonIn schema = JsonIn::parse(text);
      if (schema.contains("$defs")) continue;  // the checker looks for references elsewhere
      const bool has_names = schema.value("type", JsonIn()) != "object" ||
                             schema.contains("properties") ||
                             schema.contains("additionalProperties");
      if (has_names) {
        EXPECT_EQ(SchemaCheck(schema).check(value, schema), "") << made;
      }
    }
    EXPECT_GT(whole, 20) << text;
  }
}

TEST(JsonSchema, RefusesWhatItDoesNotKnowByName) {
  const auto refusal = [](const char* schema) {
    const auto pattern = read_json_schema(JsonIn::parse(schema), "s");
    EXPECT_FALSE(pattern.has_value()) << schema;
    return pattern ? std::string() : pattern.error().param;
  };
  EXPECT_EQ(refusal(R"({"type": "integer", "multipleOf": 3})"), "s.multipleOf");
  EXPECT_EQ(refusal(R"({"properties": {"a": {"oneOf": []}}})"), "s.properties.a.oneOf");
  EXPECT_EQ(refusal(R"({"type": "tuple"})"), "s.type");
  EXPECT_EQ(refusal(R"({"$ref": "other.json"})"), "s.$ref");
  EXPECT_EQ(refusal(R"({"anyOf": [{}], "type": "string"})"), "s.type");
  EXPECT_EQ(refusal(R"x({"type": "string", "pattern": "(?=a)"})x"), "s.pattern");
  EXPECT_EQ(refusal(R"({"type": "string", "minLength": 3, "maxLength": 2})"), "s.maxLength");
  EXPECT_EQ(refusal(R"({"type": "object", "required": ["a"]})"), "s.required");
  EXPECT_EQ(refusal(R"(5)"), "s");
}

TEST(JsonSchema, RecursionAndExpansionEnd) {
  const auto recursive =
      read_json_schema(JsonIn::parse(R"({"$ref": "#/$defs/a", "$defs": {"a": {"type": "array",
                                                            "items": {"$ref": "#/$defs/a"}}}})"),
                       "s");
  ASSERT_FALSE(recursive.has_value());
  EXPECT_NE(recursive.error().message.find("recursive"), std::string::npos);
  const auto name_of = [](int i) { return std::string("#/$defs/d").append(std::to_string(i)); };
  JsonIn many;
  many["$ref"] = "#/$defs/d0";
  for (int i = 0; i < 20; ++i) {
    JsonIn one;
    for (int k = 0; k < 10; ++k) {
      one["anyOf"].push_back({{"$ref", name_of(i + 1)}});
    }
    many["$defs"][name_of(i).substr(8)] = one;
  }
  many["$defs"]["d20"] = {{"type", "null"}};
  EXPECT_FALSE(read_json_schema(many, "s").has_value());
}

TEST(JsonSchema, AShortSchemaThatIsHugeWrittenOutIsRefused) {
  JsonIn arrays = {{"type", "null"}}, objects = {{"type", "null"}};
  for (int i = 0; i < 23; ++i) {
    arrays = {{"items", arrays}, {"maxItems", 2}};
    objects = {{"properties", {{"a", {{"type", "null"}}}, {"z", objects}}}};
  }
  JsonIn references;
  references["$defs"]["a"]["const"] = std::string(1 << 20, 'x');
  for (int i = 0; i < 1000; ++i) references["anyOf"].push_back({{"$ref", "#/$defs/a"}});
  JsonIn small = references;
  small["$defs"]["a"]["const"] = std::string(1 << 14, 'x');
  const JsonIn types = {{"type", JsonIn::array()}, {"maxItems", 2}, {"items", {{"const", 12345}}}};
  JsonIn many_types = types;
  for (int i = 0; i < 1500; ++i) many_types["type"].push_back("array");
  for (const JsonIn& schema : {arrays, objects, references, small, many_types}) {
    const auto pattern = read_json_schema(schema, "s");
    ASSERT_FALSE(pattern.has_value());
    EXPECT_NE(pattern.error().message.find("written out"), std::string::npos)
        << pattern.error().message;
  }
}

TEST(JsonSchema, TooManyNamesAreRefused) {
  JsonIn schema;
  for (int i = 0; i <= kMaxSchemas; ++i) {
    schema["properties"][std::string("p").append(std::to_string(i))] = {{"type", "null"}};
  }
  const auto properties = read_json_schema(schema, "s");
  ASSERT_FALSE(properties.has_value());
  EXPECT_EQ(properties.error().message, "s.properties: more than 2000 of them");
  schema = {{"properties", {{"a", {{"type", "null"}}}}}};
  for (int i = 0; i <= kMaxSchemas; ++i) schema["required"].push_back("a");
  const auto required = read_json_schema(schema, "s");
  ASSERT_FALSE(required.has_value());
  EXPECT_EQ(required.error().message, "s.required: more than 2000 names");
}

TEST(JsonSchema, WhatStandsBesideConstAndEnumCounts) {
  const auto typed = automaton_of(R"({"type": ["string", "integer"], "enum": ["a", 2.0, 3]})");
  EXPECT_TRUE(matches(*typed, R"("a")"));
  EXPECT_TRUE(matches(*typed, "3"));
  for (const char* schema :
       {R"({"type": "string", "enum": ["a", 3]})", R"({"type": "integer", "const": 2.5})",
        R"({"type": "tuple", "const": 2})", R"({"const": "a", "maxLength": 1})",
        R"({"enum": ["a"], "const": "a"})", R"({"enum": [{}], "properties": {}})"}) {
    EXPECT_FALSE(read_json_schema(JsonIn::parse(schema), "s").has_value()) << schema;
  }
}

}  // namespace
}  // namespace cromwell::api

// Calls of tools told from an answer's text, however it is cut.
#include "api/tool_call_reader.h"

#include <gtest/gtest.h>

#include <random>

#include "api/spaced_json.h"
#include "tokenizer/chat_template_tools.h"

namespace cromwell::api {
namespace {

using tokenizer::kPlainTools;
using tokenizer::kTaggedTools;
using tokenizer::ToolForm;

// The parts as one line: text as it is, calls as [name|arguments].
std::string told(const std::vector<AnswerPart>& parts) {
  std::string line;
  for (const AnswerPart& part : parts) {
    if (part.kind == AnswerPart::Kind::kCall) line += "[" + part.text + "|";
    if (part.kind == AnswerPart::Kind::kCallEnd) line += "]";
    if (part.kind == AnswerPart::Kind::kText || part.kind == AnswerPart::Kind::kArguments) {
      line += part.text;
    }
  }
  return line;
}

ToolCallReader reader(const ToolForm& form) { return {form, {"now", "get_weather"}}; }

std::string told_in_pieces(const ToolForm& form, const std::string& answer, std::size_t piece) {
  ToolCallReader reads = reader(form);
  std::string line;
  for (std::size_t at = 0; at < answer.size(); at += piece) {
    line += told(reads.push(std::string_view(answer).substr(at, piece)));
  }
  return line + told(reads.finish());
}

std::string read_all(const ToolForm& form, const std::string& answer) {
  const std::string whole = told_in_pieces(form, answer, answer.size() + 1);
  for (const std::size_t piece : {1U, 2U, 3U, 7U, 11U}) {
    EXPECT_EQ(told_in_pieces(form, answer, piece), whole) << "in pieces of " << piece;
  }
  return whole;
}

TEST(ToolCallReader, TellsTextAndCallsApart) {
  const std::string call = "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>";
  EXPECT_EQ(read_all(kTaggedTools, call), "[now|{}]");
  EXPECT_EQ(read_all(kTaggedTools, "I look.\n" + call), "I look.[now|{}]");
  EXPECT_EQ(read_all(kTaggedTools, call + "\n" + call + "\n"), "[now|{}][now|{}]");
  EXPECT_EQ(read_all(kTaggedTools, call + "\nDone. \n"), "[now|{}]\nDone.");
  EXPECT_EQ(read_all(kTaggedTools, call + call), "[now|{}][now|{}]");
}

TEST(ToolCallReader, AnAnswerWithoutCallsIsItsTextToTheByte) {
  for (const std::string text :
       {"", " a < b \n", "<tool", "<tool_call", "x <tool_calls> y", "{\"name\": 1}",
        "</tool_call>\n", "<tool_call>\n{\"name\": \"other\", \"arguments\": {}}\n</tool_call>",
        "<tool_call>\n{\"name\": \"now\", \"arguments\": 5}\n</tool_call>",
        "<tool_call> never closed", "<tool_call>now()</tool_call>",
        "<tool_call>{\"name\": \"no</tool_call>w\" text"}) {
    EXPECT_EQ(read_all(kTaggedTools, text), text);
  }
  for (const std::string text :
       {"", " \n", "{", "{}", "{\"name\": \"Ada\", \"parameters\": {}}", "{\"name\": \"now\"",
        "Yes: {\"name\": \"now\", \"parameters\": {}}"}) {
    EXPECT_EQ(read_all(kPlainTools, text), text);
  }
}

TEST(ToolCallReader, ArgumentsEndWhereTheirBracesDo) {
  EXPECT_EQ(read_all(kTaggedTools,
                     "<tool_call>{ \"name\" :\"get_weather\",\"arguments\":"
                     "{\"a\": [\"}\\\"]\\\\\", {\"b\": \"</tool_call>\"}]} }</tool_call>"),
            "[get_weather|{\"a\": [\"}\\\"]\\\\\", {\"b\": \"</tool_call>\"}]}]");
  EXPECT_EQ(read_all(kPlainTools, "\n{\"name\": \"now\", \"parameters\": {\"a\": {}}}\n"),
            "[now|{\"a\": {}}]");
  EXPECT_EQ(read_all(kPlainTools, "{\"name\": \"now\", \"parameters\": {}}; {\"a\": 1}"),
            "[now|{}]; {\"a\": 1}");
}

TEST(ToolCallReader, UnderstandsACallInOtherWords) {
  EXPECT_EQ(
      read_all(kTaggedTools,
               "<tool_call>{\"arguments\": {\"b\": 1, \"a\": 2}, \"name\": \"now\"}</tool_call>"),
      "[now|{\"b\": 1, \"a\": 2}]");
  EXPECT_EQ(
      read_all(kTaggedTools,
               "<tool_call>{\"name\": \"now\", \"arguments\": \"{\\\"a\\\": 1}\"}</tool_call>"),
      "[now|{\"a\": 1}]");
  EXPECT_EQ(read_all(kTaggedTools, "<tool_call>{\"name\": \"now\"}"), "[now|{}]");
  EXPECT_EQ(
      read_all(kPlainTools, "{\"type\": \"function\", \"name\": \"now\", \"parameters\": {}}"),
      "[now|{}]");
}

TEST(ToolCallReader, ACallThatIsNotClosedIsOneAsFarAsItGoes) {
  EXPECT_EQ(read_all(kTaggedTools, "<tool_call>\n{\"name\": \"now\", \"arguments\": {\"a\": \"b"),
            "[now|{\"a\": \"b");
  EXPECT_EQ(read_all(kTaggedTools, "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n"),
            "[now|{}]");
  EXPECT_EQ(read_all(kTaggedTools,
                     "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n"
                     "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}"),
            "[now|{}][now|{}]");
}

TEST(ToolCallReader, ArgumentsComeWhileTheyAreWritten) {
  ToolCallReader reads = reader(kTaggedTools);
  EXPECT_EQ(told(reads.push("Well. <tool_call>\n{\"name\": \"now\", \"argum")), "Well.");
  EXPECT_EQ(told(reads.push("ents\": {\"place\": ")), "[now|{\"place\": ");
  EXPECT_TRUE(reads.has_calls());
  EXPECT_EQ(told(reads.push("\"Bern\"}}")), "\"Bern\"}]");
  EXPECT_EQ(told(reads.finish()), "");
}

// Whatever comes, however it is cut, is told alike and does no harm.
TEST(ToolCallReader, PiecesChangeNothingOfWhatIsToldWhateverTheAnswer) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::vector<std::string> words = {"<tool_call>",
                                          "</tool_call>",
                                          "{\"name\": \"now\", \"arguments\": {",
                                          "}",
                                          "}}",
                                          "\"",
                                          "\\",
                                          "{",
                                          "\n",
                                          " ",
                                          "<tool_",
                                          "{\"name\": \"now\", \"parameters\": {\"a\": [",
                                          "]",
                                          "text",
                                          "é"};
  for (int round = 0; round < 2000; ++round) {
    std::string answer;
    for (auto i = random() % 12; i > 0; --i) answer += words[random() % words.size()];
    SCOPED_TRACE(answer);
    read_all(round % 2 == 0 ? kTaggedTools : kPlainTools, answer);
  }
}

}  // namespace
}  // namespace cromwell::api

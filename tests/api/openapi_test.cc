#include "api/openapi.h"

#include <set>

#include "api/chat_wire.h"
#include "api/completion_wire.h"
#include "api/edit_wire.h"
#include "api/tokenize_wire.h"
#include "tests/api/service_fixture.h"

namespace cromwell::api {
namespace {

class OpenApi : public ::testing::Test {
 protected:
  const JsonIn document_ = openapi_document("9.9.9");
};

std::string in_document(const Route& route) {
  std::string path(route.path);
  if (const auto dots = path.find("..."); dots != std::string::npos) path.erase(dots, 3);
  return path;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(c));
  return result;
}

void collect_refs(const JsonIn& value, std::set<std::string>& refs) {
  if (value.is_object() && value.contains("$ref")) refs.insert(value["$ref"].get<std::string>());
  if (!value.is_structured()) return;
  for (const JsonIn& child : value) collect_refs(child, refs);
}

TEST_F(OpenApi, HasAnEntryForEachRouteAndNoOther) {
  EXPECT_EQ(document_["info"]["version"], "9.9.9");
  std::size_t entries = 0;
  for (const auto& [path, methods] : document_["paths"].items()) entries += methods.size();
  EXPECT_EQ(entries, routes().size());
  std::set<std::string> operations;
  for (const Route& route : routes()) {
    const JsonIn& entry = document_["paths"][in_document(route)][lower(route.method)];
    ASSERT_TRUE(entry.is_object()) << route.path;
    operations.insert(entry["operationId"].get<std::string>());
    EXPECT_EQ(entry.contains("requestBody"), !route.request.empty());
    EXPECT_EQ(entry["responses"]["200"]["content"].contains("text/event-stream"),
              !route.events.empty());
  }
  EXPECT_EQ(operations.size(), routes().size());
}

TEST_F(OpenApi, LeadsEachReferenceToASchema) {
  std::set<std::string> refs;
  collect_refs(document_, refs);
  for (const std::string& ref : refs) {
    EXPECT_TRUE(document_.contains(JsonIn::json_pointer(ref.substr(1)))) << ref;
  }
}

TEST_F(OpenApi, GivesEachBodyAnExampleThatItsSchemaAndItsReaderAccept) {
  for (const Route& route : routes()) {
    if (route.request.empty()) continue;
    const JsonIn& body = document_["paths"][in_document(route)][lower(route.method)]["requestBody"]
                                  ["content"]["application/json"];
    ASSERT_TRUE(body["example"].is_object()) << route.path;
    EXPECT_EQ(SchemaCheck(document_).check(body["example"], body["schema"]), "") << route.path;
  }
  const auto example = [&](const char* path) {
    return document_["paths"][path]["post"]["requestBody"]["content"]["application/json"]
                    ["example"];
  };
  EditBody edit;
  EXPECT_TRUE(edit_fields().read(example("/v1/edit"), {}, edit));
  CompletionBody completion;
  EXPECT_TRUE(completion_fields().read(example("/v1/completions"), {}, completion));
  ChatBody chat;
  EXPECT_TRUE(chat_fields().read(example("/v1/chat/completions"), {}, chat));
}

TEST_F(OpenApi, DescribesEachFieldOfEachRequest) {
  const auto names = [&](const char* schema) {
    std::set<std::string> all;
    for (const auto& [name, field] :
         document_["components"]["schemas"][schema]["properties"].items()) {
      all.insert(name);
      EXPECT_TRUE(field.contains("description") || field.contains("anyOf")) << name;
      if (field.contains("default")) {
        EXPECT_EQ(SchemaCheck(document_).check(field["default"], field), "") << name;
      }
    }
    return all;
  };
  const std::set<std::string> common = {"temperature",
                                        "top_p",
                                        "top_k",
                                        "min_p",
                                        "typical_p",
                                        "top_n_sigma",
                                        "seed",
                                        "repetition_penalty",
                                        "frequency_penalty",
                                        "presence_penalty",
                                        "logit_bias",
                                        "dry_multiplier",
                                        "dry_base",
                                        "dry_allowed_length",
                                        "dry_penalty_last_n",
                                        "dry_sequence_breakers",
                                        "mirostat",
                                        "mirostat_tau",
                                        "mirostat_eta",
                                        "prediction",
                                        "lora"};
  const auto with = [&](std::set<std::string> more) {
    more.insert(common.begin(), common.end());
    return more;
  };
  EXPECT_EQ(names("EditRequest"), with({"workspace",
                                        "file",
                                        "files",
                                        "instruction",
                                        "selection",
                                        "cursor",
                                        "content",
                                        "session",
                                        "protocol",
                                        "candidates",
                                        "retries",
                                        "apply",
                                        "merge",
                                        "stream",
                                        "resumable",
                                        "context",
                                        "explain",
                                        "max_tokens",
                                        "stop",
                                        "base_sha256",
                                        "model",
                                        "t_max_prompt_ms",
                                        "t_max_predict_ms",
                                        "priority"}));
  EXPECT_EQ(names("ApplyRequest"), std::set<std::string>{"merge"});
  EXPECT_EQ(names("EditListQuery"), (std::set<std::string>{"limit", "before"}));
  EXPECT_EQ(names("WarmRequest"), (std::set<std::string>{"prompt", "file", "workspace", "selection",
                                                         "content", "session", "lora"}));
  EXPECT_EQ(names("CompletionRequest"), with({"prompt",
                                              "response_format",
                                              "guided_regex",
                                              "guided_choice",
                                              "max_tokens",
                                              "stop",
                                              "echo",
                                              "logprobs",
                                              "stream",
                                              "stream_options",
                                              "ignore_eos",
                                              "return_token_ids",
                                              "session",
                                              "priority",
                                              "replace_waiting",
                                              "model",
                                              "user",
                                              "n",
                                              "best_of",
                                              "suffix",
                                              "return_progress",
                                              "t_max_prompt_ms",
                                              "t_max_predict_ms"}));
}

TEST_F(OpenApi, SaysWhatEachRouteCanAnswerInsteadOf200) {
  const JsonIn& edit = document_["paths"]["/v1/edit"]["post"]["responses"];
  for (const char* status :
       {"400", "401", "403", "404", "409", "413", "415", "422", "429", "503", "504"}) {
    EXPECT_TRUE(edit.contains(status)) << status;
  }
  EXPECT_TRUE(edit["429"]["headers"].contains("Retry-After"));
  const JsonIn& completion = document_["paths"]["/v1/completions"]["post"]["responses"];
  const std::string description = completion["400"]["description"];
  EXPECT_NE(description.find("context_exceeded"), std::string::npos);
}

}  // namespace
}  // namespace cromwell::api

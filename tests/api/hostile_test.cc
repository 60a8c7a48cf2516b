// Requests that nobody would send in good faith: each gets a 4xx or is taken, never a 5xx, and the
// daemon lives.
#include <cstdlib>
#include <random>

#include "tests/api/service_fixture.h"

namespace cromwell::api {
namespace {

using HostileTest = ServiceTest;

constexpr int kMutations = 6000;

struct Case {
  const char* path;
  const char* body;
};

// Complete bodies, quick to answer.
const std::vector<Case> kCases = {
    {"/v1/edit", R"({"file": "main.py", "instruction": "x", "selection": {"start_line": 1,
      "end_line": 2}, "content": "a = 1\n", "session": "s", "protocol": "rewrite",
      "candidates": 1, "apply": false, "stream": true, "max_tokens": 4, "temperature": 0.2,
      "top_p": 0.95, "top_k": 0, "min_p": 0, "repetition_penalty": 1.0, "seed": 0, "stop": ["q"]})"},
    {"/v1/completions", R"({"prompt": "ab", "max_tokens": 2, "temperature": 0, "top_p": 1,
      "top_k": 5, "min_p": 0.1, "repetition_penalty": 1.1, "seed": 1, "stop": "z", "echo": true,
      "logprobs": 2, "stream": false, "stream_options": {"include_usage": true},
      "ignore_eos": false, "return_token_ids": true, "session": "s", "n": 1,
      "priority": "background", "replace_waiting": true})"},
    {"/v1/warm", R"({"file": "main.py", "selection": {"start_line": 1, "end_line": 2},
      "content": "a = 1\n", "session": "s"})"},
    {"/v1/warm", R"({"prompt": [1, 2, 3], "session": "s"})"},
    {"/v1/chat/completions", R"({"messages": [{"role": "user", "content": "hi"}], "max_tokens": 2,
      "temperature": 0, "logprobs": true, "top_logprobs": 1, "stream": true})"},
    {"/v1/complete", R"({"file": "main.py", "line": 2, "column": 1, "content": "a\nbc",
      "context": 50, "files": {"add": ["main.py"], "budget": 10}, "max_tokens": 2,
      "temperature": 0, "session": "s", "stop": ["q"],
      "priority": "interactive", "stream": true})"},
    {"/completion", R"({"prompt": "ab", "n_predict": 2, "samplers": ["top_k"], "top_k": 3,
      "n_probs": 1, "logit_bias": [[1, 0.5], [2, false]], "stream": true, "return_progress": true,
      "seed": -1,      "json_schema": {"type": "integer"}})"},
    {"/infill", R"({"input_prefix": "a", "input_suffix": "b", "input_extra": [{"filename": "f",
      "text": "t"}], "prompt": "c", "n_predict": 2, "n_indent": 1, "t_max_predict_ms": 1,
      "n_cmpl": 2, "response_fields": ["content", "timings/predicted_n"], "id_slot": 7})"},
    {"/apply-template", R"({"messages": [{"role": "user", "content": [{"type": "text",
      "text": "x"}]}], "add_generation_prompt": false})"},
    {"/api/generate", R"({"model": "m", "prompt": "a", "system": "s", "context": [1, 2],
      "raw": false, "options": {"num_predict": 2, "seed": 1, "stop": ["x"], "temperature": 0},
      "format": "json", "logprobs": true, "top_logprobs": 1, "stream": true, "think": false})"},
    {"/api/generate", R"({"prompt": "a", "suffix": "b", "stream": false,
      "options": {"num_predict": 1}})"},
    {"/api/chat", R"({"messages": [{"role": "user", "content": "hi", "images": []}], "tools": [],
      "stream": false, "options": {"num_predict": 2}, "format": {"type": "boolean"}})"},
    {"/tokenize", R"({"content": "the end", "add_special": true, "parse_special": false})"},
    {"/detokenize", R"({"tokens": [1, 2, 3]})"},
};

void expect_client_error_or_success(const HttpResponse& response, const std::string& body) {
  EXPECT_TRUE(response.status == 200 || (response.status >= 400 && response.status < 500))
      << response.status << " for " << body << "\n"
      << response.body;
}

std::vector<std::string> numeric_fields(const JsonIn& document, const std::string& schema) {
  std::vector<std::string> names;
  for (const auto& [name, field] :
       document["components"]["schemas"][schema]["properties"].items()) {
    if (field.contains("minimum")) names.push_back(name);
  }
  return names;
}

TEST_F(HostileTest, TakesOrRefusesEveryNumberInEveryNumericField) {
  start();
  const std::vector<std::string> numbers = {"-9223372036854775808",
                                            "-1",
                                            "0",
                                            "1",
                                            "2147483648",
                                            "9223372036854775808",
                                            "18446744073709551616",
                                            "1e308",
                                            "-1e308",
                                            "1e-308",
                                            "0.5",
                                            "\"1\"",
                                            "null",
                                            "[]",
                                            "{}",
                                            "true"};
  for (const Case& one : kCases) {
    const RouteMatch match = find_route("POST", one.path);
    JsonIn body = parse_or_null(one.body);
    for (const std::string& name : numeric_fields(document_, std::string(match.route->request))) {
      if (name == "max_tokens") continue;  // its own test: a large one takes long
      for (const std::string& number : numbers) {
        JsonIn changed = body;
        changed[name] = "@";
        std::string text = changed.dump();
        text.replace(text.find("\"@\""), 3, number);
        expect_client_error_or_success(post(one.path, text), text);
      }
    }
    for (const char* line : {"start_line", "end_line"}) {
      if (!body.contains("selection")) continue;
      for (const std::string& number : numbers) {
        JsonIn changed = body;
        changed["selection"][line] = "@";
        std::string text = changed.dump();
        text.replace(text.find("\"@\""), 3, number);
        expect_client_error_or_success(post(one.path, text), text);
      }
    }
  }
}

TEST_F(HostileTest, CutsMaxTokensToTheContextAndRefusesWhatIsNoCount) {
  start();
  const auto status = [&](const std::string& number) {
    return post(
               "/v1/completions",
               R"({"prompt": "ab", "temperature": 0, "stop": [" "], "max_tokens": )" + number + "}")
        .status;
  };
  EXPECT_EQ(status("0"), 200);
  EXPECT_EQ(status("2147483647"), 200);
  for (const char* number : {"-1", "2147483648", "9223372036854775808", "-9223372036854775808",
                             "1e308", "1.5", "\"1\"", "[]"}) {
    EXPECT_EQ(status(number), 400) << number;
  }
}

// One change of the kind that finds faults: a byte, a cut, a copied part, a value for a value.
std::string mutate(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  static const std::vector<std::string> values = {"null",
                                                  "-1",
                                                  "1e400",
                                                  "\"\\ud800\"",
                                                  "[[[[]]]]",
                                                  "{}",
                                                  "\"\xff\"",
                                                  "\"\\u0000\"",
                                                  "9e99",
                                                  "true",
                                                  "\"\"",
                                                  "[1,2,\"x\"]",
                                                  "{\"a\":{\"a\":1}}",
                                                  "-0",
                                                  "\"" + std::string(300, 'x') + "\""};
  switch (below(6)) {
    case 0:
      text[below(text.size())] = static_cast<char>(random());
      break;
    case 1:
      text.resize(below(text.size()) + 1);
      break;
    case 2: {
      const std::size_t from = below(text.size());
      text.insert(below(text.size()), text.substr(from, below(20)));
      break;
    }
    case 3:
      text.erase(below(text.size()), below(8) + 1);
      if (text.empty()) text = "{";
      break;
    default: {
      const std::size_t colon = text.find(':', below(text.size()));
      if (colon == std::string::npos) break;
      std::size_t end = text.find_first_of(",}", colon);
      if (end == std::string::npos) end = text.size();
      text.replace(colon + 1, end - colon - 1, values[below(values.size())]);
    }
  }
  return text;
}

TEST_F(HostileTest, OutlivesMutatedBodies) {
  const char* given = std::getenv("CROMWELL_TEST_SEED");
  const unsigned seed = given == nullptr ? 20261123U : static_cast<unsigned>(std::atol(given));
  std::printf("seed %u (CROMWELL_TEST_SEED)\n", seed);
  std::mt19937 random(seed);
  start();
  int taken = 0;
  for (int i = 0; i < kMutations; ++i) {
    const Case& one = kCases[random() % kCases.size()];
    std::string body = one.body;
    for (auto n = random() % 3; n-- != 0;) body = mutate(std::move(body), random);
    body = mutate(std::move(body), random);
    // A number that grew would only make this slow.
    const std::size_t cap = body.find("\"max_tokens\"");
    if (cap != std::string::npos && body.find_first_of("0123456789", cap) != std::string::npos &&
        body.compare(cap, 15, "\"max_tokens\": 2") != 0 &&
        body.compare(cap, 15, "\"max_tokens\": 4") != 0) {
      continue;
    }
    const HttpResponse response = post(one.path, body);
    expect_client_error_or_success(response, body);
    if (response.status == 200) {
      ++taken;
    } else {
      const bool is_ollama = find_route("POST", one.path).route->dialect == Dialect::kOllama;
      EXPECT_EQ(fault(parse_or_null(response.body), is_ollama ? "OllamaError" : "Error"), "")
          << response.body;
    }
    responders_.clear();
  }
  EXPECT_GT(taken, kMutations / 20) << "the mutations are too coarse to reach the handlers";
}

}  // namespace
}  // namespace cromwell::api

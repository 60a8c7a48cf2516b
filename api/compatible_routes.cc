// The routes that clients of llama-server and Ollama use, by the names that they know.
#include "api/handlers.h"
#include "api/routes.h"

namespace cromwell::api {
namespace {

using base::ErrorCode;

std::vector<Route> llama_text_routes() {
  std::vector<Route> routes;
  // The second is what older clients call it.
  const std::pair<const char*, const char*> completions[] = {{"/completion", "llamaCompletion"},
                                                             {"/completions", "llamaCompletions"}};
  for (const auto& [path, operation] : completions) {
    routes.push_back({.method = "POST",
                      .path = path,
                      .handler = handle_llama_completion,
                      .needs_engine = true,
                      .operation = operation,
                      .summary = "Continue a text, as llama-server does.",
                      .request = "LlamaRequest",
                      .example = R"({"prompt": "def fibonacci(n):", "n_predict": 16})",
                      .answer = "LlamaAnswer",
                      .events = "LlamaEvent",
                      .errors = engine_errors(),
                      .dialect = Dialect::kOpenAi});
  }
  routes.push_back({.method = "POST",
                    .path = "/infill",
                    .handler = handle_infill,
                    .needs_engine = true,
                    .operation = "infill",
                    .summary = "Fill in text at a place, as llama-server does.",
                    .request = "InfillRequest",
                    .example = R"({"input_prefix": "def add(a, b):\n", "prompt": "    return ",
                                   "input_suffix": "\n", "n_predict": 16})",
                    .answer = "LlamaAnswer",
                    .events = "LlamaEvent",
                    .errors = engine_errors(),
                    .dialect = Dialect::kOpenAi});
  return routes;
}

std::vector<Route> llama_routes() {
  return {
      {.method = "POST",
       .path = "/tokenize",
       .handler = handle_tokenize,
       .operation = "tokenize",
       .summary = "Text to token ids.",
       .request = "TokenizeRequest",
       .example = R"({"content": "def main():"})",
       .answer = "Tokens"},
      {.method = "POST",
       .path = "/detokenize",
       .handler = handle_detokenize,
       .operation = "detokenize",
       .summary = "Token ids to text.",
       .request = "DetokenizeRequest",
       .example = R"({"tokens": [1, 2, 3]})",
       .answer = "Content"},
      {.method = "POST",
       .path = "/apply-template",
       .handler = handle_apply_template,
       .operation = "applyTemplate",
       .summary = "The prompt that a conversation makes, as text.",
       .request = "ApplyTemplateRequest",
       .example = R"({"messages": [{"role": "user", "content": "What is a mutex?"}]})",
       .answer = "AppliedTemplate",
       .dialect = Dialect::kOpenAi},
      {.method = "GET",
       .path = "/health",
       .handler = handle_health,
       .operation = "health",
       .summary = "The same as /readyz in llama-server's shape.",
       .answer = "Health",
       .errors = {ErrorCode::kUnavailable}},
      {.method = "GET",
       .path = "/props",
       .handler = handle_props,
       .operation = "props",
       .summary = "What the server is set to, in llama-server's shape.",
       .answer = "Props"},
      {.method = "GET",
       .path = "/slots",
       .handler = handle_slots,
       .operation = "slots",
       .summary = "How many generations run, in llama-server's shape.",
       .answer = "Slots"},
  };
}

std::vector<Route> ollama_routes() {
  return {
      {.method = "POST",
       .path = "/api/generate",
       .handler = handle_ollama_generate,
       .needs_engine = true,
       .operation = "ollamaGenerate",
       .summary = "Answer a prompt, or continue it as a text, as Ollama does.",
       .request = "OllamaGenerateRequest",
       .example = R"({"model": "any", "prompt": "What is a mutex?", "stream": false,
                      "options": {"num_predict": 32}})",
       .answer = "OllamaGenerated",
       .lines = true,
       .errors = engine_errors(),
       .dialect = Dialect::kOllama},
      {.method = "POST",
       .path = "/api/chat",
       .handler = handle_ollama_chat,
       .needs_engine = true,
       .operation = "ollamaChat",
       .summary = "Answer a conversation, as Ollama does.",
       .request = "OllamaChatRequest",
       .example = R"({"model": "any", "stream": false, "options": {"num_predict": 32},
                      "messages": [{"role": "user", "content": "What is a mutex?"}]})",
       .answer = "OllamaChatted",
       .lines = true,
       .errors = engine_errors(),
       .dialect = Dialect::kOllama},
      {.method = "POST",
       .path = "/api/show",
       .handler = handle_ollama_show,
       .operation = "ollamaShow",
       .summary = "The resident model, in Ollama's shape.",
       .request = "OllamaShowRequest",
       .example = R"({"model": "any"})",
       .answer = "OllamaShown",
       .dialect = Dialect::kOllama},
      {.method = "GET",
       .path = "/api/tags",
       .handler = handle_ollama_tags,
       .operation = "ollamaTags",
       .summary = "The models there are: the resident one.",
       .answer = "OllamaTags",
       .dialect = Dialect::kOllama},
      {.method = "GET",
       .path = "/api/ps",
       .handler = handle_ollama_ps,
       .operation = "ollamaPs",
       .summary = "The models in memory: the resident one.",
       .answer = "OllamaPs",
       .dialect = Dialect::kOllama},
      {.method = "GET",
       .path = "/api/version",
       .handler = handle_ollama_version,
       .operation = "ollamaVersion",
       .summary = "Which Ollama this is like.",
       .answer = "OllamaVersion",
       .dialect = Dialect::kOllama},
  };
}

}  // namespace

std::vector<Route> compatible_routes() {
  std::vector<Route> all = llama_text_routes();
  for (auto part : {llama_routes(), ollama_routes()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace cromwell::api

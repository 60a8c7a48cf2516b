// The answers of /api/generate and /api/chat as Ollama's clients read them: one JSON object a line,
// durations in nanoseconds. One thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/answer_format.h"
#include "api/json_writer.h"
#include "api/tool_call_reader.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::api {

struct OllamaFormatOptions {
  std::string model;
  bool is_chat = false;
  bool logprobs = false;
  bool truncated = false;                    // less of the prompt than was sent
  std::optional<ToolCallReader> tools = {};  // none: the answer is text, whatever it says
  // Shown with the answer's ids behind them, as `context`; empty: not shown.
  std::vector<engine::TokenId> context = {};
};

std::unique_ptr<AnswerFormat> make_ollama_format(
    std::shared_ptr<const tokenizer::Tokenizer> tokenizer, OllamaFormatOptions options);

// Where nothing is to be generated: {done: true, done_reason: "load"}.
JsonOut ollama_loaded_json(const std::string& model, bool is_chat);

JsonOut ollama_answer_schema(bool is_chat);
std::string utc_now();  // "2026-01-31T12:00:00.000000Z"

}  // namespace cromwell::api

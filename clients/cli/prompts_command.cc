// cromwell prompts: edits that are known, one JSON object a line on standard input, to the token
// ids of their prompts and answers on standard output, by the code that serves edits. A line that
// the daemon would refuse becomes {"refused": REASON}; a line that is no such object ends the
// command. {"text": TEXT} becomes the ids of a text: {"ids": []}.
#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "clients/cli/commands.h"
#include "clients/cli/edit_pair.h"
#include "engine/gguf_vocabulary.h"
#include "model/gguf.h"

namespace cromwell::cli {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using nlohmann::json;

struct PromptsFlags {
  std::string model;
  std::string protocol = "rewrite";
};

EditPair parse_pair(const json& object) {
  return {.file = object.at("file").get<std::string>(),
          .content = object.at("content").get<std::string>(),
          .lines = {.first = object.at("selection").at("start_line").get<int>(),
                    .last = object.at("selection").at("end_line").get<int>()},
          .after = object.at("after").get<std::string>(),
          .instruction = object.at("instruction").get<std::string>()};
}

std::string line_of(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string refused(const std::string& reason) { return line_of({{"refused", reason}}); }

std::string text_ids(const std::string& text, const tokenizer::Tokenizer& tokenizer) {
  const tokenizer::Encoding encoding = tokenizer.encode(text);
  if (encoding.unencodable.empty()) return line_of({{"ids", encoding.ids}});
  return refused("the vocabulary has no token for the byte at offset " +
                 std::to_string(encoding.unencodable.front()));
}

// A line of the output for one of the input.
Result<std::string> answer_line(const std::string& line, int number, const PairContext& context) {
  try {
    const json object = json::parse(line);
    if (object.contains("text")) {
      return text_ids(object.at("text").get<std::string>(), context.tokenizer);
    }
    const auto ids = render_pair(parse_pair(object), context);
    if (!ids) return refused(ids.error().message);
    return line_of({{"prompt", ids->prompt}, {"answer", ids->answer}});
  } catch (const json::exception& problem) {
    return Error{.code = ErrorCode::kInvalidRequest,
                 .message = "line " + std::to_string(number) +
                            ": expected an object with text, or with file, content, selection, "
                            "after and instruction: " +
                            problem.what()};
  }
}

Result<> render_lines(const PromptsFlags& flags) {
  CROMWELL_ASSIGN(const auto file, model::GgufFile::open(flags.model));
  CROMWELL_ASSIGN(tokenizer::Vocabulary vocabulary, engine::read_vocabulary(*file));
  const std::string template_text = vocabulary.chat_template;
  CROMWELL_ASSIGN(const auto tokenizer, tokenizer::Tokenizer::create(std::move(vocabulary)));
  CROMWELL_ASSIGN(const auto chat_template,
                  tokenizer::ChatTemplate::recognise(template_text, *tokenizer));
  CROMWELL_ASSIGN(const edit::Protocol* protocol, edit::find_protocol(flags.protocol));

  std::string line;
  for (int number = 1; std::getline(std::cin, line); ++number) {
    CROMWELL_ASSIGN(const std::string answer,
                    answer_line(line, number, {*protocol, *tokenizer, chat_template}));
    std::puts(answer.c_str());
    if (std::fflush(stdout) == 0) continue;  // whoever asks may wait for this line
    return Error{.code = ErrorCode::kIo, .message = "standard output: not everything was written"};
  }
  return {};
}

}  // namespace

void add_prompts_command(CLI::App& app, int* status) {
  auto flags = std::make_shared<PromptsFlags>();
  CLI::App* command = app.add_subcommand(
      "prompts", "Known edits on standard input (JSON lines) as prompts and answers, for training");
  command->add_option("--model", flags->model, "A GGUF, or one with a vocabulary only")
      ->required()
      ->type_name("FILE");
  command->add_option("--protocol", flags->protocol, "How the model is asked")
      ->capture_default_str();
  command->callback([flags, status] {
    const Result<> result = render_lines(*flags);
    *status = result ? kDone : report(result.error());
  });
}

}  // namespace cromwell::cli

// cromwell tokenizer encode | decode: text on standard input to ids on standard output, separated
// by spaces, and back. The vocabulary is a GGUF's, whose tensors are not looked at, or a Hugging
// Face tokenizer.json.
#include <charconv>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <vector>

#include "clients/cli/commands.h"
#include "engine/gguf_vocabulary.h"
#include "model/gguf.h"
#include "tokenizer/hf_json.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::cli {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using tokenizer::TokenId;
using tokenizer::Tokenizer;

struct TokenizerFlags {
  std::string model;
  std::string json;
  bool special = false;
  bool bos = false;
};

Result<tokenizer::Vocabulary> read_vocabulary(const TokenizerFlags& flags) {
  if (flags.json.empty()) {
    CROMWELL_ASSIGN(const auto file, model::GgufFile::open(flags.model));
    return engine::read_vocabulary(*file);
  }
  std::ifstream file(flags.json, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) return Error{.code = ErrorCode::kIo, .message = flags.json + ": cannot be read"};
  return tokenizer::read_hf_json(text);
}

Result<std::shared_ptr<const Tokenizer>> load_tokenizer(const TokenizerFlags& flags) {
  CROMWELL_ASSIGN(tokenizer::Vocabulary vocabulary, read_vocabulary(flags));
  return Tokenizer::create(std::move(vocabulary));
}

std::string read_input() {
  return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

// Ids separated by white space.
Result<std::vector<TokenId>> parse_ids(const std::string& text, int vocab_size) {
  constexpr std::string_view kSpace = " \t\r\n";
  std::vector<TokenId> ids;
  for (std::size_t at = text.find_first_not_of(kSpace); at != std::string::npos;) {
    const std::size_t end = std::min(text.find_first_of(kSpace, at), text.size());
    TokenId id = 0;
    const auto [stop, error] = std::from_chars(text.data() + at, text.data() + end, id);
    if (error != std::errc() || stop != text.data() + end || id < 0 || id >= vocab_size) {
      return Error{.code = ErrorCode::kInvalidRequest,
                   .message = "\"" + text.substr(at, std::min<std::size_t>(end - at, 40)) +
                              "\": expected a token id from 0 to " +
                              std::to_string(vocab_size - 1)};
    }
    ids.push_back(id);
    at = text.find_first_not_of(kSpace, end);
  }
  return ids;
}

Result<> encode(const TokenizerFlags& flags) {
  CROMWELL_ASSIGN(const auto tokenizer, load_tokenizer(flags));
  const tokenizer::Encoding encoding =
      tokenizer->encode(read_input(), {.parse_special = flags.special, .add_bos = flags.bos});
  std::string line;
  for (TokenId id : encoding.ids) line += (line.empty() ? "" : " ") + std::to_string(id);
  std::puts(line.c_str());
  if (encoding.unencodable.empty()) return {};
  return Error{.code = ErrorCode::kUnencodableText,
               .message = "the vocabulary has no token for the byte at offset " +
                          std::to_string(encoding.unencodable.front()) + " (" +
                          std::to_string(encoding.unencodable.size()) +
                          " such bytes are left out)"};
}

Result<> decode(const TokenizerFlags& flags) {
  CROMWELL_ASSIGN(const auto tokenizer, load_tokenizer(flags));
  CROMWELL_ASSIGN(const std::vector<TokenId> ids, parse_ids(read_input(), tokenizer->vocab_size()));
  const std::string text = tokenizer->decode(ids);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return {};
}

}  // namespace

void add_tokenizer_command(CLI::App& app, int* status) {
  CLI::App* command = app.add_subcommand("tokenizer", "Text to token ids and back");
  command->require_subcommand(1);
  auto flags = std::make_shared<TokenizerFlags>();
  const auto add = [&](const char* name, const char* text, Result<> (*run)(const TokenizerFlags&)) {
    CLI::App* sub = command->add_subcommand(name, text);
    CLI::Option_group* vocabulary = sub->add_option_group("vocabulary");
    vocabulary->add_option("--model", flags->model, "A GGUF, or one with a vocabulary only");
    vocabulary->add_option("--tokenizer", flags->json, "A Hugging Face tokenizer.json");
    vocabulary->require_option(1);
    sub->callback([flags, status, run] {
      const Result<> result = run(*flags);
      *status = result ? kDone : report(result.error());
    });
    return sub;
  };
  CLI::App* encoder = add("encode", "Standard input's text as ids", encode);
  encoder->add_flag("--special", flags->special, "\"<|im_end|>\" in the text is its token");
  encoder->add_flag("--bos", flags->bos, "Begin as the vocabulary says a text begins");
  add("decode", "Standard input's ids as text", decode);
}

}  // namespace cromwell::cli

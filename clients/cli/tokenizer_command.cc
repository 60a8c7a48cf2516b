// cromwell tokenizer encode | decode: text on standard input to ids on standard output, separated
// by spaces, and back. The vocabulary is a GGUF's, whose tensors are not looked at, or a Hugging
// Face tokenizer.json. train makes one of a corpus, export writes either as the other.
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <iterator>
#include <memory>
#include <vector>

#include "clients/cli/commands.h"
#include "clients/cli/tokenizer_train.h"
#include "clients/cli/vocabulary_keys.h"
#include "engine/gguf_vocabulary.h"
#include "model/gguf.h"
#include "tokenizer/hf_json.h"
#include "tokenizer/hf_json_writer.h"
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

// By C's streams: a C++ one throws where the path is a folder.
Result<std::string> read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             std::fclose);
  std::string text, chunk(1 << 16, '\0');
  while (file != nullptr) {
    const std::size_t size = std::fread(chunk.data(), 1, chunk.size(), file.get());
    text.append(chunk, 0, size);
    if (size < chunk.size()) break;
  }
  if (file == nullptr || std::ferror(file.get()) != 0) {
    return Error{.code = ErrorCode::kIo, .message = path + ": " + std::strerror(errno)};
  }
  return text;
}

Result<tokenizer::Vocabulary> read_vocabulary(const TokenizerFlags& flags) {
  if (flags.json.empty()) {
    CROMWELL_ASSIGN(const auto file, model::GgufFile::open(flags.model));
    return engine::read_vocabulary(*file);
  }
  CROMWELL_ASSIGN(const std::string text, read_file(flags.json));
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

struct ExportJob {
  TokenizerFlags from;
  ModelOutput output;
};

// The vocabulary is built once, so that nothing is written that would not load. A tokenizer.json
// does not say which tokens end a text or pad it: Cromwell's own are known by their spelling.
Result<> export_vocabulary(const ExportJob& job) {
  CROMWELL_TRY(check_output(job.output, {}));
  CROMWELL_ASSIGN(const auto tokenizer, load_tokenizer(job.from));
  tokenizer::Vocabulary vocabulary = tokenizer->vocabulary();
  if (!vocabulary.bos) vocabulary.bos = tokenizer->find("<BOS>");
  if (!vocabulary.eos) vocabulary.eos = tokenizer->find("<EOS>");
  if (!vocabulary.pad) vocabulary.pad = tokenizer->find("<PAD>");
  if (job.output.path.ends_with(".json")) {
    CROMWELL_ASSIGN(const std::string json, tokenizer::write_hf_json(vocabulary));
    return write_text(job.output.path, json);
  }
  model::GgufWriter writer;
  writer.add_text("general.architecture", "llama");
  CROMWELL_TRY(add_vocabulary(vocabulary, writer));
  return writer.write(job.output.path, when_there(job.output));
}

void add_vocabulary_flags(CLI::App& command, TokenizerFlags& flags) {
  CLI::Option_group* vocabulary = command.add_option_group("vocabulary");
  vocabulary->add_option("--model", flags.model, "A GGUF, or one with a vocabulary only")
      ->type_name("FILE");
  vocabulary->add_option("--tokenizer", flags.json, "A Hugging Face tokenizer.json")
      ->type_name("FILE");
  vocabulary->require_option(1);
}

void add_train_command(CLI::App& command, int* status) {
  auto job = std::make_shared<TrainTokenizerJob>();
  CLI::App* train = command.add_subcommand(
      "train", "Learn a byte-level BPE vocabulary, with Cromwell's special tokens, from a corpus");
  train->add_option("out", job->output.path, "The tokenizer.json to write")->required();
  train
      ->add_option("--from", job->from,
                   "WEIGHT:FOLDER, as often as there are groups: text is taken from each in "
                   "proportion to its weight")
      ->required();
  train->add_option("--vocab-size", job->vocab_size, "Tokens in all")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 20));
  train->add_option("--min-count", job->min_count, "How often a pair occurs that becomes a token")
      ->capture_default_str();
  train
      ->add_option("--pre-tokenizer", job->pre_tokenizer,
                   "How words are cut: qwen2 (each digit apart, lines' ends apart from "
                   "indentation), llama-bpe, smollm, gpt-2")
      ->capture_default_str();
  train->add_option("--sample", job->sample_bytes, "Bytes of text at most, as 512M")
      ->transform(CLI::AsSizeValue(false))
      ->capture_default_str();
  train->add_option("--memory", job->memory_bytes, "Memory for counting words, as 1G")
      ->transform(CLI::AsSizeValue(false))
      ->capture_default_str();
  train->add_option("--seed", job->seed, "The same seed, the same sample")->capture_default_str();
  add_output_flags(*train, job->output);
  train->callback([job, status] {
    const Result<> result = train_tokenizer(*job);
    *status = result ? kDone : report(result.error());
  });
}

void add_export_command(CLI::App& command, int* status) {
  auto job = std::make_shared<ExportJob>();
  CLI::App* sub = command.add_subcommand(
      "export", "Write a vocabulary as a GGUF without tensors, or as a tokenizer.json");
  sub->add_option("out", job->output.path, "The file to write; its name ends in .json or .gguf")
      ->required();
  add_vocabulary_flags(*sub, job->from);
  sub->add_flag("--force", job->output.force, "Replace OUT if it is there");
  sub->callback([job, status] {
    const Result<> result = export_vocabulary(*job);
    *status = result ? kDone : report(result.error());
  });
}

}  // namespace

void add_tokenizer_command(CLI::App& app, int* status) {
  CLI::App* command =
      app.add_subcommand("tokenizer", "Text to token ids and back, and vocabularies");
  command->require_subcommand(1);
  auto flags = std::make_shared<TokenizerFlags>();
  const auto add = [&](const char* name, const char* text, Result<> (*run)(const TokenizerFlags&)) {
    CLI::App* sub = command->add_subcommand(name, text);
    add_vocabulary_flags(*sub, *flags);
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
  add_train_command(*command, status);
  add_export_command(*command, status);
}

}  // namespace cromwell::cli

#include "engine/loaded_model.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

#include "base/thread_pool.h"
#include "engine/gguf_vocabulary.h"
#include "engine/tokenizer_file.h"
#include "model/gguf.h"
#include "model/transformer.h"

namespace cromwell::engine {
namespace {

std::string rounded(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

// The storage type of most weights, by bytes.
std::string main_type(const model::GgufFile& file) {
  std::map<kernels::WeightType, std::uint64_t> bytes;
  for (const auto& tensor : file.tensors()) bytes[tensor.type] += tensor.bytes;
  const auto most = std::max_element(
      bytes.begin(), bytes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return kernels::weight_type_traits(most->first)->name;
}

double count_parameters(const model::GgufFile& file) {
  double parameters = 0;
  for (const auto& tensor : file.tensors()) {
    parameters += static_cast<double>(tensor.shape[0]) * static_cast<double>(tensor.rows());
  }
  return parameters;
}

std::uint64_t count_bytes(const model::GgufFile& file) {
  std::uint64_t bytes = 0;
  for (const auto& tensor : file.tensors()) bytes += tensor.bytes;
  return bytes;
}

std::string describe(const model::GgufFile& file, const model::Transformer& model) {
  const auto bytes = static_cast<double>(count_bytes(file));
  return model.config().architecture + ", " + rounded(count_parameters(file) / 1e6) +
         "M parameters, " + rounded(bytes / (1 << 20)) + " MiB, mostly " + main_type(file) +
         ", context " + std::to_string(model.context_length()) + ", " +
         std::to_string(model.page_count()) + " KV pages of " +
         std::to_string(model.page_bytes() >> 10) + " KiB (" +
         kernels::kv_type_name(model.kv_type()) + "), kernels " + model.kernels_name() +
         (model.packed_weights() != nullptr ? ", weights packed, " : ", weights mapped, ") +
         std::to_string(model.threads()) + (model.threads() == 1 ? " thread" : " threads");
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

model::TransformerOptions transformer_options(const LoadOptions& options) {
  return {.threads = options.threads > 0 ? options.threads : base::usable_cores(),
          .kv_memory_bytes = options.kv_memory_bytes,
          .context_limit = options.context_limit,
          .kv_type = options.kv_type,
          .lock_weights = options.lock_weights,
          .adapters = {},
          .packed_bytes_limit = options.packed_bytes_limit};
}

base::Error key_error(const model::GgufFile& file, const std::string& key,
                      const std::string& what) {
  return {base::ErrorCode::kBadModel, file.path() + ": key " + key + ": " + what, key};
}

// Each token of the vocabulary has a row.
base::Result<> check_size(const model::GgufFile& file, int tokens,
                          const model::Transformer& model) {
  if (tokens == model.vocab_size()) return {};
  return key_error(file, "tokenizer.ggml.tokens",
                   "has " + std::to_string(tokens) + " tokens, expected the " +
                       std::to_string(model.vocab_size()) + " rows of token_embd.weight");
}

base::Result<> check_same_tokens(const model::GgufFile& file,
                                 const std::vector<std::string>& tokens, const LoadedModel& main) {
  const std::vector<std::string>& expected = main.tokenizer->vocabulary().tokens;
  const auto [own, its] =
      std::mismatch(tokens.begin(), tokens.end(), expected.begin(), expected.end());
  if (own == tokens.end() && its == expected.end()) return {};
  const auto shown = [](auto token, auto end) {
    return token == end ? "none" : "\"" + *token + "\"";
  };
  return key_error(file, "tokenizer.ggml.tokens",
                   "token " + std::to_string(own - tokens.begin()) + " is " +
                       shown(own, tokens.end()) + ", expected " + shown(its, expected.end()) +
                       " as in " + main.name + ": a draft model has the same vocabulary");
}

}  // namespace

base::Result<LoadedModel> load_model(const std::string& path, const LoadOptions& options) {
  CROMWELL_ASSIGN(const auto file, model::GgufFile::open(path));
  CROMWELL_ASSIGN(auto vocabulary, options.tokenizer.empty()
                                       ? read_vocabulary(*file)
                                       : read_tokenizer_file(options.tokenizer, *file));
  const std::string own_template = vocabulary.chat_template;
  LoadedModel loaded;
  CROMWELL_ASSIGN(auto adapters, open_adapters(options.adapters));
  loaded.adapters = std::move(adapters.adapters);
  CROMWELL_ASSIGN(loaded.tokenizer, tokenizer::Tokenizer::create(std::move(vocabulary)));
  model::TransformerOptions make = transformer_options(options);
  make.adapters = std::move(adapters.files);
  CROMWELL_ASSIGN(auto model, model::Transformer::create(file, make));
  CROMWELL_TRY(check_size(*file, loaded.tokenizer->vocab_size(), *model));
  const bool overridden = !options.chat_template.empty();
  auto chat = tokenizer::ChatTemplate::recognise(overridden ? options.chat_template : own_template,
                                                 *loaded.tokenizer);
  if (chat) {
    loaded.chat_template = std::move(*chat);
  } else if (overridden) {
    return std::move(chat).error();
  } else {
    loaded.chat_template_error = std::move(chat).error();
  }
  loaded.name = model->config().name.empty() ? file_name(path) : model->config().name;
  CROMWELL_ASSIGN(loaded.edit_protocol, file->text("cromwell.edit_protocol", ""));
  loaded.context_length = model->context_length();
  loaded.description = describe(*file, *model);
  loaded.parameters = static_cast<std::uint64_t>(count_parameters(*file));
  loaded.architecture = model->config().architecture;
  loaded.quantization = main_type(*file);
  loaded.weight_bytes = count_bytes(*file);
  loaded.model = std::move(model);
  return loaded;
}

base::Result<std::unique_ptr<model::LanguageModel>> load_draft_model(const std::string& path,
                                                                     const LoadOptions& options,
                                                                     const LoadedModel& main) {
  CROMWELL_ASSIGN(const auto file, model::GgufFile::open(path));
  CROMWELL_ASSIGN(const auto vocabulary, read_vocabulary(*file));
  CROMWELL_TRY(check_same_tokens(*file, vocabulary.tokens, main));
  CROMWELL_ASSIGN(auto model, model::Transformer::create(file, transformer_options(options)));
  CROMWELL_TRY(check_size(*file, static_cast<int>(vocabulary.tokens.size()), *model));
  return std::unique_ptr<model::LanguageModel>(std::move(model));
}

}  // namespace cromwell::engine

#include "engine/loaded_model.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <map>

#include "base/thread_pool.h"
#include "engine/gguf_vocabulary.h"
#include "engine/tokenizer_file.h"
#include "model/gguf.h"
#include "model/transformer.h"

namespace cromwell::engine {
namespace {

constexpr std::string_view kFileSuffix = ".gguf";
constexpr float kMaxLoraScale = 100;

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

// "/a/style.gguf" is called "style".
std::string adapter_name(const std::string& path) {
  std::string name = file_name(path);
  if (name.ends_with(kFileSuffix)) name.resize(name.size() - kFileSuffix.size());
  return name;
}

base::Error lora_error(const std::string& problem) {
  return {base::ErrorCode::kInvalidRequest, "lora: " + problem, "lora"};
}

base::Result<std::vector<std::string>> adapter_names(const std::vector<LoraOption>& options) {
  if (options.size() > static_cast<std::size_t>(model::kMaxAdapters)) {
    return lora_error(std::to_string(options.size()) + " adapters, expected at most " +
                      std::to_string(model::kMaxAdapters));
  }
  std::vector<std::string> names;
  for (const LoraOption& option : options) {
    std::string name = adapter_name(option.path);
    if (name.empty() || name == kNoLora ||
        std::find(names.begin(), names.end(), name) != names.end()) {
      return lora_error(option.path + " would be called \"" + name +
                        "\", expected a name of its own other than \"" + std::string(kNoLora) +
                        "\"");
    }
    names.push_back(std::move(name));
  }
  return names;
}

base::Result<std::vector<model::LoraFile>> open_adapters(const std::vector<LoraOption>& options) {
  std::vector<model::LoraFile> files;
  for (const LoraOption& option : options) {
    CROMWELL_ASSIGN(auto file, model::GgufFile::open(option.path));
    files.push_back({std::move(file), option.scale});
  }
  return files;
}

base::Error key_error(const model::GgufFile& file, const std::string& key,
                      const std::string& what) {
  return {base::ErrorCode::kBadModel, file.path() + ": key " + key + ": " + what, key};
}

}  // namespace

base::Result<LoraOption> parse_lora_option(const std::string& text) {
  LoraOption option{.path = text};
  const std::size_t colon = text.rfind(':');
  if (colon != std::string::npos) {
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, option.scale);
    if (error == std::errc() && rest == end) {
      option.path.resize(colon);
    } else {
      option.scale = 1;  // a colon of the file's name
    }
  }
  if (option.path.empty()) return lora_error("no file in \"" + text + "\"");
  if (!(std::fabs(option.scale) <= kMaxLoraScale)) {
    return lora_error("the scale in \"" + text + "\" is not between -" + rounded(kMaxLoraScale) +
                      " and " + rounded(kMaxLoraScale));
  }
  return option;
}

base::Result<int> find_adapter(const std::vector<std::string>& names,
                               const std::optional<std::string>& name) {
  if (!name) return names.empty() ? model::kNoAdapter : 0;
  if (*name == kNoLora) return model::kNoAdapter;
  const auto found = std::find(names.begin(), names.end(), *name);
  if (found != names.end()) return static_cast<int>(found - names.begin());
  std::string known(kNoLora);
  for (const std::string& other : names) known += ", " + other;
  return lora_error("no adapter is called \"" + *name + "\", expected one of " + known);
}

base::Result<LoadedModel> load_model(const std::string& path, const LoadOptions& options) {
  CROMWELL_ASSIGN(const auto file, model::GgufFile::open(path));
  CROMWELL_ASSIGN(auto vocabulary, options.tokenizer.empty()
                                       ? read_vocabulary(*file)
                                       : read_tokenizer_file(options.tokenizer, *file));
  const std::string own_template = vocabulary.chat_template;
  LoadedModel loaded;
  CROMWELL_ASSIGN(loaded.adapters, adapter_names(options.adapters));
  CROMWELL_ASSIGN(auto adapters, open_adapters(options.adapters));
  CROMWELL_ASSIGN(loaded.tokenizer, tokenizer::Tokenizer::create(std::move(vocabulary)));
  const int threads = options.threads > 0 ? options.threads : base::usable_cores();
  CROMWELL_ASSIGN(auto model, model::Transformer::create(
                                  file, {.threads = threads,
                                         .kv_memory_bytes = options.kv_memory_bytes,
                                         .context_limit = options.context_limit,
                                         .kv_type = options.kv_type,
                                         .lock_weights = options.lock_weights,
                                         .adapters = std::move(adapters),
                                         .packed_bytes_limit = options.packed_bytes_limit}));
  if (loaded.tokenizer->vocab_size() != model->vocab_size()) {
    return key_error(*file, "tokenizer.ggml.tokens",
                     "has " + std::to_string(loaded.tokenizer->vocab_size()) +
                         " tokens, expected the " + std::to_string(model->vocab_size()) +
                         " rows of token_embd.weight");
  }
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

}  // namespace cromwell::engine

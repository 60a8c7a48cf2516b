// LoadedModel: one GGUF opened, checked and ready: the model, its tokenizer and its chat template,
// which are known to fit each other. Made by the composition roots (the daemon, the command) and
// handed on in parts.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/kv_pages.h"
#include "model/language_model.h"
#include "tokenizer/chat_template.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::engine {

// A LoRA adapter to load with the model, and how much of it is added.
struct LoraOption {
  std::string path;
  float scale = 1;
};

// "FILE" or "FILE:SCALE".
base::Result<LoraOption> parse_lora_option(const std::string& text);

// What a request says to do without any adapter.
inline constexpr std::string_view kNoLora = "none";

struct LoadOptions {
  int threads = 0;  // 0: the physical cores that this process may use
  std::size_t kv_memory_bytes = std::size_t{512} << 20;
  model::KvType kv_type = model::KvType::kF16;
  int context_limit = 0;      // 0: as long as the model was made for
  std::string chat_template;  // a template's name or text that goes before the file's own
  std::string tokenizer;      // a tokenizer.json that goes before the file's own vocabulary
  bool lock_weights = false;  // never give the weights' memory back (mlock)
  std::vector<LoraOption> adapters;
  // Copy the weights into the order of the kernels where the copies take at most so many bytes.
  std::size_t packed_bytes_limit = 0;
};

struct LoadedModel {
  std::unique_ptr<model::LanguageModel> model;
  std::shared_ptr<const tokenizer::Tokenizer> tokenizer;
  // None if the file's template is unknown and no other was given; `chat_template_error` says why.
  std::optional<tokenizer::ChatTemplate> chat_template;
  base::Error chat_template_error;
  std::string name;           // general.name, or the file's name
  std::string description;    // for the log: "llama, 134.5M parameters, ..., avx2, 2 threads"
  std::string edit_protocol;  // the key cromwell.edit_protocol; may be empty
  int context_length = 0;
  std::uint64_t parameters = 0;
  std::string architecture;
  std::string quantization;  // of most weights
  std::uint64_t weight_bytes = 0;
  std::vector<std::string> adapters;  // their names, by number: the files' without .gguf
};

// The number of an adapter by name. No name is the first, if there is any, and "none" is none;
// kInvalidRequest, listing the names, for another.
base::Result<int> find_adapter(const std::vector<std::string>& names,
                               const std::optional<std::string>& name);

// kBadModel or kIo with the file's, key's or tensor's name. An unknown chat template is an error
// only if it was asked for.
base::Result<LoadedModel> load_model(const std::string& path, const LoadOptions& options);

}  // namespace cromwell::engine

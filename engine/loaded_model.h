// LoadedModel: one GGUF opened, checked and ready: the model, its tokenizer and its chat template,
// which are known to fit each other. Made by the composition roots (the daemon, the command) and
// handed on in parts.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/adapters.h"
#include "model/kv_pages.h"
#include "model/language_model.h"
#include "tokenizer/chat_template.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::engine {

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
  std::vector<Adapter> adapters;  // by number
};

// kBadModel or kIo with the file's, key's or tensor's name. An unknown chat template is an error
// only if it was asked for.
base::Result<LoadedModel> load_model(const std::string& path, const LoadOptions& options);

// A model that guesses for `main` (engine/draft_model): its tokens are the same, by number.
// Templates and adapters of the options are not for it. kBadModel names the first token that
// differs.
base::Result<std::unique_ptr<model::LanguageModel>> load_draft_model(const std::string& path,
                                                                     const LoadOptions& options,
                                                                     const LoadedModel& main);

}  // namespace cromwell::engine

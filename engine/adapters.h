// Adapters: the LoRA adapters that are loaded beside a model, their names and what each is for. Not
// here: their factors (model/lora) and products (model/lora_step).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/lora.h"

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

// What an adapter is for, in the file's key adapter.lora.task_name: edits by instruction. One of
// any other task is chosen by its name only, one without a task is for everything.
inline constexpr std::string_view kEditTask = "edit";

struct Adapter {
  std::string name;  // the file's without .gguf
  std::string task;  // may be empty
};

// The number of an adapter by name. No name is the first one for `task`, else the first one for
// everything, else none; "none" is none; kInvalidRequest, listing the names, for another.
base::Result<int> find_adapter(const std::vector<Adapter>& adapters,
                               const std::optional<std::string>& name, std::string_view task = "");

struct OpenAdapters {
  std::vector<Adapter> adapters;
  std::vector<model::LoraFile> files;
};

// kInvalidRequest for too many and for a name that is missing, taken or "none"; what a file is
// refused for otherwise.
base::Result<OpenAdapters> open_adapters(const std::vector<LoraOption>& options);

}  // namespace cromwell::engine

#include "engine/adapters.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "model/language_model.h"

namespace cromwell::engine {
namespace {

constexpr std::string_view kFileSuffix = ".gguf";
constexpr float kMaxLoraScale = 100;
constexpr const char* kTaskKey = "adapter.lora.task_name";

base::Error lora_error(const std::string& problem) {
  return {base::ErrorCode::kInvalidRequest, "lora: " + problem, "lora"};
}

// "/a/style.gguf" is called "style".
std::string adapter_name(const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  if (name.ends_with(kFileSuffix)) name.resize(name.size() - kFileSuffix.size());
  return name;
}

auto named(const std::vector<Adapter>& adapters, std::string_view name) {
  return std::find_if(adapters.begin(), adapters.end(),
                      [name](const Adapter& adapter) { return adapter.name == name; });
}

base::Result<std::vector<Adapter>> name_all(const std::vector<LoraOption>& options) {
  if (options.size() > static_cast<std::size_t>(model::kMaxAdapters)) {
    return lora_error(std::to_string(options.size()) + " adapters, expected at most " +
                      std::to_string(model::kMaxAdapters));
  }
  std::vector<Adapter> adapters;
  for (const LoraOption& option : options) {
    std::string name = adapter_name(option.path);
    if (name.empty() || name == kNoLora || named(adapters, name) != adapters.end()) {
      return lora_error(option.path + " would be called \"" + name +
                        "\", expected a name of its own other than \"" + std::string(kNoLora) +
                        "\"");
    }
    adapters.push_back({.name = std::move(name), .task = {}});
  }
  return adapters;
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
    return lora_error("the scale in \"" + text + "\" is not between -" +
                      std::to_string(static_cast<int>(kMaxLoraScale)) + " and " +
                      std::to_string(static_cast<int>(kMaxLoraScale)));
  }
  return option;
}

base::Result<int> find_adapter(const std::vector<Adapter>& adapters,
                               const std::optional<std::string>& name, std::string_view task) {
  const auto number = [&](auto found) {
    return found == adapters.end() ? model::kNoAdapter : static_cast<int>(found - adapters.begin());
  };
  const auto first_for = [&](std::string_view wanted) {
    return std::find_if(adapters.begin(), adapters.end(),
                        [wanted](const Adapter& adapter) { return adapter.task == wanted; });
  };
  if (!name) {
    const auto found = first_for(task);
    return number(found == adapters.end() ? first_for("") : found);
  }
  if (*name == kNoLora) return model::kNoAdapter;
  if (const auto found = named(adapters, *name); found != adapters.end()) return number(found);
  std::string known(kNoLora);
  for (const Adapter& adapter : adapters) known += ", " + adapter.name;
  return lora_error("no adapter is called \"" + *name + "\", expected one of " + known);
}

base::Result<OpenAdapters> open_adapters(const std::vector<LoraOption>& options) {
  OpenAdapters open;
  CROMWELL_ASSIGN(open.adapters, name_all(options));
  for (std::size_t i = 0; i < options.size(); ++i) {
    CROMWELL_ASSIGN(auto file, model::GgufFile::open(options[i].path));
    CROMWELL_ASSIGN(open.adapters[i].task, file->text(kTaskKey, ""));
    open.files.push_back({std::move(file), options[i].scale});
  }
  return open;
}

}  // namespace cromwell::engine

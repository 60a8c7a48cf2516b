#include "clients/cli/local_engine.h"

#include <future>
#include <utility>
#include <variant>

namespace cromwell::cli {

using base::Result;

Result<std::unique_ptr<LocalEngine>> LocalEngine::open(const std::string& model_path,
                                                       const std::string& lora) {
  engine::LoadOptions options;
  if (!lora.empty()) {
    CROMWELL_ASSIGN(engine::LoraOption adapter, engine::parse_lora_option(lora));
    options.adapters.push_back(std::move(adapter));
  }
  CROMWELL_ASSIGN(engine::LoadedModel loaded, engine::load_model(model_path, options));
  return std::unique_ptr<LocalEngine>(new LocalEngine(std::move(loaded)));
}

LocalEngine::LocalEngine(engine::LoadedModel loaded)
    : loaded_(std::move(loaded)), engine_(std::move(loaded_.model), loaded_.tokenizer, {}) {}

Result<engine::Finished> LocalEngine::generate(engine::GenerateRequest request,
                                               const std::function<void(std::string_view)>& on_text,
                                               base::CallSwitch& call_switch) {
  std::promise<Result<engine::Finished>> ended;
  request.adapter = adapter();
  const auto submitted =
      engine_.submit(std::move(request), [&ended, &on_text](engine::Event&& event) {
        if (auto* token = std::get_if<engine::Token>(&event)) {
          if (!token->text.empty()) on_text(token->text);
        } else if (auto* finished = std::get_if<engine::Finished>(&event)) {
          if (!finished->text.empty()) on_text(finished->text);
          ended.set_value(std::move(*finished));
        } else if (auto* failed = std::get_if<engine::Failed>(&event)) {
          ended.set_value(std::move(failed->error));
        }
      });
  if (!submitted) return submitted.error();
  call_switch.watch([generation = *submitted] { generation.cancel(); });
  Result<engine::Finished> result = ended.get_future().get();
  call_switch.watch({});
  return result;
}

}  // namespace cromwell::cli

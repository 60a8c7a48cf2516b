// LocalEngine: a model in this process, and one generation at a time by it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/call_switch.h"
#include "base/result.h"
#include "engine/engine.h"
#include "engine/loaded_model.h"

namespace cromwell::cli {

class LocalEngine {
 public:
  // `lora`: FILE[:SCALE], may be empty.
  static base::Result<std::unique_ptr<LocalEngine>> open(const std::string& model_path,
                                                         const std::string& lora = {});

  // What the model is, but for the model itself.
  const engine::LoadedModel& loaded() const { return loaded_; }
  engine::Engine& engine() { return engine_; }
  // The adapter that every request of this process takes.
  int adapter() const { return loaded_.adapters.empty() ? engine::kNoAdapter : 0; }

  // Blocks; the text goes to `on_text`, on the engine's thread, as it becomes certain. Where the
  // switch ended it, that is a finish reason.
  base::Result<engine::Finished> generate(engine::GenerateRequest request,
                                          const std::function<void(std::string_view)>& on_text,
                                          base::CallSwitch& call_switch);

 private:
  explicit LocalEngine(engine::LoadedModel loaded);

  engine::LoadedModel loaded_;
  engine::Engine engine_;
};

}  // namespace cromwell::cli

#include "api/composition.h"

#include <utility>

#include "base/version.h"
#include "edit/edit_context.h"
#include "edit/protocol.h"

namespace cromwell::api {

edit::EditServiceOptions edit_options_for(const engine::LoadedModel& loaded) {
  return {.context_length = loaded.context_length,
          .context_tokens = edit::default_context_tokens(loaded.parameters),
          .protocol = &edit::default_protocol(loaded.edit_protocol, *loaded.tokenizer)};
}

ServiceParts service_parts_for(const engine::LoadedModel& loaded, engine::Engine& engine,
                               edit::EditService& edits, engine::SessionStore& sessions,
                               std::shared_ptr<workspace::Workspace> workspace,
                               const edit::Indexes& indexes) {
  return {.engine = engine,
          .edits = edits,
          .sessions = sessions,
          .tokenizer = loaded.tokenizer,
          .chat_template = *loaded.chat_template,
          .workspace = std::move(workspace),
          .indexes = indexes,
          .model_name = loaded.name,
          .model = {.architecture = loaded.architecture,
                    .quantization = loaded.quantization,
                    .parameters = loaded.parameters,
                    .bytes = loaded.weight_bytes},
          .adapters = loaded.adapters,
          .version = base::kVersion,
          .context_length = loaded.context_length,
          .slots = engine::EngineOptions{}.max_running};
}

}  // namespace cromwell::api

// What every composition root (the daemon, Python's own process) makes of a loaded model alike;
// what else a root knows, it sets in the results.
#pragma once

#include <memory>

#include "api/service.h"
#include "edit/edit_service.h"
#include "engine/loaded_model.h"

namespace cromwell::api {

edit::EditServiceOptions edit_options_for(const engine::LoadedModel& loaded);

ServiceParts service_parts_for(const engine::LoadedModel& loaded, engine::Engine& engine,
                               edit::EditService& edits, engine::SessionStore& sessions,
                               std::shared_ptr<workspace::Workspace> workspace,
                               const edit::Indexes& indexes);

}  // namespace cromwell::api

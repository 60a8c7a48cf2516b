// Request check: what an edit's request must hold before any file is looked at. Pure.
#pragma once

#include "base/result.h"
#include "edit/edit_events.h"

namespace cromwell::edit {

// kInvalidRequest names the field, kPayloadTooLarge the instruction.
base::Result<> check_request(const EditRequest& request, int max_instruction_bytes);

}  // namespace cromwell::edit

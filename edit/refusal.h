// Refusal: how it is said that a model's answer is no edit. Pure.
#pragma once

#include <string_view>

#include "base/result.h"

namespace cromwell::edit {

// kNoValidEdit: "the model's answer was refused: REASON; nothing changed".
base::Error refused(std::string_view reason);

}  // namespace cromwell::edit

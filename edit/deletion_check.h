// Deletion check: whether an answer leaves out more of a region than its instruction explains, as
// a model does that stops in the middle. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"

namespace cromwell::edit {

// kNoValidEdit with the reason where it does.
base::Result<> check_deletion(const std::vector<std::string_view>& old_lines,
                              const std::vector<std::string_view>& new_lines,
                              std::string_view instruction);

}  // namespace cromwell::edit

// EditedPatch: a proposal that a person changed in an editor before it is applied.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "clients/cli/edit_outcome.h"

namespace cromwell::cli {

// The patch with hunk headers that count the lines which now stand beneath them, and with the
// space of an empty context line that an editor may have taken off. What is no patch stays as it
// is. Pure.
std::string recount(std::string_view patch);

// Applies the changed patch to the file, under a local record of its own, and makes `outcome` say
// so. kFileChanged if the file is not what the proposal was made for; kInvalidRequest or kConflict,
// with the line, where the patch does not apply or brings a syntax error that the file had not;
// nothing has changed then.
base::Result<> apply_edited(const std::string& patch, EditOutcome* outcome);

}  // namespace cromwell::cli

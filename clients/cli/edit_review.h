// EditReview: the question whether a proposed edit is to be applied, asked on a terminal.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "clients/cli/edit_outcome.h"

namespace cromwell::cli {

// Standard input and both outputs are a terminal: there is somebody to ask.
bool can_ask();

// Asks "y/n/e" until the edit is applied or is not to be; `apply` has it done where it is taken as
// it is. With e, $VISUAL or $EDITOR opens the patch, and what was saved is applied where it fits
// and parses. Says what came of it; the exit status.
int review(EditOutcome outcome, const std::function<base::Result<>()>& apply);

}  // namespace cromwell::cli

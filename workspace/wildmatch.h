// Wildmatch: git's glob patterns over paths: *, ?, [...], \x, and ** between slashes. Pure.
#pragma once

#include <string_view>

namespace cromwell::workspace {

// As git's wildmatch with WM_PATHNAME. No step is tried twice, so that a hostile pattern takes at
// most pattern times text steps.
bool wildmatch(std::string_view pattern, std::string_view text);

}  // namespace cromwell::workspace

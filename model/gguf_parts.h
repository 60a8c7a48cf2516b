// A model that is split over several GGUF files, NAME-00001-of-00003.gguf and so on: the names of
// its parts. Opening the first opens them all (model/gguf); each is checked to be what its name
// says. Stateless.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace cromwell::model {

inline constexpr int kMaxGgufParts = 48;  // each is a mapping of its own

// The paths of all parts, this one the first of them; only this one for a name of another form.
std::vector<std::string> gguf_part_paths(const std::string& path);

}  // namespace cromwell::model

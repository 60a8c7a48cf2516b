// Surroundings: the lines of a file around a small region, shown to the model so that it knows
// what the region is a part of. They do not depend on the instruction. Pure.
#pragma once

#include <string>

#include "workspace/text_file.h"

namespace cromwell::edit {

struct Surroundings {
  std::string text;  // lines ended by \n; empty if there is nothing worth showing
  std::string name;  // "lines 3 to 20"
};

// `lines` on each side; 0 shows nothing.
Surroundings surroundings_of(const workspace::TextFile& file, const workspace::LineRange& region,
                             int lines);

}  // namespace cromwell::edit

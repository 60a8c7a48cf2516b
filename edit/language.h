// Languages by file name, which protocols and checks ask for: workspace/language.
#pragma once

#include "workspace/language.h"

namespace cromwell::edit {

using workspace::Language;
using workspace::language_of;

}  // namespace cromwell::edit

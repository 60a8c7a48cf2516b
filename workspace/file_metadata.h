// What a file has besides its bytes: owner, mode, extended attributes (ACLs among them).
#pragma once

#include <sys/stat.h>

#include <string>

#include "base/file_system.h"
#include "base/result.h"

namespace cromwell::workspace {

// Gives the file `to` what `from` has, `from_stat` being its fstat. kUnsupportedFile if something
// cannot be kept. `name` is for messages.
base::Result<> copy_metadata(base::FileSystem& files, int from, const struct stat& from_stat,
                             int to, const std::string& name);

}  // namespace cromwell::workspace

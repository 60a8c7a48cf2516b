// What the operating system lets this process have.
#pragma once

#include <cstddef>

namespace cromwell::server {

// Raises the soft limit of open files to the hard one and returns it.
std::size_t raise_open_file_limit();

}  // namespace cromwell::server

#include "clients/cli/commands.h"

#include <cstdio>

namespace cromwell::cli {

int report(const base::Error& error) {
  std::fprintf(stderr, "cromwell: %s\n", error.message.c_str());
  return kFailed;
}

}  // namespace cromwell::cli

#include "clients/cli/default_adapter.h"

#include <cstddef>

extern "C" const char cromwell_default_adapter[];  // default_adapter.S
extern "C" const char cromwell_default_adapter_end[];

namespace cromwell::cli {

std::string_view default_adapter() {
  return {cromwell_default_adapter,
          static_cast<std::size_t>(cromwell_default_adapter_end - cromwell_default_adapter)};
}

}  // namespace cromwell::cli

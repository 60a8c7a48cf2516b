#include "kernels/kernels.h"

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/cpu.h"
#include "kernels/scalar/scalar.h"

namespace cromwell::kernels {
namespace {

std::vector<const Kernels*> detect_tables() { return {&scalar::kTable}; }

}  // namespace

std::span<const Kernels* const> available_kernels() {
  static const std::vector<const Kernels*> tables = detect_tables();
  return tables;
}

base::Result<const Kernels*> find_kernels(const char* name) {
  std::string names;
  for (const Kernels* table : available_kernels()) {
    if (std::string_view(table->name) == name) return table;
    names += names.empty() ? "" : ", ";
    names += table->name;
  }
  return base::Error{base::ErrorCode::kInvalidRequest,
                     "instruction set \"" + std::string(name) +
                         "\" is unknown or not offered by this CPU; expected one of: " + names,
                     "CROMWELL_ISA"};
}

base::Result<const Kernels*> select_kernels() {
  const char* forced = std::getenv("CROMWELL_ISA");
  if (forced != nullptr && *forced != '\0') return find_kernels(forced);
  return available_kernels().front();
}

}  // namespace cromwell::kernels

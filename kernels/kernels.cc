#include "kernels/kernels.h"

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/cpu.h"
#include "kernels/avx2/avx2.h"
#include "kernels/avx512/avx512.h"
#include "kernels/avxvnni/avxvnni.h"
#include "kernels/scalar/scalar.h"

namespace cromwell::kernels {
namespace {

std::vector<const Kernels*> detect_tables() {
  const base::CpuFeatures cpu = base::detect_cpu_features();
  const bool has_avx2 = cpu.avx2 && cpu.fma && cpu.f16c;
  const bool has_avx512 =
      has_avx2 && cpu.avx512f && cpu.avx512bw && cpu.avx512dq && cpu.avx512vl && cpu.avx512vnni;
  std::vector<const Kernels*> tables;
  if (has_avx512) tables.push_back(&avx512::kTable);
  if (has_avx2 && cpu.avxvnni) {
    tables.push_back(&avxvnni::kTable);
  } else if (has_avx512) {
    tables.push_back(&avx512vl::kTable);
  }
  if (has_avx2) tables.push_back(&avx2::kTable);
  tables.push_back(&scalar::kTable);
  return tables;
}

}  // namespace

const char* kv_type_name(KvType type) { return type == KvType::kF16 ? "f16" : "q8_0"; }

base::Result<KvType> find_kv_type(std::string_view name) {
  for (const KvType type : {KvType::kF16, KvType::kQ8_0}) {
    if (name == kv_type_name(type)) return type;
  }
  return base::Error{base::ErrorCode::kInvalidRequest,
                     "KV type \"" + std::string(name) + "\": expected f16 or q8_0", "kv_type"};
}

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

// The tables of arithmetic and the choice among them. What a table holds is in ops.h.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "kernels/ops.h"
#include "kernels/weight_type.h"

namespace cromwell::kernels {

inline bool wants_quantized(WeightType type) {
  return type != WeightType::kF32 && type != WeightType::kF16 && type != WeightType::kBF16;
}

// "f16" and "q8_0": how command lines and logs name them. An error lists the names.
const char* kv_type_name(KvType type);
base::Result<KvType> find_kv_type(std::string_view name);

// The best table this CPU can run, or the one that the environment variable CROMWELL_ISA names.
// An error if that name is unknown or this CPU lacks it; the message lists the names it has.
base::Result<const Kernels*> select_kernels();
base::Result<const Kernels*> find_kernels(const char* name);
// Every table that this CPU can run, the best first.
std::span<const Kernels* const> available_kernels();

}  // namespace cromwell::kernels

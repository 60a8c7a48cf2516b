// The 256-bit table with dot products of bytes (VPDPBUSD). Its sources are compiled twice: for
// AVX-VNNI, which desktop processors without AVX-512 have, and for the 256-bit form of AVX512-VNNI;
// CMake sets CROMWELL_VNNI to the namespace. All but the quantised products are avx2's.
#pragma once

#include "kernels/ops.h"

namespace cromwell::kernels {
namespace avxvnni {
extern const Kernels kTable;
}
namespace avx512vl {
extern const Kernels kTable;
}
}  // namespace cromwell::kernels

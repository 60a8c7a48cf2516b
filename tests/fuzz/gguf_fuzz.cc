// libFuzzer target: any bytes as a GGUF, opened as far as they let us.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/model/gguf_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cromwell::model;
  (void)survives(ExactBytes({reinterpret_cast<const char*>(data), size}));
  return 0;
}

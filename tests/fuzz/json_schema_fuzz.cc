// libFuzzer target: any bytes as a JSON schema, compiled.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/json_schema.h"
#include "engine/automaton.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cromwell;
  const auto json = api::parse_json({reinterpret_cast<const char*>(data), size});
  if (!json) return 0;
  const auto pattern = api::read_json_schema(*json, "schema");
  if (pattern) (void)engine::Automaton::compile(*pattern);
  return 0;
}

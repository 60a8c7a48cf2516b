// libFuzzer target: any bytes as a regular expression, compiled and stepped through itself.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/automaton.h"
#include "engine/regex.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cromwell::engine;
  const auto regex = parse_regex({reinterpret_cast<const char*>(data), size});
  if (!regex) return 0;
  const auto automaton = Automaton::compile(regex->pattern);
  if (!automaton) return 0;
  auto state = (*automaton)->start();
  for (std::size_t i = 0; i < size && state >= 0; ++i) {
    state = (*automaton)->step(state, data[i]);
  }
  return 0;
}

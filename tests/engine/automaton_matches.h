// Whether an automaton takes a whole text.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/automaton.h"

namespace cromwell::engine {

inline bool matches(Automaton& automaton, std::string_view text) {
  auto state = automaton.start();
  for (const char c : text) state = automaton.step(state, static_cast<std::uint8_t>(c));
  return state != Automaton::kDead && automaton.accepts(state);
}

}  // namespace cromwell::engine

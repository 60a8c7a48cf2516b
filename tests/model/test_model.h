// Where tests find the real model, if it is there.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace cromwell::model {

inline std::string test_model_place() {
  if (const char* named = std::getenv("CROMWELL_TEST_MODEL")) return named;
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  const std::string base = cache != nullptr && *cache != '\0'
                               ? cache
                               : std::string(home != nullptr ? home : "") + "/.cache";
  return base + "/cromwell/models/SmolLM2-135M-Instruct.Q4_1.gguf";
}

inline std::optional<std::string> test_model_path() {
  std::string place = test_model_place();
  if (!std::filesystem::exists(place)) return std::nullopt;
  return place;
}

inline std::string no_test_model() {
  return "no model at " + test_model_place() + " (set CROMWELL_TEST_MODEL)";
}

}  // namespace cromwell::model

#include "api/sampling_fields.h"

namespace cromwell::api {

base::Result<engine::Priority> read_priority(const JsonIn& value, const std::string& path) {
  if (value == "interactive") return engine::Priority::kInteractive;
  if (value == "normal") return engine::Priority::kNormal;
  if (value == "background") return engine::Priority::kBackground;
  return wrong_value(path, "\"interactive\", \"normal\" or \"background\"",
                     value.is_string() ? "another string" : std::string(value.type_name()));
}

}  // namespace cromwell::api

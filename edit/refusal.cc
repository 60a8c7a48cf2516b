#include "edit/refusal.h"

#include <string>

namespace cromwell::edit {

base::Error refused(std::string_view reason) {
  std::string message = "the model's answer was refused: ";
  message.append(reason).append("; nothing changed");
  return {.code = base::ErrorCode::kNoValidEdit, .message = std::move(message)};
}

}  // namespace cromwell::edit

#include "edit/protocol.h"

#include "edit/rewrite.h"

namespace cromwell::edit {

base::Result<const Protocol*> find_protocol(std::string_view name) {
  static const Rewrite rewrite;
  if (name.empty() || name == rewrite.name()) return &rewrite;
  return base::Error{.code = base::ErrorCode::kInvalidRequest,
                     .message = "protocol \"" + std::string(name) + "\": expected \"rewrite\"",
                     .param = "protocol"};
}

}  // namespace cromwell::edit

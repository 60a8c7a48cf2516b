// Rewrite: the protocol in which the model writes the region anew inside a fence that we open for
// it.
#pragma once

#include "edit/fenced_answer.h"

namespace cromwell::edit {

class Rewrite final : public FencedProtocol {
 public:
  std::string_view name() const override { return "rewrite"; }
  base::Result<Prompt> render(const PromptInput& input, const PromptModel& model) const override;
};

}  // namespace cromwell::edit

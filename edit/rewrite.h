// Rewrite: the protocol in which the model writes the region anew inside a fence that we open for
// it. What changed is found by a diff, so that it is well formed by construction.
#pragma once

#include "edit/protocol.h"

namespace cromwell::edit {

class Rewrite final : public Protocol {
 public:
  std::string_view name() const override { return "rewrite"; }
  base::Result<Prompt> render(const PromptInput& input, const PromptModel& model) const override;
  std::string draft(const Prompt& prompt, std::string_view shown) const override;
  base::Result<std::string> parse(const Prompt& prompt, const Answer& answer) const override;
};

}  // namespace cromwell::edit

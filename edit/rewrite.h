// Rewrite: the protocol in which the model writes the region anew inside a fence that we open for
// it.
#pragma once

#include "edit/protocol.h"

namespace cromwell::edit {

class Rewrite final : public Protocol {
 public:
  std::string_view name() const override { return "rewrite"; }
  base::Result<Prompt> render(const PromptInput& input, const PromptModel& model) const override;
  base::Result<TokenIds> answer_for(const Prompt& prompt, std::string_view shown,
                                    const tokenizer::Tokenizer& tokenizer) const override;
  std::optional<std::size_t> region_begins(const Prompt& prompt,
                                           std::string_view answer) const override;
  base::Result<std::string> parse(const Prompt& prompt, const Answer& answer,
                                  const tokenizer::Tokenizer& tokenizer) const override;
};

}  // namespace cromwell::edit

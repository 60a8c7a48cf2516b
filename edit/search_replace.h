// SearchReplace: the protocol in which the model writes only what changes: blocks of lines to look
// for in the region and of lines to put in their place.
#pragma once

#include "edit/protocol.h"

namespace cromwell::edit {

class SearchReplace final : public Protocol {
 public:
  std::string_view name() const override { return "search_replace"; }
  base::Result<Prompt> render(const PromptInput& input, const PromptModel& model) const override;
  base::Result<TokenIds> answer_for(const Prompt& prompt, std::string_view shown,
                                    const tokenizer::Tokenizer& tokenizer) const override;
  TokenIds draft(const Prompt& prompt, const tokenizer::Tokenizer& tokenizer) const override;
  base::Result<std::string> parse(const Prompt& prompt, const Answer& answer,
                                  const tokenizer::Tokenizer& tokenizer) const override;
};

}  // namespace cromwell::edit

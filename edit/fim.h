// Fim: the protocol in which the model fills a gap: the selection, or the place of a cursor. It
// sees what stands before and after, and the instruction as a comment before the gap. A model
// without tokens for that is asked in words, as in a conversation.
#pragma once

#include "edit/protocol.h"

namespace cromwell::edit {

class Fim final : public Protocol {
 public:
  std::string_view name() const override { return "fim"; }
  RegionKind region_kind() const override { return RegionKind::kExact; }
  bool takes_several_files() const override { return false; }  // it sees one gap
  base::Result<Prompt> render(const PromptInput& input, const PromptModel& model) const override;
  base::Result<TokenIds> answer_for(const Prompt& prompt, std::string_view shown,
                                    const tokenizer::Tokenizer& tokenizer) const override;
  std::optional<Prompt> after_explanation(const Prompt& prompt, std::string_view answer,
                                          const tokenizer::Tokenizer& tokenizer) const override;
  base::Result<std::string> parse(const Prompt& prompt, const Answer& answer,
                                  const tokenizer::Tokenizer& tokenizer) const override;
};

}  // namespace cromwell::edit

// Script: the protocol in Cromwell's own tokens, for models that were trained on it: the model
// names the lines that go and writes those that come (edit/edit_script), and can name no others
// (edit/script_constraint).
#pragma once

#include "edit/protocol.h"

namespace cromwell::edit {

class Script final : public Protocol {
 public:
  std::string_view name() const override { return "script"; }
  base::Result<> check_model(const tokenizer::Tokenizer& tokenizer) const override;
  base::Result<Prompt> render(const PromptInput& input, const PromptModel& model) const override;
  std::unique_ptr<engine::Constraint> constraint(const Prompt& prompt,
                                                 const ConstraintParts& parts) const override;
  TokenIds spelt(const tokenizer::Tokenizer& tokenizer) const override;
  base::Result<TokenIds> answer_for(const Prompt& prompt, std::string_view shown,
                                    const tokenizer::Tokenizer& tokenizer) const override;
  TokenIds between_files(const tokenizer::Tokenizer& tokenizer) const override;
  TokenIds draft(const Prompt& prompt, const tokenizer::Tokenizer& tokenizer) const override;
  base::Result<std::string> parse(const Prompt& prompt, const Answer& answer,
                                  const tokenizer::Tokenizer& tokenizer) const override;
};

}  // namespace cromwell::edit

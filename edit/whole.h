// Whole: the protocol in which the model writes the whole file anew inside a fence that we open for
// it. The region is the file, whatever the instruction names.
#pragma once

#include "edit/fenced_answer.h"

namespace cromwell::edit {

class Whole final : public FencedProtocol {
 public:
  std::string_view name() const override { return "whole"; }
  RegionKind region_kind() const override { return RegionKind::kWholeFile; }
  base::Result<Prompt> render(const PromptInput& input, const PromptModel& model) const override;
};

}  // namespace cromwell::edit

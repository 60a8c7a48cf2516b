// DraftChain: the guesses of the first source that has any. Owned by one generation, engine thread
// only.
#pragma once

#include <memory>
#include <utility>

#include "engine/draft_source.h"

namespace cromwell::engine {

class DraftChain final : public DraftSource {
 public:
  DraftChain(std::unique_ptr<DraftSource> first, std::unique_ptr<DraftSource> second)
      : first_(std::move(first)), second_(std::move(second)) {}

  void propose(std::span<const std::int32_t> text, int limit,
               std::vector<std::int32_t>& draft) override {
    const std::size_t before = draft.size();
    first_->propose(text, limit, draft);
    if (draft.size() == before) second_->propose(text, limit, draft);
  }

 private:
  std::unique_ptr<DraftSource> first_, second_;
};

}  // namespace cromwell::engine

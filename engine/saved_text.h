// SavedText: a text with the keys and values that were computed of it, outside the pool: what a
// session file holds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/generation.h"
#include "model/language_model.h"

namespace cromwell::engine {

struct SavedText {
  model::KvIdentity identity;
  std::vector<TokenId> tokens;
  std::vector<std::string> pages;  // [pages_for(tokens)], each page_bytes long
};

}  // namespace cromwell::engine

// Text transfer: copies a text with its keys and values out of the model's pages and back in.
// Engine thread only.
#pragma once

#include "base/result.h"
#include "engine/prefix_tree.h"
#include "engine/saved_text.h"

namespace cromwell::engine {

inline constexpr int kPagesPerCopy = 4;  // while all who run wait: some MiB

// Its tokens, and at most kPagesPerCopy of its pages from `from_page` on.
SavedText copy_text(const PrefixTree& tree, PrefixTree::Place place, model::LanguageModel& model,
                    int from_page);

// `cache`, which is empty, with all of the text. What the tree has of it is shared, the rest takes
// the place of what is the cheapest to lose. kConflict: computed with another model, KV type or
// instruction set; kUnavailable: those that run leave no room. Then the tree is as it was.
base::Result<KvCache> load_text(const SavedText& text, PrefixTree& tree, KvCache cache,
                                model::LanguageModel& model);

}  // namespace cromwell::engine

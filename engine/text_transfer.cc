#include "engine/text_transfer.h"

#include <span>
#include <string>

namespace cromwell::engine {
namespace {

std::string describe(const model::KvIdentity& identity) {
  return "weights " + identity.weights.substr(0, 12) + ", KV type " + identity.kv_type +
         ", kernels " + identity.kernels;
}

base::Error no_room() {
  return {.code = base::ErrorCode::kUnavailable,
          .message = "running generations use the memory that it needs"};
}

}  // namespace

SavedText copy_text(const PrefixTree& tree, PrefixTree::Place place, model::LanguageModel& model,
                    int from_page) {
  SavedText text{.identity = model.kv_identity()};
  int index = 0;
  for (const PrefixTree::Part& part : tree.way_to(place)) {
    text.tokens.insert(text.tokens.end(), part.tokens.begin(), part.tokens.end());
    const int after = index++ - from_page;
    if (after < 0 || after >= kPagesPerCopy) continue;
    std::string& bytes = text.pages.emplace_back(model.page_bytes(), '\0');
    model.read_page(part.page, std::as_writable_bytes(std::span(bytes)));
  }
  return text;
}

base::Result<KvCache> load_text(const SavedText& text, PrefixTree& tree, KvCache cache,
                                model::LanguageModel& model) {
  if (text.identity != model.kv_identity()) {
    return base::Error{.code = base::ErrorCode::kConflict,
                       .message = "computed with " + describe(text.identity) +
                                  "; what runs here is " + describe(model.kv_identity())};
  }
  const auto size = static_cast<int>(text.tokens.size());
  if (!tree.has_room_for(pages_for(size), text.tokens)) return no_room();
  const auto now = PrefixTree::Time::clock::now();
  const int known = tree.extend(cache, 0, text.tokens, now);
  while (!cache.grow(size)) {
    if (!tree.evict(now)) return no_room();
  }
  for (auto i = static_cast<std::size_t>(known / model::kPageTokens); i < text.pages.size(); ++i) {
    model.write_page(cache.pages()[i], std::as_bytes(std::span(text.pages[i])));
  }
  return cache;
}

}  // namespace cromwell::engine

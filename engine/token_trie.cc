#include "engine/token_trie.h"

#include <algorithm>
#include <string_view>

namespace cromwell::engine {

TokenTrie::TokenTrie(const tokenizer::Tokenizer& tokenizer) : vocab_size_(tokenizer.vocab_size()) {
  struct Entry {
    std::string_view bytes;
    tokenizer::TokenId id;
  };
  std::vector<Entry> entries;
  for (tokenizer::TokenId id = 0; id < vocab_size_; ++id) {
    if (tokenizer.is_end_of_generation(id)) {
      ends_.push_back(id);
    } else if (const auto bytes = tokenizer.bytes(id);
               !tokenizer.is_special(id) && !bytes.empty() && bytes.size() < UINT16_MAX) {
      entries.push_back({bytes, id});
    }
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.bytes != b.bytes ? a.bytes < b.bytes : a.id < b.id;
  });

  std::vector<int> path;  // the nodes of the entry before, by depth
  const auto close_to = [&](std::size_t depth) {
    for (; path.size() > depth; path.pop_back()) {
      nodes_[static_cast<std::size_t>(path.back())].skip = static_cast<int>(nodes_.size());
    }
  };
  std::string_view before;
  for (const Entry& entry : entries) {
    const auto common = static_cast<std::size_t>(
        std::mismatch(before.begin(), before.end(), entry.bytes.begin(), entry.bytes.end()).first -
        before.begin());
    close_to(common);
    for (std::size_t i = common; i < entry.bytes.size(); ++i) {
      path.push_back(static_cast<int>(nodes_.size()));
      nodes_.push_back({.byte = static_cast<std::uint8_t>(entry.bytes[i]),
                        .depth = static_cast<std::uint16_t>(i + 1)});
    }
    Node& node = nodes_[static_cast<std::size_t>(path.back())];
    if (node.first == node.last) node.first = static_cast<int>(tokens_.size());
    tokens_.push_back(entry.id);
    node.last = static_cast<int>(tokens_.size());
    max_depth_ = std::max(max_depth_, static_cast<int>(entry.bytes.size()));
    before = entry.bytes;
  }
  close_to(0);
}

}  // namespace cromwell::engine

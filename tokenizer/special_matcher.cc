#include "tokenizer/special_matcher.h"

#include <algorithm>
#include <cassert>

namespace cromwell::tokenizer {
namespace {

auto edge_at(auto& edges, char byte) {
  return std::lower_bound(edges.begin(), edges.end(), byte,
                          [](const auto& edge, char b) { return edge.byte < b; });
}

}  // namespace

void SpecialMatcher::add(std::string_view text, TokenId id) {
  assert(!text.empty() && text.size() <= kMaxSpecialTokenBytes);
  starts_[static_cast<std::uint8_t>(text.front())] = true;
  std::uint32_t at = 0;
  for (const char byte : text) {
    auto& edges = nodes_[at].edges;
    const auto edge = edge_at(edges, byte);
    if (edge != edges.end() && edge->byte == byte) {
      at = edge->to;
      continue;
    }
    const auto next = static_cast<std::uint32_t>(nodes_.size());
    edges.insert(edge, {byte, next});
    nodes_.emplace_back();
    at = next;
  }
  nodes_[at].id = id;
}

const SpecialMatcher::Node* SpecialMatcher::child(const Node& node, char byte) const {
  const auto edge = edge_at(node.edges, byte);
  return edge != node.edges.end() && edge->byte == byte ? &nodes_[edge->to] : nullptr;
}

SpecialMatcher::Match SpecialMatcher::find(std::string_view text, std::size_t from) const {
  if (nodes_.size() == 1) return {};
  for (std::size_t begin = from; begin < text.size(); ++begin) {
    if (!starts_[static_cast<std::uint8_t>(text[begin])]) continue;
    Match longest;
    const Node* node = nodes_.data();
    for (std::size_t i = begin; i < text.size(); ++i) {
      node = child(*node, text[i]);
      if (node == nullptr) break;
      if (node->id >= 0) longest = {begin, i + 1 - begin, node->id};
    }
    if (longest.id >= 0) return longest;
  }
  return {};
}

}  // namespace cromwell::tokenizer

// SpecialMatcher: finds the tokens that are taken out of a text before anything else, the longest
// at the leftmost place. A trie over bytes. Immutable after construction; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tokenizer/tokenizer.h"

namespace cromwell::tokenizer {

// Bounds the work per byte of a text; a longer special token is refused when a vocabulary loads.
inline constexpr std::size_t kMaxSpecialTokenBytes = 256;

class SpecialMatcher {
 public:
  SpecialMatcher() : nodes_(1) { starts_.fill(false); }

  // `text` is not empty and at most kMaxSpecialTokenBytes long.
  void add(std::string_view text, TokenId id);

  struct Match {
    std::size_t begin = 0, size = 0;
    TokenId id = -1;
  };
  // The first match at or after `from`; id -1 if there is none.
  Match find(std::string_view text, std::size_t from) const;

 private:
  struct Node {
    struct Edge {
      char byte;
      std::uint32_t to;
    };
    std::vector<Edge> edges;  // sorted by byte
    TokenId id = -1;
  };
  const Node* child(const Node& node, char byte) const;

  std::vector<Node> nodes_;  // [0] is the root
  std::array<bool, 256> starts_;
};

}  // namespace cromwell::tokenizer

// TokenTrie: the bytes of a vocabulary's tokens as a tree, in the order of a walk through it, so
// that what an automaton rules out after one byte rules out all tokens that begin so. Tokens that
// are never text (special ones) are not in it. Immutable; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "tokenizer/tokenizer.h"

namespace cromwell::engine {

class TokenTrie {
 public:
  explicit TokenTrie(const tokenizer::Tokenizer& tokenizer);

  struct Node {
    std::uint8_t byte = 0;
    std::uint16_t depth = 0;  // 1 for a token's first byte
    int skip = 0;             // the node after all those below this one
    int first = 0, last = 0;  // tokens()[first .. last) end here
  };
  std::span<const Node> nodes() const { return nodes_; }
  std::span<const tokenizer::TokenId> tokens() const { return tokens_; }
  std::span<const tokenizer::TokenId> ends() const { return ends_; }  // of generation
  int vocab_size() const { return vocab_size_; }
  int max_depth() const { return max_depth_; }

 private:
  std::vector<Node> nodes_;
  std::vector<tokenizer::TokenId> tokens_;
  std::vector<tokenizer::TokenId> ends_;
  int vocab_size_ = 0;
  int max_depth_ = 0;
};

// Made when the first request needs it: most need none. Any thread.
class LazyTrie {
 public:
  std::shared_ptr<const TokenTrie> of(const tokenizer::Tokenizer& tokenizer) {
    std::call_once(made_, [&] { trie_ = std::make_shared<TokenTrie>(tokenizer); });
    return trie_;
  }

 private:
  std::once_flag made_;
  std::shared_ptr<const TokenTrie> trie_;
};

}  // namespace cromwell::engine

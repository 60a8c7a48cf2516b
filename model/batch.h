// One forward pass as data: which tokens of which sequences, and where their keys and values live.
#pragma once

#include <cstdint>
#include <span>

namespace cromwell::model {

using TokenId = std::int32_t;
using PageId = std::int32_t;

inline constexpr int kPageTokens = 64;  // positions per KV page (= kernels::kKvBlock)
// Pages 4 i to 4 i + 3 are a run: read fastest by a text that has them in this order (kv_pages.h).
inline constexpr int kPageRun = 4;

inline constexpr int kNoAdapter = -1;

struct BatchToken {
  int sequence = 0;  // index into Batch::page_tables
  int position = 0;
  TokenId token = 0;
  bool wants_logits = false;
};

// Tokens of one sequence are adjacent and at ascending consecutive positions. All positions before
// the first of them are already in the sequence's pages, and each page that the batch writes to is
// present and referenced by that sequence alone.
struct Batch {
  std::span<const BatchToken> tokens;
  std::span<const std::span<const PageId>> page_tables;  // per sequence, page i: positions 64 i ...
  std::span<const int> adapters;  // per sequence: a LoRA adapter's number or kNoAdapter; or empty
};

}  // namespace cromwell::model

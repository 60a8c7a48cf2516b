// Learns the merges of a byte-level BPE vocabulary from counted words (Sennrich et al. 2016): the
// pair of neighbours that occurs most often becomes a token, again and again. Of pairs that occur
// equally often the one with the lower ids comes first, and a token that two merges spell keeps its
// first id: token for token what Hugging Face's trainer yields. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "tokenizer/tokenizer.h"
#include "tokenizer/word_counts.h"

namespace cromwell::tokenizer {

struct BpeTraining {
  int vocab_size = 50'000;              // special tokens and the 256 bytes included
  std::uint64_t min_count = 2;          // of a pair that becomes a token
  std::string pre_tokenizer = "qwen2";  // the rule by which the words were cut
  std::vector<std::string> special;     // ids from 0 on
  // Called after each token with how many there are; false ends the training.
  std::function<bool(int tokens)> progress = [](int) { return true; };
};

// Special tokens, the bytes in the order of their spelling, then the merged tokens as they were
// learnt; fewer than vocab_size where the words hold no more. kInvalidRequest for a vocab_size that
// has no room for specials and bytes, kCancelled by `progress`.
base::Result<Vocabulary> train_bpe(const std::vector<WordCount>& words,
                                   const BpeTraining& training);

}  // namespace cromwell::tokenizer

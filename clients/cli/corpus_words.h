// Counts the words of files by several threads, each with a table of its own; together they keep
// within a given memory.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "tokenizer/pre_tokenizer.h"
#include "tokenizer/word_counts.h"

namespace cromwell::cli {

struct CountedWords {
  tokenizer::WordCounts counts;
  std::uint64_t bytes = 0;           // of text that was counted
  std::vector<std::string> skipped;  // files that are not UTF-8 text, or could not be read
};

struct WordCounting {
  int threads = 1;
  std::size_t max_bytes = 0;                            // memory of all tables
  const std::atomic<bool>* stop = nullptr;              // ends it
  std::function<void(std::size_t done)> progress = {};  // by the calling thread
};

// Files are read in pieces that end at a line's end. kCancelled by `stop`.
base::Result<CountedWords> count_words(const std::vector<std::string>& files,
                                       const tokenizer::PreTokenizer& pre_tokenizer,
                                       const WordCounting& counting);

}  // namespace cromwell::cli

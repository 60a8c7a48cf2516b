// cromwell tokenizer train: a vocabulary from a corpus, as a Hugging Face tokenizer.json.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "clients/cli/corpus_sample.h"
#include "clients/cli/model_output.h"

namespace cromwell::cli {

struct TrainTokenizerJob {
  ModelOutput output;
  std::vector<std::string> from;  // WEIGHT:FOLDER
  int vocab_size = 50'000;
  std::uint64_t min_count = 2;
  std::string pre_tokenizer = "qwen2";
  std::uint64_t sample_bytes = std::uint64_t{512} << 20;
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;
  std::uint64_t seed = 0;
};

base::Result<> train_tokenizer(const TrainTokenizerJob& job);

}  // namespace cromwell::cli

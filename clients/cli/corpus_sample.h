// Which files of a corpus a tokenizer is trained on: each group of files gives bytes in proportion
// to its weight, as many as the smallest group allows. Reads names and sizes only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace cromwell::cli {

struct CorpusGroup {
  std::string path;  // a folder, read to its depths, or one file
  double weight = 0;
};

// "40:python" -> weight 40 of the files in `python`. kInvalidRequest for anything else.
base::Result<CorpusGroup> parse_corpus_group(const std::string& text);

struct SampledGroup {
  CorpusGroup group;
  std::vector<std::string> files;
  std::uint64_t bytes = 0;      // of `files`
  std::uint64_t available = 0;  // of all the group's files
};

// Of each group whole files in a random order that `seed` fixes, until its share is reached; in all
// about `max_bytes`, or less where a group has not enough. Links and names that begin with a dot
// are passed over. kNotFound for a path that is not there, kInvalidRequest for a group without
// files.
base::Result<std::vector<SampledGroup>> sample_corpus(const std::vector<CorpusGroup>& groups,
                                                      std::uint64_t max_bytes, std::uint64_t seed);

}  // namespace cromwell::cli

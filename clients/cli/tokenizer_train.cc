#include "clients/cli/tokenizer_train.h"

#include <chrono>
#include <cstdio>

#include "clients/cli/corpus_words.h"
#include "tokenizer/bpe_trainer.h"
#include "tokenizer/cromwell_tokens.h"
#include "tokenizer/hf_json_writer.h"

namespace cromwell::cli {
namespace {

using base::Result;
using Clock = std::chrono::steady_clock;

constexpr int kProgressTokens = 256;
constexpr std::size_t kShownFiles = 5;

double mega(std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }

double seconds_since(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

void print_sample(const std::vector<SampledGroup>& groups) {
  std::uint64_t total = 0;
  for (const SampledGroup& group : groups) total += group.bytes;
  std::printf("%-32s %8s %12s %12s %8s\n", "corpus", "files", "MB taken", "MB there", "share");
  for (const SampledGroup& group : groups) {
    std::printf("%-32s %8zu %12.1f %12.1f %7.1f%%\n", printable(group.group.path).c_str(),
                group.files.size(), mega(group.bytes), mega(group.available),
                100.0 * static_cast<double>(group.bytes) / static_cast<double>(total));
  }
  std::fflush(stdout);
}

void print_skipped(const std::vector<std::string>& skipped) {
  for (std::size_t i = 0; i < skipped.size() && i < kShownFiles; ++i) {
    std::fprintf(stderr, "cromwell: passed over %s: not UTF-8 text, or not readable\n",
                 printable(skipped[i]).c_str());
  }
  if (skipped.size() > kShownFiles) {
    std::fprintf(stderr, "cromwell: and %zu more\n", skipped.size() - kShownFiles);
  }
}

Result<CountedWords> count(const TrainTokenizerJob& job, const std::vector<SampledGroup>& groups,
                           const Interruption& interruption) {
  std::vector<std::string> files;
  for (const SampledGroup& group : groups) {
    files.insert(files.end(), group.files.begin(), group.files.end());
  }
  CROMWELL_ASSIGN(const auto pre_tokenizer, tokenizer::PreTokenizer::create(job.pre_tokenizer));
  ProgressBar bar;
  return count_words(
      files, pre_tokenizer,
      {.threads = thread_count(job.output),
       .max_bytes = job.memory_bytes,
       .stop = interruption.flag(),
       .progress = [&](std::size_t done) { bar.show(done, files.size(), "counting words"); }});
}

Result<tokenizer::Vocabulary> learn(const TrainTokenizerJob& job,
                                    const std::vector<tokenizer::WordCount>& words,
                                    const Interruption& interruption) {
  ProgressBar bar;
  return tokenizer::train_bpe(words, {.vocab_size = job.vocab_size,
                                      .min_count = job.min_count,
                                      .pre_tokenizer = job.pre_tokenizer,
                                      .special = tokenizer::cromwell_tokens(),
                                      .progress = [&](int tokens) {
                                        if (tokens % kProgressTokens == 0) {
                                          bar.show(static_cast<std::size_t>(tokens),
                                                   static_cast<std::size_t>(job.vocab_size),
                                                   "learning merges");
                                        }
                                        return !interruption.flag()->load();
                                      }});
}

}  // namespace

Result<> train_tokenizer(const TrainTokenizerJob& job) {
  CROMWELL_TRY(check_output(job.output, {}));
  std::vector<CorpusGroup> groups;
  for (const std::string& text : job.from) {
    CROMWELL_ASSIGN(CorpusGroup group, parse_corpus_group(text));
    groups.push_back(std::move(group));
  }
  CROMWELL_ASSIGN(const auto sample, sample_corpus(groups, job.sample_bytes, job.seed));
  print_sample(sample);

  const Interruption interruption;
  const auto begun = Clock::now();
  CROMWELL_ASSIGN(const CountedWords counted, count(job, sample, interruption));
  print_skipped(counted.skipped);
  const double counting_seconds = seconds_since(begun);
  CROMWELL_ASSIGN(const tokenizer::Vocabulary vocabulary,
                  learn(job, counted.counts.sorted(), interruption));
  CROMWELL_ASSIGN(const std::string json, tokenizer::write_hf_json(vocabulary));
  CROMWELL_TRY(write_text(job.output.path, json));

  std::printf("%s: %zu tokens, %zu merges, of %.1f MB in %zu distinct words\n",
              printable(job.output.path).c_str(), vocabulary.tokens.size(),
              vocabulary.merges.size(), mega(counted.bytes), counted.counts.size());
  std::printf("%.2f s counting, %.2f s learning\n", counting_seconds,
              seconds_since(begun) - counting_seconds);
  if (counted.counts.forgotten() > 0) {
    std::fprintf(stderr,
                 "cromwell: note: %llu occurrences of rare words were forgotten to stay within "
                 "--memory\n",
                 static_cast<unsigned long long>(counted.counts.forgotten()));
  }
  if (vocabulary.tokens.size() < static_cast<std::size_t>(job.vocab_size)) {
    std::fprintf(stderr, "cromwell: note: the corpus holds no more than %zu tokens\n",
                 vocabulary.tokens.size());
  }
  return {};
}

}  // namespace cromwell::cli

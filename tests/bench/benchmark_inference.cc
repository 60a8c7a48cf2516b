// benchmark_inference: prefill and decode speed of a model, without engine or server.
//   benchmark_inference --model F.gguf [--prompt-len N] [--decode-len N] [--threads N] [--repeat N]
// Prints the best of the repetitions and a hash of the last logits, which must not change with
// threads or chunk size. One GB/s figure: weights read per decoded token times tokens per second.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "model/transformer.h"

namespace {

using namespace cromwell;
using Clock = std::chrono::steady_clock;

struct Options {
  std::string model;
  int prompt_len = 256;
  int decode_len = 64;
  int chunk = 64;
  int threads = base::usable_cores();
  int repeat = 3;
  bool int8 = false;
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::uint64_t hash_of(const std::vector<float>& values) {  // FNV-1a
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const float value : values) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    hash = (hash ^ bits) * 0x100000001b3U;
  }
  return hash;
}

class Run {
 public:
  Run(model::Transformer& model, int length)
      : model_(model), logits_(static_cast<std::size_t>(model.vocab_size())) {
    for (int i = 0; i * model::kPageTokens < length; ++i) pages_.push_back(i);
    table_ = pages_;
  }

  // Tokens begin .. end - 1 of a fixed pseudo-random text; logits of the last.
  bool pass(int begin, int end) {
    tokens_.clear();
    for (int i = begin; i < end; ++i) {
      const auto mixed = static_cast<std::uint32_t>(i) * 2654435761U;
      const auto token = mixed % static_cast<std::uint32_t>(model_.vocab_size());
      tokens_.push_back({.position = i,
                         .token = static_cast<model::TokenId>(token),
                         .wants_logits = i + 1 == end});
    }
    const auto done =
        model_.forward({.tokens = tokens_, .page_tables = {&table_, 1}}, logits_.data());
    if (!done) std::fprintf(stderr, "%s\n", done.error().message.c_str());
    return done.has_value();
  }

  std::uint64_t hash() const { return hash_of(logits_); }

 private:
  model::Transformer& model_;
  std::vector<float> logits_;
  std::vector<model::PageId> pages_;
  std::span<const model::PageId> table_;
  std::vector<model::BatchToken> tokens_;
};

int measure(model::Transformer& model, const Options& options, double weight_bytes) {
  double prefill = 0;
  double decode = 0;
  Run run(model, options.prompt_len + options.decode_len);
  for (int i = 0; i < options.repeat; ++i) {
    auto start = Clock::now();
    for (int at = 0; at < options.prompt_len; at += options.chunk) {
      if (!run.pass(at, std::min(at + options.chunk, options.prompt_len))) return 1;
    }
    prefill = std::max(prefill, options.prompt_len / seconds_since(start));
    start = Clock::now();
    for (int at = 0; at < options.decode_len; ++at) {
      if (!run.pass(options.prompt_len + at, options.prompt_len + at + 1)) return 1;
    }
    decode = std::max(decode, options.decode_len / seconds_since(start));
  }
  std::printf("prefill %d tokens: %.1f tokens/s\ndecode %d tokens: %.1f tokens/s (%.1f GB/s)\n",
              options.prompt_len, prefill, options.decode_len, decode, weight_bytes * decode / 1e9);
  std::printf("logits %016llx\n", static_cast<unsigned long long>(run.hash()));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("prefill and decode speed of a model");
  app.add_option("--model", options.model)->required();
  app.add_option("--prompt-len", options.prompt_len)->check(CLI::Range(1, 1 << 20));
  app.add_option("--decode-len", options.decode_len)->check(CLI::Range(1, 1 << 20));
  app.add_option("--chunk", options.chunk, "tokens a pass")->check(CLI::Range(1, 1024));
  app.add_option("--threads", options.threads)->check(CLI::Range(1, 1024));
  app.add_option("--repeat", options.repeat)->check(CLI::Range(1, 1000));
  app.add_flag("--int8", options.int8, "activations as one int8 row instead of two");
  CLI11_PARSE(app, argc, argv);

  const auto start = Clock::now();
  const auto file = model::GgufFile::open(options.model);
  if (!file) return std::fprintf(stderr, "%s\n", file.error().message.c_str()), 1;
  const auto model = model::Transformer::create(
      *file, {.threads = options.threads,
              .kv_memory_bytes = std::size_t{2} << 30,
              .max_batch_tokens = options.chunk,
              .precision = options.int8 ? model::ActivationPrecision::kInt8
                                        : model::ActivationPrecision::kInt8Pair});
  if (!model) return std::fprintf(stderr, "%s\n", model.error().message.c_str()), 1;
  std::printf("opened in %.1f ms; kernels %s, %d threads\n", 1e3 * seconds_since(start),
              (*model)->kernels_name(), (*model)->threads());
  if (options.prompt_len + options.decode_len > (*model)->context_length()) {
    return std::fprintf(stderr, "the context holds only %d tokens\n", (*model)->context_length()),
           1;
  }
  double bytes = 0;
  for (const auto& tensor : (*file)->tensors()) {
    if (tensor.name != "token_embd.weight" || (*model)->weights().tied) {
      bytes += static_cast<double>(tensor.bytes);
    }
  }
  return measure(**model, options, bytes);
}

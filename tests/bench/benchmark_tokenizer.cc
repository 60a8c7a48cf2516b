// benchmark_tokenizer: how fast text becomes token ids.
//   benchmark_tokenizer --model F.gguf | --tokenizer F.json [--repeat N] [--json] FILE...
// reads the files, encodes each as one text, on one thread, --repeat times over, and prints the
// median rate; then a megabyte of one letter, which is one word.
// tests/bench/benchmark_tokenizers.py runs it beside Hugging Face's tokenizers and tiktoken.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "engine/gguf_vocabulary.h"
#include "model/gguf.h"
#include "tests/bench/report.h"
#include "tokenizer/hf_json.h"
#include "tokenizer/tokenizer.h"

namespace {

using namespace cromwell;
using Clock = std::chrono::steady_clock;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

base::Result<tokenizer::Vocabulary> read_vocabulary(const std::string& model,
                                                    const std::string& json) {
  if (model.empty()) return tokenizer::read_hf_json(read_file(json));
  CROMWELL_ASSIGN(const auto file, model::GgufFile::open(model));
  return engine::read_vocabulary(*file);
}

struct Rate {
  double bytes_per_second = 0;
  std::size_t bytes = 0, tokens = 0;
};

Rate measure(const tokenizer::Tokenizer& vocabulary, const std::vector<std::string>& texts,
             int repeat) {
  Rate rate;
  for (const std::string& text : texts) rate.bytes += text.size();
  std::vector<double> seconds;
  for (int i = 0; i < repeat; ++i) {
    const auto begun = Clock::now();
    rate.tokens = 0;
    for (const std::string& text : texts) rate.tokens += vocabulary.encode(text).ids.size();
    seconds.push_back(std::chrono::duration<double>(Clock::now() - begun).count());
  }
  std::nth_element(seconds.begin(), seconds.begin() + repeat / 2, seconds.end());
  rate.bytes_per_second =
      static_cast<double>(rate.bytes) / seconds[static_cast<std::size_t>(repeat / 2)];
  return rate;
}

base::Result<> run(const std::string& model, const std::string& json,
                   const std::vector<std::string>& files, int repeat, bool as_json) {
  CROMWELL_ASSIGN(tokenizer::Vocabulary read, read_vocabulary(model, json));
  CROMWELL_ASSIGN(const auto vocabulary, tokenizer::Tokenizer::create(std::move(read)));
  std::vector<std::string> texts;
  for (const std::string& file : files) texts.push_back(read_file(file));
  bench::Report report;
  report.fact("vocabulary", model.empty() ? json : model);
  report.fact("tokens in it", vocabulary->vocab_size());
  const auto row = [&](const char* name, const std::vector<std::string>& of) {
    const Rate rate = measure(*vocabulary, of, repeat);
    report.row({{"text", name},
                {"MB", static_cast<double>(rate.bytes) / 1e6},
                {"tokens", rate.tokens},
                {"MB/s", rate.bytes_per_second / 1e6}});
  };
  if (!texts.empty()) row("files", texts);
  row("one letter", {std::string(1'000'000, 'a')});
  report.print(as_json);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  std::string model, json;
  std::vector<std::string> files;
  int repeat = 5;
  bool as_json = false;
  CLI::App app("how fast text becomes token ids");
  CLI::Option_group* vocabulary = app.add_option_group("vocabulary");
  vocabulary->add_option("--model", model, "a GGUF");
  vocabulary->add_option("--tokenizer", json, "a Hugging Face tokenizer.json");
  vocabulary->require_option(1);
  app.add_option("files", files, "texts")->check(CLI::ExistingFile);
  app.add_option("--repeat", repeat)->check(CLI::Range(1, 1000));
  app.add_flag("--json", as_json, "one JSON object instead of a table");
  CLI11_PARSE(app, argc, argv);
  if (const auto result = run(model, json, files, repeat, as_json); !result) {
    return std::fprintf(stderr, "%s\n", result.error().message.c_str()), 1;
  }
  return 0;
}

// benchmark_constraint: what holding an answer to a pattern costs a token.
//   benchmark_constraint --model F.gguf [--tokens N] [--json]
// walks at random through what each pattern allows, as a sampler would, and prints the time of one
// mask: on average over the walk, the dearest one (a state that is seen for the first time), and on
// a second walk, where the states are known.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "edit/edit_script.h"
#include "edit/script_constraint.h"
#include "engine/json_pattern.h"
#include "engine/loaded_model.h"
#include "engine/pattern_constraint.h"
#include "engine/regex.h"
#include "tests/bench/report.h"

namespace {

using namespace cromwell;
using Clock = std::chrono::steady_clock;

struct Walk {
  double mean_us = 0;
  double worst_us = 0;
  int tokens = 0;
};

Walk walk(engine::Constraint& constraint, const tokenizer::Tokenizer& vocabulary, int tokens) {
  std::mt19937 random(1);
  std::vector<float> logits(static_cast<std::size_t>(vocabulary.vocab_size()));
  Walk result;
  double total = 0;
  while (result.tokens < tokens) {
    std::fill(logits.begin(), logits.end(), 0.0F);
    const auto begun = Clock::now();
    constraint.mask(logits);
    const double us = std::chrono::duration<double, std::micro>(Clock::now() - begun).count();
    total += us;
    result.worst_us = std::max(result.worst_us, us);
    ++result.tokens;
    std::vector<tokenizer::TokenId> allowed;
    for (std::size_t i = 0; i < logits.size(); ++i) {
      const auto id = static_cast<tokenizer::TokenId>(i);
      if (!std::isinf(logits[i]) && !vocabulary.is_end_of_generation(id)) allowed.push_back(id);
    }
    if (allowed.empty()) {
      constraint.rewind_to(0);  // the text is complete
    } else {
      constraint.accept(allowed[random() % allowed.size()]);
    }
  }
  result.mean_us = total / result.tokens;
  return result;
}

// Of an edit script, the mask that has most to look at: any of 1,000 lines may be what is deleted.
void add_script(const engine::LoadedModel& loaded, std::shared_ptr<const engine::TokenTrie> trie,
                int tokens, bench::Report& report) {
  const auto markers = edit::find_script_tokens(*loaded.tokenizer);
  if (!markers) return;
  std::string region;
  for (int i = 0; i < 1000; ++i) {
    const std::string number = std::to_string(i * 7919 % 1000);
    region += i % 2 == 0 ? "    value_" + number + " = load(path)\n" : number + " += total\n";
  }
  const auto begun = Clock::now();
  edit::ScriptConstraint constraint(region, *markers, loaded.tokenizer, std::move(trie));
  const double compile_us = std::chrono::duration<double, std::micro>(Clock::now() - begun).count();
  constraint.accept(markers->del);
  std::vector<float> logits(static_cast<std::size_t>(loaded.tokenizer->vocab_size()));
  double total = 0, worst = 0;
  for (int i = 0; i < tokens; ++i) {
    const auto from = Clock::now();
    constraint.mask(logits);
    const double us = std::chrono::duration<double, std::micro>(Clock::now() - from).count();
    total += us;
    worst = std::max(worst, us);
  }
  report.row({{"pattern", "edit script, 1000 lines"},
              {"compile, us", compile_us},
              {"tokens", tokens},
              {"us a token", total / tokens},
              {"dearest", worst},
              {"states known", total / tokens}});
}

base::Result<> run(const std::string& path, int tokens, bool json) {
  CROMWELL_ASSIGN(const engine::LoadedModel loaded, engine::load_model(path, {}));
  const auto trie = std::make_shared<engine::TokenTrie>(*loaded.tokenizer);
  CROMWELL_ASSIGN(const engine::Regex regex,
                  engine::parse_regex("([A-Z][a-z]+ )*[0-9]{4}-[0-9]{2}-[0-9]{2}( .*)?"));
  const std::vector<std::pair<std::string, engine::Pattern>> patterns{
      {"any JSON object", engine::json_object()},
      {"list of numbers", engine::json_array(engine::json_number())},
      {"regular expression", regex.pattern},
      {"until a fence", engine::until_fence("```")},
      {"a prefix", engine::starts_with("def parse_config(")}};
  bench::Report report;
  report.fact("model", loaded.description);
  for (const auto& [name, pattern] : patterns) {
    const auto begun = Clock::now();
    CROMWELL_ASSIGN(const auto constraint,
                    engine::PatternConstraint::create(pattern, trie, loaded.tokenizer));
    const double compile_us =
        std::chrono::duration<double, std::micro>(Clock::now() - begun).count();
    const Walk first = walk(*constraint, *loaded.tokenizer, tokens);
    constraint->rewind_to(0);
    const Walk again = walk(*constraint, *loaded.tokenizer, tokens);
    report.row({{"pattern", name},
                {"compile, us", compile_us},
                {"tokens", first.tokens},
                {"us a token", first.mean_us},
                {"dearest", first.worst_us},
                {"states known", again.mean_us}});
  }
  add_script(loaded, trie, tokens, report);
  report.print(json);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  std::string model;
  int tokens = 400;
  bool json = false;
  CLI::App app("what a constraint costs a token");
  app.add_option("--model", model)->required();
  app.add_option("--tokens", tokens)->check(CLI::Range(1, 1 << 20));
  app.add_flag("--json", json, "one JSON object instead of a table");
  CLI11_PARSE(app, argc, argv);
  if (const auto result = run(model, tokens, json); !result) {
    return std::fprintf(stderr, "%s\n", result.error().message.c_str()), 1;
  }
  return 0;
}

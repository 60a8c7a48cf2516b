// benchmark_edit: how much faster an edit is than plain decoding.
//   benchmark_edit --model F.gguf [--lora F[:SCALE]] [--draft-model F.gguf] [--file F]
//     [--max-tokens N] [--threads N] [--repeat N] [--edits N] [--json]
// has the model rewrite a function of 120 lines (or a file) plainly, which gives the answer O;
// then again with O altered in four lines as the draft source. Both must be the same bytes. Beside
// it natural edits, whose draft is the old text, and the answer as a draft model guesses it, which
// knows neither. Medians of repetitions that alternate; tokens a second from the first token to the
// last, so without the prompt.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <future>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "edit/protocol.h"
#include "engine/draft_chain.h"
#include "engine/engine.h"
#include "engine/loaded_model.h"
#include "engine/prompt_lookup.h"
#include "engine/region_cursor.h"
#include "model/transformer.h"
#include "tests/bench/edit_sample.h"
#include "tests/bench/forward_run.h"
#include "tests/bench/report.h"

namespace {

using namespace cromwell;
using Tokens = std::vector<engine::TokenId>;

constexpr int kAlteredLines = 4;
constexpr std::size_t kLineTokens = 12;  // of a text that has no lines
constexpr std::array kInstructions{"Rename the parameter report to log.",
                                   "Add a comment above the last line.",
                                   "Return the number of faults as a string."};

struct Options {
  std::string model, lora, draft_model, file;
  int max_tokens = 2048;
  int threads = base::usable_cores();
  int repeat = 3;
  int edits = static_cast<int>(kInstructions.size());  // natural ones
  bool json = false;
};

struct Answer {
  Tokens ids;
  std::string text;
  engine::Finished end;

  double rate() const { return 1e3 * static_cast<double>(ids.size() - 1) / end.timings.predict_ms; }
};

class Editor {
 public:
  // draft_model: may be null.
  Editor(engine::LoadedModel loaded, std::unique_ptr<model::LanguageModel> draft_model,
         std::string region, int max_tokens)
      : tokenizer_(loaded.tokenizer),
        template_(*loaded.chat_template),
        region_{.text = region, .shown = region},
        max_tokens_(max_tokens),
        adapter_(loaded.adapters.empty() ? model::kNoAdapter : 0),
        engine_(std::move(loaded.model), tokenizer_, {}, std::move(draft_model)) {}

  base::Result<edit::Prompt> prompt(const std::string& instruction) const {
    return protocol_->render(
        {.file = "records.py", .instruction = instruction, .region = region_, .surroundings = {}},
        {*tokenizer_, template_});
  }
  // The answer that changes nothing.
  Tokens unchanged(const edit::Prompt& prompt) const {
    return protocol_->draft(prompt, *tokenizer_);
  }
  bool ends_line(engine::TokenId id) const {
    return tokenizer_->bytes(id).find('\n') != std::string_view::npos;
  }

  base::Result<Answer> run(const edit::Prompt& prompt, std::unique_ptr<engine::DraftSource> draft) {
    engine::GenerateRequest request;
    request.session = "edit";
    request.prompt = prompt.ids;
    request.max_tokens = max_tokens_;
    request.adapter = adapter_;
    request.sampling.temperature = 0;
    request.stop = prompt.stop;
    request.top_logprobs = 0;
    request.draft = std::move(draft);
    Answer answer;
    std::promise<base::Result<>> ended;
    CROMWELL_TRY(engine_.submit(std::move(request), [&](engine::Event&& event) {
      if (auto* token = std::get_if<engine::Token>(&event)) {
        answer.ids.push_back(token->scored.id);
        answer.text += token->text;
      } else if (auto* finished = std::get_if<engine::Finished>(&event)) {
        answer.text += finished->text;
        answer.end = std::move(*finished);
        ended.set_value({});
      } else if (auto* failed = std::get_if<engine::Failed>(&event)) {
        ended.set_value(std::move(failed->error));
      }
    }));
    CROMWELL_TRY(ended.get_future().get());
    return answer;
  }

 private:
  std::shared_ptr<const tokenizer::Tokenizer> tokenizer_;
  tokenizer::ChatTemplate template_;
  const edit::Protocol* protocol_ = *edit::find_protocol("rewrite");
  edit::Region region_;
  int max_tokens_;
  int adapter_;
  engine::Engine engine_;
};

// The answer with the middle of four lines exchanged for tokens from elsewhere in it.
Tokens altered(const Editor& editor, const Tokens& answer) {
  std::vector<std::size_t> starts{0};
  for (std::size_t i = 0; i + 1 < answer.size(); ++i) {
    if (editor.ends_line(answer[i]) && i + 1 - starts.back() > 3) starts.push_back(i + 1);
  }
  if (starts.size() < 4 * kAlteredLines) {
    starts.clear();
    for (std::size_t i = 0; i < answer.size(); i += kLineTokens) starts.push_back(i);
  }
  starts.push_back(answer.size());
  Tokens text = answer;
  for (std::size_t line = 1; line <= kAlteredLines; ++line) {
    const std::size_t at = line * (starts.size() - 1) / (kAlteredLines + 1);
    const std::size_t begin = starts[at], length = starts[at + 1] - begin;
    for (std::size_t i = begin + length / 3; i < begin + length - length / 3; ++i) {
      text[i] = answer[(i + answer.size() / 2) % answer.size()];
    }
  }
  return text;
}

struct Case {
  std::string name;
  edit::Prompt prompt;
  Tokens draft;           // none: the draft model has it alone
  bool looks_up = false;  // where the draft has nothing to say, as an edit does

  std::unique_ptr<engine::DraftSource> source() const {
    if (draft.empty()) return nullptr;
    auto cursor =
        std::make_unique<engine::RegionCursor>(draft, static_cast<int>(prompt.ids.size()));
    if (!looks_up) return cursor;
    return std::make_unique<engine::DraftChain>(std::move(cursor),
                                                std::make_unique<engine::PromptLookup>());
  }
};

base::Result<> measure(Editor& editor, Editor& drafter, const Case& one, int repeat,
                       bench::Report& report) {
  std::vector<double> plain, drafted, multiple;
  Answer last;
  bool is_same = true;
  for (int i = 0; i < repeat; ++i) {
    CROMWELL_ASSIGN(const Answer slow, editor.run(one.prompt, nullptr));
    CROMWELL_ASSIGN(last, drafter.run(one.prompt, one.source()));
    is_same = is_same && slow.ids == last.ids && slow.text == last.text;
    plain.push_back(slow.rate());
    drafted.push_back(last.rate());
    multiple.push_back(drafted.back() / plain.back());
  }
  const engine::Usage& usage = last.end.usage;
  const engine::Timings& timings = last.end.timings;
  report.row({{"draft", one.name},
              {"tokens", usage.completion_tokens},
              {"plain, tokens/s", bench::median(plain)},
              {"drafted, tokens/s", bench::median(drafted)},
              {"multiple", bench::median(multiple), 2},
              {"as the engine sees it", timings.plain_ms / std::max(timings.decode_ms, 1e-9), 2},
              {"guessed", usage.draft_tokens},
              {"right", usage.accepted_tokens},
              {"acceptance",
               static_cast<double>(usage.accepted_tokens) / std::max(usage.draft_tokens, 1), 2},
              {"same bytes", is_same ? "yes" : "NO"}});
  if (!is_same) return base::Error{.message = one.name + ": other bytes than plain decoding"};
  return {};
}

// `drafter` has a draft model, or is null.
base::Result<> benchmark(Editor& editor, Editor* drafter, const Options& options,
                         bench::Report& report) {
  for (std::size_t i = 0; i < kInstructions.size(); ++i) {
    CROMWELL_ASSIGN(const edit::Prompt prompt, editor.prompt(kInstructions[i]));
    if (i == 0) {
      CROMWELL_ASSIGN(const Answer answer, editor.run(prompt, nullptr));
      CROMWELL_TRY(measure(editor, editor,
                           {"the answer, 4 lines altered", prompt, altered(editor, answer.ids)},
                           options.repeat, report));
      if (drafter != nullptr) {
        CROMWELL_TRY(
            measure(editor, *drafter, {"a draft model's", prompt, {}}, options.repeat, report));
      }
    }
    if (static_cast<int>(i) >= options.edits) return {};
    CROMWELL_TRY(measure(
        editor, editor,
        {std::string("old text: ") + kInstructions[i], prompt, editor.unchanged(prompt), true},
        options.repeat, report));
  }
  return {};
}

std::string region_of(const Options& options) {
  if (options.file.empty()) return bench::sample_function();
  std::ifstream file(options.file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  return text;
}

// Which engine/loaded_model makes: a Transformer.
void finish_packing(model::LanguageModel& model) {
  auto& transformer = static_cast<model::Transformer&>(model);
  if (transformer.packed_weights() != nullptr) transformer.packed_weights()->finish();
}

base::Result<engine::LoadedModel> load(const Options& options, const engine::LoadOptions& how) {
  CROMWELL_ASSIGN(engine::LoadedModel loaded, engine::load_model(options.model, how));
  if (!loaded.chat_template) return loaded.chat_template_error;
  finish_packing(*loaded.model);
  return loaded;
}

// A second copy of the model, with the draft model; null without one.
base::Result<std::unique_ptr<Editor>> make_drafter(const Options& options,
                                                   const engine::LoadOptions& how) {
  if (options.draft_model.empty()) return std::unique_ptr<Editor>();
  CROMWELL_ASSIGN(engine::LoadedModel loaded, load(options, how));
  CROMWELL_ASSIGN(auto draft_model, engine::load_draft_model(options.draft_model, how, loaded));
  finish_packing(*draft_model);
  return std::make_unique<Editor>(std::move(loaded), std::move(draft_model), region_of(options),
                                  options.max_tokens);
}

base::Result<> run(const Options& options) {
  engine::LoadOptions how{.threads = options.threads,
                          .packed_bytes_limit = std::numeric_limits<std::size_t>::max()};
  if (!options.lora.empty()) {
    CROMWELL_ASSIGN(engine::LoraOption adapter, engine::parse_lora_option(options.lora));
    how.adapters.push_back(std::move(adapter));
  }
  CROMWELL_ASSIGN(engine::LoadedModel loaded, load(options, how));
  CROMWELL_ASSIGN(const auto drafter, make_drafter(options, how));
  bench::Report report;
  report.fact("model", loaded.description);
  if (!options.lora.empty()) report.fact("adapter", options.lora);
  if (drafter != nullptr) report.fact("draft model", options.draft_model);
  Editor editor(std::move(loaded), nullptr, region_of(options), options.max_tokens);
  const auto result = benchmark(editor, drafter.get(), options, report);
  report.print(options.json);
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("an edit's speed over plain decoding");
  app.add_option("--model", options.model)->required();
  app.add_option("--lora", options.lora, "an adapter that writes the answers, FILE[:SCALE]");
  app.add_option("--draft-model", options.draft_model, "a small model that guesses");
  app.add_option("--file", options.file, "what is rewritten; default: a function of 120 lines")
      ->check(CLI::ExistingFile);
  app.add_option("--max-tokens", options.max_tokens)->check(CLI::Range(2, 1 << 20));
  app.add_option("--threads", options.threads)->check(CLI::Range(1, 1024));
  app.add_option("--repeat", options.repeat)->check(CLI::Range(1, 1000));
  app.add_option("--edits", options.edits, "how many natural edits")
      ->check(CLI::Range(0, static_cast<int>(kInstructions.size())));
  app.add_flag("--json", options.json, "one JSON object instead of a table");
  CLI11_PARSE(app, argc, argv);
  if (const auto result = run(options); !result) {
    return std::fprintf(stderr, "%s\n", result.error().message.c_str()), 1;
  }
  return 0;
}

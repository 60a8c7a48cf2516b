// What an index of many files costs and how long an edit's context takes with it:
//   benchmark_workspace [FILES]      (50,000 by default; a folder in /dev/shm, removed at the end)
//   benchmark_workspace FOLDER [NAME…]   the first pass over what is there; questions for names
// Prints when all names are known, when all files are found by the names in them, the first pass,
// the same with what was kept of it, memory, questions for names of files that wait and the longest
// wait for the table during the pass, the delay until a change is seen, the time of one selection
// of context (token costs taken as a quarter of the bytes), and that of a whole edit until the
// model has its prompt.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <future>
#include <string>
#include <thread>

#include "edit/edit_service.h"
#include "tests/fakes/cheap_columns.h"
#include "tests/fakes/scripted_model.h"
#include "tests/fakes/small_tokenizer.h"
#include "tests/fakes/temp_folder.h"
#include "workspace/context.h"
#include "workspace/file_index.h"

namespace cromwell::workspace {
namespace {

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double resident_mib() {
  std::ifstream statm("/proc/self/statm");
  double total = 0;
  double resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

std::string module_text(int number) {
  std::string text = "import os\nfrom module_" + std::to_string(number / 2) + " import *\n";
  for (int i = 0; i < 20; ++i) {
    const std::string name = "task_" + std::to_string(number) + "_" + std::to_string(i);
    text += "\n\ndef " + name + "(path, limit=10):\n    rows = load_" + std::to_string(number / 2) +
            "(path)\n    return [row for row in rows if len(row) < limit]\n";
  }
  return text + "\n\ndef load_" + std::to_string(number) + "(path):\n    return open(path)\n";
}

std::string path_of(int number) {
  return "package_" + std::to_string(number / 100) + "/module_" + std::to_string(number) + ".py";
}

double context_ms(const FileIndex& index, const tests::TempFolder& folder, int number) {
  const auto text = TextFile::parse(module_text(number));
  const auto start = Clock::now();
  const auto pieces = select_context(
      {.file = path_of(number),
       .text = *text,
       .region = {1, text->line_count()},
       .instruction = "Use task_7_3",
       .budget_tokens = 2000,
       .token_cost = [](std::string_view shown) { return static_cast<int>(shown.size() / 4); }},
      {.definitions =
           [&](std::string_view name) {
             std::vector<FoundSymbol> found;
             index.read([&](const SymbolTable& table) { found = table.definitions(name, 64); });
             return found;
           },
       .read = [&](const std::string& file) -> std::optional<TextFile> {
         return *TextFile::parse(folder.read(file));
       }});
  return pieces.empty() ? -1 : ms_since(start);
}

// From the request to the moment at which the engine takes the prompt up.
double prompt_ms(edit::EditService& service, int number) {
  std::promise<double> started;
  std::promise<void> ended;
  const auto start = Clock::now();
  service.start({.file = path_of(number),
                 .instruction = "Use task_7_3",
                 .selection = LineRange{5, 12},
                 .max_tokens = 1,
                 .context = {.budget = 2000}},
                [&](edit::EditEvent&& event) {
                  if (std::holds_alternative<edit::EditStarted>(event)) {
                    started.set_value(ms_since(start));
                  }
                  if (const auto* failed = std::get_if<edit::EditFailed>(&event)) {
                    if (failed->error.code != base::ErrorCode::kNoValidEdit) {
                      std::printf("%s\n", failed->error.message.c_str());
                      std::exit(1);
                    }
                    ended.set_value();
                  }
                  if (std::holds_alternative<edit::EditDone>(event)) ended.set_value();
                });
  const double time = started.get_future().get();
  ended.get_future().wait();
  return time;
}

void measure_prompts(const tests::TempFolder& folder, const std::shared_ptr<FileIndex>& index) {
  constexpr int kContext = 16'384;
  const tests::TempFolder state;
  const auto tokenizer = fakes::small_tokenizer();
  engine::Engine engine(
      std::make_unique<fakes::ScriptedModel>(fakes::ScriptedModelOptions{
          .vocab_size = tokenizer->vocab_size(), .context_length = kContext, .pages = 1024}),
      tokenizer, {.pass_times = fakes::kCheapColumns});
  const auto workspace = *Workspace::open({folder.str()});
  edit::EditService service(
      engine, tokenizer, *tokenizer::ChatTemplate::recognise("chatml", *tokenizer), workspace,
      *EditStore::open(state.str(), workspace), {.context_length = kContext}, {index});
  double slowest = 0;
  for (int i = 0; i < 20; ++i) slowest = std::max(slowest, prompt_ms(service, 100 + i));
  std::printf("an edit until the model has its prompt: slowest of 20 %.1f ms\n", slowest);
}

// Asks for the table all the time, as edits do.
class Asker {
 public:
  explicit Asker(const FileIndex& index)
      : thread_([this, &index] {
          while (!stopping_) {
            const auto start = Clock::now();
            index.read([](const SymbolTable& table) { return table.definitions("main", 8); });
            slowest_ms_ = std::max(slowest_ms_, ms_since(start));
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
          }
        }) {}
  double end() {
    stopping_ = true;
    thread_.join();
    return slowest_ms_;
  }

 private:
  std::atomic<bool> stopping_ = false;
  double slowest_ms_ = 0;
  std::thread thread_;
};

// Asks for each name alone, while nearly all files wait.
void ask(const FileIndex& index, const std::vector<std::string>& names) {
  double slowest = 0;
  std::size_t found = 0;
  for (const std::string& name : names) {
    const auto start = Clock::now();
    index.parse_for({name});
    index.read([&](const SymbolTable& table) { found += !table.definitions(name, 8).empty(); });
    slowest = std::max(slowest, ms_since(start));
  }
  std::printf("questions while %zu files wait: %zu of %zu names found, slowest %.1f ms\n",
              index.state().waiting, found, names.size(), slowest);
}

// Of files all over the order in which they are parsed.
std::vector<std::string> some_names(int files) {
  std::vector<std::string> names;
  for (int i = 0; i < 20; ++i) names.push_back("task_" + std::to_string(files / 20 * i) + "_3");
  return names;
}

std::shared_ptr<FileIndex> open_index(const std::string& folder, const IndexOptions& options,
                                      const char* pass,
                                      const std::vector<std::string>& names = {}) {
  const double before = resident_mib();
  const auto start = Clock::now();
  auto index = *FileIndex::open(folder, options);
  Asker asker(*index);
  IndexState state = index->state();
  const auto wait_until = [&](bool IndexState::* done, const char* what) {
    while (!(state.*done)) state = index->wait_past(state.version);
    std::printf("%s: %s after %.2f s, %.0f MiB\n", pass, what, ms_since(start) / 1000,
                resident_mib() - before);
  };
  wait_until(&IndexState::listed, "all names");
  wait_until(&IndexState::searchable, "found by their words");
  if (!names.empty()) ask(*index, names);
  wait_until(&IndexState::ready, "all parsed");
  std::printf("%s: %zu files, %zu symbols; the longest wait for the table %.1f ms\n", pass,
              state.files, state.symbols, asker.end());
  return index;
}

void measure(int files) {
  const tests::TempFolder folder, state;
  for (int i = 0; i < files; ++i) folder.write(path_of(i), module_text(i));
  const IndexOptions options{.cache_folder = state.str()};
  auto index = open_index(folder.str(), options, "first pass", some_names(files));
  index.reset();  // it is kept by then
  index = open_index(folder.str(), options, "next start");

  auto start = Clock::now();
  double slowest = 0;
  for (int i = 0; i < 20; ++i) {
    start = Clock::now();
    const auto version = index->state().version;
    folder.write(path_of(i), module_text(i) + "\n");
    index->wait_past(version);
    slowest = std::max(slowest, ms_since(start));
  }
  std::printf("a change is seen: slowest of 20 %.1f ms\n", slowest);

  slowest = 0;
  for (int i = 0; i < 20; ++i) slowest = std::max(slowest, context_ms(*index, folder, 100 + i));
  std::printf("context of an edit: slowest of 20 %.1f ms\n", slowest);

  start = Clock::now();
  index->read([](const SymbolTable& table) { return table.search("load_12", 100); });
  std::printf("a search for a part of a name: %.1f ms\n", ms_since(start));
  measure_prompts(folder, index);
}

}  // namespace
}  // namespace cromwell::workspace

int main(int argc, char** argv) {
  if (argc > 1 && *argv[1] == '/') {
    cromwell::workspace::open_index(argv[1], {}, "first pass", {argv + 2, argv + argc});
  } else {
    cromwell::workspace::measure(argc > 1 ? std::atoi(argv[1]) : 50'000);
  }
  return 0;
}

#include "edit/edit_context.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "workspace/index_cache.h"

namespace cromwell::edit {
namespace {

constexpr std::size_t kMaxDefinitions = 64;  // that are looked at for one name
constexpr std::chrono::hours kRecent{24};

struct BudgetRow {
  std::uint64_t parameters;  // at least
  int tokens;
};
constexpr BudgetRow kBudgets[] = {
    {7'000'000'000, 2048}, {3'000'000'000, 1024}, {1'000'000'000, 512}, {0, 0}};

std::int64_t recent_since_ns() {
  const auto since = std::chrono::system_clock::now() - kRecent;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since.time_since_epoch()).count();
}

// The workspace folder within its root: "" or "sub/".
std::string prefix_of(const workspace::Snapshot& snapshot) {
  std::string rest =
      snapshot.workspace.substr(std::min(snapshot.root.size(), snapshot.workspace.size()));
  rest.erase(0, std::min(rest.find_first_not_of('/'), rest.size()));
  return rest.empty() ? rest : rest + "/";
}

// The definitions of `name` beneath `prefix`, without it.
std::vector<workspace::FoundSymbol> definitions(const Indexes& indexes, const std::string& root,
                                                const std::string& prefix, std::string_view name) {
  std::vector<workspace::FoundSymbol> found;
  if (const workspace::FileIndex* index = index_of(indexes, root)) {
    index->read([&](const workspace::SymbolTable& table) {
      found = table.definitions(name, kMaxDefinitions);
    });
  }
  std::erase_if(found, [&](const auto& one) { return !one.file.starts_with(prefix); });
  for (auto& one : found) one.file.erase(0, prefix.size());
  return found;
}

class Paths {
 public:
  Paths(const ContextParts& parts, const workspace::Snapshot& snapshot, std::string prefix)
      : parts_(parts), snapshot_(snapshot), prefix_(std::move(prefix)) {}

  // As the index spells it.
  base::Result<std::string> resolve(const std::string& path) const {
    CROMWELL_ASSIGN(const workspace::FilePlace place,
                    parts_.workspace.locate(snapshot_.workspace, path));
    return place.resolved.substr(std::min(prefix_.size(), place.resolved.size()));
  }
  // Without those that are not there.
  std::vector<std::string> resolve_all(const std::vector<std::string>& paths) const {
    std::vector<std::string> resolved;
    for (const std::string& path : paths) {
      if (auto found = resolve(path)) resolved.push_back(std::move(*found));
    }
    return resolved;
  }

 private:
  const ContextParts& parts_;
  const workspace::Snapshot& snapshot_;
  std::string prefix_;
};

}  // namespace

const workspace::FileIndex* index_of(const Indexes& indexes, const std::string& root) {
  const auto found = std::find_if(indexes.begin(), indexes.end(),
                                  [&](const auto& index) { return index->root() == root; });
  return found == indexes.end() ? nullptr : found->get();
}

base::Result<Indexes> open_indexes(const workspace::Workspace& workspace,
                                   const std::string& user_excludes,
                                   const std::string& cache_folder) {
  if (!cache_folder.empty()) {
    workspace::remove_old_caches(*base::posix_file_system(), cache_folder, workspace.roots());
  }
  Indexes indexes;
  for (const std::string& root : workspace.roots()) {
    CROMWELL_ASSIGN(auto index,
                    workspace::FileIndex::open(root, {.user_excludes = user_excludes,
                                                      .secrets = workspace.limits().secrets,
                                                      .cache_folder = cache_folder}));
    indexes.push_back(std::move(index));
  }
  return indexes;
}

int default_context_tokens(std::uint64_t parameters) {
  const auto* row =
      std::find_if(std::begin(kBudgets), std::end(kBudgets),
                   [&](const BudgetRow& one) { return parameters >= one.parameters; });
  return row->tokens;
}

base::Result<std::vector<workspace::ContextPiece>> find_context(
    const ContextParts& parts, const ContextTarget& target, const ContextFields& fields,
    int budget_tokens, const workspace::QuestionLimits& question) {
  const workspace::Snapshot& snapshot = target.snapshot;
  const std::string prefix = prefix_of(snapshot);
  const Paths paths(parts, snapshot, prefix);
  workspace::ContextWishes wishes{.forbid = paths.resolve_all(fields.forbid),
                                  .open = paths.resolve_all(fields.open)};
  for (const std::string& path : fields.add) {
    auto resolved = paths.resolve(path);
    if (!resolved) {
      base::Error error = std::move(resolved).error();
      error.param = "context.add";
      return error;
    }
    wishes.add.push_back(std::move(*resolved));
  }
  const workspace::ContextSources sources{
      .definitions =
          [&](std::string_view name) {
            return definitions(parts.indexes, snapshot.root, prefix, name);
          },
      .read = [&](const std::string& file) -> std::optional<workspace::TextFile> {
        auto read = parts.workspace.read(snapshot.workspace, file);
        if (!read) return std::nullopt;
        return std::move(read->text);
      },
      .expect =
          [&](const std::vector<std::string_view>& names) {
            const auto* index = index_of(parts.indexes, snapshot.root);
            if (index != nullptr) index->parse_for(names, question);
          }};
  const std::string file =
      snapshot.resolved.substr(std::min(prefix.size(), snapshot.resolved.size()));
  return workspace::select_context(
      {.file = file,
       .text = target.text,
       .region = target.region,
       .instruction = target.instruction,
       .wishes = std::move(wishes),
       .recent_since_ns = recent_since_ns(),
       .budget_tokens = budget_tokens,
       .token_cost =
           [&](std::string_view text) {
             return static_cast<int>(parts.tokenizer.encode(text).ids.size());
           }},
      sources);
}

base::Result<std::vector<workspace::ContextPiece>> find_shared_context(
    const ContextParts& parts, const std::vector<ContextTarget>& targets,
    const ContextFields& fields, int budget_tokens) {
  std::vector<workspace::ContextPiece> all;
  const auto is_shown = [&](const workspace::ContextPiece& piece) {
    const auto holds = [&](const std::string& file, const workspace::LineRange& lines) {
      return file == piece.file && lines.first <= piece.lines.first &&
             piece.lines.last <= lines.last;
    };
    return std::any_of(
               targets.begin(), targets.end(),
               [&](const ContextTarget& one) { return holds(one.snapshot.file, one.region); }) ||
           std::any_of(all.begin(), all.end(), [&](const workspace::ContextPiece& one) {
             return one.used && holds(one.file, one.lines);
           });
  };
  const int share = budget_tokens / static_cast<int>(targets.size());
  workspace::QuestionLimits question;
  question.time /= static_cast<int>(targets.size());
  for (const ContextTarget& target : targets) {
    CROMWELL_ASSIGN(std::vector<workspace::ContextPiece> pieces,
                    find_context(parts, target, fields, share, question));
    std::erase_if(pieces, is_shown);
    all.insert(all.end(), std::make_move_iterator(pieces.begin()),
               std::make_move_iterator(pieces.end()));
  }
  return all;
}

}  // namespace cromwell::edit

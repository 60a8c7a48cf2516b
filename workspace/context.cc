#include "workspace/context.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <map>
#include <set>
#include <utility>

#include "workspace/identifiers.h"
#include "workspace/outline.h"

namespace cromwell::workspace {
namespace {

// The score's terms: docs/context.md says why.
constexpr double kAddedScore = 1000;
constexpr double kOutlineScore = 100;
constexpr double kInstructionScore = 40;
constexpr double kRegionScore = 10;
constexpr double kImportedScore = 10;
constexpr double kOpenScore = 5;
constexpr double kRecentScore = 4;
constexpr double kSameFolderScore = 3;

constexpr int kInstructionShare = 4;  // 1/4 of the budget is for what the instruction names

constexpr std::size_t kMaxDefinitions = 8;  // of one name: with more it says nothing
constexpr std::size_t kMinNameBytes = 3;
constexpr int kMaxWholeLines = 15;  // a longer definition is folded to its first lines
constexpr int kFoldedLines = 4;
constexpr int kMaxImportLines = 40;

bool is_import(std::string_view line) {
  constexpr std::array kStarts = {"import ",  "from ", "#include", "use ",
                                  "package ", "mod ",  "const ",   "source "};
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  const bool starts = std::any_of(kStarts.begin(), kStarts.end(),
                                  [&](std::string_view start) { return line.starts_with(start); });
  return starts && (!line.starts_with("const ") || line.find("require(") != line.npos);
}

std::vector<std::string_view> imports_of(const TextFile& text) {
  std::vector<std::string_view> lines;
  for (int i = 1; i <= text.line_count() && lines.size() < kMaxImportLines; ++i) {
    if (is_import(text.line(i))) lines.push_back(text.line(i));
  }
  return lines;
}

bool is_same(LineRange a, LineRange b) { return a.first == b.first && a.last == b.last; }

bool is_within(LineRange inner, LineRange outer) {
  return inner.first >= outer.first && inner.last <= outer.last;
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

// "src/shop/cart.py" -> "cart".
std::string_view stem_of(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.substr(0, name.find('.'));
}

bool has(const std::vector<std::string>& list, std::string_view path) {
  return std::find(list.begin(), list.end(), path) != list.end();
}

std::string excerpt(const TextFile& text, LineRange lines) {
  const bool whole = lines.last - lines.first < kMaxWholeLines;
  std::string shown =
      text.text(whole ? lines : LineRange{lines.first, lines.first + kFoldedLines - 1});
  if (!shown.empty() && !shown.ends_with('\n')) shown += '\n';
  return whole ? shown : shown + "...\n";
}

class ContextBuilder {
 public:
  ContextBuilder(const ContextQuery& query, const ContextSources& sources)
      : query_(query), sources_(sources) {
    for (const std::string_view line : imports_of(query.text)) {
      for (const std::string_view name : identifiers_of(line)) imported_.insert(name);
    }
    for (const Symbol& symbol : outline_of(query.text, query.file)) own_.insert(symbol.name);
  }

  std::vector<ContextPiece> build() {
    for (const std::string& file : query_.wishes.add) add_file(file);
    add({.file = std::string(query_.file),
         .lines = {1, query_.text.line_count()},
         .why = "outline",
         .score = kOutlineScore,
         .text = folded_outline(query_.text, query_.file, query_.region)});
    const std::string region = query_.text.text(query_.region);
    const Uses of_region = uses_in(region), of_instruction = uses_in(query_.instruction);
    if (query_.budget_tokens > 0) expect({&of_instruction, &of_region});
    add_names(of_region, false);
    choose(query_.budget_tokens / kInstructionShare);
    add_names(of_instruction, true);
    choose(0);
    std::stable_sort(chosen_.begin(), chosen_.end(),
                     [](const auto& a, const auto& b) { return a.score > b.score; });
    return std::move(chosen_);
  }

 private:
  using Uses = std::map<std::string_view, int>;  // how often each name is used

  void add(ContextPiece piece) {
    if (piece.text.empty() || has(query_.wishes.forbid, piece.file)) return;
    pieces_.push_back(std::move(piece));
  }

  void add_file(const std::string& file) {
    if (file == query_.file) return;
    const auto text = sources_.read(file);
    if (!text) return;
    std::string shown = folded_outline(*text, file, {1, 0});
    if (shown.empty()) shown = excerpt(*text, {1, text->line_count()});
    add({.file = file,
         .lines = {1, text->line_count()},
         .why = "added",
         .score = kAddedScore,
         .text = std::move(shown)});
  }

  Uses uses_in(std::string_view text) const {
    Uses uses;
    for (const std::string_view name : identifiers_of(text)) {
      if (name.size() < kMinNameBytes || own_.contains(std::string(name))) continue;
      if (uses.size() < kMaxContextNames || uses.contains(name)) ++uses[name];
    }
    return uses;
  }

  void expect(std::initializer_list<const Uses*> all) const {
    std::vector<std::string_view> names;
    for (const Uses* uses : all) {
      for (const auto& [name, count] : *uses) names.push_back(name);
    }
    sources_.expect(names);
  }

  void add_names(const Uses& uses, bool by_instruction) {
    for (const auto& [name, count] : uses) add_definitions(name, count, by_instruction);
  }

  void add_definitions(std::string_view name, int count, bool by_instruction) {
    std::vector<FoundSymbol> found = sources_.definitions(name);
    std::erase_if(found, [&](const FoundSymbol& one) { return one.file == query_.file; });
    if (found.size() > kMaxDefinitions) return;
    const double named = by_instruction ? kInstructionScore : kRegionScore * std::log2(1 + count);
    for (const FoundSymbol& one : found) {
      add_definition(one, named / static_cast<double>(found.size()), by_instruction);
    }
  }

  void add_definition(const FoundSymbol& found, double named, bool by_instruction) {
    double score = named;
    if (imported_.contains(stem_of(found.file)) || imported_.contains(found.symbol.name)) {
      score += kImportedScore;
    }
    if (has(query_.wishes.open, found.file)) score += kOpenScore;
    if (found.modified_ns >= query_.recent_since_ns) score += kRecentScore;
    if (folder_of(found.file) == folder_of(query_.file)) score += kSameFolderScore;
    ContextPiece piece{.file = found.file,
                       .lines = found.symbol.lines,
                       .why = "defines " + found.symbol.name,
                       .score = score,
                       .by_instruction = by_instruction};
    if (has(query_.wishes.forbid, piece.file)) return;
    pieces_.push_back(std::move(piece));
  }

  // Best first, each once, while they fit; but for what the request adds itself, `reserve` is kept
  // for later. A file is read only when its turn has come.
  void choose(int reserve) {
    std::stable_sort(pieces_.begin(), pieces_.end(),
                     [](const auto& a, const auto& b) { return a.score > b.score; });
    for (ContextPiece& piece : pieces_) {
      if (is_covered(piece)) continue;
      if (piece.text.empty() && left_ > 0) piece.text = read(piece);
      if (piece.text.empty() && left_ > 0) continue;
      piece.tokens = piece.text.empty() ? 0 : query_.token_cost(piece.file + piece.text);
      const int room = piece.score >= kAddedScore ? left_ : left_ - reserve;
      piece.used = room > 0 && piece.tokens <= room;
      if (piece.used) left_ -= piece.tokens;
      std::erase_if(chosen_, [&](const auto& other) {  // what had no room the first time
        return !other.used && other.file == piece.file && is_same(other.lines, piece.lines);
      });
      chosen_.push_back(std::move(piece));
    }
    pieces_.clear();
  }

  bool is_covered(const ContextPiece& piece) const {
    return std::any_of(chosen_.begin(), chosen_.end(), [&](const auto& other) {
      return other.used && other.file == piece.file && other.why.starts_with("defines") &&
             is_within(piece.lines, other.lines);
    });
  }

  // The index may be behind the file: a definition that is past its end is none.
  std::string read(const ContextPiece& piece) {
    const auto text = sources_.read(piece.file);
    if (!text || piece.lines.last > text->line_count()) return {};
    return excerpt(*text, piece.lines);
  }

  const ContextQuery& query_;
  const ContextSources& sources_;
  std::set<std::string_view> imported_;  // names on the file's import lines
  std::set<std::string> own_;            // what the file itself defines
  std::vector<ContextPiece> pieces_;     // not looked at yet
  std::vector<ContextPiece> chosen_;     // looked at: used or not
  int left_ = query_.budget_tokens;
};

}  // namespace

std::vector<ContextPiece> select_context(const ContextQuery& query, const ContextSources& sources) {
  return ContextBuilder(query, sources).build();
}

std::string folded_outline(const TextFile& text, std::string_view file, LineRange region) {
  std::string folded;
  for (const std::string_view line : imports_of(text)) folded.append(line).push_back('\n');
  for (const Symbol& symbol : outline_of(text, file)) {
    if (is_within(symbol.lines, region)) continue;
    folded.append(static_cast<std::size_t>(symbol.depth) * 2, ' ');
    folded.append(symbol.signature).push_back('\n');
  }
  return folded;
}

}  // namespace cromwell::workspace

// Context: what a model needs to see beside the lines that it edits, chosen under a budget of
// tokens: the file folded to its imports and signatures, definitions of what the region and the
// instruction name, files that the request adds. The score is explained in docs/context.md. Pure:
// files and definitions come through the two functions of ContextSources.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workspace/symbol_table.h"
#include "workspace/text_file.h"

namespace cromwell::workspace {

struct ContextSources {
  std::function<std::vector<FoundSymbol>(std::string_view name)> definitions;
  std::function<std::optional<TextFile>(const std::string& file)> read;  // none: not to be shown
  // Called once with all names whose definitions will be asked for, the instruction's first.
  std::function<void(const std::vector<std::string_view>& names)> expect = [](const auto&) {};
};

struct ContextWishes {              // paths relative to the root, as the index has them
  std::vector<std::string> add;     // shown first, folded to their outline
  std::vector<std::string> forbid;  // never shown
  std::vector<std::string> open;    // open in the editor: likelier to matter
};

struct ContextQuery {
  std::string_view file;  // relative to the root
  const TextFile& text;
  LineRange region;
  std::string_view instruction;
  ContextWishes wishes;
  // Files that were changed since then are likelier to matter.
  std::int64_t recent_since_ns = std::numeric_limits<std::int64_t>::max();
  int budget_tokens = 0;
  std::function<int(std::string_view)> token_cost;
};

struct ContextPiece {
  std::string file;
  LineRange lines;
  std::string why;  // "outline", "added", "defines NAME"
  double score = 0;
  int tokens = 0;
  bool by_instruction = false;  // stands after the region in a prompt, for the cache's sake
  bool used = false;
  std::string text;  // lines ended by \n
};

inline constexpr std::size_t kMaxContextNames = 200;  // that are looked up

// Best first; those that fit the budget are marked as used. Which of them do not depend on the
// instruction does not depend on it either: a prompt begins with those.
std::vector<ContextPiece> select_context(const ContextQuery& query, const ContextSources& sources);

// A file's imports and the signatures of its symbols, without those within `region`.
std::string folded_outline(const TextFile& text, std::string_view file, LineRange region);

}  // namespace cromwell::workspace

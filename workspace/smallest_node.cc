#include "workspace/smallest_node.h"

#include <algorithm>
#include <string>

#include "workspace/language.h"
#include "workspace/syntax_tree.h"

namespace cromwell::workspace {
namespace {

constexpr std::string_view kBlanks = " \t\f";
constexpr std::string_view kAfterNode = " \t\f;,";  // what ends a statement or an item

bool is_blank(std::string_view line) { return line.find_first_not_of(kBlanks) == line.npos; }

// Without blank lines at their edges.
LineRange trimmed(const TextFile& file, LineRange lines) {
  while (lines.first <= lines.last && is_blank(file.line(lines.first))) ++lines.first;
  while (lines.first <= lines.last && is_blank(file.line(lines.last))) --lines.last;
  return lines;
}

LineRange lines_of(TSNode node) {
  const TSPoint start = ts_node_start_point(node), end = ts_node_end_point(node);
  const bool ends_with_newline = end.column == 0 && end.row > start.row;
  return {static_cast<int>(start.row) + 1, static_cast<int>(end.row) + (ends_with_newline ? 0 : 1)};
}

// No other code stands on its first and its last line.
bool has_its_lines(TSNode node, const TextFile& file) {
  const LineRange lines = lines_of(node);
  const std::string_view before =
      file.line(lines.first).substr(0, ts_node_start_point(node).column);
  const bool ends_with_newline = ts_node_end_point(node).column == 0;
  const std::string_view last = file.line(lines.last);
  const std::string_view after =
      ends_with_newline
          ? std::string_view()
          : last.substr(std::min<std::size_t>(ts_node_end_point(node).column, last.size()));
  return is_blank(before) && after.find_first_not_of(kAfterNode) == after.npos;
}

bool holds(TSNode node, LineRange lines) {
  const LineRange own = lines_of(node);
  return own.first <= lines.first && lines.last <= own.last;
}

}  // namespace

std::optional<LineRange> smallest_node(const TextFile& file, std::string_view name,
                                       LineRange lines) {
  if (lines.first < 1 || lines.last > file.line_count()) return std::nullopt;
  lines = trimmed(file, lines);
  if (lines.first > lines.last) return std::nullopt;
  const std::string text = file.text({1, file.line_count()});
  const auto tree = SyntaxTree::parse(text, language_of(name, text).grammar);
  if (!tree) return std::nullopt;
  LineRange smallest{1, file.line_count()};
  TreeWalk walk(tree->root());
  for (bool more = walk.next(true); more;) {
    const TSNode node = walk.node();
    const bool is_around = holds(node, lines);
    if (is_around && ts_node_is_named(node) && !ts_node_is_error(node) &&
        has_its_lines(node, file)) {
      smallest = lines_of(node);
    }
    more = lines_of(node).first <= lines.last && walk.next(is_around);
  }
  return smallest;
}

}  // namespace cromwell::workspace

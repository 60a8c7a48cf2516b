#include "edit/surroundings.h"

#include <algorithm>

#include "edit/region.h"

namespace cromwell::edit {
namespace {
constexpr int kSmallRegionLines = 3;  // a region of more lines speaks for itself
}  // namespace

Surroundings surroundings_of(const workspace::TextFile& file, const workspace::LineRange& region,
                             int lines) {
  const int last_line = file.line_count();
  const bool whole = region.first <= 1 && region.last >= last_line;
  const bool small = region.last - region.first + 1 <= kSmallRegionLines;
  if (lines <= 0 || whole || !small) return {};
  const workspace::LineRange shown{std::max(1, region.first - lines),
                                   std::min(last_line, region.last + lines)};
  Surroundings result{.text = file.text(shown)};
  if (!result.text.empty() && !result.text.ends_with('\n')) result.text += '\n';
  result.name = lines_text(shown);
  return result;
}

}  // namespace cromwell::edit

#include "edit/surroundings.h"

#include <algorithm>

namespace cromwell::edit {
namespace {
constexpr int kSmallRegionLines = 3;   // a region of more lines speaks for itself
constexpr int kSurroundingLines = 10;  // on each side
}  // namespace

Surroundings surroundings_of(const workspace::TextFile& file, const workspace::LineRange& region) {
  const int lines = file.line_count();
  const bool whole = region.first <= 1 && region.last >= lines;
  if (whole || region.last - region.first + 1 > kSmallRegionLines) return {};
  const workspace::LineRange shown{std::max(1, region.first - kSurroundingLines),
                                   std::min(lines, region.last + kSurroundingLines)};
  Surroundings result{.text = file.text(shown)};
  if (!result.text.empty() && !result.text.ends_with('\n')) result.text += '\n';
  result.name = "lines " + std::to_string(shown.first) + " to " + std::to_string(shown.last);
  return result;
}

}  // namespace cromwell::edit

#include "edit/search_match.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "edit/lines.h"
#include "edit/refusal.h"

namespace cromwell::edit {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t kMaxNamedPlaces = 5;

// How the region's lines are indented beside the search text's: all by `indent` more, or less.
struct Shift {
  std::string_view indent;
  bool is_more = true;
};

std::string_view line_at(const Lines& lines, int place, std::size_t offset) {
  return lines[static_cast<std::size_t>(place) + offset];
}

template <class Matches>
std::vector<int> places_of(const Lines& lines, const Lines& search, Matches matches) {
  std::vector<int> places;
  for (int place = 0; place + static_cast<int>(search.size()) <= static_cast<int>(lines.size());
       ++place) {
    if (matches(place)) places.push_back(place);
  }
  return places;
}

std::vector<int> exact_places(const Lines& lines, const Lines& search) {
  return places_of(lines, search, [&](int place) {
    return std::equal(search.begin(), search.end(), lines.begin() + place);
  });
}

std::vector<int> places_but_for_blanks(const Lines& lines, const Lines& search) {
  return places_of(lines, search, [&](int place) {
    return std::equal(
        search.begin(), search.end(), lines.begin() + place,
        [](std::string_view a, std::string_view b) { return trim_right(a) == trim_right(b); });
  });
}

std::optional<Shift> shift_between(std::string_view line, std::string_view search) {
  if (line.ends_with(search)) return Shift{line.substr(0, line.size() - search.size()), true};
  if (search.ends_with(line)) return Shift{search.substr(0, search.size() - line.size()), false};
  return std::nullopt;
}

// The one shift with which all lines at `place` are the search text's.
std::optional<Shift> shift_at(const Lines& lines, const Lines& search, int place) {
  std::optional<Shift> shift;
  for (std::size_t i = 0; i < search.size(); ++i) {
    const std::string_view line = trim_right(line_at(lines, place, i));
    const std::string_view wanted = trim_right(search[i]);
    if (line.empty() && wanted.empty()) continue;
    if (line.empty() || wanted.empty()) return std::nullopt;
    const auto one = shift_between(line, wanted);
    if (!one || !is_blank(one->indent)) return std::nullopt;
    if (shift && (shift->indent != one->indent || shift->is_more != one->is_more)) {
      return std::nullopt;
    }
    shift = one;
  }
  return shift;
}

class Locator {
 public:
  Locator(const SearchedLines& region, int number) : region_(region), number_(number) {}

  base::Result<LineBlock> locate(const SearchBlock& block) const {
    const Lines& search = block.search;
    if (search.empty()) return at_empty(block);
    LineBlock found{.begin = 0, .count = static_cast<int>(search.size())};
    found.lines.assign(block.replace.begin(), block.replace.end());
    for (const auto places : {exact_places, places_but_for_blanks}) {
      const std::vector<int> all = places(region_.lines, search);
      if (all.size() > 1) return ambiguous(all);
      if (all.empty()) continue;
      found.begin = all.front();
      return found;
    }
    const auto all = places_of(region_.lines, search, [&](int place) {
      return shift_at(region_.lines, search, place).has_value();
    });
    if (all.size() > 1) return ambiguous(all);
    if (all.empty()) return not_found(search);
    found.begin = all.front();
    CROMWELL_ASSIGN(found.lines, shifted(block, *shift_at(region_.lines, search, all.front())));
    return found;
  }

 private:
  base::Error bad(const std::string& what) const {
    return refused("block " + std::to_string(number_) + ": " + what);
  }
  base::Error ambiguous(const std::vector<int>& places) const {
    std::string lines;
    for (std::size_t i = 0; i < std::min(places.size(), kMaxNamedPlaces); ++i) {
      const bool is_last = i + 1 == places.size();
      lines += (i == 0    ? ""
                : is_last ? " and "
                          : ", ") +
               std::to_string(region_.first_line + places[i]);
    }
    if (places.size() > kMaxNamedPlaces) lines += " and others";
    return bad("its search text stands at lines " + lines + ", expected one place");
  }
  base::Error not_found(const Lines& search) const {
    constexpr std::size_t kShownBytes = 60;
    const int last = region_.first_line + static_cast<int>(region_.lines.size()) - 1;
    return bad("its search text does not stand in lines " + std::to_string(region_.first_line) +
               " to " + std::to_string(last) + ": \"" +
               std::string(search.front().substr(0, kShownBytes)) + "\"");
  }
  base::Result<LineBlock> at_empty(const SearchBlock& block) const {
    if (!region_.lines.empty()) {
      return bad("its search text is empty, which is for an empty file only");
    }
    LineBlock found;
    found.lines.assign(block.replace.begin(), block.replace.end());
    return found;
  }
  base::Result<std::vector<std::string>> shifted(const SearchBlock& block,
                                                 const Shift& shift) const {
    std::vector<std::string> lines;
    for (std::string_view line : block.replace) {
      if (is_blank(line)) {
        lines.emplace_back();
      } else if (shift.is_more) {
        lines.push_back(std::string(shift.indent).append(line));
      } else if (line.starts_with(shift.indent)) {
        lines.emplace_back(line.substr(shift.indent.size()));
      } else {
        return bad("its search text is indented more than the code, its replacement is not: \"" +
                   std::string(line.substr(0, 60)) + "\"");
      }
    }
    return lines;
  }

  const SearchedLines& region_;
  const int number_;
};

base::Error overlap(const LineBlock& second, int first_line) {
  return refused("two blocks change line " + std::to_string(first_line + second.begin));
}

}  // namespace

int count_exact(const Lines& lines, const Lines& search) {
  return static_cast<int>(exact_places(lines, search).size());
}

base::Result<std::vector<LineBlock>> locate_blocks(const std::vector<SearchBlock>& blocks,
                                                   const SearchedLines& region) {
  std::vector<LineBlock> located;
  for (const SearchBlock& block : blocks) {
    const Locator locator(region, static_cast<int>(located.size()) + 1);
    CROMWELL_ASSIGN(LineBlock one, locator.locate(block));
    located.push_back(std::move(one));
  }
  std::stable_sort(located.begin(), located.end(),
                   [](const LineBlock& a, const LineBlock& b) { return a.begin < b.begin; });
  for (std::size_t i = 1; i < located.size(); ++i) {
    const LineBlock& before = located[i - 1];
    // Two that fill an empty file begin at the same line.
    const bool meets = before.begin + before.count > located[i].begin || before.count == 0;
    if (meets) return overlap(located[i], region.first_line);
  }
  return located;
}

}  // namespace cromwell::edit

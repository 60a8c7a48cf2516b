#include "edit/answer_check.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "edit/language.h"
#include "edit/lines.h"
#include "workspace/syntax_check.h"

namespace cromwell::edit {
namespace {

using Lines = std::vector<std::string_view>;

constexpr int kDeletionMinLines = 4;  // a region of at most this many lines may shrink freely

base::Error refused(std::string reason) {
  return {.code = base::ErrorCode::kNoValidEdit,
          .message = "the model's answer was refused: " + std::move(reason) + "; nothing changed"};
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return text.find(part) != std::string_view::npos;
  });
}

bool asks_to_remove(std::string_view instruction) {
  static const std::set<std::string_view> kWords = {
      "remove",  "removes",  "removing",   "delete",      "deletes",   "deleting",  "drop",
      "drops",   "dropping", "strip",      "strips",      "stripping", "shorten",   "shortens",
      "shorter", "simplify", "simplifies", "simplifying", "cut",       "eliminate", "erase"};
  const std::string lower = to_lower(instruction);
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  for (auto word = lower.begin(); word != lower.end();) {
    const auto end = std::find_if_not(word, lower.end(), is_letter);
    if (kWords.contains(std::string_view(word, end))) return true;
    word = end == lower.end() ? end : end + 1;
  }
  return false;
}

int text_lines(const Lines& lines) {
  return static_cast<int>(
      lines.size() - static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), is_blank)));
}

// The trimmed lines of `lines` that `others` does not have.
Lines missing_from(const Lines& others, const Lines& lines) {
  std::set<std::string_view> known;
  for (std::string_view line : others) known.insert(trim(line));
  Lines result;
  for (std::string_view line : lines) {
    if (!is_blank(line) && !known.contains(trim(line))) result.push_back(trim(line));
  }
  return result;
}

base::Result<> check_deletion(const Lines& old_lines, const Lines& new_lines,
                              std::string_view instruction) {
  const int before = text_lines(old_lines);
  const int after = text_lines(new_lines);
  if (asks_to_remove(instruction)) return {};
  if (after == 0 && before > 0) return refused("it is empty");
  if (before > kDeletionMinLines && after * 2 < before) {
    return refused("it deletes more than half of the region (" + std::to_string(before) +
                   " lines become " + std::to_string(after) +
                   ") and the instruction does not say to remove anything");
  }
  return {};
}

base::Result<> check_markers(const Lines& added, bool prose) {
  constexpr std::array kMarkers = {"<|im_start|>", "<|im_end|>", "<|endoftext|>", "<FILE>",
                                   "<EDIT>",       "</EDIT>",    "<DIFF>",        "<INS>",
                                   "<DEL>",        "<EOS>"};
  for (std::string_view line : added) {
    if (!prose && line.starts_with("```")) return refused("a fence is left inside");
    for (std::string_view marker : kMarkers) {
      if (line.find(marker) != std::string_view::npos) {
        return refused("the marker " + std::string(marker) + " is left inside");
      }
    }
  }
  return {};
}

// Words with which an assistant talks about the code instead of writing it.
bool opens_prose(std::string_view line) {
  constexpr std::array kOpenings = {
      "here is ",      "here's ",        "here are ",  "sure,",          "sure!",
      "certainly",     "below is ",      "i have ",    "i've ",          "i'm sorry",
      "i apologize",   "as an ai",       "in this ",   "the above ",     "the updated ",
      "the modified ", "the following ", "this code ", "this function ", "this version ",
      "explanation:",  "instruction:",   "note that ", "you can "};
  const std::string lower = to_lower(trim(line));
  return std::any_of(kOpenings.begin(), kOpenings.end(),
                     [&](std::string_view opening) { return lower.starts_with(opening); });
}

// Only the first and the last line: further in, such words stand in a comment or a docstring.
base::Result<> check_prose(const Lines& old_lines, const Lines& new_lines) {
  Lines edges;
  for (std::string_view line : new_lines) {
    if (is_blank(line)) continue;
    if (edges.size() == 2) edges.pop_back();
    edges.push_back(line);
  }
  if (std::any_of(old_lines.begin(), old_lines.end(), opens_prose)) return {};
  for (std::string_view line : edges) {
    if (opens_prose(line)) {
      return refused("prose stands in the code: \"" + std::string(line.substr(0, 60)) + "\"");
    }
  }
  return {};
}

// The text of a comment that fills the line, lower case; empty if the line is none.
std::string comment_text(std::string_view line) {
  constexpr std::array kStarts = {"//", "#", "/*", "<!--", "--", "*", ";", "%"};
  for (std::string_view start : kStarts) {
    if (line.starts_with(start)) return to_lower(trim(line.substr(start.size())));
  }
  return {};
}

bool leaves_out(const std::string& comment) {
  if (comment.starts_with("...") || comment.starts_with("…")) return true;
  if (has_any(comment,
              {"remains the same", "remain the same", "remains unchanged", "remain unchanged",
               "rest unchanged", "omitted for brevity", "same as before", "same as above",
               "existing code", "your code here", "code goes here"})) {
    return true;
  }
  return has_any(comment, {"rest of the ", "rest of your ", "remaining code", "other code"}) &&
         has_any(comment, {"code", "function", "file", "class", "method", "implementation"});
}

base::Result<> check_elision(const Lines& added, const Lines& removed) {
  if (removed.empty()) return {};
  for (std::string_view line : added) {
    if (leaves_out(comment_text(line))) {
      return refused("it leaves code out: \"" + std::string(line.substr(0, 60)) + "\"");
    }
  }
  return {};
}

struct CharacterRange {
  char32_t first, last;
  std::string_view what;
};
constexpr CharacterRange kHidden[] = {
    {0x00, 0x08, "a control character"},
    {0x0B, 0x0C, "a control character"},
    {0x0D, 0x1F, "a control character"},
    {0x7F, 0x9F, "a control character"},
    {0x061C, 0x061C, "a bidirectional mark"},
    {0x180E, 0x180E, "an invisible character"},
    {0x200B, 0x200D, "a zero-width character"},
    {0x200E, 0x200F, "a bidirectional mark"},
    {0x202A, 0x202E, "a bidirectional control"},
    {0x2060, 0x2064, "an invisible character"},
    {0x2066, 0x2069, "a bidirectional control"},
    {0xFEFF, 0xFEFF, "a zero-width character"},
    {0xFFFD, 0xFFFD, "a replacement character (half a character was generated)"},
    {0xE0000, 0xE007F, "a tag character"},
};

std::string_view hidden_kind(char32_t c) {
  for (const CharacterRange& range : kHidden) {
    if (c >= range.first && c <= range.last) return range.what;
  }
  return {};
}

// How often each hidden character occurs. `text` is valid UTF-8.
std::map<char32_t, int> hidden_characters(std::string_view text) {
  std::map<char32_t, int> counts;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t c = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k) {
      c = (c << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
    }
    if (!hidden_kind(c).empty()) ++counts[c];
    i += length;
  }
  return counts;
}

base::Result<> check_hidden(std::string_view old_text, std::string_view new_text) {
  const std::map<char32_t, int> before = hidden_characters(old_text);
  for (const auto& [c, count] : hidden_characters(new_text)) {
    const auto found = before.find(c);
    if (found != before.end() && found->second >= count) continue;
    char code[16];
    std::snprintf(code, sizeof code, "U+%04X", static_cast<unsigned>(c));
    return refused("it adds " + std::string(hidden_kind(c)) + ", " + code);
  }
  return {};
}

}  // namespace

bool is_about_whitespace(std::string_view instruction) {
  return has_any(to_lower(instruction),
                 {"whitespace", "white space", "blank", "empty line", "newline", "indent",
                  "trailing", "format", "spaces", "tabs"});
}

base::Result<std::optional<bool>> check_syntax(const workspace::TextFile& old_file,
                                               const workspace::TextFile& new_file,
                                               workspace::LineRange region, std::string_view file) {
  const std::string old_text = old_file.text({1, old_file.line_count()});
  const std::string new_text = new_file.text({1, new_file.line_count()});
  const auto grammar = workspace::language_of(file, old_text).grammar;
  const auto errors = workspace::new_syntax_errors({old_text, new_text, region}, grammar);
  if (!errors) return std::optional<bool>();
  if (errors->empty()) return std::optional(true);
  const workspace::SyntaxError& first = errors->front();
  return refused("it brings a syntax error to line " + std::to_string(first.line) + ": " +
                 first.what);
}

base::Result<std::vector<workspace::CheckResult>> run_checks(workspace::CheckRunner* runner,
                                                             const std::string& resolved,
                                                             const workspace::TextFile& new_file) {
  if (runner == nullptr) return std::vector<workspace::CheckResult>();
  const std::string text = new_file.text({1, new_file.line_count()});
  auto results =
      runner->run(resolved, workspace::language_of(resolved, text).fence, new_file.bytes());
  for (const workspace::CheckResult& result : results) {
    if (result.status == workspace::CheckStatus::kFailed) {
      return refused("the check " + result.name + " failed: " + result.output);
    }
  }
  return results;
}

base::Result<> check_answer(const CheckedAnswer& answer) {
  const Lines old_lines = split_lines(answer.old_text);
  const Lines new_lines = split_lines(answer.new_text);
  const Lines added = missing_from(old_lines, new_lines);
  const bool prose = language_of(answer.file).prose;

  CROMWELL_TRY(check_hidden(answer.old_text, answer.new_text));
  CROMWELL_TRY(check_markers(added, prose));
  if (!prose) CROMWELL_TRY(check_prose(old_lines, new_lines));
  CROMWELL_TRY(check_elision(added, missing_from(new_lines, old_lines)));
  return check_deletion(old_lines, new_lines, answer.instruction);
}

}  // namespace cromwell::edit

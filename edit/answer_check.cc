#include "edit/answer_check.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "edit/deletion_check.h"
#include "edit/elision.h"
#include "edit/language.h"
#include "edit/lines.h"
#include "edit/prose.h"
#include "edit/refusal.h"

namespace cromwell::edit {
namespace {

using Lines = std::vector<std::string_view>;

bool has_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return text.find(part) != std::string_view::npos;
  });
}

// Special tokens of model families and of our own, and what protocols and merges put into a text.
constexpr std::string_view kMarkers[] = {"<|im_start|>",
                                         "<|im_end|>",
                                         "<|endoftext|>",
                                         "<|endofprompt|>",
                                         "<|eot_id|>",
                                         "<|start_header_id|>",
                                         "<|begin_of_text|>",
                                         "<|end_of_text|>",
                                         "<|fim_prefix|>",
                                         "<|fim_suffix|>",
                                         "<|fim_middle|>",
                                         "<|file_sep|>",
                                         "<|repo_name|>",
                                         "<fim_prefix>",
                                         "<fim_suffix>",
                                         "<fim_middle>",
                                         "<start_of_turn>",
                                         "<end_of_turn>",
                                         "[INST]",
                                         "[/INST]",
                                         "<<SYS>>",
                                         "<think>",
                                         "</think>",
                                         "<FILE>",
                                         "<EDIT>",
                                         "</EDIT>",
                                         "<DIFF>",
                                         "<INS>",
                                         "<DEL>",
                                         "<EOS>",
                                         "<BOS>",
                                         "<PAD>"};
constexpr std::string_view kLineMarkers[] = {"<<<<<<< ", ">>>>>>> ", "@@ -"};

base::Result<> check_markers(const Lines& added, bool prose) {
  for (std::string_view line : added) {
    if (!prose && (line.starts_with("```") || line.starts_with("~~~"))) {
      return refused("a fence is left inside");
    }
    for (std::string_view marker : kLineMarkers) {
      if (!prose && line.starts_with(marker)) {
        return refused("the marker " + std::string(trim(marker)) + " is left inside");
      }
    }
    for (std::string_view marker : kMarkers) {
      if (line.find(marker) != std::string_view::npos) {
        return refused("the marker " + std::string(marker) + " is left inside");
      }
    }
  }
  return {};
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

base::Result<> check_elision(const Lines& added, const Lines& removed, std::string_view file) {
  if (removed.empty()) return {};
  const bool python = language_of(file).grammar == workspace::Grammar::kPython;
  for (std::string_view line : added) {
    if (leaves_code_out(line, python)) {
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
    {0x00AD, 0x00AD, "an invisible character"},
    {0x034F, 0x034F, "an invisible character"},
    {0x061C, 0x061C, "a bidirectional mark"},
    {0x115F, 0x1160, "an invisible character"},
    {0x17B4, 0x17B5, "an invisible character"},
    {0x180E, 0x180E, "an invisible character"},
    {0x200B, 0x200D, "a zero-width character"},
    {0x200E, 0x200F, "a bidirectional mark"},
    {0x2028, 0x2029, "a line separator"},
    {0x202A, 0x202E, "a bidirectional control"},
    {0x2060, 0x2064, "an invisible character"},
    {0x2066, 0x2069, "a bidirectional control"},
    {0x206A, 0x206F, "an invisible character"},
    {0x3164, 0x3164, "an invisible character"},
    {0xFEFF, 0xFEFF, "a zero-width character"},
    {0xFFA0, 0xFFA0, "an invisible character"},
    {0xFFF9, 0xFFFB, "an invisible character"},
    {0xFFFD, 0xFFFD, "a replacement character (half a character was generated)"},
    {0xE0000, 0xE007F, "a tag character"},
    {0xE0100, 0xE01EF, "an invisible character"},
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

std::string_view language_name(const std::string& resolved, const workspace::TextFile& file) {
  return workspace::language_of(resolved, file.text({1, file.line_count()})).fence;
}

}  // namespace

bool is_about_whitespace(std::string_view instruction) {
  return has_any(to_lower(instruction),
                 {"whitespace", "white space", "blank", "empty line", "newline", "indent",
                  "trailing", "format", "spaces", "tabs"});
}

SyntaxVerdict check_syntax(const workspace::TextFile& old_file, const workspace::TextFile& new_file,
                           workspace::LineRange region, std::string_view file) {
  const std::string old_text = old_file.text({1, old_file.line_count()});
  const std::string new_text = new_file.text({1, new_file.line_count()});
  const auto grammar = workspace::language_of(file, old_text).grammar;
  const auto errors = workspace::new_syntax_errors({old_text, new_text, region}, grammar);
  if (!errors) return {};
  if (errors->empty()) return {.parses = true, .error = {}};
  return {.parses = false, .error = errors->front()};
}

base::Error syntax_refusal(const workspace::SyntaxError& error) {
  return refused("it brings a syntax error to line " + std::to_string(error.line) + ": " +
                 error.what);
}

bool has_check(const workspace::CheckRunner* runner, const std::string& resolved,
               const workspace::TextFile& file) {
  return runner != nullptr && runner->has_check_of(language_name(resolved, file));
}

base::Result<std::vector<workspace::CheckResult>> run_checks(workspace::CheckRunner* runner,
                                                             const std::string& resolved,
                                                             const workspace::TextFile& new_file) {
  if (runner == nullptr) return std::vector<workspace::CheckResult>();
  auto results = runner->run(resolved, language_name(resolved, new_file), new_file.bytes());
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
  CROMWELL_TRY(check_elision(added, missing_from(new_lines, old_lines), answer.file));
  return check_deletion(old_lines, new_lines, answer.instruction);
}

}  // namespace cromwell::edit

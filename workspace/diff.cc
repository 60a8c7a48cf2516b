#include "workspace/diff.h"

#include <git2.h>

#include <memory>

namespace cromwell::workspace {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr int kContextLines = 3;
constexpr std::string_view kNoNewline = "\\ No newline at end of file\n";

struct PatchDeleter {
  void operator()(git_patch* patch) const { git_patch_free(patch); }
};
using GitPatch = std::unique_ptr<git_patch, PatchDeleter>;

void init_libgit2() { [[maybe_unused]] static const int kOnce = git_libgit2_init(); }

Error git_error(const std::string& what) {
  const ::git_error* error = git_error_last();
  return {ErrorCode::kInternal,
          what + ": " + (error != nullptr ? error->message : "unknown libgit2 error")};
}

Result<GitPatch> git_patch_of(std::string_view old_bytes, std::string_view new_bytes,
                              unsigned context_lines) {
  init_libgit2();
  git_diff_options options;
  git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
  options.flags = GIT_DIFF_FORCE_TEXT | GIT_DIFF_INDENT_HEURISTIC;
  options.context_lines = context_lines;
  options.interhunk_lines = 0;
  git_patch* patch = nullptr;
  if (git_patch_from_buffers(&patch, old_bytes.data(), old_bytes.size(), "file", new_bytes.data(),
                             new_bytes.size(), "file", &options) != 0) {
    return git_error("the diff of " + std::to_string(old_bytes.size()) + " and " +
                     std::to_string(new_bytes.size()) + " bytes");
  }
  return GitPatch(patch);
}

// git's C-style quoting of a file name: quoted if it holds a quote, a backslash or a byte that is
// no printable ASCII; and if it ends in a space, which `patch` would drop.
std::string quoted_name(const std::string& name) {
  static constexpr std::string_view kEscaped = "\a\b\t\n\v\f\r\"\\";
  static constexpr std::string_view kLetters = "abtnvfr\"\\";
  std::string out = "\"";
  bool needed = name.ends_with(' ');
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (const auto at = kEscaped.find(c); at != std::string_view::npos && c != '\0') {
      out += {'\\', kLetters[at]};
    } else if (byte < 0x20 || byte >= 0x7F) {
      out += {'\\', static_cast<char>('0' + (byte >> 6)), static_cast<char>('0' + (byte >> 3 & 7)),
              static_cast<char>('0' + (byte & 7))};
    } else {
      out.push_back(c);
      continue;
    }
    needed = true;
  }
  return needed ? out + "\"" : name;
}

// "--- a/NAME"; a name with a space ends in a tab, by which `patch` knows where it ends.
std::string header_line(const std::string& mark, const std::string& name) {
  return mark + quoted_name(name) + (name.find(' ') != std::string::npos ? "\t\n" : "\n");
}

// "3" for {3, 1}, "3,2" for {3, 2}, as git writes them.
std::string hunk_range(int start, int lines) {
  return lines == 1 ? std::to_string(start) : std::to_string(start) + "," + std::to_string(lines);
}

bool is_no_newline_mark(char origin) {
  return origin == GIT_DIFF_LINE_CONTEXT_EOFNL || origin == GIT_DIFF_LINE_ADD_EOFNL ||
         origin == GIT_DIFF_LINE_DEL_EOFNL;
}

Result<Hunk> read_hunk(git_patch* patch, std::size_t index) {
  const git_diff_hunk* header = nullptr;
  std::size_t line_count = 0;
  if (git_patch_get_hunk(&header, &line_count, patch, index) != 0) {
    return git_error("a hunk of a diff");
  }
  Hunk hunk{.old_start = header->old_start,
            .old_lines = header->old_lines,
            .new_start = header->new_start,
            .new_lines = header->new_lines};
  for (std::size_t i = 0; i < line_count; ++i) {
    const git_diff_line* line = nullptr;
    if (git_patch_get_line_in_hunk(&line, patch, index, i) != 0) {
      return git_error("a line of a diff");
    }
    if (!is_no_newline_mark(line->origin)) {
      hunk.lines.push_back(std::string(1, line->origin).append(line->content, line->content_len));
    }
  }
  return hunk;
}

void append_hunk(std::string& patch, const Hunk& hunk) {
  patch += "@@ -" + hunk_range(hunk.old_start, hunk.old_lines) + " +" +
           hunk_range(hunk.new_start, hunk.new_lines) + " @@\n";
  for (const std::string& line : hunk.lines) {
    patch += line;
    if (!line.ends_with('\n')) patch.append("\n").append(kNoNewline);
  }
}

}  // namespace

base::Result<Diff> make_diff(std::string_view old_bytes, std::string_view new_bytes,
                             const std::string& path) {
  CROMWELL_ASSIGN(const GitPatch patch, git_patch_of(old_bytes, new_bytes, kContextLines));
  Diff diff;
  const std::size_t hunks = git_patch_num_hunks(patch.get());
  if (hunks == 0) return diff;
  diff.patch = header_line("--- ", "a/" + path) + header_line("+++ ", "b/" + path);
  for (std::size_t i = 0; i < hunks; ++i) {
    CROMWELL_ASSIGN(Hunk hunk, read_hunk(patch.get(), i));
    for (const std::string& line : hunk.lines) {
      diff.added += line[0] == '+' ? 1 : 0;
      diff.removed += line[0] == '-' ? 1 : 0;
    }
    append_hunk(diff.patch, hunk);
    diff.hunks.push_back(std::move(hunk));
  }
  return diff;
}

base::Result<std::vector<LineChange>> line_changes(std::string_view old_text,
                                                   std::string_view new_text) {
  CROMWELL_ASSIGN(const GitPatch patch, git_patch_of(old_text, new_text, 0));
  std::vector<LineChange> changes;
  for (std::size_t i = 0; i < git_patch_num_hunks(patch.get()); ++i) {
    const git_diff_hunk* hunk = nullptr;
    if (git_patch_get_hunk(&hunk, nullptr, patch.get(), i) != 0) {
      return git_error("a hunk of a diff");
    }
    changes.push_back({.old_begin = hunk->old_start - (hunk->old_lines == 0 ? 0 : 1),
                       .old_count = hunk->old_lines,
                       .new_begin = hunk->new_start - (hunk->new_lines == 0 ? 0 : 1),
                       .new_count = hunk->new_lines});
  }
  return changes;
}

}  // namespace cromwell::workspace

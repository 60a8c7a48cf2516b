#include "clients/cli/edit_review.h"

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "base/file.h"
#include "clients/cli/child_program.h"
#include "clients/cli/commands.h"
#include "clients/cli/edited_patch.h"
#include "clients/cli/terminal.h"

namespace cromwell::cli {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

std::string editor_command() {
  for (const char* name : {"VISUAL", "EDITOR"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "vi";
}

// A file of its own that goes at the end; its name says to editors what it holds.
class ScratchFile {
 public:
  static Result<ScratchFile> make(const std::string& text) {
    std::error_code code;
    std::string path = (std::filesystem::temp_directory_path(code) / "cromwell-XXXXXX.diff");
    const base::FileDescriptor file(::mkstemps(path.data(), 5));
    if (!file) return base::errno_error(path, errno);
    ScratchFile made(path);
    std::ofstream out(path, std::ios::binary);
    if (!(out << text << std::flush)) return base::errno_error(path, errno);
    return made;
  }
  explicit ScratchFile(std::string path) : path_(std::move(path)) {}
  ScratchFile(ScratchFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchFile& operator=(ScratchFile&&) = delete;
  ~ScratchFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The text as the user saved it.
Result<std::string> edit_text(const std::string& text) {
  CROMWELL_ASSIGN(const ScratchFile file, ScratchFile::make(text));
  const std::string editor = editor_command();
  CROMWELL_ASSIGN(const int status, run_shell(editor, {file.path()}));
  if (status != 0) {
    return Error{.code = ErrorCode::kIo,
                 .message = "the editor `" + editor + "` ended with status " +
                            std::to_string(status) + ": nothing is taken from it"};
  }
  std::ifstream saved(file.path(), std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(saved)), std::istreambuf_iterator<char>());
}

// The first letter of the answer; n where there is none to come.
char ask(bool is_edited) {
  std::fputs(is_edited ? "Apply it as it was proposed? [y]es, [n]o, [e]dit it again: "
                       : "Apply it? [y]es, [n]o, [e]dit it first: ",
             stderr);
  std::string answer;
  if (!std::getline(std::cin, answer)) {
    std::fputs("\n", stderr);
    return 'n';
  }
  return answer.empty() ? '\0' : answer.front();
}

}  // namespace

bool can_ask() {
  return is_terminal(STDIN_FILENO) && is_terminal(STDOUT_FILENO) && is_terminal(STDERR_FILENO);
}

int review(EditOutcome outcome, const std::function<Result<>()>& apply) {
  std::string patch = outcome.patch;  // as it was last saved
  while (true) {
    Result<> result;
    switch (ask(patch != outcome.patch)) {
      case 'n':
        return print_outcome(outcome);
      case 'y':
        result = apply();
        if (!result) return report(result.error());
        outcome.applied = true;
        return print_outcome(outcome);
      case 'e': {
        auto edited = edit_text(patch);
        if (edited) {
          patch = std::move(*edited);
          result = apply_edited(patch, &outcome);
        } else {
          result = std::move(edited).error();
        }
        if (result) return print_outcome(outcome);
        report(result.error());
        break;
      }
      default:
        std::fputs("expected y, n or e\n", stderr);
    }
  }
}

}  // namespace cromwell::cli

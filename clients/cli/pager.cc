#include "clients/cli/pager.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "clients/cli/child_program.h"
#include "clients/cli/terminal.h"

namespace cromwell::cli {
namespace {

// Empty: none is wanted.
std::string pager_command() {
  const char* pager = std::getenv("PAGER");
  if (pager == nullptr) return "less";
  return std::string_view(pager) == "cat" ? "" : pager;
}

}  // namespace

void page_diff(const std::string& patch, bool may_page) {
  // For programs it is the patch, to the byte.
  const std::string text = is_terminal(STDOUT_FILENO) ? show_diff(patch, wants_colour()) : patch;
  const std::string pager = pager_command();
  if (may_page && !text.empty() && !pager.empty() && is_terminal(STDOUT_FILENO)) {
    ::setenv("LESS", "FRX", 0);  // as git: gone if all fits, colours as they are, no clearing
    std::fflush(stdout);
    const auto status = run_shell(pager, {}, text);
    if (status && *status != kNoSuchProgram) return;
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

}  // namespace cromwell::cli

// What our syntax check finds, for tests/campaign/syntax_differential.py:
//   syntax_faults [FILE...]
// Of each file its faults, "FILE:LINE: what". Without files, changes come on standard input, each
// as a line "NAME OLD_BYTES NEW_BYTES FIRST_LINE LAST_LINE" and that many bytes; each is answered
// by a line: how many errors are new, and the first.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "workspace/syntax_check.h"

namespace cromwell::workspace {
namespace {

void print_faults(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  const std::string text = bytes.str();
  const auto tree = SyntaxTree::parse(text, language_of(path, text).grammar);
  if (!tree) return;
  for (const SyntaxError& error : syntax_errors(*tree, text)) {
    std::printf("%s:%d: %s\n", path.c_str(), error.line, error.what.c_str());
  }
}

std::string read_bytes(std::size_t size) {
  std::string text(size, '\0');
  std::cin.read(text.data(), static_cast<std::streamsize>(size));
  return text;
}

void answer_changes() {
  std::string name;
  std::size_t old_size = 0, new_size = 0;
  LineRange region;
  while (std::cin >> name >> old_size >> new_size >> region.first >> region.last) {
    std::cin.get();
    const std::string old_text = read_bytes(old_size), new_text = read_bytes(new_size);
    const auto errors =
        new_syntax_errors({old_text, new_text, region}, language_of(name, old_text).grammar);
    const bool has_any = errors && !errors->empty();
    std::printf("%zu %s\n", has_any ? errors->size() : 0,
                has_any ? errors->front().what.c_str() : "");
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace cromwell::workspace

int main(int argc, char** argv) {
  if (argc == 1) cromwell::workspace::answer_changes();
  for (int i = 1; i < argc; ++i) cromwell::workspace::print_faults(argv[i]);
  return 0;
}

// What our syntax check finds in texts, for tests/campaign/syntax_differential.py:
//   syntax_faults [FILE...]
// Of each file its faults, "FILE:LINE: what". Without files, texts come on standard input, each as
// a line "NAME BYTES" and that many bytes; each is answered by a line: how many faults, and the
// first.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "workspace/syntax_check.h"

namespace cromwell::workspace {
namespace {

std::vector<SyntaxError> faults_of(const std::string& name, const std::string& text) {
  const auto tree = SyntaxTree::parse(text, language_of(name, text).grammar);
  if (!tree) return {};
  return syntax_errors(*tree, text);
}

void print_faults(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  for (const SyntaxError& error : faults_of(path, bytes.str())) {
    std::printf("%s:%d: %s\n", path.c_str(), error.line, error.what.c_str());
  }
}

void answer_texts() {
  std::string name;
  std::size_t size = 0;
  while (std::cin >> name >> size) {
    std::cin.get();
    std::string text(size, '\0');
    std::cin.read(text.data(), static_cast<std::streamsize>(size));
    const auto errors = faults_of(name, text);
    std::printf("%zu %s\n", errors.size(), errors.empty() ? "" : errors.front().what.c_str());
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace cromwell::workspace

int main(int argc, char** argv) {
  if (argc == 1) cromwell::workspace::answer_texts();
  for (int i = 1; i < argc; ++i) cromwell::workspace::print_faults(argv[i]);
  return 0;
}

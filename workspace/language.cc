#include "workspace/language.h"

#include <algorithm>
#include <array>
#include <string>

namespace cromwell::workspace {
namespace {

using enum Grammar;

constexpr Language kPythonCode{"python", false, kPython};
constexpr Language kJavaScriptCode{"javascript", false, kJavaScript};
constexpr Language kTypeScriptCode{"typescript", false, kTypeScript};
constexpr Language kCppCode{"cpp", false, kCpp};
constexpr Language kBashCode{"bash", false, kBash};

struct Row {
  std::string_view ending;  // of the name, or the whole name
  Language language;
};

constexpr Row kRows[] = {
    {".py", kPythonCode},
    {".pyi", kPythonCode},
    {".pyw", kPythonCode},
    {".js", kJavaScriptCode},
    {".mjs", kJavaScriptCode},
    {".cjs", kJavaScriptCode},
    {".jsx", {"jsx", false, kJavaScript}},
    {".ts", kTypeScriptCode},
    {".mts", kTypeScriptCode},
    {".cts", kTypeScriptCode},
    {".tsx", {"tsx", false, kTsx}},
    {".c", {"c", false, kC}},
    {".h", {"c", false, kC}},
    {".cc", kCppCode},
    {".cpp", kCppCode},
    {".cxx", kCppCode},
    {".c++", kCppCode},
    {".hpp", kCppCode},
    {".hh", kCppCode},
    {".hxx", kCppCode},
    {".rs", {"rust", false, kRust}},
    {".go", {"go", false, kGo}},
    {".java", {"java", false, kJava}},
    {".kt", {"kotlin"}},
    {".swift", {"swift"}},
    {".rb", {"ruby"}},
    {".php", {"php"}},
    {".cs", {"csharp"}},
    {".lua", {"lua"}},
    {".sh", kBashCode},
    {".bash", kBashCode},
    {".bashrc", kBashCode},
    {".bash_profile", kBashCode},
    {".profile", kBashCode},
    {".sql", {"sql"}},
    {".html", {"html"}},
    {".css", {"css"}},
    {".json", {"json", false, kJson}},
    {".toml", {"toml"}},
    {".yaml", {"yaml"}},
    {".yml", {"yaml"}},
    {".xml", {"xml"}},
    {".cmake", {"cmake"}},
    {"CMakeLists.txt", {"cmake"}},
    {"Makefile", {"makefile"}},
    {"Dockerfile", {"dockerfile"}},
    {".md", {"markdown", true}},
    {".markdown", {"markdown", true}},
    {".rst", {"rst", true}},
    {".txt", {"text", true}},
};

// The interpreter's name without its version and path.
struct Interpreter {
  std::string_view name;
  Language language;
};
constexpr Interpreter kInterpreters[] = {
    {"python", kPythonCode}, {"pypy", kPythonCode}, {"node", kJavaScriptCode},
    {"bash", kBashCode},     {"sh", kBashCode},     {"dash", kBashCode},
};

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

// "#!/usr/bin/env -S python3.11 -u" -> "python".
std::string_view interpreter_of(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  std::string_view line = text.substr(0, text.find('\n'));
  if (!line.starts_with("#!")) return {};
  line.remove_prefix(2);
  while (true) {
    line.remove_prefix(std::min(line.find_first_not_of(kSpace), line.size()));
    const std::size_t end = std::min(line.find_first_of(kSpace), line.size());
    std::string_view word = line.substr(0, end);
    line.remove_prefix(end);
    if (word.empty()) return {};
    word.remove_prefix(word.rfind('/') + 1);
    if (word == "env" || word.starts_with('-')) continue;
    return word.substr(0, word.find_last_not_of("0123456789.") + 1);
  }
}

bool says_cpp(std::string_view text) {
  constexpr std::array kMarks = {"namespace ", "template <", "template<",  "class ",
                                 "::",         "public:",    "constexpr ", "#include <string>"};
  return std::any_of(kMarks.begin(), kMarks.end(), [&](std::string_view mark) {
    return text.find(mark) != std::string_view::npos;
  });
}

}  // namespace

Language language_of(std::string_view file) {
  const std::string_view name = file.substr(file.rfind('/') + 1);
  const std::string lower = to_lower(name);
  Language found;
  std::size_t longest = 0;
  for (const Row& row : kRows) {
    const bool fits =
        row.ending.starts_with('.') ? lower.ends_with(row.ending) : name == row.ending;
    if (fits && row.ending.size() > longest) {
      found = row.language;
      longest = row.ending.size();
    }
  }
  return found;
}

Language language_of(std::string_view file, std::string_view text) {
  Language language = language_of(file);
  if (language.grammar == kC && to_lower(file).ends_with(".h") && says_cpp(text)) return kCppCode;
  if (!language.fence.empty()) return language;
  const std::string_view name = interpreter_of(text);
  for (const Interpreter& known : kInterpreters) {
    if (name == known.name) return known.language;
  }
  return language;
}

}  // namespace cromwell::workspace

#include "edit/language.h"

#include <string>

#include "edit/lines.h"

namespace cromwell::edit {
namespace {

struct Row {
  std::string_view ending;  // of the name, or the whole name
  Language language;
};

constexpr Row kRows[] = {
    {".py", {"python"}},
    {".pyi", {"python"}},
    {".js", {"javascript"}},
    {".mjs", {"javascript"}},
    {".cjs", {"javascript"}},
    {".jsx", {"jsx"}},
    {".ts", {"typescript"}},
    {".tsx", {"tsx"}},
    {".c", {"c"}},
    {".h", {"c"}},
    {".cc", {"cpp"}},
    {".cpp", {"cpp"}},
    {".cxx", {"cpp"}},
    {".hpp", {"cpp"}},
    {".hh", {"cpp"}},
    {".rs", {"rust"}},
    {".go", {"go"}},
    {".java", {"java"}},
    {".kt", {"kotlin"}},
    {".swift", {"swift"}},
    {".rb", {"ruby"}},
    {".php", {"php"}},
    {".cs", {"csharp"}},
    {".lua", {"lua"}},
    {".sh", {"bash"}},
    {".bash", {"bash"}},
    {".sql", {"sql"}},
    {".html", {"html"}},
    {".css", {"css"}},
    {".json", {"json"}},
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

}  // namespace

Language language_of(std::string_view file) {
  const std::string_view name = file.substr(file.rfind('/') + 1);
  Language found;
  std::size_t longest = 0;
  for (const Row& row : kRows) {
    const bool fits =
        row.ending.starts_with('.') ? to_lower(name).ends_with(row.ending) : name == row.ending;
    if (fits && row.ending.size() > longest) {
      found = row.language;
      longest = row.ending.size();
    }
  }
  return found;
}

}  // namespace cromwell::edit

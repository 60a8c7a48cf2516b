"""Writes the page's files as one table in C++: embed.py OUT FILE..."""

import pathlib
import sys

TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript",
         ".svg": "image/svg+xml"}
DELIMITER = "page"


def row(path):
    text = path.read_text(encoding="utf-8")
    assert f'){DELIMITER}"' not in text, path
    return f'    {{"{path.name}", "{TYPES[path.suffix]}", R"{DELIMITER}({text}){DELIMITER}"}},\n'


def main():
    out, *files = map(pathlib.Path, sys.argv[1:])
    rows = "".join(row(path) for path in files)
    out.write_text('#include "clients/page/page.h"\n\nnamespace cromwell::page {\n\n'
                   "std::span<const api::PageFile> files() {\n"
                   f"  static constexpr api::PageFile kFiles[] = {{\n{rows}  }};\n"
                   "  return kFiles;\n}\n\n}  // namespace cromwell::page\n", encoding="utf-8")


if __name__ == "__main__":
    main()

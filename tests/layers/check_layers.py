"""Reads every #include of ours and fails where one goes against the direction of knowledge.

The tables are DESIGN's: which folder may include which, and the one home of each outside library.
Also holds the size rule: no source file above 500 lines.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
EVERYTHING = {"base", "kernels", "tokenizer", "model", "engine", "workspace", "edit", "api",
              "server", "clients"}
ALLOWED = {
    "base": set(),
    "kernels": {"base"},
    "tokenizer": {"base"},
    "model": {"kernels", "base"},
    "engine": {"model", "tokenizer", "base"},
    "workspace": {"base"},
    "edit": {"engine", "workspace", "tokenizer", "base"},
    "api": {"edit", "engine", "tokenizer", "workspace", "base"},
    "server": {"api", "base"},
    "clients": EVERYTHING - {"server"},
}
COMPOSITION_ROOTS = {"server/main.cc"}  # and clients/, above
HOMES = {  # library header -> path prefixes that may include it
    r"boost/(asio|beast)": ("server/", "clients/cli/"),
    r"(spdlog|toml\+\+|prometheus|systemd)/": ("server/",),
    r"nlohmann/": ("api/", "clients/cli/", "clients/lsp/", "tokenizer/hf_json",
                   "tokenizer/chat_template"),
    r"git2": ("workspace/",),
    r"tree_sitter/": ("workspace/",),
    r"pcre2": ("tokenizer/",),
    r"pybind11/": ("clients/python/",),
    r"CLI/": ("server/main.cc", "server/command_line", "clients/cli/"),
    r"openssl/": ("base/",),
    r"immintrin\.h|x86intrin\.h|cpuid\.h": ("kernels/avx2/", "kernels/avx512/", "kernels/avxvnni/",
                                              "base/cpu"),
    r"linux/(landlock|openat2)\.h": ("base/",),
}
MAX_LINES = 500


def problems_of(path):
    name = path.relative_to(ROOT).as_posix()
    layer = name.split("/")[0]
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) > MAX_LINES:
        yield f"{name}: {len(lines)} lines, at most {MAX_LINES} expected"
    for number, line in enumerate(lines, 1):
        include = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if not include:
            continue
        header = include[1]
        target = header.split("/")[0]
        if (target in EVERYTHING and target != layer and target not in ALLOWED[layer]
                and name not in COMPOSITION_ROOTS):
            yield f"{name}:{number}: {layer}/ may not include {header}"
        for library, homes in HOMES.items():
            if re.match(library, header) and not name.startswith(homes):
                yield f"{name}:{number}: {header} belongs to {', '.join(homes)}"


def main():
    sources = [path for layer in sorted(EVERYTHING) for path in sorted((ROOT / layer).rglob("*"))
               if path.suffix in {".h", ".cc"}]
    problems = [problem for path in sources for problem in problems_of(path)]
    print("\n".join(problems))
    print(f"{len(sources)} files, {len(problems)} problems")
    return 1 if problems or not sources else 0


if __name__ == "__main__":
    sys.exit(main())

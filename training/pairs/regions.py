"""The parts of a file that an edit is asked for: its functions, and paragraphs of any text, without
their common indentation."""

from __future__ import annotations

import ast
import random
import re
import textwrap
from typing import Iterator, NamedTuple

from training.pairs import masking

MIN_LINES, MAX_LINES = 3, 60
MAX_BYTES = 2500
MAX_BLOCK_LINES = 30
MAX_FRAGMENT_LINES = 4

_JS_NAMES = r"(?!(?:if|for|while|switch|catch|with|return|function)\b)[A-Za-z_$][\w$]*"
_JS_HEADER = (r"^[ \t]*(?:(?:export|default|async)\s+)*(?:function\*?\s+(?P<a>[\w$]+)\s*[(<]|"
              r"(?:const|let|var)\s+(?P<b>[\w$]+)\s*=\s*(?:async\s*)?\([^()\n]*\)[^\n{]*=>\s*\{|"
              rf"(?:(?:static|async|get|set|public|private|protected)\s+)*(?P<c>{_JS_NAMES})"
              r"\s*\([^;{}\n]*\)[^;{}\n]*\{[ \t]*$)")
_HEADERS = {language: re.compile(pattern, re.MULTILINE) for language, pattern in {
    "javascript": _JS_HEADER, "typescript": _JS_HEADER,
    "c": r"^(?!typedef|struct|enum|union|else|return)[A-Za-z_][\w \t*]*?\b(?P<a>\w+)\s*"
         r"\([^;{}]*\)\s*\{",
    "go": r"^func\s+(?:\([^)\n]*\)\s*)?(?P<a>\w+)[^\n]*\{[ \t]*$",
    "rust": r"^[ \t]*(?:pub(?:\([^)\n]*\))?\s+)?(?:(?:async|unsafe|const)\s+)*fn\s+(?P<a>\w+)"
            r"[^;{}]*\{",
}.items()}


class Region(NamedTuple):
    language: str
    name: str  # of the function, "" where it is none
    text: str  # dedented, ends with a newline


def functions(text: str, language: str) -> Iterator[Region]:
    """Those of a size that a small model can rewrite."""
    spans = _python_spans(text) if language == "python" else _brace_spans(text, language)
    lines = text.splitlines(keepends=True)
    for name, first, last in spans:
        region = textwrap.dedent("".join(lines[first:last]))
        if MIN_LINES <= last - first <= MAX_LINES and _usable(region):
            yield Region(language, name, region)


def _usable(region: str) -> bool:
    return len(region.encode()) <= MAX_BYTES and region.endswith("\n") and "\r" not in region and \
        "```" not in region


def blocks(text: str, language: str, numbers: random.Random, count: int) -> Iterator[Region]:
    """Paragraphs at random places: one or several, with the blank lines between them."""
    lines = text.splitlines(keepends=True)
    starts = [n for n, line in enumerate(lines)
              if line.strip() and (n == 0 or not lines[n - 1].strip())]
    for first in numbers.sample(starts, min(count, len(starts))):
        wanted = numbers.choice((3, 6, 10, 20, MAX_BLOCK_LINES))
        last = first
        while last < len(lines) and last - first < MAX_BLOCK_LINES and (
                last - first < wanted or lines[last].strip()):
            last += 1
        while last > first and not lines[last - 1].strip():
            last -= 1
        region = textwrap.dedent("".join(lines[first:last]))
        if last - first >= 2 and _usable(region):
            yield Region(language, "", region)


def fragments(text: str, language: str, numbers: random.Random, count: int) -> Iterator[Region]:
    """One to four lines anywhere, as an editor's user marks them."""
    lines = text.splitlines(keepends=True)
    for _ in range(count if lines else 0):
        first = numbers.randrange(len(lines))
        last = min(len(lines), first + numbers.randint(1, MAX_FRAGMENT_LINES))
        region = textwrap.dedent("".join(lines[first:last]))
        if all(line.strip() for line in lines[first:last]) and _usable(region):
            yield Region(language, "", region)


def _python_spans(text: str) -> Iterator[tuple[str, int, int]]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            yield node.name, first - 1, node.end_lineno


def _brace_spans(text: str, language: str) -> Iterator[tuple[str, int, int]]:
    if language not in _HEADERS:
        return
    code = masking.code_only(text, language)
    for match in _HEADERS[language].finditer(code):
        opening = match.end() - 1 if code[match.end() - 1] == "{" else code.find("{", match.end())
        closing = matching_brace(code, opening)
        if opening < 0 or closing < 0 or code[closing + 1:].split("\n", 1)[0].strip(" \t;") != "":
            continue
        name = next(group for group in match.groups() if group)
        yield name, text.count("\n", 0, match.start()), text.count("\n", 0, closing) + 1


def matching_brace(code: str, opening: int) -> int:
    """The place of the brace that closes the one at `opening`, -1 if there is none."""
    depth = 0
    for at in range(opening, len(code)):
        if code[at] == "{":
            depth += 1
        elif code[at] == "}":
            depth -= 1
            if depth == 0:
                return at
    return -1

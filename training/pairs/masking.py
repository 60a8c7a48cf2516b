"""What of a program's text is code, what a string, what a comment: one letter for each character.

Lexical only, so it also works on code that does not parse; tree-sitter has the last word on each
pair (`cromwell prompts`).
"""

from __future__ import annotations

import functools
import re

CODE, STRING, COMMENT = "c", "s", "#"

# In the order in which they are tried at each place.
_TRIPLE = r'''(?P<s1>[rbufRBUF]{0,2}(?:"""(?:\\.|[^\\])*?"""|\'\'\'(?:\\.|[^\\])*?\'\'\'))'''
_QUOTED = r'''(?P<s2>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')'''
_BACKTICK = r"(?P<s3>`(?:\\.|[^`\\])*`)"
_RAW_BACKTICK = r"(?P<s3>`[^`]*`)"
_SLASHES = r"(?P<c1>//[^\n]*|/\*.*?\*/)"
# A slash begins a pattern where no operand stands before it.
_JS_PATTERN = (r"(?P<s4>(?:(?<=[=(,:!&|?{};])|(?<=[=(,:!&|?{};] ))/(?![/*])"
               r"(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*)")
# An apostrophe is a character only with one inside: else it begins a lifetime.
_RUST = (r'''(?P<s1>r(?P<hashes>\#*)".*?"(?P=hashes))|'''
         r'''(?P<s2>b?"(?:\\.|[^"\\])*"|b?'(?:\\[^']+|[^'\\\n])')''')
_JS = "|".join([_SLASHES, _QUOTED, _BACKTICK, _JS_PATTERN])

_HASH = r"(?P<c2>(?<![\w$#{])\#[^\n]*)"
_BLOCK = r"(?P<c1>/\*.*?\*/)"

_PATTERNS = {
    "python": "|".join([r"(?P<c1>\#[^\n]*)", _TRIPLE, r"(?P<s0>[rbufRBUF]{0,2}" + _QUOTED + ")"]),
    "javascript": _JS, "typescript": _JS,
    "c": "|".join([_SLASHES, _QUOTED]), "cpp": "|".join([_SLASHES, _QUOTED]),
    "go": "|".join([_SLASHES, _RAW_BACKTICK, _QUOTED]),
    "rust": "|".join([_SLASHES, _RUST]),
    "java": "|".join([_SLASHES, _QUOTED]), "php": "|".join([_SLASHES, _HASH, _QUOTED]),
    "css": "|".join([_BLOCK, _QUOTED]), "json": _QUOTED,
    **dict.fromkeys(("lua", "sql"), "|".join([r"(?P<c1>--[^\n]*)", _QUOTED])),
    "html": "|".join([r"(?P<c1><!--.*?-->)", _QUOTED]), "english": r"(?P<c1>(?!x)x)",
    **dict.fromkeys(("shell", "ruby", "yaml", "toml"), "|".join([_HASH, _QUOTED])),
}
_COMPILED = {language: re.compile(pattern, re.DOTALL) for language, pattern in _PATTERNS.items()}


@functools.lru_cache(256)  # many makers ask about one text
def kinds(text: str, language: str) -> str:
    """As long as `text`: CODE, STRING or COMMENT for each of its characters."""
    marks = [CODE] * len(text)
    for match in _COMPILED[language].finditer(text):
        group = match.lastgroup or ""
        mark = COMMENT if group.startswith("c") else STRING
        marks[match.start():match.end()] = mark * (match.end() - match.start())
    return "".join(marks)


@functools.lru_cache(256)
def code_only(text: str, language: str) -> str:
    """`text` with a space for each character of a string or comment; newlines stay."""
    return "".join(char if mark == CODE or char == "\n" else " "
                   for char, mark in zip(text, kinds(text, language)))


def without_comments(text: str, language: str) -> str:
    """Strings as they are, no comments: what programs mean, for comparisons."""
    return "".join(char if mark != COMMENT or char == "\n" else " "
                   for char, mark in zip(text, kinds(text, language)))

"""The tokens of a program, with or without its comments: what two texts must share to be the same
program, whatever their white space. Lexical: for languages that Python cannot parse."""

from __future__ import annotations

import re

_SLASHES = r"(?P<comment>//[^\n]*|/\*.*?\*/)"
_HASH = r"(?P<comment>\#[^\n]*)"
_STRINGS = {
    "python": r'"""(?:\\.|[^\\])*?"""|\'\'\'(?:\\.|[^\\])*?\'\'\'|"(?:\\.|[^"\\\n])*"|'
              r"'(?:\\.|[^'\\\n])*'",
    "rust": r"""r(?P<hashes>\#*)".*?"(?P=hashes)|"(?:\\.|[^"\\])*"|'(?:\\[^']+|[^'\\\n])'""",
}
_OTHER_STRINGS = r"""`(?:\\.|[^`\\])*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'"""
_REST = r"\w+|[^\w\s]"


def _pattern(language: str) -> re.Pattern[str]:
    comment = _HASH if language == "python" else _SLASHES
    return re.compile("|".join([comment, _STRINGS.get(language, _OTHER_STRINGS), _REST]),
                      re.DOTALL)


def tokens(text: str, language: str, with_comments: bool) -> list[str]:
    return [" ".join(match[0].split()) for match in _pattern(language).finditer(text)
            if with_comments or not match["comment"]]

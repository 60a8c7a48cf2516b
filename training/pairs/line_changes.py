"""Changes of single lines, in any language: what an instruction says outright. The text that people
wrote is what is learnt, or what it starts from."""

from __future__ import annotations

import random
import re
from typing import Iterator, NamedTuple

from training.pairs import masking
from training.pairs.changes import NAMES, Change, Maker, both_ways, indent_of
from training.pairs.regions import Region
from training.pairs.word_changes import FLIPS, KEYWORDS

LINE_COMMENT = {"c": "//", "cpp": "//", "go": "//", "rust": "//", "java": "//", "php": "//",
                "javascript": "//", "typescript": "//", "lua": "--", "sql": "--"}
HASH_COMMENT = ("python", "shell", "ruby", "yaml", "toml")
MAX_LINE = 90  # characters of one that an instruction says
CLOSERS = (")", "]", "}", "else", "elif", "except", "finally", "catch", "case", "default", "end",
           "fi", "done", "then", "when", "rescue", "ensure", ".", "&&", "||", "+", "?", ":")
OPENERS = ("{", "(", "[", ":", "\\", "=", "&&", "||", "+", "->", "=>", "then", "do", "|")
OPERATORS = {"+": "-", "-": "+", "*": "+", "==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=",
             ">=": ">", "&&": "||", "||": "&&", "and": "or", "or": "and", "+=": "-=", "-=": "+="}

TEMPLATES: dict[str, tuple[str, ...]] = {
    "line_insert_after": (
        "After `{line}`, add `{text}`", "Add `{text}` after `{line}`",
        "Insert `{text}` below `{line}`", "Put `{text}` after the line `{line}`",
        "add {text} right after {line}", "below {line} add {text}",
        "After the line with {word}, add `{text}`", "`{text}` is missing after `{line}`"),
    "line_insert_before": (
        "Before `{line}`, add `{text}`", "Add `{text}` before `{line}`",
        "Insert `{text}` above `{line}`", "put {text} before {line}",
        "`{text}` should come before `{line}`, add it", "First do `{text}`, then `{line}`",
        "Call `{text}` before `{line}`"),
    "line_insert_end": (
        "Add `{text}` at the end", "At the end, add `{text}`", "Append `{text}`",
        "append the line {text}", "Finish with `{text}`", "The last line should be `{text}`"),
    "line_insert_start": (
        "Add `{text}` at the beginning", "At the top, add `{text}`", "Start with `{text}`",
        "Insert `{text}` as the first line", "put {text} first", "Prepend `{text}`"),
    "line_delete_line": (
        "Remove the line `{text}`", "Delete `{text}`", "Drop the line `{text}`", "remove {text}",
        "Take out `{text}`", "get rid of {text}", "We no longer need `{text}`, remove it"),
    "line_delete_word_line": (
        "Remove the line with {word}", "Delete the line that has {word}", "remove {word}",
        "Drop {word}", "{word} is not needed, remove it", "delete {word}"),
    "line_replace_line": (
        "Replace `{old}` with `{new}`", "Change `{old}` to `{new}`", "`{old}` should be `{new}`",
        "Write `{new}` instead of `{old}`", "change the line {old} to {new}",
        "Instead of `{old}` it should say `{new}`", "Turn `{old}` into `{new}`"),
    "line_replace_part": (
        "In `{line}`, use {new} instead of {old}", "Use {new} instead of {old} in `{line}`",
        "In the line `{line}`, replace {old} by {new}", "{old} should be {new} in `{line}`",
        "`{line}` is wrong: {new}, not {old}", "Change {old} to {new} in {line}"),
    "line_comment_out": (
        "Comment out `{line}`", "Comment out the line `{line}`", "comment out {line}",
        "Disable `{line}` by a comment", "Turn `{line}` into a comment",
        "Comment out the line with {word}"),
    "line_uncomment": (
        "Uncomment `{line}`", "Uncomment the line `{line}`",
        "Enable the commented-out line `{line}`", "uncomment {line}",
        "Put `{line}` back in, it is commented out"),
    "line_top_comment": (
        'Add the comment "{text}" at the top', "Add a comment at the top: {text}",
        'Start with a comment that says "{text}"', 'put a comment "{text}" on top',
        'Above everything, add the comment "{text}"'),
    "line_sort_lines": (
        "Sort the lines", "Sort the lines alphabetically", "Put these in alphabetical order",
        "sort alphabetically", "Sort them", "Order the entries by name"),
    "line_remove_repeated_line": (
        "Remove the duplicate line", "The line `{text}` is there twice, remove one",
        "Remove the repeated line", "delete the duplicated {text}", "dedupe the lines"),
    "line_add_import": (
        "Add `{text}`", "Add the import `{text}`", "{text} is missing", "add {text}",
        "We need `{text}` too", "Add `{text}` to the imports"),
    "line_remove_import": (
        "Remove the import of {what}", "Remove `{text}`", "{what} is unused, remove its import",
        "do not import {what}", "Drop the unused import {what}", "delete {text}"),
    "line_remove_blank_lines": (
        "Remove the blank lines", "Delete the empty lines", "no blank lines",
        "Take out the empty lines", "Remove all blank lines"),
    "line_swap_lines": (
        "Move `{text}` above `{line}`", "`{text}` should come before `{line}`",
        "Swap `{line}` and `{text}`", "Do `{text}` first, then `{line}`",
        "put {text} before {line}", "Exchange the lines `{line}` and `{text}`"),
}


class Line(NamedTuple):
    place: int
    indent: str
    text: str  # stripped


def _lines(region: Region) -> list[Line]:
    return [Line(n, indent_of(line), line.strip())
            for n, line in enumerate(region.text.splitlines())]


def _balanced(text: str) -> bool:
    return all(text.count(a) == text.count(b) for a, b in ("()", "[]", "{}"))


def _simple(line: Line, lines: list[Line], code: list[str]) -> bool:
    """A statement or an entry on a line of its own, which can go or come without its neighbours."""
    text, before = line.text, code[line.place - 1].strip() if line.place else ""
    if not 5 <= len(text) <= MAX_LINE or not code[line.place].strip() or not _balanced(text) or \
            text.startswith(CLOSERS) or code[line.place].rstrip().endswith(OPENERS) or "`" in text:
        return False
    if before.endswith((",", "(", "[", "\\", "=", "&&", "||", "+")) and not text.endswith(","):
        return False
    return True


def _movable(region: Region) -> list[Line]:
    lines = _lines(region)
    code = masking.code_only(region.text, region.language).splitlines()
    if region.language in ("yaml", "toml", "json", "css", "html", "english"):
        code = region.text.splitlines()
    return [line for line in lines if _simple(line, lines, code)]


def _once(text: str, region: Region) -> bool:
    return sum(line.strip() == text for line in region.text.splitlines()) == 1


def _word_of(line: Line, region: Region) -> str | None:
    """A word that only this line has."""
    code = masking.code_only(line.text, region.language)
    words = [word for word in re.findall(r"[A-Za-z_][\w.]{3,}\w", code)
             if region.text.count(word) == 1 and word not in KEYWORDS]
    return max(words, key=len) if words else None


def _joined(lines: list[str]) -> str:
    return "".join(line + "\n" for line in lines)


def insert(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A line that people wrote, taken out to be asked for; or the other way round."""
    lines, whole = region.text.splitlines(), _lines(region)
    places = [line for line in _movable(region) if _once(line.text, region)
              and 0 < line.place]
    if len(lines) < 3 or not places:
        return
    line = numbers.choice(places)
    rest = lines[:line.place] + lines[line.place + 1:]
    before, after = _joined(rest), region.text
    previous = whole[line.place - 1]
    following = whole[line.place + 1] if line.place + 1 < len(whole) else None
    if line.place == len(lines) - 1 and previous.indent == line.indent:
        yield Change("line_insert_end", before, after, {"text": line.text})
    elif previous.text and len(previous.text) <= MAX_LINE and _once(previous.text, region) and \
            "`" not in previous.text and previous.indent == line.indent:
        word = _word_of(previous, region) or f"`{previous.text}`"
        yield Change("line_insert_after", before, after,
                     {"line": previous.text, "text": line.text, "word": word})
    if following and following.text and following.indent == line.indent and \
            len(following.text) <= MAX_LINE and _once(following.text, region) and \
            "`" not in following.text:
        yield Change("line_insert_before", before, after,
                     {"line": following.text, "text": line.text})
    if following is None or following.indent == line.indent or previous.indent == line.indent:
        yield Change("line_delete_line", after, before, {"text": line.text})
        word = _word_of(line, region)
        if word:
            yield Change("line_delete_word_line", after, before, {"word": word})


def insert_start(region: Region, numbers: random.Random) -> Iterator[Change]:
    lines = _movable(region)
    if lines and lines[0].place == 0 and lines[0].indent == "" and _once(lines[0].text, region):
        rest = _joined(region.text.splitlines()[1:])
        if rest.strip() and not rest.startswith((" ", "\t", "\n")):
            yield Change("line_insert_start", rest, region.text, {"text": lines[0].text})


class Part(NamedTuple):
    begin: int
    end: int
    new: str


def _code_parts(line: str, offset: int, marks: str, region: Region,
                numbers: random.Random) -> list[Part]:
    """What could have been written instead at places of a line."""
    parts = []
    for match in re.finditer(r"(?<![\w.])\d+(?![\w.])", line):
        parts.append(Part(*match.span(), str(int(match[0]) + numbers.choice((1, 2, 9, 10, 90)))))
    for match in re.finditer(r"(?<= )(?:[+*-]=?|[=!]=|[<>]=?|&&|\|\||and|or)(?= )", line):
        if match[0] in OPERATORS:
            parts.append(Part(*match.span(), OPERATORS[match[0]]))
    for match in re.finditer(r"\b(?:true|false|True|False)\b", line):
        parts.append(Part(*match.span(), FLIPS[match[0]]))
    code = masking.code_only(region.text, region.language)
    words = sorted(set(re.findall(r"\b[a-z]\w{2,}\b", code)) - KEYWORDS)
    for match in re.finditer(r"(?<=[(, ])[a-z]\w{2,}(?=[,)])", line):
        if words and match[0] not in KEYWORDS:
            parts.append(Part(*match.span(), numbers.choice(words)))
    for match in re.finditer(r"(?<=\.)[a-z]\w{2,}(?=\()", line):
        parts.append(Part(*match.span(), numbers.choice(NAMES)))
    return [part for part in parts if line[part.begin:part.end] != part.new
            and masking.COMMENT not in marks[offset + part.begin:offset + part.end]
            and masking.STRING not in marks[offset + part.begin:offset + part.end]]


def replace(region: Region, numbers: random.Random) -> Iterator[Change]:
    """One line, said whole or in part."""
    movable = _movable(region)
    if not movable:
        return
    line = numbers.choice(movable)
    raw = region.text.splitlines()
    offset = sum(len(one) + 1 for one in raw[:line.place])
    marks = masking.kinds(region.text, region.language)
    parts = _code_parts(raw[line.place], offset, marks, region, numbers)
    if not parts or not _once(line.text, region):
        return
    part = numbers.choice(parts)
    old_line = raw[line.place]
    new_line = old_line[:part.begin] + part.new + old_line[part.end:]
    other = _joined(raw[:line.place] + [new_line] + raw[line.place + 1:])
    if new_line.strip() in (one.strip() for one in raw):
        return
    # What people wrote is the answer two times in three.
    wrong_first = numbers.random() < 0.67
    before, after = (other, region.text) if wrong_first else (region.text, other)
    old, new = (new_line.strip(), line.text) if wrong_first else (line.text, new_line.strip())
    yield Change("line_replace_line", before, after, {"old": old, "new": new})
    old_part, new_part = old_line[part.begin:part.end], part.new
    if wrong_first:
        old_part, new_part = new_part, old_part
    if old.count(old_part) == 1:
        yield Change("line_replace_part", before, after,
                     {"old": old_part, "new": new_part, "line": old})


def _sign(language: str) -> str | None:
    return "#" if language in HASH_COMMENT else LINE_COMMENT.get(language)


def comment_out(region: Region, numbers: random.Random) -> Iterator[Change]:
    sign = _sign(region.language)
    places = [line for line in _movable(region) if _once(line.text, region)]
    if sign is None or not places:
        return
    line = numbers.choice(places)
    lines = region.text.splitlines()
    lines[line.place] = f"{line.indent}{sign} {line.text}"
    words = {"line": line.text, "word": _word_of(line, region) or f"`{line.text}`"}
    yield from both_ways("line_comment_out", "line_uncomment", region.text, _joined(lines), words)


COMMENT_TEXTS = (
    "TODO: handle errors", "TODO: add tests", "not thread-safe", "see the docs for details",
    "keep in sync with the {} module", "used by the {} code", "FIXME: slow for a large {}",
    "the {} must be sorted", "returns the {}", "NOTE: the {} may be empty", "caller owns the {}",
    "helper for the {}", "expects a valid {}", "deprecated")


def top_comment(region: Region, numbers: random.Random) -> Iterator[Change]:
    sign = _sign(region.language)
    if sign is not None and not region.text.startswith(("#", "//", "/*", "--")):
        text = numbers.choice(COMMENT_TEXTS).format(numbers.choice(NAMES))
        yield Change("line_top_comment", region.text, f"{sign} {text}\n{region.text}",
                     {"text": text})


def order(region: Region, numbers: random.Random) -> Iterator[Change]:
    """Three lines or more that people keep in order; two that could change places; one twice."""
    lines = region.text.splitlines()
    stripped = [line.strip() for line in lines]
    if 3 <= len(lines) <= 15 and all(stripped) and len(set(stripped)) == len(lines) and \
            lines == sorted(lines) and len({line.indent for line in _lines(region)}) == 1:
        mixed = numbers.sample(lines, len(lines))
        if mixed != lines:
            yield Change("line_sort_lines", _joined(mixed), region.text, {})
    movable = [line for line in _movable(region) if _once(line.text, region)]
    if movable:
        line = numbers.choice(movable)
        doubled = lines[:line.place + 1] + lines[line.place:]
        yield Change("line_remove_repeated_line", _joined(doubled), region.text,
                     {"text": line.text})
    pairs = [(a, b) for a, b in zip(movable, movable[1:]) if b.place == a.place + 1
             and a.indent == b.indent]
    if pairs:
        first, second = numbers.choice(pairs)
        swapped = list(lines)
        swapped[first.place], swapped[second.place] = lines[second.place], lines[first.place]
        yield Change("line_swap_lines", _joined(swapped), region.text,
                     {"text": first.text, "line": second.text})


IMPORT = re.compile(r"(?:import|from|use|require|#include|using)\b")


def imports(region: Region, numbers: random.Random) -> Iterator[Change]:
    """One of several lines that name what a file uses, at the end or where order puts it."""
    lines = region.text.splitlines()
    places = [n for n, line in enumerate(lines) if IMPORT.match(line) and 8 <= len(line) <= MAX_LINE
              and "`" not in line and (_balanced(line))]
    if len(places) < 2:
        return
    place = numbers.choice(places)
    in_order = sorted(lines[n] for n in places) == [lines[n] for n in places]
    text = lines[place].rstrip(";")
    names = re.findall(r"[\w./@-]+", re.sub(r"^\S+\s", "", text))
    rest = _joined(lines[:place] + lines[place + 1:])
    if not names or text in rest or not rest.strip():
        return
    words = {"text": lines[place], "what": names[-1]}
    if place == places[-1] or in_order:
        yield Change("line_add_import", rest, region.text, words)
    if names[-1] not in rest:
        yield Change("line_remove_import", region.text, rest, words)


def blank_lines(region: Region, numbers: random.Random) -> Iterator[Change]:
    lines = region.text.splitlines()
    full = [line for line in lines if line.strip()]
    quoted = any(sign in region.text for sign in ('"""', "'''", "`"))  # blank lines may be text
    if len(full) < len(lines) < 30 and not quoted and region.language != "english":
        yield Change("line_remove_blank_lines", region.text, _joined(full), {})


LINE_CHANGES: tuple[Maker, ...] = (insert, insert_start, replace, comment_out, top_comment, order,
                                   imports, blank_lines)

"""Entries of lists, tables, structures and configurations that stand on lines of their own: put in,
taken out, put in order."""

from __future__ import annotations

import random
import re
from typing import Iterator

from training.pairs.changes import Change, Maker, indent_of
from training.pairs.regions import Region

FEWEST = 3  # lines of one form, so that they are a list
MAX_LINE = 80
KEYED = re.compile(r"[\"']?(?P<key>[A-Za-z_][\w .-]*?|\d+)[\"']?\s*(?::|=>|=(?!=))\s*"
                   r"(?P<value>\S.*?),?$")

TEMPLATES: dict[str, tuple[str, ...]] = {
    "entry_add": (
        "Add the entry `{text}` at the end", "Add `{text}`", "Also add {text}", "append {text}",
        "{text} is missing, add it as the last one", "We need {text} too", "and {text}"),
    "entry_add_keyed": (
        "Add {key} with {value} at the end", "Add {key}: {value}", "also {key}, {value}",
        "Map {key} to {value} too", "{key} is missing, it is {value}", "add a {key} of {value}",
        "Add an entry for {key}: {value}", "add {key} = {value}"),
    "entry_insert": (
        "Add `{text}` after `{line}`", "After {line}, add {text}", "put {text} behind {line}",
        "Insert the entry {text} below {line}"),
    "entry_remove": (
        "Remove {text}", "Remove the entry `{text}`", "drop {text}",
        "{text} is not needed any more",
        "Take {text} out of the list", "delete the entry {text}"),
    "entry_remove_keyed": (
        "Remove {key}", "Remove the entry for {key}", "drop {key}", "We do not need {key} any more",
        "delete {key}", "{key} can go"),
    "entry_change": (
        "Change {key} from {old} to {value}", "{key} should be {value}", "Set {key} to {value}",
        "make {key} {value}", "use {value} for {key}", "{key}: {value}, not {old}"),
    "entry_sort": (
        "Sort the entries", "Sort these alphabetically", "sort the list",
        "Put them in alphabetical order", "alphabetical order please",
        "Order the entries by name"),
}


def _form(line: str) -> str:
    """What is left of a line without its names, numbers and texts."""
    return re.sub(r"\"[^\"]*\"|'[^']*'|[\w.-]+", "x", line.strip().rstrip(","))


def _runs(lines: list[str]) -> Iterator[tuple[int, int]]:
    """(first, end) of the longest stretches of lines of one form and indentation."""
    first = 0
    while first < len(lines):
        last = first + 1
        while last < len(lines) and _alike(lines[first], lines[last]):
            last += 1
        run = {line.strip() for line in lines[first:last]}
        if len(run) == last - first >= FEWEST and all(5 <= len(line) <= MAX_LINE for line in run):
            yield first, last
        first = last


def _alike(one: str, other: str) -> bool:
    return bool(one.strip()) and indent_of(one) == indent_of(other) and \
        _form(one) == _form(other) and "`" not in one + other and \
        one.rstrip().endswith(",") == other.rstrip().endswith(",") and \
        not one.strip().startswith(("#", "//", "*", "/*", "--"))


def _text(line: str) -> str:
    return line.strip().rstrip(",;")


def entry(region: Region, numbers: random.Random) -> Iterator[Change]:
    lines = region.text.splitlines(keepends=True)
    runs = list(_runs(lines))
    if not runs:
        return
    first, last = numbers.choice(runs)
    place = numbers.choice((last - 1, numbers.randrange(first + 1, last)))
    rest = "".join(lines[:place] + lines[place + 1:])
    text, keyed = _text(lines[place]), KEYED.match(lines[place].strip())
    if text in rest:
        return
    if place == last - 1 and len(runs) == 1:
        yield Change("entry_add", rest, region.text, {"text": text})
        if keyed:
            yield Change("entry_add_keyed", rest, region.text, _words(keyed))
    elif place < last - 1:
        yield Change("entry_insert", rest, region.text,
                     {"text": text, "line": _text(lines[place - 1])})
    yield Change("entry_remove", region.text, rest, {"text": text})
    if keyed and keyed["key"] not in rest:
        yield Change("entry_remove_keyed", region.text, rest, _words(keyed))


def _words(keyed: re.Match) -> dict[str, str]:
    return {"key": keyed["key"], "value": keyed["value"].rstrip(";")}


def change(region: Region, numbers: random.Random) -> Iterator[Change]:
    """An entry gets the value of another."""
    lines = region.text.splitlines(keepends=True)
    found = [(place, keyed) for first, last in _runs(lines) for place in range(first, last)
             if (keyed := KEYED.match(lines[place].strip()))]
    values = sorted({keyed["value"] for _, keyed in found})
    if len(values) < 2:
        return
    place, keyed = numbers.choice(found)
    other = numbers.choice([value for value in values if value != keyed["value"]])
    line = lines[place]
    at = line.rindex(keyed["value"])
    after = "".join(lines[:place] + [line[:at] + other + line[at + len(keyed["value"]):]] +
                    lines[place + 1:])
    if region.text.count(keyed["key"]) == 1:
        yield Change("entry_change", region.text, after,
                     {"key": keyed["key"], "old": keyed["value"].rstrip(";"),
                      "value": other.rstrip(";")})


def order(region: Region, numbers: random.Random) -> Iterator[Change]:
    lines = region.text.splitlines(keepends=True)
    runs = [(first, last) for first, last in _runs(lines) if last - first <= 12
            and all(line.strip()[0].islower() or line.strip()[0] in "\"'" for line in
                    lines[first:last])]
    if len(runs) != 1:
        return
    (first, last), = runs
    ordered = sorted(lines[first:last])
    mixed = numbers.sample(ordered, len(ordered))
    if mixed != ordered:
        yield Change("entry_sort", "".join(lines[:first] + mixed + lines[last:]),
                     "".join(lines[:first] + ordered + lines[last:]), {})


ENTRIES: tuple[Maker, ...] = (entry, change, order)

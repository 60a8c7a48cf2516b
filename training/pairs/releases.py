"""Pairs out of successive releases of a package: a function before and after, and as instruction
the line of the changelog that names it, or in words what was changed where that is one place.

releases.tsv names the packages; their use is that of the corpus (training/corpus/packages.tsv).
Nothing of a package is run.
"""

from __future__ import annotations

import csv
import difflib
import re
from pathlib import Path
from typing import Iterator, NamedTuple

from training.corpus.archives import SourceFile, source_files
from training.corpus.fetch import Fetcher
from training.corpus.filters import refusal
from training.corpus.package_list import Package
from training.pairs.changes import Change
from training.pairs.regions import Region, functions

LIST = Path(__file__).with_name("releases.tsv")
MOST_CHANGED_LINES = 12
MOST_DESCRIBED_LINES = 4
NOTE_LETTERS = (12, 200)  # of a changelog's entry
MIN_NAME = 4  # letters: a shorter name stands in an entry by chance
CHANGELOG = re.compile(r"^(changes|changelog|history|news|releases?)\b", re.IGNORECASE)
ENTRY = re.compile(r"^[ \t]*[-*+][ \t]+(.+(?:\n[ \t]+(?![-*+] )\S.*)*)", re.MULTILINE)
# Of an issue or its page; a person.
NUMBER = re.compile(r"(?::\w+:|\{\w+\})`[A-Z-]*\d+`|\(?#\d+\)?|`?\w* ?<https?:[^>]*>`?_*:?|@[\w-]+")
EMPTY = re.compile(r"\([\s,]*\)|^[:\s]+")
DECORATION = re.compile(r"``?|\[([^\]]*)\]\([^)]*\)|:\w+:`|\{\w+\}`|\*\*|~(?=\w)")


class Release(NamedTuple):
    registry: str
    name: str
    old: str
    new: str
    licence: str
    use: str

    def package(self, version: str) -> Package:
        return Package(self.registry, self.name, version, self.licence, self.use)


class Changed(NamedTuple):
    before: Region
    after: Region


def read(path: Path = LIST) -> list[Release]:
    with open(path, newline="") as file:
        return [Release(**row) for row in csv.DictReader(file, delimiter="\t")]


def release_changes(release: Release, fetcher: Fetcher) -> Iterator[tuple[str, Change]]:
    """(language, change). FetchError where an archive cannot be had."""
    old, new = (list(source_files(fetcher.fetch(release.package(version))))
                for version in (release.old, release.new))
    functions_changed = list(changed_functions(old, new))
    notes = [note for note in changelog_entries(old, new)
             if sum(_names(note, one.after.name) for one in functions_changed) == 1]
    for changed in functions_changed:
        for change in (noted(changed, notes), described(changed)):
            if change is not None:
                yield changed.after.language, change
                break


def changed_functions(old: list[SourceFile], new: list[SourceFile]) -> Iterator[Changed]:
    """Functions of one name in a file of one path, each once on both sides."""
    before = {file.path: file for file in old}
    for file in new:
        known = before.get(file.path)
        if known is None or known.text == file.text or refusal(file.path, file.text):
            continue
        earlier = _only(known)
        for name, region in _only(file).items():
            other = earlier.get(name)
            if other is not None and 0 < changed_lines(other, region) <= MOST_CHANGED_LINES:
                yield Changed(other, region)


def _only(file: SourceFile) -> dict[str, Region]:
    """By name, those whose name is one function's."""
    found: dict[str, Region | None] = {}
    for region in functions(file.text, file.language):
        found[region.name] = None if region.name in found else region
    return {name: region for name, region in found.items() if region is not None}


def _edits(before: Region, after: Region) -> list[tuple[list[str], list[str], str]]:
    """(lines taken away, lines put in their place, the line before) of each place."""
    old, new = before.text.splitlines(), after.text.splitlines()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [(old[a:b], new[c:d], old[a - 1] if a else "")
            for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"]


def changed_lines(before: Region, after: Region) -> int:
    return sum(max(len(old), len(new)) for old, new, _ in _edits(before, after))


def described(changed: Changed) -> Change | None:
    """One place of a few lines, said so that only one answer is right."""
    edits = _edits(*changed)
    old, new, line = edits[0]
    if len(edits) > 1 or max(len(old), len(new)) > MOST_DESCRIBED_LINES or \
            any("`" in text or not text.strip() for text in [*old, *new]):
        return None
    texts = changed.before.text, changed.after.text
    if len(old) == len(new) == 1:
        return Change("release_replace", *texts, {"old": old[0].strip(), "new": new[0].strip()})
    if not new and len(old) == 1:
        return Change("release_remove", *texts, {"text": old[0].strip()})
    if not old and len(new) == 1 and line.strip() and changed.before.text.count(line) == 1:
        return Change("release_add", *texts, {"text": new[0].strip(), "line": line.strip()})
    return None


def noted(changed: Changed, notes: list[str]) -> Change | None:
    """What the changelog says of the function, if one entry names it."""
    said = [note for note in notes if _names(note, changed.after.name)]
    if len(said) != 1:
        return None
    return Change("release_note", changed.before.text, changed.after.text, {"note": said[0]})


def _names(note: str, name: str) -> bool:
    return len(name) >= MIN_NAME and \
        re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", note) is not None


def changelog_entries(old: list[SourceFile], new: list[SourceFile]) -> list[str]:
    """Entries that the old release's changelog has not."""
    known = set(_entries(old))
    return [note for note in _entries(new) if note not in known]


def _entries(files: list[SourceFile]) -> Iterator[str]:
    for file in files:
        if file.language == "english" and CHANGELOG.match(Path(file.path).name):
            for match in ENTRY.finditer(file.text):
                plain = DECORATION.sub(r"\1", NUMBER.sub("", match[1]))
                note = " ".join(EMPTY.sub("", plain).split()).rstrip(" .,")
                if NOTE_LETTERS[0] <= len(note) <= NOTE_LETTERS[1]:
                    yield note

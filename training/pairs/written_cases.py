"""Cases written by hand: what programmers ask of their editor, not the kinds that are trained.

written/LANGUAGE.txt and written/LANGUAGE.TOPIC.txt hold them, one after the other:

  === KIND NAME
  the instruction
  --- before
  the code; where a part of it is selected, that part between a line >>> and a line <<<
  --- after
  the code as it should be; where a part is selected, what stands in its place
  --- also
  another right answer, in the same form; none, or several
  --- tests
  Python that fails for the code before and passes for a right answer, whose text is SOURCE

Empty lines at the end of a section do not count. A case of Python has tests; one of another
language has none, so that its right answers are all that is right.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Iterable, NamedTuple

from training.pairs.languages import ENDINGS

FOLDER = Path(__file__).with_name("written")
PACKAGE = "cromwell"
LICENCE = "MIT"

_HEADER = re.compile(r"^=== (\w+) ([\w-]+)\n", re.MULTILINE)
_SECTION = re.compile(r"^--- (\w+)\n", re.MULTILINE)
_SELECTED = re.compile(r"^>>>\n(.*)^<<<\n", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"^(>>>|<<<)$", re.MULTILINE)


class Written(NamedTuple):
    kind: str
    name: str
    language: str
    instruction: str
    head: str  # the lines in front of the selected ones, which may be all
    selected: str
    tail: str
    answers: list[str]  # right texts in place of the selected lines, the expected one first
    tests: str

    @property
    def id(self) -> str:
        return f"{self.kind}-{self.name}"

    @property
    def file(self) -> str:
        return "source" + ENDINGS[self.language]

    @property
    def content(self) -> str:
        return self.head + self.selected + self.tail

    @property
    def selection(self) -> dict[str, int]:
        before = self.head.count("\n")
        return {"start_line": before + 1, "end_line": before + self.selected.count("\n")}

    def requests(self) -> list[str]:
        """A line for `cromwell prompts` for each right answer."""
        return [json.dumps({"file": self.file, "content": self.content,
                            "selection": self.selection, "after": answer,
                            "instruction": self.instruction}) for answer in self.answers]

    def line(self) -> str:
        """The benchmark's (clients/python/cromwell/evaluation/cases.py)."""
        expected, *also = [self.head + answer + self.tail for answer in self.answers]
        entry = {"id": self.id, "kind": self.kind, "language": self.language, "file": self.file,
                 "content": self.content, "instruction": self.instruction, "expected": expected,
                 "package": PACKAGE, "licence": LICENCE}
        entry.update({"tests": self.tests} if self.tests else {})
        entry.update({"also": also} if also else {})
        entry.update({"selection": self.selection} if self.head or self.tail else {})
        return json.dumps(entry)


def read(folder: Path = FOLDER) -> list[Written]:
    """ValueError with the file's name and the case's for what is no case."""
    return [case for path in sorted(folder.glob("*.txt"))
            for case in parse(path.read_text(), path.name)]


def parse(text: str, name: str) -> list[Written]:
    """`name` is the file's, for the language and for what is wrong."""
    language = name.partition(".")[0]
    if language not in ENDINGS:
        raise ValueError(f"{name}: no language of {', '.join(ENDINGS)}")
    start, *rest = _HEADER.split(text)
    if start.strip():
        raise ValueError(f"{name}: begins with no line === KIND NAME")
    cases = []
    for kind, case, body in zip(rest[0::3], rest[1::3], rest[2::3]):
        try:
            cases.append(_case(kind, case, language, body))
        except ValueError as problem:
            raise ValueError(f"{name}: {kind} {case}: {problem}") from problem
    return cases


def _case(kind: str, name: str, language: str, body: str) -> Written:
    instruction, *rest = _SECTION.split(body)
    sections: dict[str, list[str]] = {"before": [], "after": [], "also": [], "tests": []}
    for title, text in zip(rest[0::2], rest[1::2]):
        if title not in sections:
            raise ValueError(f"a section {title}, expected one of {', '.join(sections)}")
        sections[title].append(text.rstrip() + "\n" if text.strip() else "")
    if not instruction.strip() or len(sections["before"]) != 1 or len(sections["after"]) != 1 \
            or len(sections["tests"]) != (language == "python"):
        raise ValueError("expected an instruction, one before, one after, and tests in Python")
    head, selected, tail = _parts(sections["before"][0])
    return Written(kind, name, language, instruction.strip(), head, selected, tail,
                   sections["after"] + sections["also"], "".join(sections["tests"]).rstrip())


def _parts(before: str) -> tuple[str, str, str]:
    parts = _SELECTED.split(before)
    head, selected, tail = parts if len(parts) == 3 else ("", before, "")
    if _MARK.search(head + selected + tail) or not selected:
        raise ValueError("expected one >>> and after it one <<<, or none")
    return head, selected, tail


def merge(lines: Iterable[str], cases: Iterable[Written]) -> list[str]:
    """`lines` of cases with these in place of the written ones that were there; what is new comes
    last, and all others stay byte for byte."""
    written = {case.id: case.line() for case in cases}
    merged = []
    for line in lines:
        entry = json.loads(line)
        if entry["package"] != PACKAGE:
            merged.append(line)
        elif entry["id"] in written:
            merged.append(written.pop(entry["id"]))
    return merged + list(written.values())

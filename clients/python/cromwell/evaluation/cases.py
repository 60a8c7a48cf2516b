"""Cases: one known edit each, a JSON object a line."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Optional

from cromwell.client import StrPath

CASES = pathlib.Path(__file__).with_name("cases.jsonl")
OURS = "cromwell"  # in place of a package's name: the case is made up


class Case(NamedTuple):
    id: str
    kind: str
    language: str
    file: str  # a name, for the language
    content: str
    instruction: str
    expected: str  # the content after the edit
    package: str
    licence: str
    tests: str = ""  # Python that fails where the edited code, which it has as SOURCE, is wrong
    also: Sequence[str] = ()  # further contents that are right after the edit
    selection: Optional[Mapping[str, int]] = None  # start_line and end_line; None: all

    @property
    def right_answers(self) -> list[str]:
        return [self.expected, *self.also]

    @property
    def selected(self) -> Mapping[str, int]:
        """The lines that the edit is asked for, as /v1/edit has them: from 1, the last included."""
        return self.selection or {"start_line": 1, "end_line": self.content.count("\n")}

    @property
    def by_hand(self) -> bool:
        """Written for the benchmark, not made of a package's code in one of the trained ways."""
        return self.package == OURS


def read(path: StrPath = CASES) -> list[Case]:
    """ValueError with the line's number for what is no case."""
    cases = []
    for number, line in enumerate(pathlib.Path(path).read_text().splitlines(), 1):
        try:
            cases.append(Case(**json.loads(line)))
        except (ValueError, TypeError) as problem:
            raise ValueError(f"{path}:{number}: {problem}") from problem
    return cases

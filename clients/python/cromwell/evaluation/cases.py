"""Cases: one known edit each, a JSON object a line."""

from __future__ import annotations

import json
import pathlib
from typing import NamedTuple

from cromwell.client import StrPath

CASES = pathlib.Path(__file__).with_name("cases.jsonl")


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
    tests: str = ""  # Python that fails where the edited code is wrong


def read(path: StrPath = CASES) -> list[Case]:
    """ValueError with the line's number for what is no case."""
    cases = []
    for number, line in enumerate(pathlib.Path(path).read_text().splitlines(), 1):
        try:
            cases.append(Case(**json.loads(line)))
        except (ValueError, TypeError) as problem:
            raise ValueError(f"{path}:{number}: {problem}") from problem
    return cases

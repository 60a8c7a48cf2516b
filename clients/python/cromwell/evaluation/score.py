"""Scores: is an answer the expected one? Byte for byte; as a program, whatever its white space and
comments; or by tests that the edited code passes."""

from __future__ import annotations

import ast
import subprocess
import sys
import tempfile
from typing import NamedTuple, Optional

from cromwell.evaluation.cases import Case
from cromwell.evaluation.tokens import tokens

TEST_TIMEOUT_S = 10


class Score(NamedTuple):
    exact: bool
    match: bool
    tests: Optional[bool]  # None: the case has none, or they were not to be run

    @property
    def success(self) -> bool:
        return self.exact or self.match or bool(self.tests)


def program(text: str, language: str) -> list[str] | str | None:
    """What a text means; two texts of one program are equal. None for Python that does not
    parse."""
    if language != "python":
        return tokens(text, language, with_comments=False)
    try:
        return ast.dump(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError):
        return None


def same(answer: str, case: Case) -> bool:
    """As one of the right answers."""
    return any(_same(answer, right, case) for right in case.right_answers)


def _same(answer: str, right: str, case: Case) -> bool:
    """Where the edit is about comments alone, they count too."""
    expected = program(right, case.language)
    if expected is not None and expected != program(case.content, case.language):
        return program(answer, case.language) == expected
    return tokens(answer, case.language, True) == tokens(right, case.language, True)


def passes(answer: str, tests: str) -> bool:
    """Runs what a model wrote, in a process of its own without the environment's packages. The
    tests have its text as SOURCE: how a thing is written is not always seen when it runs."""
    code = f"{answer}\nSOURCE = {answer!r}\n{tests}"
    with tempfile.TemporaryDirectory(prefix="cromwell-eval.") as folder:
        try:
            done = subprocess.run([sys.executable, "-I", "-c", code], cwd=folder,
                                  capture_output=True, timeout=TEST_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0


def score(answer: str | None, case: Case, run_tests: bool) -> Score:
    """`answer` is the edited content; None: the server refused, or there was none."""
    tests = None
    if case.tests and run_tests:
        tests = answer is not None and passes(answer, case.tests)
    if answer is None:
        return Score(False, False, tests)
    exact = answer.rstrip() in [right.rstrip() for right in case.right_answers]
    return Score(exact, same(answer, case), tests)

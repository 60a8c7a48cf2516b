"""Prompts: a `cromwell prompts` that runs: a line in, a line out."""

from __future__ import annotations

import collections
import contextlib
import json
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Iterable, Iterator, TypeVar

from training.gguf_reader import GgufReader

Item = TypeVar("Item")


class Prompts:
    """Use as a context: the program runs as long."""

    def __init__(self, program: Path, model: Path, protocol: str = "rewrite"):
        """`protocol` is how edits are asked for and said: edit/protocol.h has the names."""
        self._command = [str(program), "prompts", "--model", str(model), "--protocol", protocol]
        self.end_of_text: int = GgufReader(model).keys["tokenizer.ggml.eos_token_id"]

    def __enter__(self) -> Prompts:
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, kind: type | None, *_: BaseException | TracebackType | None) -> None:
        self._end_input()
        self._process.stdout.close()
        status = self._process.wait()
        if status and kind is None:
            raise RuntimeError(f"{self._command[0]} prompts: exit status {status}")

    def _end_input(self) -> None:
        with contextlib.suppress(BrokenPipeError):  # what a program that failed did not read
            self._process.stdin.close()

    def ask(self, line: str) -> dict:
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self._command[0]} prompts: ended, its message is above")
        return json.loads(answer)

    def ask_all(self, items: Iterable[tuple[Item, str]]) -> Iterator[tuple[Item, dict]]:
        """Each item with the answer to its line; the program works while the next are made."""
        waiting: collections.deque[Item] = collections.deque()
        problems: list[Exception] = []

        def feed() -> None:
            try:
                for item, line in items:
                    waiting.append(item)
                    self._process.stdin.write(line + "\n")
            except BrokenPipeError:
                pass  # its exit status says why
            except Exception as problem:  # raised again where the answers are read
                problems.append(problem)
            self._end_input()

        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        for line in self._process.stdout:
            yield waiting.popleft(), json.loads(line)
        feeder.join()
        if problems:
            raise problems[0]

"""Client: requests to the endpoints of Cromwell, wherever they are: in a daemon (http_client) or in
this process (local_client)."""

from __future__ import annotations

import abc
import json
import os
from collections.abc import Iterator
from typing import Any, Union

from cromwell.errors import CromwellError, ServerUnavailable, error_of

StrPath = Union[str, "os.PathLike[str]"]


class Answer(abc.ABC):
    """One answer while it comes. One thread at a time reads; any may close."""

    @abc.abstractmethod
    def status(self) -> int:
        """Waits for it."""

    @abc.abstractmethod
    def read(self) -> bytes:
        """Waits for the next bytes; empty at the end."""

    @abc.abstractmethod
    def close(self) -> None:
        """What is being generated ends within a token."""


class Client(abc.ABC):
    """Any thread may use it, several at a time."""

    @abc.abstractmethod
    def send(self, method: str, path: str, body: bytes = b"", accept: str = "application/json"
             ) -> Answer:
        """One request. `path` with its query; `body` is JSON, or empty."""

    def close(self) -> None:
        """What runs ends; further requests are Unavailable."""

    def get(self, path: str) -> dict[str, Any]:
        return read_object(self.send("GET", path))

    def post(self, path: str, body: object) -> dict[str, Any]:
        return read_object(self.send("POST", path, json.dumps(body).encode()))

    def stream(self, path: str, body: object) -> ServerEvents:
        return ServerEvents(self.send("POST", path, json.dumps(body).encode(),
                                      accept="text/event-stream"))


def read_object(answer: Answer) -> dict[str, Any]:
    """The whole answer; CromwellError if it is an error, or no JSON object."""
    try:
        status = answer.status()
        text = b"".join(iter(answer.read, b""))
    except BaseException:
        answer.close()
        raise
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise CromwellError(f"the server answered {status} without a JSON object: "
                            "is it a Cromwell daemon?", status=status)
    if 200 <= status < 300:
        return value
    error = value.get("error")
    raise error_of(status, error if isinstance(error, dict) else {})


class ServerEvents(Iterator["tuple[str, dict[str, Any]]"]):
    """(name, data) of each server-sent event of an answer. An answer that is an error, and one that
    breaks off, raise CromwellError."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self._begun = False
        self._text = b""

    def __next__(self) -> tuple[str, dict[str, Any]]:
        if not self._begun:
            if self.answer.status() != 200:
                read_object(self.answer)
            self._begun = True
        while True:
            block, end, rest = self._text.partition(b"\n\n")
            if not end:
                chunk = self.answer.read()
                if not chunk:
                    raise StopIteration
                self._text += chunk
                continue
            self._text = rest
            event = _parse_event(block.decode())
            if event is not None:
                return event


def _parse_event(block: str) -> tuple[str, dict[str, Any]] | None:
    """None for a comment, which keeps a silent stream alive."""
    fields = dict(line.split(": ", 1) for line in block.split("\n")
                  if ": " in line and not line.startswith(":"))
    if "data" not in fields:
        return None
    try:
        data = json.loads(fields["data"])
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise ServerUnavailable("an event of the stream is no JSON object: is it a Cromwell's?")
    return fields.get("event", ""), data

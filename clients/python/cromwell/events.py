"""The events of an edit while it is made, as they come over the wire."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Union

Fields = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Started:
    """The first event. Lines are 1-based, both included; `base_sha256` is the file's on disk."""

    id: str
    model: str
    session: str
    workspace: str
    file: str
    base_sha256: str
    protocol: str
    start_line: int
    end_line: int
    prompt_tokens: int
    cached_tokens: int
    seed: int
    context_used: tuple[str, ...]
    context_dropped: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Progress:
    """So many tokens of a long prompt have been read."""

    processed: int
    total: int


@dataclasses.dataclass(frozen=True)
class Token:
    """The attempt's text goes on with this."""

    attempt: int
    text: str


@dataclasses.dataclass(frozen=True)
class Rewind:
    """The attempt's text is cut to its first `to_bytes` bytes of UTF-8; hunks so far are void."""

    attempt: int
    to_bytes: int


@dataclasses.dataclass(frozen=True)
class Hunk:
    """A change that is certain as far as the answer goes; `lines` begin with ' ', '+' or '-'."""

    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    lines: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Diff:
    """What holds: a unified diff as `patch` and `git apply` read it (`patch_bytes` exactly), proven
    to apply. `parses`: without a new syntax error, None where it cannot be told. `checks`: of the
    user's own checks (name, "passed" or "skipped")."""

    file: str
    patch: str
    patch_bytes: bytes
    added: int
    removed: int
    hunks: int
    applies: bool
    parses: bool | None
    checks: tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True)
class Applied:
    """The file holds the new bytes, durably; `guarantee` is "exact", or "best_effort" where the
    file system lacks what it needs."""

    file: str
    id: str
    sha256: str
    guarantee: str


@dataclasses.dataclass(frozen=True)
class Done:
    """The last event. `finish_reason` is "stop" or "no_change"; `confidence` (0 to 1) the mean
    probability of the tokens that were not copied; `timings` in ms and tokens a second."""

    finish_reason: str
    confidence: float
    attempt: int
    prompt_tokens: int
    completion_tokens: int
    timings: dict[str, float]


Event = Union[Started, Progress, Token, Rewind, Hunk, Diff, Applied, Done]


def _started(data: Fields) -> Started:
    context = data.get("context") or {}
    return Started(
        id=data["id"], model=data["model"], session=data["session"], workspace=data["workspace"],
        file=data["file"], base_sha256=data["base_sha256"], protocol=data["protocol"],
        start_line=data["region"]["start_line"], end_line=data["region"]["end_line"],
        prompt_tokens=data["prompt_tokens"], cached_tokens=data["cached_tokens"],
        seed=data["seed"], context_used=tuple(context.get("used", ())),
        context_dropped=tuple(context.get("dropped", ())))


def _hunk(data: Fields) -> Hunk:
    return Hunk(data["old_start"], data["old_lines"], data["new_start"], data["new_lines"],
                tuple(data["lines"]))


def _diff(data: Fields) -> Diff:
    stats, validation = data["stats"], data["validation"]
    return Diff(
        file=data["file"], patch=data["patch"],
        patch_bytes=(base64.b64decode(data["patch_b64"]) if "patch_b64" in data
                     else data["patch"].encode()),
        added=stats["added"], removed=stats["removed"], hunks=stats["hunks"],
        applies=validation["applies"], parses=validation["parses"],
        checks=tuple((check["name"], check["status"]) for check in validation["checks"]))


def _done(data: Fields) -> Done:
    usage = data["usage"]
    return Done(data["finish_reason"], data["confidence"], data["attempt"],
                usage["prompt_tokens"], usage["completion_tokens"], dict(data["timings"]))


_READERS: dict[str, Callable[[Fields], Event]] = {
    "start": _started,
    "progress": lambda data: Progress(data["processed"], data["total"]),
    "token": lambda data: Token(data["attempt"], data["text"]),
    "rewind": lambda data: Rewind(data["attempt"], data["to_bytes"]),
    "hunk": _hunk,
    "diff": _diff,
    "applied": lambda data: Applied(data["file"], data["id"], data["hash"], data["guarantee"]),
    "done": _done,
}


def read_event(name: str, data: Fields) -> Event | None:
    """None for an event of a newer daemon; KeyError or TypeError for one that is not Cromwell's.

    >>> read_event("token", {"attempt": 1, "text": "def"})
    Token(attempt=1, text='def')
    """
    reader = _READERS.get(name)
    return reader(data) if reader is not None else None

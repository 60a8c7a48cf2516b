"""EditResult: how an edit ended, and the way to apply and revert it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from cromwell.client import Client
from cromwell.errors import EditRefused
from cromwell.events import Applied, Diff, Done, Started


@dataclasses.dataclass(frozen=True)
class EditStats:
    """Lines and hunks of the diff; tokens of prompt and answer; `confidence` from 0 to 1;
    `timings` in milliseconds and tokens a second.

    >>> print(EditStats(added=2, removed=3, hunks=1, completion_tokens=45, confidence=0.912))
    2 lines added, 3 removed in 1 hunk, 45 tokens, confidence 0.91
    """

    added: int = 0
    removed: int = 0
    hunks: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    confidence: float = 0.0
    timings: Mapping[str, float] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        lines = "line" if self.added == 1 else "lines"
        hunks = "hunk" if self.hunks == 1 else "hunks"
        return (f"{self.added} {lines} added, {self.removed} removed in {self.hunks} {hunks}, "
                f"{self.completion_tokens} tokens, confidence {self.confidence:.2f}")


class EditResult:
    """One edit. `success`: there is a diff, or nothing needed to change; else `error` says why not,
    with what the model wrote in `error.detail["attempts"]`.

    `diff` is the unified diff as text, empty where nothing changes; `diff_bytes` is exact also
    where the file is not UTF-8. `parses`: without a new syntax error, None if it cannot be told.
    """

    def __init__(self, client: Client, started: Started | None, diff: Diff | None,
                 applied: Applied | None, done: Done | None, error: EditRefused | None) -> None:
        self._client = client
        self.error = error
        self.success = error is None
        self.id = started.id if started else None
        self.file = started.file if started else None
        self.finish_reason = done.finish_reason if done else None
        self.applied = applied is not None
        self.diff = diff.patch if diff else ""
        self.diff_bytes = diff.patch_bytes if diff else b""
        self.parses = diff.parses if diff else None
        self.stats = EditStats(
            added=diff.added if diff else 0, removed=diff.removed if diff else 0,
            hunks=diff.hunks if diff else 0,
            prompt_tokens=done.prompt_tokens if done else 0,
            completion_tokens=done.completion_tokens if done else 0,
            confidence=done.confidence if done else 0.0, timings=done.timings if done else {})

    def __repr__(self) -> str:
        if self.error is not None:
            return f"<EditResult refused: {self.error}>"
        return f"<EditResult {self.id} {self.file}: +{self.stats.added} -{self.stats.removed}>"

    def apply(self, *, merge: bool = False) -> EditResult:
        """Writes the edit to its file, durably; an edit that changes nothing is left alone.

        Conflict ("file_changed") if the file changed since it was read; with `merge` both changes
        are joined, and it is Conflict only where they touch the same lines. After any error the
        file is as it was. Raises `error` if there is one.
        """
        if self._changes() and not self.applied:
            self._client.post(f"/v1/edits/{self.id}/apply", {"merge": merge})
            self.applied = True
        return self

    def revert(self) -> EditResult:
        """Puts the old bytes back: Conflict if the file is not what the edit made of it, or the
        edit is not applied."""
        if self._changes():
            self._client.post(f"/v1/edits/{self.id}/revert", {})
            self.applied = False
        return self

    def _changes(self) -> bool:
        if self.error is not None:
            raise self.error
        return bool(self.diff)


@dataclasses.dataclass(frozen=True)
class EditRecord:
    """An edit as it is kept: `state` is "proposed", "applied" or "reverted"; `created` is UTC as
    RFC 3339 writes it."""

    id: str
    state: str
    workspace: str
    file: str
    instruction: str
    created: str


@dataclasses.dataclass(frozen=True)
class Completion:
    """What stands at a place of a file. `finish_reason` is "stop", or "length" where `max_tokens`
    ended it."""

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    timings: Mapping[str, float]

"""Streams: what is generated, as it comes, and what it comes to in the end."""

from __future__ import annotations

import abc
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Generic, TypeVar

from cromwell.client import Client, ServerEvents
from cromwell.errors import Cancelled, CromwellError, EditRefused, ServerUnavailable, error_of
from cromwell.events import Applied, Diff, Done, Event, Started, read_event
from cromwell.result import Completion, EditResult

Item = TypeVar("Item")
Result = TypeVar("Result")
Self = TypeVar("Self", bound="Stream[Any, Any]")

# What the model could not do, as opposed to what the caller did wrong.
_REFUSALS = ("no_valid_edit", "unencodable_text")


class Stream(Iterator[Item], Generic[Item, Result], abc.ABC):
    """An iterator of what comes. One thread reads; any may cancel.

    KeyboardInterrupt while it waits, any exception in the body of its `with`, and letting go of it
    end the generation within a token. `result` reads what is left.
    """

    def __init__(self, events: ServerEvents) -> None:
        self._events = events
        self._ended = False
        self._cancelled = False
        self._failure: CromwellError | None = None

    @abc.abstractmethod
    def _take(self, name: str, data: dict[str, Any]) -> Item | None:
        """One event of the wire; None where it is nothing for who iterates."""

    @abc.abstractmethod
    def _finish(self) -> Result:
        """Once the last event was taken."""

    def _refused(self, error: CromwellError) -> bool:
        """Whether the error is a result."""
        return False

    def __next__(self) -> Item:
        while not self._ended:
            try:
                item = self._read()
            except CromwellError as error:
                self._end_with(error)
                continue
            except BaseException:
                self.cancel()
                raise
            if item is not None:
                return item
        if self._failure is not None:
            raise self._failure
        raise StopIteration

    def _read(self) -> Item | None:
        event = next(self._events, None)
        if event is None:
            raise ServerUnavailable("the answer broke off before its end")
        name, data = event
        if name == "error":
            raise error_of(int(data.get("status", 0)), data)
        try:
            item = self._take(name, data)
        except (KeyError, TypeError, ValueError) as error:
            raise ServerUnavailable(f"an event {name!r} that is not a Cromwell daemon's: {error!r}"
                                    ) from error
        if name == "done":
            self._ended = True
            self._events.answer.close()
        return item

    def _end_with(self, error: CromwellError) -> None:
        self._ended = True
        self._events.answer.close()
        if self._cancelled:
            self._failure = Cancelled("the stream was cancelled", "cancelled")
        elif not self._refused(error):
            self._failure = error

    @property
    def result(self) -> Result:
        """What it came to; waits for the end. CromwellError if it failed."""
        for _ in self:
            pass
        return self._finish()

    def cancel(self) -> None:
        """Ends the generation, if it has not ended; who reads then gets Cancelled."""
        if not self._ended:
            self._cancelled = True
            self._events.answer.close()

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.cancel()

    def __del__(self) -> None:
        self.cancel()


class EditStream(Stream[Event, EditResult]):
    """The events of an edit (cromwell.events): Started first, Done last."""

    def __init__(self, client: Client, events: ServerEvents) -> None:
        super().__init__(events)
        self._client = client
        self._started: Started | None = None
        self._diff: Diff | None = None
        self._applied: Applied | None = None
        self._done: Done | None = None
        self._refusal: EditRefused | None = None

    def _take(self, name: str, data: dict[str, Any]) -> Event | None:
        event = read_event(name, data)
        if isinstance(event, Started):
            self._started = event
        elif isinstance(event, Diff):
            self._diff = event
        elif isinstance(event, Applied):
            self._applied = event
        elif isinstance(event, Done):
            self._done = event
        return event

    def _refused(self, error: CromwellError) -> bool:
        if not isinstance(error, EditRefused) or error.code not in _REFUSALS:
            return False
        self._refusal = error
        return True

    def _finish(self) -> EditResult:
        return EditResult(self._client, self._started, self._diff, self._applied, self._done,
                          self._refusal)


class CompletionStream(Stream[str, Completion]):
    """Pieces of text."""

    def __init__(self, events: ServerEvents) -> None:
        super().__init__(events)
        self._text = ""
        self._done: dict[str, Any] = {}

    def _take(self, name: str, data: dict[str, Any]) -> str | None:
        if name == "token":
            text = str(data["text"])
            self._text += text
            return text or None
        if name == "done":
            self._done = data
            self._finish()
        return None

    def _finish(self) -> Completion:
        usage = self._done["usage"]
        return Completion(self._text, self._done["finish_reason"], usage["prompt_tokens"],
                          usage["completion_tokens"], self._done["timings"])

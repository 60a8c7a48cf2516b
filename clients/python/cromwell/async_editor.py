"""AsyncCodeEditor: CodeEditor for asyncio. Each request is read by a thread of its own, so that the
wire is written once and the engine in this process serves as well as a daemon."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from cromwell.client import StrPath
from cromwell.editor import CodeEditor
from cromwell.events import Event
from cromwell.options import CompletionOptions, EditOptions, EngineOptions
from cromwell.result import Completion, EditRecord, EditResult
from cromwell.sampling import SamplingConfig
from cromwell.stream import Stream

if TYPE_CHECKING:
    from typing_extensions import Unpack

Item = TypeVar("Item")
Result = TypeVar("Result")
Self = TypeVar("Self", bound="AsyncStream[Any, Any]")


class _Reader(Generic[Item, Result]):
    """What the thread that reads shares with who awaits. It knows no AsyncStream, so that one which
    nobody holds any more goes, and ends the generation."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.items: asyncio.Queue[Item | None] = asyncio.Queue()  # None: the end
        self.failure: BaseException | None = None
        self.result: Result | None = None
        # Entered again where garbage is collected meanwhile.
        self._lock = threading.RLock()
        self._cancelled = False
        self._stream: Stream[Item, Result] | None = None  # guarded by _lock

    def run(self, start: Callable[[], Stream[Item, Result]]) -> None:
        try:
            stream = start()
            with self._lock:
                self._stream = stream
                if self._cancelled:
                    stream.cancel()
            for item in stream:
                self.loop.call_soon_threadsafe(self.items.put_nowait, item)
            self.result = stream.result
        except BaseException as error:  # raised again where the stream is read
            self.failure = error
        try:
            self.loop.call_soon_threadsafe(self.items.put_nowait, None)
        except RuntimeError:  # the loop has ended: nobody reads
            self.cancel()

    def cancel(self) -> None:
        with self._lock:
            self._cancelled = True
            if self._stream is not None:
                self._stream.cancel()


class AsyncStream(AsyncIterator[Item], Generic[Item, Result]):
    """What comes of one request; `await stream.result()` reads what is left. A task that is
    cancelled while it waits, and letting go of the stream, end the generation within a token."""

    def __init__(self, start: Callable[[], Stream[Item, Result]]) -> None:
        self._reader: _Reader[Item, Result] = _Reader()
        self._ended = False
        threading.Thread(target=self._reader.run, args=(start,), daemon=True).start()

    def __del__(self) -> None:
        if hasattr(self, "_reader"):  # without a running loop there is none
            self.cancel()

    async def __anext__(self) -> Item:
        item = None if self._ended else await self._next()
        if item is not None:
            return item
        self._ended = True
        if self._reader.failure is not None:
            raise self._reader.failure
        raise StopAsyncIteration

    async def _next(self) -> Item | None:
        try:
            return await self._reader.items.get()
        except asyncio.CancelledError:
            self.cancel()
            raise

    async def result(self) -> Result:
        async for _ in self:
            pass
        assert self._reader.result is not None
        return self._reader.result

    def cancel(self) -> None:
        """Ends the generation, if it has not ended; who reads then gets Cancelled."""
        self._reader.cancel()

    async def __aenter__(self: Self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:
        self.cancel()


class AsyncCodeEditor:
    """CodeEditor whose methods are awaited; it takes the same arguments and raises the same errors.

    >>> import asyncio
    >>> async def main():
    ...     async with AsyncCodeEditor(model_path=MODEL, codebase_path=PROJECT,
    ...                                config=SamplingConfig(temperature=0)) as editor:
    ...         result = await editor.edit("inventory.py", "Use a with statement.", lines=(4, 8))
    ...         return result.stats.removed
    >>> asyncio.run(main())
    3
    """

    def __init__(self, model_path: StrPath | None = None, tokenizer_path: StrPath | None = None,
                 codebase_path: StrPath | None = None, config: SamplingConfig | None = None,
                 server: str | None = None, token: str | None = None, session: str | None = None,
                 **engine: Unpack[EngineOptions]) -> None:
        self._editor = CodeEditor(model_path, tokenizer_path, codebase_path, config, server, token,
                                  session, **engine)

    async def __aenter__(self) -> AsyncCodeEditor:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        await asyncio.to_thread(self._editor.close)

    def stream(self, file_path: StrPath, instruction: str, lines: tuple[int, int] | None = None,
               **options: Unpack[EditOptions]) -> AsyncStream[Event, EditResult]:
        """CodeEditor.stream(), to be read by `async for`."""
        return AsyncStream(lambda: self._editor.stream(file_path, instruction, lines, **options))

    async def edit(self, file_path: StrPath, instruction: str,
                   lines: tuple[int, int] | None = None, **options: Unpack[EditOptions]
                   ) -> EditResult:
        """CodeEditor.edit(), without on_event."""
        async with self.stream(file_path, instruction, lines, **options) as stream:
            return await stream.result()

    def stream_completion(self, file_path: StrPath, line: int, column: int | None = None,
                          **options: Unpack[CompletionOptions]) -> AsyncStream[str, Completion]:
        """CodeEditor.stream_completion(), to be read by `async for`."""
        return AsyncStream(
            lambda: self._editor.stream_completion(file_path, line, column, **options))

    async def complete(self, file_path: StrPath, line: int, column: int | None = None,
                       **options: Unpack[CompletionOptions]) -> Completion:
        async with self.stream_completion(file_path, line, column, **options) as stream:
            return await stream.result()

    async def edits(self) -> list[EditRecord]:
        return await asyncio.to_thread(lambda: list(self._editor.edits()))

    async def apply(self, edit: EditResult | str, *, merge: bool = False) -> None:
        """Of a result, or of an edit known by its id."""
        if isinstance(edit, EditResult):
            await asyncio.to_thread(edit.apply, merge=merge)
        else:
            await asyncio.to_thread(self._editor.apply, edit, merge=merge)

    async def revert(self, edit: EditResult | str) -> None:
        if isinstance(edit, EditResult):
            await asyncio.to_thread(edit.revert)
        else:
            await asyncio.to_thread(self._editor.revert, edit)

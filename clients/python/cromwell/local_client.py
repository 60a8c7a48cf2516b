"""LocalClient: the endpoints in this process, by the compiled engine: the same code that the daemon
runs, so that requests, answers and errors are the same."""

from __future__ import annotations

import contextlib
import os
import pathlib
import weakref
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cromwell.client import Answer, Client, StrPath
from cromwell.errors import CromwellError, error_of

if TYPE_CHECKING:
    from cromwell import _engine

KV_MEMORY_BYTES = 512 << 20


def state_folder() -> str:
    """Where records of edits are kept: apart from the daemon's, which a running daemon owns."""
    base = os.environ.get("XDG_STATE_HOME", "")
    folder = pathlib.Path(base) if base.startswith("/") else pathlib.Path.home() / ".local/state"
    return str(folder / "cromwell" / "python")


@contextlib.contextmanager
def _named_failures() -> Iterator[None]:
    from cromwell import _engine

    try:
        yield
    except _engine.EngineError as error:
        message, code, status = error.args
        raise error_of(status, {"message": message, "code": code}) from None


class _LocalAnswer(Answer):
    def __init__(self, answer: _engine.Answer) -> None:
        self._answer = answer

    def status(self) -> int:
        with _named_failures():
            return self._answer.status()

    def read(self) -> bytes:
        with _named_failures():
            return self._answer.read()

    def close(self) -> None:
        self._answer.close()


class LocalClient(Client):
    """A resident model with the endpoints over it; what runs ends when it is closed, garbage, or
    Python ends. Belongs to the process that made it: after a fork, open another. CromwellError for
    a model, tokenizer or folder that cannot be opened."""

    def __init__(self, model: StrPath, roots: Sequence[StrPath], *,
                 tokenizer: StrPath | None = None, chat_template: str = "",
                 loras: Sequence[str] = (), threads: int = 0, context: int = 0,
                 kv_memory_bytes: int = KV_MEMORY_BYTES) -> None:
        try:
            from cromwell import _engine
        except ImportError as error:
            raise CromwellError("this cromwell has no compiled engine: `pip install .` in the "
                                f"repository builds one ({error})") from error
        with _named_failures():
            self._engine = _engine.Engine(
                model=os.fspath(model), tokenizer=os.fspath(tokenizer) if tokenizer else "",
                chat_template=chat_template, loras=list(loras), threads=threads, context=context,
                roots=[os.path.abspath(root) for root in roots], state_folder=state_folder(),
                kv_memory_bytes=kv_memory_bytes)
        # Not left to the end of the interpreter, when threads of ours would outlive it.
        self._close = weakref.finalize(self, self._engine.close)

    def send(self, method: str, path: str, body: bytes = b"", accept: str = "application/json"
             ) -> Answer:
        route, _, query = path.partition("?")
        headers = [("Accept", accept), ("Content-Type", "application/json")]
        with _named_failures():
            return _LocalAnswer(self._engine.send(method, route, query, headers, body))

    def close(self) -> None:
        self._close()

"""The endpoints of cromwelld in this process (clients/python/module.cc)."""

from collections.abc import Sequence
from typing import final

class EngineError(Exception):
    """EngineError(message, code, status): no engine, or no answer of it."""

@final
class Answer:
    """One answer; one thread at a time reads it."""

    def status(self) -> int: ...
    def read(self) -> bytes: ...
    def close(self) -> None: ...

@final
class Engine:
    """A resident model and the endpoints over it."""

    def __init__(self, *, model: str, tokenizer: str, chat_template: str, roots: Sequence[str],
                 state_folder: str, loras: Sequence[str], threads: int, context: int,
                 kv_memory_bytes: int) -> None: ...
    def send(self, method: str, path: str, query: str, headers: Sequence[tuple[str, str]],
             body: bytes) -> Answer: ...
    def close(self) -> None: ...

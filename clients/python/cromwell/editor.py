"""CodeEditor: a code base and a model, in this process or in a daemon."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from cromwell.client import Client, StrPath
from cromwell.events import Event
from cromwell.http_client import HttpClient
from cromwell.local_client import LocalClient
from cromwell.options import CompletionOptions, EditOptions, EngineOptions
from cromwell.result import Completion, EditRecord, EditResult
from cromwell.sampling import SamplingConfig
from cromwell.stream import CompletionStream, EditStream

if TYPE_CHECKING:
    from typing_extensions import Unpack

DEFAULT_SERVER = "http://127.0.0.1:8411"
_PAGE = 100  # records asked for at a time


def _client(model_path: StrPath | None, tokenizer_path: StrPath | None,
            codebase_path: StrPath | None, server: str | None, token: str | None,
            engine: EngineOptions) -> Client:
    if model_path is not None:
        if server is not None or token is not None:
            raise ValueError("model_path runs the engine in this process, server asks a daemon: "
                             "expected one of them")
        roots = [codebase_path if codebase_path is not None else os.curdir]
        return LocalClient(model_path, roots, tokenizer=tokenizer_path, **engine)
    if tokenizer_path is not None or engine:
        given = ", ".join(["tokenizer_path"] * (tokenizer_path is not None) + sorted(engine))
        raise ValueError(f"{given}: expected with model_path only; a daemon has its own")
    return HttpClient(server or DEFAULT_SERVER, token)


class CodeEditor:
    """Edits the files of one code base.

    With `model_path` (a GGUF) the model runs in this process: `tokenizer_path` is a tokenizer.json
    in place of the file's own vocabulary, and `engine` may name `threads` (0: all cores), `context`
    (tokens; 0: the model's), `kv_memory_bytes`, `chat_template` and `loras` ("FILE[:SCALE]").
    `codebase_path` is then the folder beneath which files may be touched (default: the current
    one). CromwellError if one of them cannot be opened.

    Without, a daemon is asked: `server` is http://HOST:PORT or unix:PATH (default:
    http://127.0.0.1:8411), `token` its token, and `codebase_path` a folder beneath one of its
    roots (default: its first root).

    Edits of one `session` share what the model has read and run one after the other. Several
    threads may use one editor. As a context manager it is closed at the end.

    >>> editor = CodeEditor(model_path=MODEL, codebase_path=PROJECT,
    ...                     config=SamplingConfig(temperature=0))
    >>> result = editor.edit("inventory.py", "Use a with statement.", lines=(4, 8))
    >>> print(result.diff)  # doctest: +ELLIPSIS
    --- a/inventory.py
    +++ b/inventory.py
    @@ -2,9 +2,8 @@
    ...
    >>> result.stats.removed
    3
    >>> result.apply().applied, result.revert().applied
    (True, False)
    >>> editor.close()
    """

    def __init__(self, model_path: StrPath | None = None, tokenizer_path: StrPath | None = None,
                 codebase_path: StrPath | None = None, config: SamplingConfig | None = None,
                 server: str | None = None, token: str | None = None, session: str | None = None,
                 **engine: Unpack[EngineOptions]) -> None:
        self.config = config or SamplingConfig()
        self._client = _client(model_path, tokenizer_path, codebase_path, server, token, engine)
        self._workspace = os.path.realpath(codebase_path) if codebase_path is not None else None
        self._session = session

    def __enter__(self) -> CodeEditor:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends what runs and frees the model; a second time does nothing."""
        self._client.close()

    def edit(self, file_path: StrPath, instruction: str, lines: tuple[int, int] | None = None, *,
             on_event: Callable[[Event], object] | None = None, **options: Unpack[EditOptions]
             ) -> EditResult:
        """Has a file edited, and waits for it; see stream() for what it takes.

        A model that wrote no valid edit gives a result without success. `on_event` is called by
        this thread with each event as it comes; an exception of it ends the edit.
        """
        with self.stream(file_path, instruction, lines, **options) as stream:
            for event in stream:
                if on_event is not None:
                    on_event(event)
            return stream.result

    def stream(self, file_path: StrPath, instruction: str, lines: tuple[int, int] | None = None, *,
               cursor: tuple[int, int] | int | None = None, content: str | None = None,
               protocol: str | None = None, candidates: int | None = None, apply: bool = False,
               merge: bool = False, context: Mapping[str, Any] | None = None,
               lora: str | None = None, config: SamplingConfig | None = None) -> EditStream:
        """The events of an edit as they come (cromwell.events), and its `result`.

        `file_path` is relative to the code base, or absolute beneath it. Of `lines` (first, last),
        1-based, both included, all may change, and nothing else; without, the function that the
        instruction names, or the whole file. `cursor` (line, or line and column, 1-based) is in
        their place for the protocol "fim". `content` is an editor's unsaved text of the file.
        `protocol`, `candidates`, `context` and `lora` are those of POST /v1/edit. With `apply` the
        file is written at the end, with `merge` also where it changed meanwhile.

        While it is read: InvalidRequest, NotFound, Forbidden, Conflict, Busy, Unavailable.
        """
        request = self._request(file_path, config)
        request.update(instruction=instruction, apply=apply, merge=merge)
        if lines is not None:
            request["selection"] = {"start_line": lines[0], "end_line": lines[1]}
        if isinstance(cursor, int):
            request["cursor"] = {"line": cursor}
        elif cursor is not None:
            request["cursor"] = {"line": cursor[0], "column": cursor[1]}
        optional = {"content": content, "protocol": protocol, "candidates": candidates,
                    "context": context, "lora": lora}
        request.update((name, value) for name, value in optional.items() if value is not None)
        return EditStream(self._client, self._client.stream("/v1/edit", request))

    def complete(self, file_path: StrPath, line: int, column: int | None = None,
                 **options: Unpack[CompletionOptions]) -> Completion:
        """What fits in at a place of a file, waited for; see stream_completion().

        >>> with CodeEditor(model_path=MODEL, codebase_path=PROJECT) as editor:
        ...     editor.complete("inventory.py", 3, max_tokens=4).completion_tokens
        4
        """
        with self.stream_completion(file_path, line, column, **options) as stream:
            return stream.result

    def stream_completion(self, file_path: StrPath, line: int, column: int | None = None, *,
                          content: str | None = None, context: int | None = None,
                          max_tokens: int | None = None, config: SamplingConfig | None = None
                          ) -> CompletionStream:
        """Pieces of what fits in at line `line` (1-based) after its first `column` characters
        (default: all). `context` is how many tokens the model is shown, `max_tokens` how many it
        may write; `content` is an editor's unsaved text."""
        request = self._request(file_path, config)
        optional = {"line": line, "column": column, "content": content, "context": context,
                    "max_tokens": max_tokens}
        request.update((name, value) for name, value in optional.items() if value is not None)
        return CompletionStream(self._client.stream("/v1/complete", request))

    def edits(self) -> Iterator[EditRecord]:
        """The edits that are kept, newest first: also those of earlier processes."""
        names = EditRecord.__dataclass_fields__
        before = ""
        while True:
            page = self._client.get(f"/v1/edits?limit={_PAGE}&before={before}")
            for record in page["edits"]:
                yield EditRecord(**{name: record[name] for name in names})
            if not page["next"]:
                return
            before = page["next"]

    def apply(self, edit_id: str, *, merge: bool = False) -> None:
        """EditResult.apply() of an edit known by its id. NotFound."""
        self._client.post(f"/v1/edits/{edit_id}/apply", {"merge": merge})

    def revert(self, edit_id: str) -> None:
        """EditResult.revert() of an edit known by its id, also after a restart. NotFound."""
        self._client.post(f"/v1/edits/{edit_id}/revert", {})

    def _request(self, file_path: StrPath, config: SamplingConfig | None) -> dict[str, Any]:
        """What every request has."""
        path = os.fspath(file_path)
        if self._workspace is not None and os.path.isabs(path):
            folder, name = os.path.split(path)
            path = os.path.relpath(os.path.join(os.path.realpath(folder), name), self._workspace)
        request: dict[str, Any] = {"file": path, "stream": True,
                                   **(config or self.config).fields()}
        if self._workspace is not None:
            request["workspace"] = self._workspace
        if self._session is not None:
            request["session"] = self._session
        return request

"""CodeEditor: a code base and a daemon; edit() proposes, the result applies and reverts."""

import base64
import dataclasses
import os
from typing import Optional, Sequence, Tuple

from cromwell.client import Client, CromwellError

DEFAULT_SERVER = "http://127.0.0.1:8411"
# What the model could not do, as opposed to what the caller did wrong.
_REFUSALS = ("no_valid_edit", "unencodable_text")


@dataclasses.dataclass
class SamplingConfig:
    """How the next token is chosen; None leaves a field to the daemon's default."""

    temperature: Optional[float] = 0.2
    top_p: Optional[float] = 0.95
    top_k: Optional[int] = None
    min_p: Optional[float] = None
    repetition_penalty: Optional[float] = None
    seed: Optional[int] = None
    max_tokens: Optional[int] = 2048
    stop: Sequence[str] = ()

    def fields(self):
        values = {name: value for name, value in dataclasses.asdict(self).items()
                  if value is not None}
        values["stop"] = list(self.stop)
        return values


@dataclasses.dataclass(frozen=True)
class EditStats:
    """Lines and hunks of the diff, tokens and milliseconds of the model."""

    added: int = 0
    removed: int = 0
    hunks: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    confidence: float = 0.0
    timings: dict = dataclasses.field(default_factory=dict)


class EditResult:
    """One edit. `success`: there is a diff, or nothing needed to change; else `error` says why."""

    def __init__(self, client, answer=None, error=None):
        self._client = client
        answer = answer or {}
        diff = answer.get("diff") or {}
        usage = answer.get("usage") or {}
        stats = diff.get("stats") or {}
        self.error = error
        self.success = error is None
        self.id = answer.get("id")
        self.file = answer.get("file")
        self.finish_reason = answer.get("finish_reason")
        self.applied = bool(answer.get("applied"))
        self.patch_bytes = (base64.b64decode(diff["patch_b64"]) if "patch_b64" in diff
                            else diff.get("patch", "").encode())
        self.patch = diff.get("patch", "")
        self.stats = EditStats(
            added=stats.get("added", 0), removed=stats.get("removed", 0),
            hunks=stats.get("hunks", 0), prompt_tokens=usage.get("prompt_tokens", 0),
            completion_tokens=usage.get("completion_tokens", 0),
            confidence=answer.get("confidence") or 0.0, timings=answer.get("timings") or {})

    def __repr__(self):
        if self.error:
            return f"<EditResult refused: {self.error}>"
        return f"<EditResult {self.id} {self.file}: +{self.stats.added} -{self.stats.removed}>"

    def apply(self):
        """Writes the edit to its file; CromwellError "file_changed" if that changed meanwhile.

        An edit that changes nothing needs no writing and is left alone.
        """
        if self.patch and not self.applied:
            self._change("apply")
            self.applied = True
        return self

    def revert(self):
        """Puts the old bytes back, if the file is still what the edit made of it."""
        if self.patch:
            self._change("revert")
            self.applied = False
        return self

    def _change(self, action):
        if self.error is not None:
            raise self.error
        self._client.post(f"/v1/edits/{self.id}/{action}", {})


class CodeEditor:
    """Edits the files of one code base.

    `codebase_path` is a folder beneath a root of the daemon; without it, the daemon's first root.
    `server` is http://HOST:PORT or unix:PATH.
    """

    def __init__(self, model_path=None, tokenizer_path=None, codebase_path=None, config=None,
                 server=DEFAULT_SERVER, token=None, session=None):
        if model_path is not None or tokenizer_path is not None:
            raise NotImplementedError(
                "model_path: the engine cannot run inside Python yet; start a daemon with "
                f"`cromwell serve --model {model_path or 'FILE'} --root DIR` and leave model_path "
                "and tokenizer_path away")
        self.config = config or SamplingConfig()
        self._client = Client(server, token)
        self._workspace = os.path.abspath(codebase_path) if codebase_path is not None else None
        self._session = session

    def edit(self, file_path, instruction, lines: Optional[Tuple[int, int]] = None, apply=False,
             content=None):
        """Has `file_path` (relative to the code base) edited; `lines` (first, last) may change.

        A model that produces no valid edit gives a result without success; a wrong request or an
        unreachable daemon raises CromwellError. `content` is an editor's unsaved text of the file.
        """
        request = {"file": os.fspath(file_path), "instruction": instruction, "apply": apply,
                   "stream": False, **self.config.fields()}
        if self._workspace is not None:
            request["workspace"] = self._workspace
        if self._session is not None:
            request["session"] = self._session
        if lines is not None:
            request["selection"] = {"start_line": lines[0], "end_line": lines[1]}
        if content is not None:
            request["content"] = content
        try:
            answer = self._client.post("/v1/edit", request)
        except CromwellError as error:
            if error.code not in _REFUSALS:
                raise
            return EditResult(self._client, error=error)
        return EditResult(self._client, answer)

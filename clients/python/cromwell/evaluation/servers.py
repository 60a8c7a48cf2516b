"""How a case is asked of a server: by /v1/edit of a Cromwell, or by plain chat of any server with
OpenAI's API. Each returns the edited content, or None with the reason."""

from __future__ import annotations

import pathlib
import re

from cromwell.client import Client, StrPath
from cromwell.errors import CromwellError
from cromwell.evaluation.cases import Case

SPARE_TOKENS = 256  # beyond what writing the content again takes at two bytes a token
FENCE = re.compile(r"^(`{3,})[^\n`]*\n(.*?)^\1[ \t]*$", re.DOTALL | re.MULTILINE)


def _most_tokens(case: Case) -> int:
    return len(case.content) // 2 + SPARE_TOKENS


def _what(case: Case) -> str:
    if case.selection is None:
        return "this code"
    return "lines {start_line} to {end_line} of this code".format(**case.selection)


def _given(**fields: str) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}


class EditServer:
    """`folder` is a root of the daemon: the case's file lies in it while it is asked."""

    def __init__(self, client: Client, folder: StrPath, protocol: str = "", lora: str = ""
                 ) -> None:
        self.client, self.folder = client, pathlib.Path(folder)
        self.fields = _given(protocol=protocol, lora=lora)

    def ask(self, case: Case) -> tuple[str | None, str]:
        path = self.folder / case.file
        path.write_text(case.content)
        body = {"workspace": str(self.folder), "file": case.file,
                "instruction": case.instruction,
                "selection": dict(case.selected),
                "temperature": 0, "seed": 0, "max_tokens": _most_tokens(case), **self.fields}
        try:
            patch = self.client.post("/v1/edit", body)["diff"]["patch"]
        except CromwellError as error:
            if error.status != 422:
                raise
            return None, str(error)
        return apply_patch(case.content, patch), ""


class ChatServer:
    """The code and the instruction, as a person would ask a chat model."""

    def __init__(self, client: Client, model: str = "", lora: str = "") -> None:
        self.client = client
        self.fields = _given(model=model, lora=lora)

    def ask(self, case: Case) -> tuple[str | None, str]:
        question = (f"Edit {_what(case)}: {case.instruction}\n\n"
                    f"```{case.language}\n{case.content}```\n\n"
                    "Answer with the whole edited code in one fenced block and nothing else.")
        body = {"messages": [{"role": "user", "content": question}], "temperature": 0, "seed": 0,
                "max_tokens": _most_tokens(case), **self.fields}
        answer = self.client.post("/v1/chat/completions", body)["choices"][0]["message"]["content"]
        fenced = FENCE.search(answer)
        return (fenced[2], "") if fenced else (None, "no fenced block in the answer")


def apply_patch(content: str, patch: str) -> str:
    """A unified diff of the daemon's, whose lines are exact."""
    lines = content.split("\n")
    result: list[str] = []
    at = 0
    for line in patch.split("\n")[2:]:
        hunk = re.match(r"@@ -(\d+)(?:,(\d+))? ", line)
        if hunk:
            begin = int(hunk[1]) - (hunk[2] != "0")
            result += lines[at:begin]
            at = begin
        elif line.startswith("+"):
            result.append(line[1:])
        elif line.startswith("-"):
            at += 1
        elif line.startswith(" "):
            result.append(lines[at])
            at += 1
    return "\n".join(result + lines[at:])

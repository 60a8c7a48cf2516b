#!/usr/bin/env python3
"""Writes the corpus of lsp_fuzz: whole conversations, and such as are wrong in one place.

    python tests/fuzz/make_lsp_corpus.py
"""

import json
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent / "lsp_corpus"
URI = "file:///a.py"
PATCH = "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n-one\n+ONE\n two\n"


def frame(value):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def request(number, method, params):
    return frame({"jsonrpc": "2.0", "id": number, "method": method, "params": params})


def notify(method, params):
    return frame({"jsonrpc": "2.0", "method": method, "params": params})


def position(line, character):
    return {"line": line, "character": character}


START = (request(0, "initialize", {"capabilities": {"general": {"positionEncodings": ["utf-8"]}}})
         + notify("initialized", {})
         + notify("textDocument/didOpen", {"textDocument": {
             "uri": URI, "languageId": "python", "version": 1, "text": "one\ntwo 😀\n"}}))
PLACE = {"textDocument": {"uri": URI}, "position": position(1, 4)}
RANGE = {"start": position(0, 0), "end": position(9, 9)}


def edit(argument):
    return request(3, "workspace/executeCommand",
                   {"command": "cromwell.edit", "arguments": [argument]})


def change(*changes):
    return notify("textDocument/didChange", {"textDocument": {"uri": URI, "version": 2},
                                             "contentChanges": list(changes)})


CONVERSATIONS = {
    "completions": START + request(1, "textDocument/inlineCompletion", PLACE)
    + request("x", "textDocument/completion", PLACE) + request(9, "shutdown", None)
    + notify("exit", None),
    "changes": START + change({"range": RANGE, "text": "😀"}, {"text": "all\r\n"})
    + change({"range": {"start": position(2**31 - 1, 0), "end": position(0, 0)}, "text": ""})
    + request(1, "textDocument/inlineCompletion", PLACE),
    "actions": START + request(1, "textDocument/codeAction", {
        "textDocument": {"uri": URI}, "range": RANGE,
        "context": {"diagnostics": [], "only": ["refactor", 3]}}),
    "edit": START + edit({"uri": URI, "range": RANGE, "instruction": PATCH, "apply": False})
    + notify("$/cancelRequest", {"id": 3}),
    "edit_without_instruction": START + edit({"uri": URI}),
    "edit_of_no_patch": START + edit({"uri": URI, "instruction": "@@", "apply": False}),
    "answer_to_nobody": START + frame({"jsonrpc": "2.0", "id": 1, "result": None}),
    "before_initialize": request(1, "shutdown", {}),
    "no_json": frame(b"{"),
    "no_message": frame([]) + frame({"jsonrpc": "2.0", "id": {}, "method": "x"}),
    "deep": frame(b"[" * 5000 + b"]" * 5000),
    "two_lengths": b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "huge_length": b"Content-Length: 99999999999999999999\r\n\r\n",
    "folded": b"Content-Length: 2\r\n x\r\n\r\n{}",
    "patch": PATCH.encode(),
}

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in CONVERSATIONS.items():
        (FOLDER / name).write_bytes(content)

"""cromwell eval edits: asks every case and prints the table.

Either a server that runs (--server, with --workspace, a folder beneath one of its roots, or with
--chat), or a daemon that is started for it (--daemon, --model, --lora). Answers go to --answers as
they come; a run that was stopped goes on there.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pathlib
import random
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Union

from cromwell.errors import CromwellError
from cromwell.evaluation import cases as case_file
from cromwell.evaluation.own_daemon import own_daemon
from cromwell.evaluation.report import table
from cromwell.evaluation.score import score
from cromwell.evaluation.servers import ChatServer, EditServer
from cromwell.http_client import HttpClient

Server = Union[ChatServer, EditServer]


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("cromwell eval edits", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", help="http://HOST:PORT of one that runs")
    parser.add_argument("--workspace", type=pathlib.Path, help="a folder beneath a root of it")
    parser.add_argument("--daemon", default=os.environ.get("CROMWELL_DAEMON", "cromwelld"),
                        help="the program to start without --server")
    parser.add_argument("--model", default="", help="its GGUF; with --server the name for --chat")
    parser.add_argument("--lora", default="", help="its adapter; with --server the adapter's name")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--chat", action="store_true", help="ask by plain chat, not by /v1/edit")
    parser.add_argument("--protocol", default="", help="of /v1/edit")
    parser.add_argument("--cases", type=pathlib.Path, default=case_file.CASES)
    parser.add_argument("--sample", type=int, default=0, help="so many cases, drawn with seed 1")
    parser.add_argument("--run-tests", action="store_true",
                        help="run the code that the model wrote, where a case has tests")
    parser.add_argument("--answers", type=pathlib.Path, help="JSON lines; default: not kept")
    options = parser.parse_args(arguments)
    if options.server and not options.chat and options.workspace is None:
        parser.error("--server needs --workspace, or --chat")
    return options


@contextlib.contextmanager
def open_server(options: argparse.Namespace) -> Iterator[Server]:
    if options.server:
        client, folder, lora = HttpClient(options.server), options.workspace, options.lora
        yield ChatServer(client, options.model, lora) if options.chat else \
            EditServer(client, folder, options.protocol, lora)
        return
    with own_daemon(options.daemon, options.model, options.lora, options.threads) as started:
        own, folder = started
        yield ChatServer(own) if options.chat else EditServer(own, folder, options.protocol)


def known_answers(path: pathlib.Path | None) -> dict[str, dict[str, Any]]:
    """By the case's id. A last line that was cut is taken out of the file."""
    if path is None or not path.exists():
        return {}
    whole = "".join(path.read_text().rpartition("\n")[:2])
    path.write_text(whole)
    return {entry["id"]: entry for entry in map(json.loads, whole.splitlines())}


def ask_all(server: Server, cases: Sequence[case_file.Case], path: pathlib.Path | None
            ) -> list[tuple[case_file.Case, dict[str, Any]]]:
    """[(case, its answer's entry)]"""
    known = known_answers(path)
    entries = []
    for number, case in enumerate(cases, 1):
        entry = known.get(case.id)
        if entry is None:
            answer, reason = server.ask(case)
            entry = {"id": case.id, "answer": answer, "reason": reason}
            if path is not None:
                with open(path, "a") as file:
                    file.write(json.dumps(entry) + "\n")
        entries.append((case, entry))
        print(f"\r{number} of {len(cases)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return entries


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    try:
        cases = case_file.read(options.cases)
        if options.sample:
            cases = random.Random(1).sample(cases, min(options.sample, len(cases)))
        with open_server(options) as server:
            entries = ask_all(server, cases, options.answers)
    except (CromwellError, OSError, RuntimeError, ValueError) as problem:
        print(f"cromwell: {problem}", file=sys.stderr)
        return 1
    print(table([(case, score(entry["answer"], case, options.run_tests),
                  entry["answer"] is not None) for case, entry in entries]))
    return 0


if __name__ == "__main__":
    sys.exit(main())

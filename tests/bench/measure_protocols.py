#!/usr/bin/env python3
"""How often each protocol leads to an edit: functions of the standard library, greedy, one model.

    python tests/bench/measure_protocols.py --build build [--regions 20] [--protocols rewrite,whole]
                                            [--files 1]

Prints, per protocol: edits (a valid diff that changes something), answers that change nothing, and
refusals by reason. With --files N, N functions of as many files are one edit (not for fim). Whether
an edit does what was asked is not judged.
"""

import argparse
import ast
import collections
import itertools
import os
import pathlib
import random
import sys
import sysconfig

SEED = 20264
INSTRUCTIONS = ["Add a docstring.", "Add type hints.", "Rename the first parameter to value.",
                "Add a comment that says what the function does."]
MAX_LINES = 14


def functions():
    """(file's text, first line, last line) of short functions, the same in each run."""
    numbers = random.Random(SEED)
    paths = sorted(pathlib.Path(sysconfig.get_path("stdlib")).glob("*.py"))
    numbers.shuffle(paths)
    for path in paths:
        text = path.read_text(encoding="utf-8")
        found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)
                 and 4 <= node.end_lineno - node.lineno + 1 <= MAX_LINES]
        if found:
            node = numbers.choice(found)
            yield text, node.lineno, node.end_lineno


def lines_of(text, first, last):
    return "".join(line + "\n" for line in text.split("\n")[first - 1:last])


def file_of(protocol, name, case):
    text, first, last = case
    if protocol == "whole":  # a file of that function alone
        return {"file": name, "content": lines_of(text, first, last)}
    if protocol == "fim":  # the function's last line is to be written
        first = last
    return {"file": name, "content": text, "selection": {"start_line": first, "end_line": last}}


def request(protocol, names, cases, instruction):
    if protocol == "fim":
        instruction = "Complete the function."
    fields = {"instruction": instruction, "protocol": protocol, "temperature": 0,
              "max_tokens": 600, "stream": False}
    files = [file_of(protocol, name, case) for name, case in zip(names, cases)]
    return {**fields, **files[0]} if len(files) == 1 else {**fields, "files": files}


def reason_of(answer):
    message = answer["error"]["message"]
    for phrase in ("was cut", "does not stand", "stands at lines", "search text is empty",
                   "not closed", "divider", "SEARCH", "syntax error", "deletes too much", "prose",
                   "leaves code out", "it is empty", "fence"):
        if phrase in message:
            return phrase
    return message


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--build", default="build")
    options.add_argument("--regions", type=int, default=20)
    options.add_argument("--protocols", default="rewrite,search_replace,fim,whole")
    options.add_argument("--files", type=int, default=1)
    options = options.parse_args()
    os.environ["CROMWELL_BUILD"] = str(pathlib.Path(options.build).resolve())
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
    import daemon  # after the build folder is known

    server = daemon.Daemon(samples=False)
    try:
        names = [f"sample{number}.py" for number in range(options.files)]
        for name in names:
            (server.workspace / name).write_text("")
        for protocol in options.protocols.split(","):
            counts, reasons = collections.Counter(), collections.Counter()
            cases = functions()
            for number in range(options.regions):
                instruction = INSTRUCTIONS[number % len(INSTRUCTIONS)]
                some = list(itertools.islice(cases, options.files))
                status, answer = server.post("/v1/edit",
                                             request(protocol, names, some, instruction))
                if status == 200:
                    counts["no change" if answer["finish_reason"] == "no_change" else "edit"] += 1
                else:
                    counts["refused"] += 1
                    reasons[reason_of(answer)] += 1
            print(f"{protocol}: {dict(counts)} {dict(reasons)}", flush=True)
    finally:
        server.stop()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""How often each protocol leads to an edit: functions of the standard library, greedy, one model.

    python tests/bench/measure_protocols.py --build build [--regions 20] [--protocols rewrite,whole]

Prints, per protocol: edits (a valid diff that changes something), answers that change nothing, and
refusals by reason. Whether an edit does what was asked is not judged.
"""

import argparse
import ast
import collections
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


def request(protocol, case, instruction):
    text, first, last = case
    fields = {"file": "sample.py", "instruction": instruction, "protocol": protocol,
              "temperature": 0, "max_tokens": 600, "stream": False, "content": text,
              "selection": {"start_line": first, "end_line": last}}
    if protocol == "whole":  # a file of that function alone
        fields["content"] = lines_of(text, first, last)
        del fields["selection"]
    if protocol == "fim":  # the function's last line is to be written
        fields["selection"] = {"start_line": last, "end_line": last}
        fields["instruction"] = "Complete the function."
    return fields


def reason_of(answer):
    message = answer["error"]["message"]
    for phrase in ("was cut", "does not stand", "stands at lines", "search text is empty",
                   "not closed", "divider", "SEARCH", "syntax error", "deletes more", "prose",
                   "leaves code out", "it is empty", "fence"):
        if phrase in message:
            return phrase
    return message


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--build", default="build")
    options.add_argument("--regions", type=int, default=20)
    options.add_argument("--protocols", default="rewrite,search_replace,fim,whole")
    options = options.parse_args()
    os.environ["CROMWELL_BUILD"] = str(pathlib.Path(options.build).resolve())
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
    import daemon  # after the build folder is known

    server = daemon.Daemon(samples=False)
    try:
        (server.workspace / "sample.py").write_text("")
        for protocol in options.protocols.split(","):
            counts, reasons = collections.Counter(), collections.Counter()
            for number, case in zip(range(options.regions), functions()):
                instruction = INSTRUCTIONS[number % len(INSTRUCTIONS)]
                status, answer = server.post("/v1/edit", request(protocol, case, instruction))
                if status == 200:
                    counts["edit" if answer["diff"]["patch"] else "no change"] += 1
                else:
                    counts["refused"] += 1
                    reasons[reason_of(answer)] += 1
            print(f"{protocol}: {dict(counts)} {dict(reasons)}", flush=True)
    finally:
        server.stop()


if __name__ == "__main__":
    main()

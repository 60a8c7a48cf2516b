#!/usr/bin/env python3
"""How soon a daemon is ready, and what memory it has then and with a long context.

    CROMWELL_TEST_MODEL=random-1.26B-Q4_0.gguf tests/bench/benchmark_start.py [--context N]

Starts the daemon of the build folder (CROMWELL_BUILD) again and again, the model's file in the page
cache, until /readyz answers 200; the last one reads a prompt of --context tokens once its weights
are packed. Memory is what is resident: the process's own and the pages of the file. Prints JSON;
judges nothing.
"""

import argparse
import json
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import daemon  # noqa: E402
from benchmark_clients import ids  # noqa: E402

POLL_S = 0.0005


def start():
    """A daemon and the milliseconds until it was ready."""
    begin = time.monotonic()
    started = daemon.Daemon(samples=False, poll_s=POLL_S)
    return started, 1000 * (time.monotonic() - begin)


def memory_mb(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    kib = {line.split(":")[0]: int(line.split()[1])
           for line in status.splitlines() if line.endswith(" kB")}
    names = {"resident": "VmRSS", "own": "RssAnon", "of the file": "RssFile"}
    return {name: round(kib[field] * 1024 / 1e6) for name, field in names.items()}


def settled_memory_mb(process):
    """Once a second has passed without change: then the weights are packed."""
    before, now = None, memory_mb(process)
    while now != before:
        time.sleep(1)
        before, now = now, memory_mb(process)
    return now


def read_context(server, tokens):
    status, answer = server.post("/v1/completions", {
        "prompt": ids(tokens, 1), "max_tokens": 2, "ignore_eos": True, "temperature": 0})
    if status != 200:
        raise RuntimeError(f"status {status}: {answer}")
    return answer["usage"]["total_tokens"]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--context", type=int, default=4090, help="tokens (default 4090)")
    parser.add_argument("--repeats", type=int, default=7, help="starts (default 7)")
    options = parser.parse_args()
    ready_ms = []
    for i in range(options.repeats):
        if i > 0:
            server.close()
        server, ms = start()
        ready_ms.append(round(ms, 1))
    try:
        packed = settled_memory_mb(server.process)
        tokens = read_context(server, options.context)
        print(json.dumps({
            "model": daemon.MODEL.name, "ready_ms": ready_ms,
            "median_ms": statistics.median(ready_ms), "packed_mb": packed, "tokens": tokens,
            "with_context_mb": memory_mb(server.process)}, indent=1))
    finally:
        server.close()


if __name__ == "__main__":
    main()

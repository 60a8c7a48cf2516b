#!/usr/bin/env python3
"""What clients of one daemon feel of each other: the gaps between a stream's tokens while another
client's long prompt is read, and the time to the first token of a prompt whose end has changed.

    CROMWELL_TEST_MODEL=random-1.26B-Q4_0.gguf tests/bench/benchmark_clients.py

Starts a daemon of its own from the build folder (CROMWELL_BUILD). Prints JSON; judges nothing.
"""

import argparse
import http.client
import json
import pathlib
import random
import statistics
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import daemon  # noqa: E402

TOKEN_LIMIT = 40000  # ids below it exist in every model that this is for


class Stream:
    """A completion whose tokens' arrival times are noted."""

    def __init__(self, port, prompt, max_tokens, **fields):
        self.times = []
        self.started = threading.Event()
        self.body = dict(prompt=prompt, max_tokens=max_tokens, temperature=0, ignore_eos=True,
                         stream=True, return_token_ids=True, **fields)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self.thread = threading.Thread(target=self.read)
        self.sent = time.monotonic()
        self.thread.start()

    def read(self):
        self.connection.request("POST", "/v1/completions", json.dumps(self.body),
                                {"Content-Type": "application/json"})
        response = self.connection.getresponse()
        if response.status != 200:
            raise RuntimeError(response.read())
        for line in response:
            if line.startswith(b"data: {") and b'"token_ids":[' in line:
                self.times.append(time.monotonic())
                self.started.set()

    def gaps_ms(self, begin=0.0, end=float("inf")):
        return [1000 * (b - a) for a, b in zip(self.times, self.times[1:])
                if begin <= a and b <= end]


def ids(count, seed):
    source = random.Random(seed)
    return [source.randrange(1000, TOKEN_LIMIT) for _ in range(count)]


def summary(gaps):
    gaps = sorted(gaps)
    return {"tokens": len(gaps), "median_ms": round(statistics.median(gaps), 2),
            "p95_ms": round(gaps[int(0.95 * (len(gaps) - 1))], 2), "max_ms": round(gaps[-1], 2)}


def measure_gaps(port, prompt_tokens, alone_s):
    """A writes all the time; B's prompt comes when A has written alone for a while."""
    writer = Stream(port, ids(32, 1), 4000)
    writer.started.wait()
    time.sleep(alone_s)
    begin = time.monotonic()
    reader = Stream(port, ids(prompt_tokens, 2), 1)
    reader.thread.join()
    end = reader.times[0]
    writer.connection.sock.shutdown(2)
    writer.thread.join()
    usual, during = writer.gaps_ms(end=begin), writer.gaps_ms(begin, end)
    return {"prompt_tokens": prompt_tokens, "prefill_s": round(end - begin, 2),
            "usual": summary(usual), "during": summary(during),
            "median_ratio": round(statistics.median(during) / statistics.median(usual), 2)}


def measure_changed_end(port, prompt_tokens, changed_tokens, repeats):
    """The same prompt with another end each time."""
    shared = ids(prompt_tokens, 3)
    first_ms = []
    for i in range(repeats + 1):
        stream = Stream(port, shared + ids(changed_tokens, 100 + i), 1, session="edit")
        stream.thread.join()
        first_ms.append(1000 * (stream.times[0] - stream.sent))
    return {"prompt_tokens": prompt_tokens, "changed_tokens": changed_tokens,
            "cold_ms": round(first_ms[0], 1),
            "median_ms": round(statistics.median(first_ms[1:]), 1),
            "max_ms": round(max(first_ms[1:]), 1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prompt-tokens", type=int, default=3000)
    parser.add_argument("--edit-tokens", type=int, default=1000)
    parser.add_argument("--changed-tokens", type=int, default=16)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--alone", type=float, default=3, help="seconds that the stream has alone")
    options = parser.parse_args()
    with_model = daemon.Daemon()
    try:
        print(json.dumps({
            "model": daemon.MODEL.name,
            "changed_end": measure_changed_end(with_model.port, options.edit_tokens,
                                               options.changed_tokens, options.repeats),
            "gaps": measure_gaps(with_model.port, options.prompt_tokens, options.alone)}, indent=1))
    finally:
        with_model.close()


if __name__ == "__main__":
    main()

"""A tiny Cromwell through all four stages (training.tiny_model) and then asked, by the real daemon,
for edits of functions that it has not seen, in its own tokens.

  tiny_model.py [--minutes 15] [--edits 40] [--folder FOLDER]

Learns from Python's standard library but for one of its packages, which is what it is asked about.
Prints the stages' losses, how the edits ended, and whether what has to hold holds.
"""

import argparse
import itertools
import collections
import pathlib
import random
import shutil
import sys
import sysconfig
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/e2e")]

from daemon import BUILD, Daemon  # noqa: E402

from training import tiny_model  # noqa: E402
from training.pairs import make, regions  # noqa: E402
from training.pairs.instructions import instruction  # noqa: E402

HELD_OUT = "email"
LEARNT = ("asyncio", "collections", "concurrent", "ctypes", "dbm", "encodings", "html", "http",
          "importlib", "json", "logging", "multiprocessing", "sqlite3", "tkinter", "unittest",
          "urllib", "wsgiref", "xml", "xmlrpc", "zoneinfo")


def first_change(region, numbers):
    changes = (change for maker in make.benchmark_makers("python")
               for change in maker(region, numbers))
    return list(itertools.islice(make.valid(changes, "python"), 1))


def held_out_pairs(library, count):
    numbers = random.Random(1)
    pairs = [make.Pair(change, "python", instruction(change, numbers), HELD_OUT, "PSF-2.0")
             for path in sorted((library / HELD_OUT).rglob("*.py"))
             for region in regions.functions(path.read_text(), "python")
             if len(region.text) < 500 for change in first_change(region, numbers)]
    return numbers.sample(pairs, min(count, len(pairs)))


def ask(daemon, pair):
    """How it ended: "right", "another edit", "no_change", or why it was refused."""
    path = pathlib.Path(daemon.workspace) / pair.file
    path.write_text(pair.change.before)
    status, answer = daemon.post("/v1/edit", {
        "file": pair.file, "instruction": pair.instruction, "temperature": 0, "max_tokens": 400,
        "selection": {"start_line": 1, "end_line": pair.change.before.count("\n")},
        "apply": True})
    if status != 200:
        assert status == 422, answer
        return "refused"
    assert answer["protocol"] == "script", answer
    if answer["finish_reason"] == "no_change":
        return "no_change"
    return "right" if path.read_text() == pair.change.after else "another edit"


def serve(model, library, count):
    """How many edits of functions that it has not seen ended in each way, by the real daemon."""
    daemon = Daemon(samples=False, model=model)
    try:
        return collections.Counter(ask(daemon, pair) for pair in held_out_pairs(library, count))
    finally:
        daemon.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--edits", type=int, default=40)
    parser.add_argument("--folder", type=pathlib.Path, help="where the model stays")
    options = parser.parse_args()
    library = pathlib.Path(sysconfig.get_paths()["stdlib"])
    scratch = options.folder or pathlib.Path(tempfile.mkdtemp(prefix="cromwell-tiny."))
    begin = time.monotonic()
    stages = tiny_model.run(argparse.Namespace(
        sources=[library / name for name in LEARNT], program=BUILD / "cromwell",
        folder=scratch / "run", minutes=options.minutes, vocab_size=2048, seed=1, steps=None,
        text_tokens=tiny_model.MOST_TEXT_TOKENS, pairs=tiny_model.MOST_PAIRS))
    minutes = (time.monotonic() - begin) / 60
    for stage in stages:
        print(stage.line())
    ends = serve(scratch / "run" / tiny_model.MODEL, library, options.edits)
    if options.folder is None:
        shutil.rmtree(scratch)
    print(f"{minutes:.1f} minutes; edits of {HELD_OUT}: {dict(ends)}")
    fell = all(stage.losses[-1] < stage.losses[0] for stage in stages
               if stage.stage in ("general", "edit"))
    served = sum(ends.values()) - ends["refused"]
    print("PASSED" if fell and served else "FAILED")
    return 0 if fell and served else 1


if __name__ == "__main__":
    sys.exit(main())

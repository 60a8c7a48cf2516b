"""tests/bench/peers with programs in place of the real ones that answer at once."""
import importlib.machinery
import importlib.util
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PEERS = Path(__file__).with_name("peers")

CROMWELL = """#!/bin/sh
echo "cromwell $CROMWELL_ISA $*" >> "{log}"
echo '{{"cpu": "a cpu", "kernels": "avx2", "rows": [
 {{"phase": "prefill", "tokens/s": 300, "of int8 peak": 0.5}},
 {{"phase": "decode", "tokens/s": 30, "of plain read": 0.9}}]}}'
"""
LLAMA = """#!/bin/sh
echo "{name} $*" >> "{log}"
echo '[{{"n_gen": 0, "avg_ts": 100}}, {{"n_gen": 64, "avg_ts": 40}}]'
"""


def load():
    loader = importlib.machinery.SourceFileLoader("peers", str(PEERS))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("peers", loader))
    loader.exec_module(module)
    return module


class Peers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.log = self.folder / "log"
        self.write("benchmark_inference", CROMWELL.format(log=self.log))
        for name in ("llama", "ik"):
            self.write(name, LLAMA.format(log=self.log, name=name))

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o755)

    def run_peers(self, *words):
        return subprocess.run(
            [sys.executable, PEERS, "--build", self.folder, "--llama", self.folder / "llama",
             "--models", "m.gguf", *words], check=True, capture_output=True, text=True).stdout

    def test_ratios_are_ours_over_theirs(self):
        report = json.loads(self.run_peers("--json", "--pairs", "3", "--threads", "2"))
        prefill, decode = report["rows"]
        self.assertEqual(prefill["ratio to llama.cpp"], {"median": 3, "low": 3, "high": 3})
        self.assertEqual(decode["ratio to llama.cpp"]["median"], 0.75)
        self.assertEqual(decode["of plain read"], 0.9)

    def test_programs_alternate_after_a_round_that_warms_up(self):
        self.run_peers("--pairs", "2", "--threads", "1", "--ik", str(self.folder / "ik"))
        names = [line.split()[0] for line in self.log.read_text().splitlines()]
        there = ["cromwell", "llama", "ik", "ik"]
        self.assertEqual(names, there + there[::-1] + there)

    def test_flags_reach_the_programs(self):
        self.run_peers("--pairs", "1", "--threads", "1,2", "--isa", "avx2", "--prompt", "8",
                       "--decode", "4", "--chunk", "16")
        ours, theirs = self.log.read_text().splitlines()[:2]
        self.assertEqual(ours, "cromwell avx2 --model m.gguf --threads 1 --repeat 1 --json "
                               "--prompt-len 8 --decode-len 4 --chunk 16")
        self.assertEqual(theirs, "llama -m m.gguf -t 1 -p 8 -n 4 -r 1 -o json")
        self.assertIn("--threads 2", self.log.read_text())

    def test_each_run_is_given_to_the_command_that_wraps_it(self):
        self.write("wrap", f'#!/bin/sh\necho "wrap $1" >> "{self.log}"\nshift\nexec "$@"\n')
        self.run_peers("--pairs", "1", "--threads", "1", "--wrap", f"{self.folder}/wrap 'a word'")
        names = [line.split(" --")[0].split(" -m")[0] for line in
                 self.log.read_text().splitlines()]
        self.assertEqual(names[:4], ["wrap a word", "cromwell ", "wrap a word", "llama"])

    def test_the_table_names_the_machine_and_each_peer(self):
        table = self.run_peers("--pairs", "1", "--threads", "2")
        self.assertIn("a cpu", table)
        self.assertIn("llama.cpp", table)
        self.assertIn("3.00-3.00", table)

    def test_the_interval_is_that_of_order_statistics(self):
        peers = load()
        self.assertEqual(peers.interval([1, 2, 3, 4, 5]), (3, 1, 5))
        self.assertEqual(peers.interval(range(1, 11)), (5.5, 2, 9))


if __name__ == "__main__":
    unittest.main()

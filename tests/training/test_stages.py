"""A tiny Cromwell through all four stages, as a cluster would train a large one, and then
served."""

import contextlib
import io
import json
import pathlib
import random
import time
import unittest
from unittest import mock

from support import ROOT, FolderTest
from daemon import BUILD, Daemon

from training import byte_vocabulary, new_model, run_log, train
from training.pairs import make
from training.pairs.instructions import instruction
from training.pairs.regions import functions
from training.processes import Processes
from training.sequences import SequenceWriter

STEPS = {"general": 20, "languages": 10, "fim": 10, "edit": 20}
TEXT_TOKENS, PAIR_TOKENS = 256, 1024  # of a row
ROWS = {TEXT_TOKENS: 4, PAIR_TOKENS: 1}
SOURCES = ("training", "tests/golden", "tests/e2e", "clients/python")


def texts():
    return [path.read_text() for folder in SOURCES
            for path in sorted((ROOT / folder).rglob("*.py"))]


@unittest.skipUnless((BUILD / "cromwell").exists(), "needs build/cromwell")
class StagesTest(FolderTest):
    def write_text(self, folder):
        writer = SequenceWriter(folder, {"name": "our own sources"})
        for text in texts():
            ids = byte_vocabulary.encode(text)
            for begin in range(0, len(ids), TEXT_TOKENS):
                writer.add(ids[begin:begin + TEXT_TOKENS], 0)
        writer.flush()

    def write_pairs(self, folder, model):
        numbers = random.Random(1)
        pairs = [make.Pair(change, "python", instruction(change, numbers), "cromwell", "MIT")
                 for text in texts()[:20] for region in functions(text, "python")
                 if len(region.text) < 200
                 for change in make.changes_of(region, numbers)[:3]]
        writer = SequenceWriter(folder, {"name": "our own edits"})
        for _, answer in make.rendered(pairs, BUILD / "cromwell", model):
            if "refused" not in answer:
                writer.add(answer["prompt"] + answer["answer"], len(answer["prompt"]))
        writer.flush()

    def train(self, stage, model, data):
        run, out = self.folder / f"run-{stage}", self.folder / f"{stage}.gguf"
        tokens = PAIR_TOKENS if stage == "edit" else TEXT_TOKENS
        words = ["--stage", stage, "--model", model, "--data", data, "--folder", run, "--steps",
                 STEPS[stage], "--row-tokens", tokens, "--rows", ROWS[tokens], "--accumulation", 1,
                 "--warmup-steps", 5, "--peak-rate", "3e-3", "--export", out]
        with Processes() as processes, contextlib.redirect_stdout(io.StringIO()):
            train.train(train.parser().parse_args(list(map(str, words))), processes)
        return out, [line["loss"] for line in run_log.read(run / "log.jsonl")]

    def test_all_four_stages_lower_the_loss_and_the_result_is_served(self):
        begin = time.monotonic()
        model = self.folder / "new.gguf"
        new_model.write_new_model(model, new_model.TINY, byte_vocabulary.tokenizer_keys(), seed=0)
        self.write_text(self.folder / "text")
        self.write_pairs(self.folder / "pairs", model)
        for stage in STEPS:
            model, losses = self.train(stage, model, self.folder /
                                       ("pairs" if stage == "edit" else "text"))
            print(f"{stage}: loss {losses[0]:.3f} to {losses[-1]:.3f}")
            if stage in ("general", "edit"):
                self.assertLess(losses[-1], losses[0] * 0.9)
        print(f"{time.monotonic() - begin:.0f} s")
        self.assert_served(model)

    def assert_served(self, model):
        with mock.patch("daemon.MODEL", model):
            daemon = Daemon()
        self.addCleanup(daemon.close)
        (pathlib.Path(daemon.workspace) / "a.py").write_text("def f(x):\n    return x\n")
        status, answer = daemon.post("/v1/edit", {
            "file": "a.py", "instruction": "Rename x to y", "temperature": 0, "max_tokens": 64})
        self.assertIn(status, (200, 422), answer)  # an edit, or an honest refusal
        text = json.dumps(answer)
        self.assertTrue("diff" in answer or "refused" in text or "cut" in text, answer)


if __name__ == "__main__":
    unittest.main()

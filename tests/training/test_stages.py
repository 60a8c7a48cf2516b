"""A tiny Cromwell through all four stages, as a cluster would train a large one, and then
served."""

import argparse
import contextlib
import io
import json
import pathlib
import time
import unittest

from support import ROOT, FolderTest
from daemon import BUILD, Daemon

from training import tiny_model
from training.gguf_reader import GgufReader
from training.config import from_keys
from training.run_log import smoothed
from training.sequences import SequenceReader

STEPS = {"general": 30, "languages": 3, "fim": 3, "edit": 20}
SOURCES = ("training", "tests/golden", "tests/e2e", "clients/python")
MOST_PARAMETERS = 10_000_000


@unittest.skipUnless((BUILD / "cromwell").exists(), "needs build/cromwell")
class StagesTest(FolderTest):
    def test_all_four_stages_lower_the_loss_and_the_result_is_served(self):
        begin = time.monotonic()
        options = argparse.Namespace(
            sources=[ROOT / name for name in SOURCES], program=BUILD / "cromwell",
            folder=self.folder / "run", minutes=2, vocab_size=1024, text_tokens=120_000, pairs=300,
            seed=1, steps=STEPS)
        with contextlib.redirect_stdout(io.StringIO()):
            stages = tiny_model.run(options)
        for stage in stages:
            print(stage.line())
        print(f"{time.monotonic() - begin:.0f} s")
        for stage in stages:
            if stage.stage in ("general", "edit"):
                self.assertLess(smoothed(stage.losses)[-1], stage.losses[0] * 0.9, stage.stage)
            self.assertTrue((options.folder / stage.stage / "loss.svg").exists())
        self.assert_pairs_are_scripts(options.folder / "pairs", options.folder / tiny_model.MODEL)
        self.assert_served(options.folder / tiny_model.MODEL)

    def assert_pairs_are_scripts(self, folder, model):
        """Each learns an answer that begins with <DEL>, after a prompt that ends with <DIFF>."""
        tokens = GgufReader(model).keys["tokenizer.ggml.tokens"]
        pairs = SequenceReader(folder)
        self.assertGreater(len(pairs), 100)
        for place in range(len(pairs)):
            pair = pairs[place]
            self.assertEqual([tokens[id] for id in pair.ids[pair.learnt - 1:pair.learnt + 1]],
                             ["<DIFF>", "<DEL>"])

    def assert_served(self, model):
        keys = GgufReader(model).keys
        self.assertEqual(keys["cromwell.edit_protocol"], "script")
        self.assertLess(from_keys(keys, tied=False).parameters(), MOST_PARAMETERS)
        daemon = Daemon(model=model)
        self.addCleanup(daemon.close)
        text = "def total(x):\n    y = x + 1\n    return y\n"
        (pathlib.Path(daemon.workspace) / "a.py").write_text(text)
        status, stream = daemon.post("/v1/edit", {
            "file": "a.py", "instruction": "Rename the variable y to z", "temperature": 0,
            "max_tokens": 128, "stream": True})
        self.assertEqual(status, 200, stream)
        (first, started), (last, ended) = stream[0], stream[-1]
        self.assertEqual((first, started["protocol"]), ("start", "script"))
        print(last, json.dumps(ended)[:200])
        if last == "error":  # an honest refusal: of so small a model no edit is asked
            self.assertEqual(ended["status"], 422)
        else:
            self.assertEqual(last, "done")


if __name__ == "__main__":
    unittest.main()

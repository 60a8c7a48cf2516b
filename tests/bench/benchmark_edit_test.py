"""benchmark_edit and benchmark_constraint on a tiny model: their rows; no figure is judged."""
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

BUILD = Path(os.environ["CROMWELL_BUILD"])


class BenchmarkEdit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.model = Path(folder.name) / "tiny.gguf"
        cls.text = Path(folder.name) / "some.py"
        cls.text.write_text("def f(x):\n    return x\n")
        subprocess.run([BUILD / "cromwell", "model", "random", cls.model, "--type", "Q4_0",
                        "--shape", "tiny"], check=True, stdout=subprocess.DEVNULL)

    def run_it(self, *words):
        return subprocess.run([BUILD / "benchmark_edit", "--model", self.model, *words],
                              capture_output=True, text=True)

    def test_drafted_answers_are_the_plain_ones(self):
        run = self.run_it("--json", "--file", self.text, "--max-tokens", "60", "--repeat", "1")
        self.assertEqual(run.returncode, 0, run.stderr)
        rows = json.loads(run.stdout)["rows"]
        self.assertEqual(rows[0]["draft"], "the answer, 4 lines altered")
        self.assertEqual(len(rows), 4)
        for row in rows:
            self.assertEqual(row["same bytes"], "yes")
            self.assertGreaterEqual(row["guessed"], row["right"])
        self.assertEqual(rows[0]["tokens"], 60)

    def test_a_draft_model_changes_no_byte(self):
        run = self.run_it("--json", "--file", self.text, "--max-tokens", "60", "--repeat", "1",
                          "--edits", "0", "--draft-model", self.model)
        self.assertEqual(run.returncode, 0, run.stderr)
        row = json.loads(run.stdout)["rows"][1]
        self.assertEqual(row["draft"], "a draft model's")
        self.assertEqual(row["same bytes"], "yes")

    def test_natural_edits_may_be_left_out(self):
        run = self.run_it("--json", "--file", self.text, "--max-tokens", "20", "--repeat", "1",
                          "--edits", "0")
        self.assertEqual(len(json.loads(run.stdout)["rows"]), 1)

    def test_each_pattern_has_its_cost(self):
        run = subprocess.run([BUILD / "benchmark_constraint", "--model", self.model, "--tokens",
                              "20", "--json"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stderr)
        rows = json.loads(run.stdout)["rows"]
        self.assertEqual(len(rows), 6)
        for row in rows:
            self.assertGreater(row["us a token"], 0)

    def test_a_model_that_is_not_there_is_named(self):
        run = subprocess.run([BUILD / "benchmark_edit", "--model", "/nowhere.gguf"],
                             capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("/nowhere.gguf", run.stderr)

    def test_a_draft_model_that_is_not_there_is_named(self):
        run = self.run_it("--draft-model", "/nowhere/draft.gguf")
        self.assertEqual(run.returncode, 1)
        self.assertIn("/nowhere/draft.gguf", run.stderr)

    def test_an_adapter_that_is_not_there_is_named(self):
        run = self.run_it("--lora", "/nowhere/style.gguf:0.5")
        self.assertEqual(run.returncode, 1)
        self.assertIn("/nowhere/style.gguf", run.stderr)


if __name__ == "__main__":
    unittest.main()

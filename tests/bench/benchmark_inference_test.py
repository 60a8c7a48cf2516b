"""benchmark_inference on a tiny model: every mode and flag gives its rows; no figure is judged."""
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

BUILD = Path(os.environ["CROMWELL_BUILD"])


class BenchmarkInference(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.model = Path(folder.name) / "tiny.gguf"
        subprocess.run([BUILD / "cromwell", "model", "random", cls.model, "--type", "Q4_0",
                        "--shape", "tiny"], check=True, stdout=subprocess.DEVNULL)

    def run_it(self, *words):
        return subprocess.run([BUILD / "benchmark_inference", "--model", self.model, *words],
                              capture_output=True, text=True)

    def report(self, *words):
        run = self.run_it("--json", "--prompt-len", "40", "--decode-len", "4", *words)
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout)

    def test_prefill_and_decode_stand_beside_a_plain_read(self):
        report = self.report("--threads", "2", "--repeat", "2", "--busy", "1")
        self.assertEqual([row["phase"] for row in report["rows"]],
                         ["prefill", "decode", "plain read"])
        self.assertGreater(report["rows"][0]["of int8 peak"], 0)
        self.assertGreater(report["rows"][1]["of plain read"], 0)
        self.assertEqual(report["threads"], 2)

    def test_logits_do_not_depend_on_threads_or_chunks(self):
        one = self.report("--threads", "1", "--chunk", "7")
        two = self.report("--threads", "2", "--chunk", "40")
        self.assertEqual(one["logits"], two["logits"])

    def test_columns_print_both_terms_of_their_limit(self):
        rows = self.report("--columns", "--repeat", "1")["rows"]
        self.assertEqual([row["columns"] for row in rows], [1, 2, 4, 8, 16])
        for row in rows:
            self.assertGreater(row["one pass, ms"], 0)
            self.assertGreater(row["arithmetic, ms"], 0)

    def test_a_long_context_shows_what_attention_takes(self):
        rows = self.report("--context", "100", "--repeat", "1")["rows"]
        self.assertEqual([row["context"] for row in rows], [0, 100])
        self.assertIn("attention", rows[1])

    def test_without_json_there_is_a_table(self):
        run = self.run_it("--prompt-len", "8", "--decode-len", "2", "--repeat", "1")
        self.assertRegex(run.stdout, r"phase +tokens +tokens/s")

    def test_a_text_beyond_the_context_is_refused(self):
        run = self.run_it("--prompt-len", "100000")
        self.assertEqual(run.returncode, 1)
        self.assertIn("the context holds only", run.stderr)


if __name__ == "__main__":
    unittest.main()

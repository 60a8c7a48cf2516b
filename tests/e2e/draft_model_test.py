"""The daemon with a second model that guesses: --draft-model."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from daemon import BUILD, Daemon
from http_daemon_test import start_error

MORE_ANSWERS = 30
PROMPT = "def add(a, b):\n"


def random_model(path, layers, seed, shape="tiny"):
    subprocess.run([BUILD / "cromwell", "model", "random", path, "--shape", shape, "--layers",
                    str(layers), "--seed", str(seed)], check=True, capture_output=True)
    return path


class DraftModelTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="cromwell-draft."))
        cls.model = random_model(cls.folder / "model.gguf", layers=64, seed=1)
        cls.draft = random_model(cls.folder / "draft.gguf", layers=1, seed=2)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def complete(self, daemon, temperature):
        status, answer = daemon.post("/v1/completions", {
            "prompt": PROMPT, "max_tokens": 60, "ignore_eos": True, "seed": 5,
            "temperature": temperature, "return_token_ids": True})
        self.assertEqual(status, 200, answer)
        return answer["choices"][0]["token_ids"]

    def answers(self, *flags):
        """What the daemon answers, and what its metrics say of guesses."""
        # One thread: two that wait for each other on a busy machine make small passes truly dear.
        daemon = Daemon("--threads", "1", *flags, model=self.model)
        try:
            texts = [self.complete(daemon, temperature) for temperature in (0, 0.8)]
            # Whether it pays is measured, and may take more than two answers on a busy machine.
            for _ in range(MORE_ANSWERS if flags else 0):
                if self.guesses(daemon)["cromwell_draft_model_tokens_total"] > 0:
                    break
                self.assertEqual(self.complete(daemon, 0), texts[0])
            return texts, self.guesses(daemon)
        finally:
            daemon.close()

    @staticmethod
    def guesses(daemon):
        metrics = dict(line.rsplit(" ", 1) for line in
                       daemon.request("GET", "/metrics")[2].decode().split("\n")
                       if line.startswith("cromwell_draft_model"))
        return {name: float(value) for name, value in metrics.items()}

    def test_it_guesses_and_changes_no_text(self):
        plain, metrics = self.answers()
        self.assertEqual(metrics["cromwell_draft_model_tokens_total"], 0)
        guessed, metrics = self.answers("--draft-model", self.draft)
        self.assertEqual(guessed, plain)
        self.assertGreater(metrics["cromwell_draft_model_tokens_total"], 0)
        self.assertLessEqual(metrics["cromwell_draft_model_accepted_tokens_total"],
                             metrics["cromwell_draft_model_tokens_total"])

    def test_one_of_another_vocabulary_is_refused_by_the_first_token_that_differs(self):
        other = self.folder / "other.gguf"
        data = self.draft.read_bytes()
        key = b"tokenizer.ggml.tokens"
        first = data.index(key) + len(key) + 4 + 4 + 8 + 8  # array, of strings, count; its length
        other.write_bytes(data[:first + 1] + b"\xbf" + data[first + 2:])
        status, text = start_error("--model", self.model, "--draft-model", other)
        self.assertEqual(status, 1, text)
        self.assertIn("other.gguf: key tokenizer.ggml.tokens: token 0 is ", text)
        self.assertIn("a draft model has the same vocabulary", text)

    def test_a_missing_one_is_named(self):
        status, text = start_error("--model", self.model, "--draft-model", "/no/such/draft.gguf")
        self.assertEqual(status, 1, text)
        self.assertIn("/no/such/draft.gguf", text)


if __name__ == "__main__":
    unittest.main()

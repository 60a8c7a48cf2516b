"""The daemon with a tokenizer.json in place of the model's own vocabulary: --tokenizer."""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path

from daemon import BUILD, MODEL, Daemon
from http_daemon_test import start_error

DECOMPOSED, COMPOSED = "cafe\u0301", "caf\u00e9"


class TokenizerFileTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not MODEL.exists():
            raise unittest.SkipTest(f"no model at {MODEL}: run build/cromwell model pull-default")
        folder = tempfile.TemporaryDirectory(prefix="cromwell-tokenizer.")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.file = cls.folder / "own.json"
        subprocess.run([BUILD / "cromwell", "tokenizer", "export", "--model", MODEL, cls.file],
                       check=True)

    def changed(self, name, change):
        """A copy of the exported file; `change` is called with its content."""
        content = json.loads(self.file.read_text())
        change(content)
        path = self.folder / name
        path.write_text(json.dumps(content))
        return path

    def tokens(self, daemon, text):
        return daemon.post("/tokenize", {"content": text})[1]["tokens"]

    def test_its_tokens_and_its_normalizer_count_and_edits_are_made_with_it(self):
        def normalize(content):
            content["normalizer"] = {"type": "NFC"}

        plain = Daemon()
        self.addCleanup(plain.close)
        daemon = Daemon("--tokenizer", self.changed("nfc.json", normalize))
        self.addCleanup(daemon.close)
        self.assertEqual(self.tokens(daemon, COMPOSED), self.tokens(plain, COMPOSED))
        self.assertNotEqual(self.tokens(plain, DECOMPOSED), self.tokens(plain, COMPOSED))
        self.assertEqual(self.tokens(daemon, DECOMPOSED), self.tokens(plain, COMPOSED))
        request = {"file": "inventory.py", "instruction": "Use a with statement", "temperature": 0,
                   "selection": {"start_line": 4, "end_line": 8}}
        patches = [server.post("/v1/edit", request)[1]["diff"]["patch"]
                   for server in (daemon, plain)]
        self.assertIn("+    with open(path", patches[0])
        self.assertEqual(*patches)

    def test_one_with_more_tokens_than_the_model_is_refused(self):
        def add(content):
            vocabulary = content["model"]["vocab"]
            vocabulary["more"] = len(vocabulary)

        longer = self.changed("longer.json", add)
        status, text = start_error("--model", MODEL, "--tokenizer", longer)
        self.assertEqual(status, 1, text)
        self.assertIn("longer.json: has 49153 tokens, expected at most the 49152 rows", text)

    def test_one_that_is_missing_or_none_is_named(self):
        (self.folder / "none.json").write_text("{")
        for name in ("missing.json", "none.json"):
            status, text = start_error("--model", MODEL, "--tokenizer", self.folder / name)
            self.assertEqual(status, 1, text)
            self.assertIn(str(self.folder / name), text)


if __name__ == "__main__":
    unittest.main()

"""cromwell tokenizer train and export, as a person types them."""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path

from daemon import BUILD, ROOT

TEXT = "def parse(path):\n    # 1234 caf\u00e9 \u65e5\u672c\n    return path <EDIT>\n"


def tokenizer(*arguments, stdin=""):
    """(exit status, standard output, standard error)."""
    done = subprocess.run([str(BUILD / "cromwell"), "tokenizer", *map(str, arguments)],
                          input=stdin.encode(), capture_output=True, timeout=120)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class TokenizerTrainTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.json = Path(cls.folder.name) / "t.json"
        cls.trained = tokenizer("train", cls.json, "--from", f"40:{ROOT / 'tests'}",
                            "--from", f"15:{ROOT / 'engine'}", "--vocab-size", 3000)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_writes_as_many_tokens_as_asked_for_with_the_special_ones_first(self):
        status, out, err = self.trained
        self.assertEqual(status, 0, err)
        self.assertIn("3000 tokens", out)
        document = json.loads(self.json.read_text())
        vocab = document["model"]["vocab"]
        self.assertEqual(sorted(vocab.values()), list(range(3000)))
        first = sorted(vocab, key=vocab.get)[:9]
        self.assertEqual(first, ["<PAD>", "<EOS>", "<BOS>", "<FILE>", "<EDIT>", "</EDIT>", "<DIFF>",
                                 "<INS>", "<DEL>"])

    def test_text_survives_and_the_exported_gguf_gives_the_same_ids(self):
        status, ids, err = tokenizer("encode", "--special", "--tokenizer", self.json, stdin=TEXT)
        self.assertEqual(status, 0, err)
        self.assertIn("4", ids.split())
        _, back, _ = tokenizer("decode", "--tokenizer", self.json, stdin=ids)
        self.assertEqual(back, TEXT)
        gguf = self.json.with_suffix(".gguf")
        status, _, err = tokenizer("export", gguf, "--tokenizer", self.json)
        self.assertEqual(status, 0, err)
        self.assertEqual(tokenizer("encode", "--special", "--model", gguf, stdin=TEXT)[1], ids)
        back = self.json.with_name("back.json")
        status, _, err = tokenizer("export", back, "--model", gguf)
        self.assertEqual(status, 0, err)
        self.assertEqual(tokenizer("encode", "--special", "--tokenizer", back, stdin=TEXT)[1], ids)

    def test_keeps_a_file_that_is_there(self):
        before = self.json.read_bytes()
        status, _, err = tokenizer("train", self.json, "--from", f"1:{ROOT / 'base'}")
        self.assertEqual(status, 1)
        self.assertIn("--force", err)
        self.assertEqual(self.json.read_bytes(), before)

    def test_says_what_is_wrong_with_its_arguments(self):
        new = self.json.with_name("new.json")
        for arguments, said in [
                (("--from", "python"), "expected WEIGHT:FOLDER"),
                (("--from", "1:/nowhere"), "/nowhere"),
                (("--from", f"1:{ROOT / 'base'}", "--vocab-size", "100"), "at least 288"),
                (("--from", f"1:{ROOT / 'base'}", "--pre-tokenizer", "odd"), "supported are")]:
            status, _, err = tokenizer("train", new, *arguments)
            self.assertEqual(status, 1, arguments)
            self.assertIn(said, err)
            self.assertFalse(new.exists())


if __name__ == "__main__":
    unittest.main()

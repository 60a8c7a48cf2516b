"""LoRA adapters of the daemon: loaded with --lora, chosen by name in a request."""

import random
import shutil
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

from daemon import BUILD, MODEL, Daemon
from http_daemon_test import start_error

HIDDEN = 576  # of SmolLM2-135M
RANK = 4
F32 = 0


def string(text):
    return struct.pack("<Q", len(text)) + text.encode()


def write_adapter(path, architecture="llama", matrix="blk.0.attn_output.weight", rows=HIDDEN,
                  seed=1):
    """A GGUF with both factors of one matrix, of random numbers."""
    keys = b"".join(string(key) + struct.pack("<I", 8) + string(value) for key, value in [
        ("general.architecture", architecture), ("general.type", "adapter"),
        ("adapter.type", "lora")])
    keys += string("adapter.lora.alpha") + struct.pack("<If", 6, RANK)
    shapes = {".lora_a": (HIDDEN, RANK), ".lora_b": (RANK, rows)}
    infos, data = b"", b""
    numbers = random.Random(seed)
    for suffix, (cols, count) in shapes.items():
        infos += string(matrix + suffix) + struct.pack("<IQQIQ", 2, cols, count, F32, len(data))
        size = cols * count
        data += struct.pack(f"<{size}f", *(numbers.gauss(0, 1) for _ in range(size)))
    header = b"GGUF" + struct.pack("<IQQ", 3, len(shapes), 4) + keys + infos
    path.write_bytes(header + b"\0" * (-len(header) % 32) + data)
    return path


@unittest.skipUnless(MODEL.exists(), f"no model at {MODEL}: run build/cromwell model pull-default")
class LoraTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="cromwell-lora."))
        style = write_adapter(cls.folder / "style.gguf")
        names = write_adapter(cls.folder / "names.gguf", seed=2)
        cls.daemon = Daemon("--lora", style, "--lora", f"{names}:0")

    @classmethod
    def tearDownClass(cls):
        cls.daemon.close()
        shutil.rmtree(cls.folder)

    def complete(self, **more):
        status, answer = self.daemon.post("/v1/completions", {
            "prompt": "def add(a, b):", "max_tokens": 12, "temperature": 0, "session": "lora",
            **more})
        self.assertEqual(status, 200, answer)
        return answer["choices"][0]["text"]

    def test_a_request_chooses_its_adapter_by_name(self):
        plain = self.complete(lora="none")
        styled = self.complete(lora="style")
        self.assertNotEqual(styled, plain)
        self.assertEqual(self.complete(lora="names"), plain)  # of scale 0
        self.assertEqual(self.complete(), styled)  # the first
        self.assertEqual(self.complete(lora="none"), plain)

    def test_a_name_that_is_not_loaded_is_400_and_lists_those_that_are(self):
        status, answer = self.daemon.post("/v1/completions", {"prompt": "a", "lora": "other"})
        self.assertEqual((status, answer["error"]["param"]), (400, "lora"))
        self.assertIn("expected one of none, style, names", answer["error"]["message"])

    def test_inspect_says_what_an_adapter_is(self):
        out = subprocess.run([BUILD / "cromwell", "model", "inspect", self.folder / "style.gguf"],
                             capture_output=True, text=True, check=True).stdout
        self.assertIn("adapter        lora for llama, alpha 4, 1 matrices", out)

    def test_an_adapter_of_another_model_is_named_at_the_start(self):
        cases = {
            "key general.architecture": {"architecture": "qwen3"},
            "blk.0.attn_output.weight.lora_b: shape [4, 64], expected [4, 576]": {"rows": 64},
            "blk.99.attn_output.weight.lora_a": {"matrix": "blk.99.attn_output.weight"},
        }
        for message, changes in cases.items():
            path = write_adapter(self.folder / "wrong.gguf", **changes)
            status, text = start_error("--model", MODEL, "--lora", path)
            self.assertEqual(status, 1, text)
            self.assertIn(f"{path}: ", text)
            self.assertIn(message, text)

    def test_an_adapter_that_is_not_there_is_named_at_the_start(self):
        status, text = start_error("--model", MODEL, "--lora", "/no/such/adapter.gguf")
        self.assertEqual(status, 1, text)
        self.assertIn("/no/such/adapter.gguf", text)


if __name__ == "__main__":
    unittest.main()

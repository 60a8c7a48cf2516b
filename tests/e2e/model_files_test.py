"""cromwell model random and model quantize, as a person types them."""

import hashlib
import os
import pty
import resource
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from daemon import BUILD, MODEL, Daemon

TYPES = ("F32", "F16", "BF16", "Q8_0", "Q6_K", "Q5_K", "Q5_1", "Q5_0", "Q4_K", "Q4_1", "Q4_0",
         "IQ4_NL", "Q3_K", "Q2_K")


def cromwell(*arguments, stdin=b"", **options):
    """(exit status, standard output, standard error)."""
    done = subprocess.run([str(BUILD / "cromwell"), *map(str, arguments)], input=stdin,
                          capture_output=True, timeout=300, **options)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


class ModelFilesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = Path(tempfile.mkdtemp(prefix="cromwell-files."))
        cls.source = cls.shared / "source.gguf"
        status, _, err = cromwell("model", "random", cls.source, "--shape", "tiny", "--type", "F32")
        assert status == 0, err

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.shared)

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="cromwell-files."))
        self.addCleanup(shutil.rmtree, self.folder)
        self.out = self.folder / "out.gguf"

    def assert_refused(self, answer, part, status=1):
        self.assertEqual((answer[0], answer[1]), (status, ""), answer)
        self.assertIn(part, answer[2])

    def assert_left(self, *names):
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), sorted(names))

    def test_random_says_what_it_wrote_and_what_a_token_costs(self):
        status, out, err = cromwell("model", "random", self.out, "--shape", "tiny", "--seed", "7")
        self.assertEqual((status, err), (0, ""))
        size = self.out.stat().st_size
        self.assertRegex(out, rf"(?s)type Q4_0, seed 7\nparameters +2229504 \(2.2M\)\n"
                              rf"bytes +{size} .*GFLOP per token +0.002 in the layers")
        status, out, _ = cromwell("model", "inspect", self.out)
        self.assertEqual(status, 0)
        self.assertRegex(out, r"general.name +string +\"Cromwell 2.2M random")
        self.assertRegex(out, r"cromwell.random +bool +true")
        self.assertRegex(out, r"read as\n  architecture +llama, \d+ layers of 256, ")
        self.assertRegex(out, r"tokenizer +byte-level BPE, ")
        self.assertRegex(out, r"blk.0.ffn_up.weight +Q4_0 +\[256, 512\]")
        self.assertRegex(out, r"output.weight +Q6_K ")

    def test_random_is_the_same_for_a_seed_on_any_number_of_threads(self):
        digests = set()
        for threads in (1, 2, 5):
            path = self.folder / f"{threads}.gguf"
            cromwell("model", "random", path, "--shape", "tiny", "--threads", threads)
            digests.add(sha256(path))
        self.assertEqual(len(digests), 1)
        cromwell("model", "random", self.out, "--shape", "tiny", "--seed", "1")
        self.assertNotIn(sha256(self.out), digests)

    def test_random_takes_a_shape_number_by_number(self):
        status, out, err = cromwell(
            "model", "random", self.out, "--shape", "tiny", "--layers", 1, "--hidden", 64, "--ffn",
            96, "--heads", 2, "--kv-heads", 1, "--vocab", 600, "--context", 128, "--tied", "--type",
            "q8_0")
        self.assertEqual(status, 0, err)
        parameters = 600 * 64 + 64 + 2 * 64 + 64 * (64 + 32 + 32 + 64) + 3 * 64 * 96
        self.assertIn(f"{parameters} ", out)
        status, out, _ = cromwell("model", "inspect", self.out)
        self.assertNotIn("\n  output.weight", out)
        self.assertRegex(out, r"llama.context_length +uint32 +128\n")

    def test_random_refuses_shapes_and_types_that_cannot_be(self):
        cases = {"heads is 6": ("--heads", 6), "hidden is 100": ("--hidden", 100),
                 "vocab is 100, expected at least 512": ("--vocab", 100),
                 "vocab is 2000000, expected at most": ("--vocab", 2000000),
                 'type "Q9" is unknown, expected one of F32': ("--type", "Q9")}
        for part, flags in cases.items():
            self.assert_refused(
                cromwell("model", "random", self.out, "--shape", "tiny", *flags), part)
        self.assert_refused(cromwell("model", "random", self.out, "--shape", "big"), "big", 2)
        self.assert_left()

    def test_random_text_makes_tokens_of_several_letters_and_comes_back(self):
        cromwell("model", "random", self.out, "--shape", "tiny", "--vocab", "30000")
        text = "the quick brown fox jumps over the lazy dog: été 0x1F\n".encode()
        status, ids, err = cromwell("tokenizer", "encode", "--model", self.out, stdin=text)
        self.assertEqual(status, 0, err)
        self.assertLess(len(ids.split()), 40)
        _, back, _ = cromwell("tokenizer", "decode", "--model", self.out, stdin=ids.encode())
        self.assertEqual(back.encode(), text)

    def test_quantize_prints_a_line_for_each_tensor_in_every_type(self):
        for name in TYPES:
            out = self.folder / f"{name}.gguf"
            status, text, err = cromwell("model", "quantize", self.source, out, name)
            self.assertEqual((status, err), (0, ""), name)
            lines = text.splitlines()
            self.assertEqual(len(lines), 1 + 21 + 1, name)
            self.assertRegex(lines[0], r"tensor +from +to +bytes +error \(rms\)")
            up = next(line.split() for line in lines if line.startswith("blk.0.ffn_up.weight"))
            self.assertEqual(up[1:3], ["F32", name])
            self.assertLess(float(up[4]), 0.3)
            self.assertEqual(float(up[4]) == 0, name == "F32")
            self.assertEqual(cromwell("model", "inspect", out)[0], 0)

    def test_quantize_is_the_same_on_any_number_of_threads(self):
        digests = set()
        for threads in (1, 2, 5):
            path = self.folder / f"{threads}.gguf"
            cromwell("model", "quantize", self.source, path, "Q4_K", "--threads", threads)
            digests.add(sha256(path))
        self.assertEqual(len(digests), 1)

    def test_quantize_replaces_a_file_only_when_forced_and_never_its_input(self):
        self.out.write_text("mine")
        quantize = ("model", "quantize", self.source, self.out, "Q4_0")
        self.assert_refused(cromwell(*quantize), "is there already; --force replaces it")
        self.assertEqual(self.out.read_text(), "mine")
        self.assert_refused(cromwell("model", "random", self.out, "--shape", "tiny"), "--force")
        link = self.folder / "link.gguf"
        link.symlink_to(self.source)
        before = sha256(self.source)
        for path in (self.source, link):
            answer = cromwell("model", "quantize", self.source, path, "Q4_0", "--force")
            self.assert_refused(answer, "is the input itself")
        self.assertEqual(sha256(self.source), before)
        self.assertEqual(cromwell(*quantize, "--force")[0], 0)
        self.assertEqual(cromwell("model", "inspect", self.out)[0], 0)
        self.assert_left("out.gguf", "link.gguf")

    def test_bad_inputs_leave_nothing(self):
        cut = self.shared / "cut.gguf"
        cut.write_bytes(self.source.read_bytes()[:-100000])
        nan = self.shared / "nan.gguf"
        damaged = bytearray(self.source.read_bytes())
        damaged[-4:] = b"\x00\x00\xc0\x7f"  # the last weight of blk.1.ffn_down.weight
        nan.write_bytes(damaged)
        cases = {"cut.gguf": (cut, "Q4_0"), "tensor blk.1.ffn_down.weight: weight 511 of row 255 is nan":
                 (nan, "Q4_0"), "No such file": (self.shared / "none", "Q4_0"),
                 'type "Q4" is unknown': (self.source, "Q4")}
        for part, (path, name) in cases.items():
            status, _, err = cromwell("model", "quantize", path, self.out, name)
            self.assertEqual(status, 1, err)
            self.assertIn(part, err)
            self.assert_left()
        self.assert_refused(cromwell("model", "quantize", self.source), "required", 2)
        status, _, err = cromwell("model", "quantize", self.source, "/no/such/folder/x", "Q4_0")
        self.assertEqual(status, 1)
        self.assertIn("/no/such/folder", err)

    def test_a_disk_that_takes_no_more_leaves_nothing(self):
        def small_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the write fails instead
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

        status, _, err = cromwell("model", "quantize", self.source, self.out, "Q8_0",
                                  preexec_fn=small_files, restore_signals=False)
        self.assertEqual(status, 1)
        self.assertIn("out.gguf: File too large", err)
        self.assert_left()

    def test_an_interruption_leaves_nothing(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = subprocess.Popen([BUILD / "cromwell", "model", "random", self.out],
                                       stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
            deadline = time.monotonic() + 30
            while not list(self.folder.iterdir()) and time.monotonic() < deadline:
                time.sleep(0.01)
            self.assertTrue(list(self.folder.iterdir()))
            process.send_signal(number)
            _, err = process.communicate(timeout=30)
            self.assertEqual((process.returncode, err), (1, b"cromwell: interrupted\n"))
            self.assert_left()

    def test_a_terminal_sees_a_bar_and_a_pipe_does_not(self):
        try:
            pid, fd = pty.fork()
        except OSError as error:
            self.skipTest(f"no terminal to be had: {error}")
        if pid == 0:
            os.execve(BUILD / "cromwell", ["cromwell", "model", "quantize", str(self.source),
                                           str(self.out), "Q4_0"], {**os.environ, "TERM": "xterm"})
        shown = b""
        try:
            while chunk := os.read(fd, 65536):
                shown += chunk
        except OSError:  # the other side is closed
            pass
        os.waitpid(pid, 0)
        os.close(fd)
        self.assertRegex(shown, rb"\[#+-+\]  \d+%")
        self.assertIn(b"blk.1.ffn_down.weight", shown)

    def test_the_daemon_serves_a_random_model(self):
        cromwell("model", "quantize", self.source, self.out, "Q4_K")
        daemon = Daemon(model=self.out)
        self.addCleanup(daemon.close)
        status, answer = daemon.post("/v1/completions", {
            "prompt": "def f(x):", "max_tokens": 8, "temperature": 0, "logprobs": 1})
        self.assertEqual(status, 200, answer)
        logprobs = answer["choices"][0]["logprobs"]["token_logprobs"]
        self.assertTrue(all(-20 < value <= 0 for value in logprobs), logprobs)

    @unittest.skipUnless(MODEL.exists(), f"no model at {MODEL}")
    def test_a_real_model_can_be_requantised_and_says_that_it_was(self):
        status, out, err = cromwell("model", "quantize", MODEL, self.out, "Q4_K")
        self.assertEqual(status, 0, err)
        self.assertIn("the input was quantised already", err)
        # 576 weights a row are no multiple of 256, 1536 are.
        self.assertRegex(out, r"blk.0.attn_q.weight +\S+ +Q5_0 ")
        self.assertRegex(out, r"blk.0.ffn_down.weight +\S+ +Q4_K ")
        text = b"def f(x):\n    return x\n"
        for path in (MODEL, self.out):
            _, ids, _ = cromwell("tokenizer", "encode", "--model", path, stdin=text)
            self.assertRegex(ids, r"^\d+( \d+)+\n$")


if __name__ == "__main__":
    unittest.main()

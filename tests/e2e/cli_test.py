"""The cromwell command as a person types it, against a real daemon and in its own process."""

import json
import os
import pty
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from daemon import BUILD, MODEL, ROOT, DaemonTest, free_port

SAMPLE = (ROOT / "deploy/samples/inventory.py").read_text()
EDIT = ("--lines", "4:8", "--instruction", "Use a with statement", "--temperature", "0")


def cromwell(*arguments, stdin=b"", env=None, cwd=None):
    """(exit status, standard output, standard error)."""
    done = subprocess.run([str(BUILD / "cromwell"), *map(str, arguments)], input=stdin,
                          capture_output=True, timeout=300, cwd=cwd,
                          env={**os.environ, **(env or {})})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def on_a_terminal(*arguments, env):
    """What the command writes where its output is a terminal."""
    try:
        pid, fd = pty.fork()
    except OSError as error:
        raise unittest.SkipTest(f"no terminal to be had: {error}") from error
    if pid == 0:
        os.execve(BUILD / "cromwell", ["cromwell", *map(str, arguments)],
                  {**os.environ, "TERM": "xterm", **env})
    shown = b""
    try:
        while chunk := os.read(fd, 65536):
            shown += chunk
    except OSError:  # the other side is closed
        pass
    os.waitpid(pid, 0)
    os.close(fd)
    return shown.decode()


class EditCommandTest(DaemonTest):
    def setUp(self):
        self.path = self.write("inventory.py", SAMPLE)
        self.server = ("--server", f"http://127.0.0.1:{self.daemon.port}")

    def edit(self, *more):
        return cromwell("edit", self.path, *EDIT, *self.server, *more)

    def test_edits_several_files_together(self):
        second = self.write("second.py", SAMPLE)
        status, out, err = cromwell("edit", self.path, second, "--instruction",
                                    "Use a with statement in read_stock", "--temperature", "0",
                                    *self.server, "--apply")
        self.assertEqual(status, 0, err)
        for path in (self.path, second):
            self.assertEqual(f"+++ b/{path.name}\n" in out, path.read_text() != SAMPLE)
        self.assertIn("inventory.py, second.py: ", err)
        self.assertEqual(cromwell("edit", self.path, second, *EDIT, *self.server)[0], 1)

    def test_prints_the_diff_and_changes_nothing(self):
        status, out, err = self.edit()
        self.assertEqual(status, 0, err)
        self.assertTrue(out.startswith("--- a/inventory.py\n+++ b/inventory.py\n@@ "), out)
        self.assertNotIn("\x1b", out + err)
        self.assertEqual(self.path.read_text(), SAMPLE)

    def test_apply_writes_what_the_diff_says_and_revert_takes_it_back(self):
        status, out, err = self.edit("--apply")
        self.assertEqual(status, 0, err)
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, "inventory.py")
            copy.write_text(SAMPLE)
            subprocess.run(["patch", "-s", copy], input=out.encode(), check=True)
            self.assertEqual(self.path.read_text(), copy.read_text())
        edit_id = re.search(r"cromwell revert (\w+)", err)[1]
        status, out, err = cromwell("revert", edit_id, *self.server)
        self.assertEqual((status, out), (0, "inventory.py: reverted\n"), err)
        self.assertEqual(self.path.read_text(), SAMPLE)

    def test_a_proposal_is_listed_and_applied_later_but_only_once(self):
        _, _, err = self.edit()
        edit_id = re.search(r"cromwell apply (\w+)", err)[1]
        status, out, _ = cromwell("edits", *self.server)
        self.assertEqual(status, 0)
        self.assertRegex(out, rf"{edit_id} +proposed .*inventory.py +Use a with statement")
        self.assertEqual(cromwell("apply", edit_id, *self.server)[0], 0)
        self.assertNotEqual(self.path.read_text(), SAMPLE)
        self.assertEqual(cromwell("apply", edit_id, *self.server)[0], 1)

    def test_colours_on_a_terminal_unless_no_color_is_set(self):
        arguments = ("edit", self.path, *EDIT, *self.server)
        self.assertIn("\x1b[32m+", on_a_terminal(*arguments, env={"NO_COLOR": ""}))
        self.assertNotIn("\x1b[32m", on_a_terminal(*arguments, env={"NO_COLOR": "1"}))

    def test_json_holds_the_patch(self):
        status, out, _ = self.edit("--json")
        answer = json.loads(out)
        self.assertEqual(status, 0)
        self.assertEqual(answer["finish_reason"], "stop")
        self.assertIn("+++ b/inventory.py", answer["diff"]["patch"])
        self.assertFalse(answer["applied"])

    def test_refusals_say_why_and_exit_1(self):
        cases = {
            "1 to 99 of a file that has": ("edit", self.path, "--lines", "1:99", "-i", "x"),
            "no such file": ("edit", "/no/folder/at/all.py", "-i", "x"),
            "expected A:B": ("edit", self.path, "--lines", "5:2", "-i", "x"),
            "max_tokens is 3": ("edit", self.path, *EDIT, "--max-tokens", "3"),
            "not the id of an edit": ("apply", "../x"),
            "roots": ("edit", "/etc/passwd", "-i", "x"),
        }
        for text, arguments in cases.items():
            status, out, err = cromwell(*arguments, *self.server)
            self.assertEqual((status, out), (1, ""), err)
            self.assertTrue(err.startswith("cromwell: "), err)
            self.assertIn(text, err)
        self.assertEqual(self.path.read_text(), SAMPLE)

    def test_a_root_deeper_than_the_work_tree_is_found(self):
        (self.daemon.folder / ".git").mkdir(exist_ok=True)
        try:
            status, out, err = self.edit()
        finally:
            (self.daemon.folder / ".git").rmdir()
        self.assertEqual(status, 0, err)
        self.assertIn("+++ b/inventory.py", out)

    def test_status_names_the_model(self):
        status, out, _ = cromwell("status", *self.server)
        self.assertEqual(status, 0)
        self.assertRegex(out, r"(?s)cromwelld \S+: ready\nmodel: .*context \d+ tokens")


class CommandTest(unittest.TestCase):
    def test_wrong_arguments_exit_2(self):
        for arguments in ((), ("nonsense",), ("edit",), ("edit", "a.py"),
                          ("edit", "a.py", "-i", "x", "--max-tokens", "0"),
                          ("edit", "a.py", "-i", "x", "--model", "m", "--socket", "s"),
                          ("model",), ("model", "inspect"), ("tokenizer", "encode")):
            status, out, err = cromwell(*arguments)
            self.assertEqual((status, out), (2, ""), arguments)
            self.assertTrue(err, arguments)

    def test_without_a_daemon_it_says_how_to_start_one(self):
        server = ("--server", f"http://127.0.0.1:{free_port()}")
        for arguments in (("edit", __file__, "-i", "x"), ("edits",), ("status",),
                          ("apply", "ed_1")):
            status, out, err = cromwell(*arguments, *server)
            self.assertEqual((status, out), (1, ""))
            self.assertIn("cromwell serve", err)

    def test_version_and_serve(self):
        status, out, _ = cromwell("--version")
        self.assertEqual(status, 0)
        self.assertRegex(out, r"^cromwell \d+\.\d+\.\d+\n$")
        status, out, _ = cromwell("serve", "--version")
        self.assertEqual(status, 0)
        self.assertIn("cromwelld", out)


@unittest.skipUnless(MODEL.exists(), f"no model at {MODEL}: run build/cromwell model pull-default")
class ModelTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="cromwell-cli."))
        self.addCleanup(shutil.rmtree, self.folder)

    def test_edits_in_its_own_process(self):
        path = self.folder / "inventory.py"
        path.write_text(SAMPLE)
        status, out, err = cromwell("edit", path, *EDIT, "--apply", "--model", MODEL,
                                    env={"XDG_STATE_HOME": str(self.folder / "state")})
        self.assertEqual(status, 0, err)
        self.assertIn("+++ b/inventory.py", out)
        self.assertNotEqual(path.read_text(), SAMPLE)

    def test_inspect_prints_metadata_and_tensors(self):
        status, out, _ = cromwell("model", "inspect", MODEL)
        self.assertEqual(status, 0)
        self.assertRegex(out, r"general.architecture +string +\"llama\"")
        self.assertRegex(out, r"token_embd.weight +\S+ +\[576, 49152\]")

    def test_inspect_refuses_a_cut_file_with_a_message(self):
        whole = MODEL.read_bytes()[:4 << 20]
        cut = self.folder / "cut.gguf"
        for size in (0, 3, 4, 23, 24, 100, 5000, 1 << 20, 4 << 20):
            cut.write_bytes(whole[:size])
            status, out, err = cromwell("model", "inspect", cut)
            self.assertEqual((status, out), (1, ""), size)
            self.assertTrue(err.startswith("cromwell: "), err)

    def test_tokenizer_encodes_and_decodes(self):
        text = "def f(x):\n    return 'é' + x\n".encode()
        status, ids, err = cromwell("tokenizer", "encode", "--model", MODEL, stdin=text)
        self.assertEqual(status, 0, err)
        self.assertRegex(ids, r"^\d+( \d+)+\n$")
        status, back, _ = cromwell("tokenizer", "decode", "--model", MODEL, stdin=ids.encode())
        self.assertEqual((status, back.encode()), (0, text))
        status, _, err = cromwell("tokenizer", "decode", "--model", MODEL, stdin=b"1 x")
        self.assertEqual(status, 1)
        self.assertIn("expected a token id", err)

    def test_pull_default_leaves_a_right_file_alone(self):
        if MODEL.name != "SmolLM2-135M-Instruct.Q4_1.gguf":
            self.skipTest("the test model is not the default one")
        target = self.folder / "cromwell/models" / MODEL.name
        target.parent.mkdir(parents=True)
        target.symlink_to(MODEL.resolve())
        status, out, _ = cromwell("model", "pull-default", env={"XDG_CACHE_HOME": str(self.folder)})
        self.assertEqual((status, out), (0, f"{target} is there already\n"))


if __name__ == "__main__":
    unittest.main()

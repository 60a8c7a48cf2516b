"""The cromwell command as a person types it, against a real daemon and in its own process."""

import json
import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
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


def on_a_terminal(*arguments, env, answers=()):
    """What the command writes where it is on a terminal. `answers`: (a pattern of what it shows,
    what is typed then), in their order."""
    try:
        pid, fd = pty.fork()
    except OSError as error:
        raise unittest.SkipTest(f"no terminal to be had: {error}") from error
    if pid == 0:
        os.execve(BUILD / "cromwell", ["cromwell", *map(str, arguments)],
                  {**os.environ, "TERM": "xterm", "PAGER": "", **env})
    shown = b""
    left = list(answers)
    begin = 0
    try:
        while chunk := os.read(fd, 65536):
            shown += chunk
            if left and re.search(left[0][0].encode(), shown[begin:]):
                begin = len(shown)
                os.write(fd, left.pop(0)[1].encode())
    except OSError:  # the other side is closed
        pass
    os.waitpid(pid, 0)
    os.close(fd)
    return shown.decode()


ASKED = r"\[e\]dit it (first|again): "


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
        arguments = ("edit", self.path, *EDIT, *self.server, "--no-prompt")
        self.assertIn("\x1b[32m+", on_a_terminal(*arguments, env={"NO_COLOR": ""}))
        self.assertNotIn("\x1b[32m", on_a_terminal(*arguments, env={"NO_COLOR": "1"}))

    def asked(self, *answers, **env):
        return on_a_terminal("edit", self.path, *EDIT, *self.server, env=env,
                             answers=[(ASKED, answer + "\n") for answer in answers])

    def editor(self, script):
        """An $EDITOR that does to the patch what the Python text says."""
        path = self.daemon.folder / "editor"
        path.write_text(f"#!{sys.executable}\nimport pathlib, sys\n"
                        "path = pathlib.Path(sys.argv[1])\ntext = path.read_text()\n"
                        f"{script}\npath.write_text(text)\n")
        path.chmod(0o755)
        return {"EDITOR": str(path), "VISUAL": ""}

    def test_no_on_a_terminal_leaves_the_file_and_says_how_to_apply_it_later(self):
        for answer in ("n", "x\nn", "\x04"):
            shown = self.asked(answer)
            self.assertIn("not applied yet: cromwell apply ed_", shown)
            self.assertEqual(self.path.read_text(), SAMPLE)

    def test_yes_on_a_terminal_applies_it(self):
        shown = self.asked("y")
        self.assertIn("applied, take it back with: cromwell revert ed_", shown)
        self.assertIn("with open(path", self.path.read_text())

    def test_an_edited_patch_is_applied_as_it_was_saved_and_can_be_reverted(self):
        state = {"XDG_STATE_HOME": str(self.daemon.folder / "own")}
        # One more line, and the header's counts left as they were.
        editor = self.editor("text = text.replace('+    with', '+    # by hand\\n+    with', 1)")
        shown = self.asked("e", **editor, **state)
        self.assertIn("    # by hand\n    with open(path", self.path.read_text())
        edit_id = re.search(r"cromwell revert --local (\w+)", shown)[1]
        status, out, _ = cromwell("edits", "--local", env=state)
        self.assertRegex(out, rf"{edit_id} +applied .*inventory.py")
        status, out, err = cromwell("revert", "--local", edit_id, env=state)
        self.assertEqual((status, out), (0, "inventory.py: reverted\n"), err)
        self.assertEqual(self.path.read_text(), SAMPLE)

    def test_an_edited_patch_that_does_not_fit_is_refused_and_asked_about_again(self):
        cases = {"should be": "text = text.replace('\\n-', '\\n-no such ', 1)",
                 "expected '--- '": "text = 'nonsense'",
                 "would not parse": "text = text.replace('+    with', '+    with ((', 1)",
                 "changes nothing": "text = '\\n'.join(line for line in text.split('\\n') if "
                                    "line[:1] != '+' or line[:3] == '+++').replace('\\n-', '\\n ')"
                                    ".replace('\\n -- a', '\\n--- a')",
                 "ended with status": "sys.exit(3)"}
        for text, script in cases.items():
            shown = self.asked("e", "n", **self.editor(script))
            self.assertIn(text, shown)
            self.assertEqual(self.path.read_text(), SAMPLE, text)

    def test_a_yes_after_an_edited_patch_was_refused_is_said_to_mean_the_proposal(self):
        shown = self.asked("e", "y", **self.editor("text = 'nonsense'"))
        self.assertIn("Apply it as it was proposed? ", shown)
        self.assertIn("with open(path", self.path.read_text())

    def test_an_edited_patch_is_refused_where_the_file_changed_meanwhile(self):
        editor = self.editor(f"pathlib.Path({str(self.path)!r}).write_text('other\\n')")
        self.assertIn("the file changed", self.asked("e", "n", **editor))
        self.assertEqual(self.path.read_text(), "other\n")

    def test_the_pager_gets_the_diff_on_a_terminal_and_only_there(self):
        pager = {"PAGER": f"cat > {self.daemon.folder}/paged"}
        on_a_terminal("edit", self.path, *EDIT, *self.server, "--no-prompt", env=pager)
        paged = self.daemon.folder / "paged"
        self.assertIn("+++ b/inventory.py", paged.read_text())
        paged.unlink()
        on_a_terminal("edit", self.path, *EDIT, *self.server, "--no-prompt", "--no-pager",
                      env=pager)
        cromwell("edit", self.path, *EDIT, *self.server, env=pager)
        self.assertFalse(paged.exists())
        shown = on_a_terminal("edit", self.path, *EDIT, *self.server, "--no-prompt",
                              env={"PAGER": "/no/such/pager"})
        self.assertIn("+++ b/inventory.py", shown)

    def test_answers_for_programs_are_json_also_where_they_are_errors(self):
        _, out, _ = self.edit("--json")
        edit_id = json.loads(out)["id"]
        for action, state in (("apply", "applied"), ("revert", "reverted")):
            status, out, _ = cromwell(action, edit_id, "--json", *self.server)
            self.assertEqual((status, json.loads(out)["state"]), (0, state))
        status, out, err = cromwell("revert", edit_id, "--json", *self.server)
        self.assertEqual((status, err, json.loads(out)["error"]["code"]), (1, "", "conflict"))
        status, out, _ = cromwell("status", "--json", *self.server)
        self.assertEqual((status, json.loads(out)["status"]), (0, "ready"))
        for arguments in (("status",), ("edits",), ("apply", "ed_1"),
                          ("edit", self.path, "-i", "x"), ("chat", "x"),
                          ("complete", self.path, "--line", "1")):
            status, out, err = cromwell(*arguments, "--json", "--server",
                                        f"http://127.0.0.1:{free_port()}")
            self.assertEqual((status, err), (1, ""), arguments)
            self.assertIn("cromwell serve", json.loads(out)["error"]["message"])

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

    def test_completes_at_a_line_as_the_daemon_does(self):
        path = self.write("count.py", "numbers = [1, 2, 3, 4,\n    5, 6, 7,\n]\n")
        flags = ("--line", "2", "--context", "2048", "--max-tokens", "8", "--temperature", "0")
        status, out, err = cromwell("complete", path, *flags, *self.server)
        self.assertEqual(status, 0, err)
        _, answer = self.daemon.post("/v1/complete", {
            "file": "count.py", "line": 2, "context": 2048, "max_tokens": 8, "temperature": 0})
        self.assertEqual(out.rstrip("\n"), answer["text"].rstrip("\n"))
        status, out, _ = cromwell("complete", path, *flags, "--json", *self.server)
        self.assertEqual(json.loads(out)["text"], answer["text"])
        self.assertEqual(json.loads(out)["usage"]["completion_tokens"],
                         answer["usage"]["completion_tokens"])
        self.assertEqual(path.read_text(), "numbers = [1, 2, 3, 4,\n    5, 6, 7,\n]\n")
        status, out, err = cromwell("complete", path, "--line", "99", *self.server)
        self.assertEqual((status, out), (1, ""))
        self.assertIn("number of lines, 3", err)

    def test_chat_answers_a_message_and_no_more(self):
        flags = ("--max-tokens", "8", "--temperature", "0")
        status, out, err = cromwell("chat", "Say hello.", *flags, *self.server)
        self.assertEqual(status, 0, err)
        self.assertTrue(out.strip())
        status, piped, _ = cromwell("chat", *flags, *self.server, stdin=b"Say hello.")
        self.assertEqual(piped, out)
        status, text, _ = cromwell("chat", "Say hello.", *flags, "--json", *self.server)
        answer = json.loads(text)
        self.assertEqual(answer["text"], out.rstrip("\n"))
        self.assertIn(answer["finish_reason"], ("stop", "length"))

    def test_a_conversation_remembers_until_it_is_reset(self):
        shown = on_a_terminal(
            "chat", "--max-tokens", "8", "--temperature", "0", *self.server, env={},
            answers=[("> ", "My name is\\\n"), (r"\| ", "Ada.\n"), ("\n> ", "/reset\n"),
                     ("> ", "/other\n"), ("> ", "Hi\n"), ("\n> ", "/quit\n")])
        self.assertIn("/reset forgets the conversation", shown)
        sessions = self.daemon.get("/v1/sessions")[1]["sessions"]
        self.assertTrue(any(one["id"].startswith("chat-") for one in sessions))

    def test_control_c_ends_the_answer_and_not_the_conversation(self):
        shown = on_a_terminal("chat", "--max-tokens", "2000", *self.server, env={}, answers=[
            ("> ", "Count from 1 to 1000, separated by commas.\n"), (r"commas\.\r\n.*\w", "\x03"),
            (r"\[cancelled\]", "/quit\n")])
        self.assertIn("[cancelled]", shown)
        for _ in range(200):
            if not any(one["running"] for one in self.daemon.get("/v1/sessions")[1]["sessions"]):
                return
            time.sleep(0.05)
        self.fail("the daemon still generates")

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


class TokenTest(DaemonTest):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.file = Path(folder.name, "token")
        cls.file.write_text("0123456789abcdef\n")
        cls.file.chmod(0o600)
        cls.flags = ("--token-file", cls.file)
        super().setUpClass()

    def test_status_without_the_token_says_that_one_is_asked_for(self):
        server = ("--server", f"http://127.0.0.1:{self.daemon.port}")
        status, out, err = cromwell("status", *server)
        self.assertEqual((status, out), (1, ""))
        self.assertIn("expected `Bearer TOKEN`", err)
        status, out, err = cromwell("status", *server, "--token-file", self.file)
        self.assertEqual(status, 0, err)
        self.assertIn(": ready\n", out)


class CommandTest(unittest.TestCase):
    def test_wrong_arguments_exit_2(self):
        for arguments in ((), ("nonsense",), ("edit",), ("edit", "a.py"),
                          ("edit", "a.py", "-i", "x", "--max-tokens", "0"),
                          ("edit", "a.py", "-i", "x", "--model", "m", "--socket", "s"),
                          ("model",), ("model", "inspect"), ("tokenizer", "encode")):
            status, out, err = cromwell(*arguments)
            self.assertEqual((status, out), (2, ""), arguments)
            self.assertTrue(err, arguments)

    def test_a_word_that_is_no_command_is_named(self):
        for arguments in (("nonsense", "a.py"), ("model", "nonsense")):
            status, out, err = cromwell(*arguments)
            self.assertEqual((status, out), (2, ""), arguments)
            self.assertIn('"nonsense" is no command', err)

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
        edit_id = re.search(r"cromwell revert --local (\w+)", err)[1]
        status, _, err = cromwell("revert", "--local", edit_id,
                                  env={"XDG_STATE_HOME": str(self.folder / "state")})
        self.assertEqual(status, 0, err)
        self.assertEqual(path.read_text(), SAMPLE)

    def test_the_seeds_examples_run_but_for_the_models_name(self):
        seed = """edit src/main.py --instruction "Add type hints to all functions" --model M
complete src/main.py --line 2 --context 2048 --max-tokens 8 --model M
chat "Say hello." --max-tokens 8 --model M"""
        (self.folder / "src").mkdir()
        path = self.folder / "src/main.py"
        path.write_text("def add(a, b):\n    return a + b\n")
        for line in seed.split("\n"):
            status, out, err = cromwell(*shlex.split(line)[:-1], MODEL, cwd=self.folder,
                                        env={"XDG_STATE_HOME": str(self.folder / "state")})
            self.assertIn(status, (0, 1) if line.startswith("edit") else (0,), err)
            self.assertTrue(out or "changed nothing" in err or "cromwell: " in err, line)
        self.assertEqual(path.read_text(), "def add(a, b):\n    return a + b\n")

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
        adapter = target.with_name("cromwell-edit.gguf")
        self.assertEqual((status, out), (0, f"{target} is there already\n{adapter}\n"))
        self.assertEqual(adapter.read_bytes(), (ROOT / "deploy/model" / adapter.name).read_bytes())
        status, out, _ = cromwell("model", "pull-default", env={"XDG_CACHE_HOME": str(self.folder)})
        self.assertEqual(out, f"{target} is there already\n{adapter} is there already\n")

    def test_pull_default_runs_no_modules_of_the_folder_that_it_is_called_in(self):
        folder = self.folder / "somebody's code"
        folder.mkdir()
        for name in ("pip", "zipfile"):
            (folder / f"{name}.py").write_text(f"open({str(folder / 'ran')!r}, 'w')\n")
        # Nothing is to be had: it fails, and soon.
        cromwell("model", "pull-default", cwd=folder, env={
            "XDG_CACHE_HOME": str(self.folder / "cache"), "PIP_NO_INDEX": "1"})
        self.assertFalse((folder / "ran").exists())


if __name__ == "__main__":
    unittest.main()

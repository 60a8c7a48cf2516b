"""Configuration: what is checked, what SIGHUP reads again, and what the log holds."""

import json
import os
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from daemon import BUILD, DaemonTest

WAIT_S = 30
TOKEN = "0123456789abcdef"


def check_config(text, *flags, env=None):
    """(exit status, output, errors) of --check-config on a file with this text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "c.toml")
        path.write_text(text)
        done = subprocess.run([BUILD / "cromwelld", "--config", path, "--check-config", *flags],
                              capture_output=True, timeout=WAIT_S,
                              env={**os.environ, **(env or {})})
        return (done.returncode, done.stdout.decode(),
                done.stderr.decode().replace(str(path), "c.toml"))


class CheckTest(unittest.TestCase):
    def test_a_sound_one_is_shown_with_where_each_value_comes_from(self):
        status, output, errors = check_config("threads = 3\ncontext = 100\n", "--kv-type", "q8_0",
                                              env={"CROMWELL_CONTEXT": "200"})
        self.assertEqual((status, errors), (0, ""))
        self.assertRegex(output, r"threads = 3  # \S+c\.toml:1\n")
        self.assertIn("context = 200  # CROMWELL_CONTEXT\n", output)
        self.assertIn('kv_type = "q8_0"  # --kv-type\n', output)

    def test_what_is_wrong_is_named_with_its_line(self):
        for text, error in (
                ("\nlissten = 1\n", "c.toml:2: lissten: unknown key; did you mean listen?"),
                ("threads = \"2\"\n", "c.toml:1: threads: expected a whole number, got a text"),
                ("max_body = \"9T\"\n", "c.toml:1: max_body: expected a size")):
            status, _, errors = check_config(text)
            self.assertEqual(status, 2, errors)
            self.assertTrue(errors.startswith(f"cromwelld: {error}"), errors)

    def test_an_open_address_without_a_token_is_wrong(self):
        status, _, errors = check_config('listen = "0.0.0.0:1"\n')
        self.assertEqual(status, 1)
        self.assertIn("--token-file", errors)


class ReloadTest(DaemonTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.config = Path(cls.folder.name, "c.toml")
        cls.config.write_text("")
        cls.flags = ("--config", cls.config, "--log-format", "json")
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.folder.cleanup()

    def lines(self):
        return [json.loads(line) for line in self.daemon.log().splitlines()]

    def reload(self, text, answer="the configuration was read again"):
        """Writes the file as editors do, by a rename, and waits until it was read."""
        seen = len(self.lines())
        new = self.config.with_suffix(".new")
        new.write_text(text)
        new.rename(self.config)
        self.daemon.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + WAIT_S
        while not any(answer in line["message"] for line in self.lines()[seen:]):
            self.assertLess(time.monotonic(), deadline, self.daemon.log())
            time.sleep(0.01)
        return [line["message"] for line in self.lines()[seen:]]

    def test_hosts_and_limits_change(self):
        get = lambda: self.daemon.request("GET", "/healthz", headers={"Host": "dev.example"})[0]
        self.assertEqual(get(), 403)
        said = self.reload('allow_host = ["dev.example"]\nmax_body = "1K"\n')
        self.assertIn("allow_host: changed", said)
        self.assertEqual(get(), 200)
        self.assertEqual(self.daemon.post("/tokenize", {"content": "a" * 2000})[0], 413)
        self.reload("")
        self.assertEqual(get(), 403)
        self.assertEqual(self.daemon.post("/tokenize", {"content": "a" * 2000})[0], 200)

    def test_what_needs_a_restart_is_said(self):
        self.assertIn("max_queued: takes effect at a restart", self.reload("max_queued = 7\n"))
        self.reload("")

    def test_a_wrong_file_leaves_the_old_one_in_force(self):
        self.reload('allow_host = ["dev.example"]\n')
        said = self.reload("no_such_key = 1\n", "stays as it was")
        self.assertTrue(any(":1: no_such_key: unknown key" in line for line in said), said)
        self.assertEqual(
            self.daemon.request("GET", "/healthz", headers={"Host": "dev.example"})[0], 200)
        self.reload("")

    def test_the_log_is_one_json_object_a_line_without_source_text(self):
        self.daemon.post("/tokenize", {"content": "a secret text"}, {"X-Request-Id": "mine-1"})
        self.daemon.request("GET", "/no\"thing?secret=query")
        deadline = time.monotonic() + WAIT_S
        while not any(line.get("status") == 404 for line in self.lines()):
            self.assertLess(time.monotonic(), deadline, self.daemon.log())
            time.sleep(0.01)
        requests = [line for line in self.lines() if line["message"] == "request"]
        mine = [line for line in requests if line.get("client_id") == "mine-1"]
        self.assertEqual([(line["method"], line["path"], line["status"]) for line in mine],
                         [("POST", "/tokenize", 200)])
        self.assertNotIn("secret", self.daemon.log())


class DroppedRootTest(DaemonTest):
    """With a token and two roots, all from the file."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.second = Path(cls.folder.name, "second")
        cls.second.mkdir()
        (cls.second / "a.py").write_text("a = 1\n")
        cls.token = Path(cls.folder.name, "token")
        cls.token.touch(0o600)
        cls.token.write_text(TOKEN + "\n")
        cls.config = Path(cls.folder.name, "c.toml")
        cls.write_roots(["first", "second"])
        Path(cls.folder.name, "first").mkdir()
        cls.flags = ("--config", cls.config)
        cls.options = {"own_root": False}
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.folder.cleanup()

    @classmethod
    def write_roots(cls, names):
        cls.config.write_text(f'root = {json.dumps(names)}\ntoken_file = "token"\n')

    def outline(self, token):
        return self.daemon.request(
            "GET", f"/v1/workspace/outline?workspace={self.second}&file=a.py",
            headers={"Authorization": f"Bearer {token}"})[0]

    def reload(self):
        seen = self.daemon.log().count("read again")
        self.daemon.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + WAIT_S
        while self.daemon.log().count("read again") == seen:
            self.assertLess(time.monotonic(), deadline, self.daemon.log())
            time.sleep(0.01)

    def test_a_new_token_counts_and_a_dropped_root_is_closed(self):
        self.assertEqual(self.outline(TOKEN), 200)
        new = self.token.with_suffix(".new")
        new.touch(0o600)
        new.write_text("fedcba9876543210")
        new.rename(self.token)
        self.reload()
        self.assertEqual(self.outline(TOKEN), 401)
        self.assertEqual(self.outline("fedcba9876543210"), 200)

        self.write_roots(["first"])
        self.reload()
        self.assertEqual(self.outline("fedcba9876543210"), 403)
        self.assertIn("is dropped", self.daemon.log())
        self.write_roots(["first", "third"])
        self.reload()
        self.assertIn("third is added by a restart only", self.daemon.log())


if __name__ == "__main__":
    unittest.main()

"""The examples of docs/clients.md, run as they stand but for the port."""

import os
import re
import subprocess
import sys
import unittest

from daemon import ROOT, DaemonTest
from packages import FOLDER, need

TEXT = (ROOT / "docs/clients.md").read_text()


class ClientsPageTest(DaemonTest):
    def here(self, text):
        return text.replace("127.0.0.1:8411", f"127.0.0.1:{self.daemon.port}")

    def run_command(self, command):
        command = self.here(command.replace("curl", "curl -sS --fail", 1))
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, (command, done.stderr))
        return done.stdout

    def run_python(self, package):
        need(package)
        blocks = [block for block in re.findall(r"```python\n(.*?)```", TEXT, re.S)
                  if f"from {package} import" in block]
        self.assertEqual(len(blocks), 1)
        done = subprocess.run([sys.executable, "-c", self.here(blocks[0])], capture_output=True,
                              text=True, timeout=60, env={**os.environ, "PYTHONPATH": str(FOLDER)})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.strip())

    def test_the_example_of_openais_package(self):
        self.run_python("openai")

    def test_the_example_of_ollamas_package(self):
        self.run_python("ollama")

    def test_the_commands(self):
        commands = [line for line in re.findall(r"^curl .*$", TEXT, re.M) if "/edit" not in line]
        self.assertGreaterEqual(len(commands), 6)
        for command in commands:
            self.assertTrue(self.run_command(command).startswith("{"), command)

    def test_the_stream_that_is_taken_up_again(self):
        ask, again, cancel = re.findall(r"^curl .*/v1/edit.*$", TEXT, re.M)
        whole = self.run_command(ask)
        edit = re.search(r'"id":"(ed_\w+)"', whole)[1]
        named = re.search(r"ed_\w+", again)[0]
        rest = self.run_command(again.replace(named, edit))
        self.assertTrue(rest.startswith("id: 6\n"), rest)
        self.assertTrue(whole.endswith(rest))
        self.assertTrue(self.run_command(cancel.replace(named, edit)).startswith("{"))


if __name__ == "__main__":
    unittest.main()

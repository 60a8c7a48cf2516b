"""The examples of docs/clients.md, run as they stand but for the port."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import unittest

from daemon import BUILD, ROOT, DaemonTest
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

    def test_the_commands_of_the_command(self):
        lines = re.findall(r"^cromwell .*$", TEXT, re.M)
        self.assertGreaterEqual(len(lines), 5)
        for line in lines:
            done = subprocess.run(
                [BUILD / "cromwell", *shlex.split(line)[1:], "--server",
                 f"http://127.0.0.1:{self.daemon.port}"],
                capture_output=True, timeout=60, cwd=self.daemon.workspace)
            self.assertEqual(done.returncode, 0, (line, done.stderr.decode()))
            self.assertTrue(done.stdout, line)

    def test_the_example_of_the_vim_plugin(self):
        if not shutil.which("vim"):
            self.skipTest("SKIPPED: no vim")
        example = re.search(r"```vim\n(set runtimepath.*?)```", TEXT, re.S)[1]
        script = self.daemon.folder / "example.vim"
        out = self.daemon.folder / "out"
        script.write_text(
            self.here(example.replace("+=", f"^={ROOT}/"))
            + "runtime plugin/cromwell.vim\nedit inventory.py\n"
            "4,8CromwellEdit Use a with statement\nlet s:left = 3000\n"
            "while s:left && cromwell#edit#state() ==# 'writing' | sleep 20m | let s:left -= 1\n"
            f"endwhile\ncall writefile([execute('messages')], '{out}')\nqall!\n")
        subprocess.run(["vim", "-Nu", "NONE", "-i", "NONE", "-es", "-T", "dumb", "-S", script],
                       timeout=90, cwd=self.daemon.workspace, capture_output=True, check=False)
        self.assertRegex(out.read_text(), "proposed|the model|nothing changed")

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


class ToolsExampleTest(DaemonTest):
    flags = ("--chat-template", "chatml-tools")

    def test_the_example_of_tools(self):
        need("openai")
        example = re.search(r"### Tools.*?```python\n(.*?)```", TEXT, re.S)[1]
        before = ("import json\nfrom openai import OpenAI\n"
                  f"client = OpenAI(base_url='http://127.0.0.1:{self.daemon.port}/v1', "
                  "api_key='none')\nmessages = [{'role': 'user', 'content': 'Rain in Rome?'}]\n")
        done = subprocess.run([sys.executable, "-c", before + example + "print(answer.usage)"],
                              capture_output=True, text=True, timeout=120,
                              env={**os.environ, "PYTHONPATH": str(FOLDER)})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("prompt_tokens", done.stdout)


if __name__ == "__main__":
    unittest.main()

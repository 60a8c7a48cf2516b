"""The page at /, in a real Chromium, against the real daemon and model, as a person uses it."""

import difflib
import hashlib
import pathlib
import random
import shutil
import socket
import tempfile
import threading
import unittest

from daemon import DaemonTest
from edit_test import SOURCE, patched
from packages import FOLDER, need

CHROMIUM = shutil.which("chromium")
# Of the axe.min.js in npm's axe-core 4.12.1, which PyPI's package ends with one more newline.
AXE_SHA256 = "66a8aaa95a8b044a7fd74a5435873bf04ff65a1ca75567c921b7509742085a14"
INSTRUCTION = "Rename the variable x to data."
WAIT_MS = 60_000


class Browser:
    """Chromium, for all tests of a class; each has its own page."""

    def __init__(self):
        sync_api = need("playwright.sync_api")
        if CHROMIUM is None:
            raise unittest.SkipTest("SKIPPED: no chromium: apt-get install chromium")
        self.playwright = sync_api.sync_playwright().start()
        self.browser = self.playwright.chromium.launch(executable_path=CHROMIUM,
                                                       args=["--no-sandbox"])

    def close(self):
        self.browser.close()
        self.playwright.stop()


def axe_source():
    text = (FOLDER / "axe_playwright_python/axe.min.js").read_bytes().removesuffix(b"\n")
    assert hashlib.sha256(text).hexdigest() == AXE_SHA256
    return text.decode()


class PageFixture(DaemonTest):
    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
        super().setUpClass()

    def setUp(self):
        self.path = self.write("load.py", SOURCE)
        self.problems = []

    def open(self, url=None, expected=(), **options):
        """A page at `url`; what its console says is a problem, but for a part of `expected`."""
        url = url or f"http://127.0.0.1:{self.daemon.port}/"
        context = self.browser.browser.new_context(reduced_motion="reduce", **options)
        self.addCleanup(context.close)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("console", lambda message: message.type in ("error", "warning")
                and not any(part in message.text for part in expected)
                and self.problems.append(message.text))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", lambda request: request.url.startswith(url)
                or self.problems.append("outside request: " + request.url))
        page.goto(url)
        return page

    def choose(self, page, name="load.py"):
        page.fill("#file-query", name)
        page.keyboard.press("Enter")
        page.locator("#file-title").filter(has_text=name).wait_for()

    def ask(self, page, instruction=INSTRUCTION, first=4, last=7):
        page.fill("#first-line", str(first))
        page.fill("#last-line", str(last))
        page.fill("#instruction", instruction)
        page.keyboard.press("Control+Enter")

    def propose(self, page):
        self.choose(page)
        self.ask(page)
        page.locator("#apply").wait_for()

    def shown_patch(self, page):
        """The patch of the newest edit, which is what the page must show."""
        edit = self.daemon.get("/v1/edits")[1]["edits"][0]
        patch = self.daemon.get(f"/v1/edits/{edit['id']}")[1]["patch"]
        for sign, kind in (("-", "removed"), ("+", "added")):
            lines = [line[1:] for line in patch.splitlines()[2:] if line.startswith(sign)]
            shown = page.locator(f"#diff td.text.{kind}").all_text_contents()
            self.assertEqual([text[1:] for text in shown], lines)
        return patch

    def check(self):
        self.assertEqual(self.problems, [])


class PageTest(PageFixture):
    def test_an_edit_is_shown_applied_and_taken_back(self):
        page = self.open()
        self.propose(page)
        patch = self.shown_patch(page)
        self.assertEqual(self.path.read_text(), SOURCE)

        page.click("#apply")
        page.locator("#revert").wait_for()
        new = patched(SOURCE.encode(), patch)
        self.assertEqual(self.path.read_bytes(), new)
        page.wait_for_function("count => document.querySelectorAll('#code > div').length === count",
                               arg=len(new.splitlines()))
        page.locator("#history li:first-child [data-state=applied]").wait_for()

        page.click("#revert")
        page.locator("#history li:first-child [data-state=reverted]").wait_for()
        self.assertEqual(self.path.read_text(), SOURCE)
        self.check()

    def test_the_same_by_keys_alone(self):
        page = self.open()
        page.locator("#file-list li").first.wait_for()
        page.keyboard.press("/")
        page.keyboard.type("load")
        page.keyboard.press("Enter")
        page.locator("#file-title").filter(has_text="load.py").wait_for()
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("c")
        for key in ["ArrowDown"] * 3 + ["Shift+ArrowDown"] * 3:
            page.keyboard.press(key)
        self.assertEqual((page.input_value("#first-line"), page.input_value("#last-line")),
                         ("4", "7"))
        page.keyboard.press("i")
        page.keyboard.type(INSTRUCTION)
        page.keyboard.press("Control+Enter")
        page.locator("#apply").wait_for()
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("a")
        page.locator("#revert").wait_for()
        self.assertNotEqual(self.path.read_text(), SOURCE)
        page.keyboard.press("r")
        page.locator("#history li:first-child [data-state=reverted]").wait_for()
        self.assertEqual(self.path.read_text(), SOURCE)
        self.check()

    def test_lines_are_chosen_with_the_mouse(self):
        page = self.open()
        self.choose(page)
        number = page.locator("#code .number")

        def chosen():
            return page.input_value("#first-line"), page.input_value("#last-line")

        number.nth(3).click()
        number.nth(6).click(modifiers=["Shift"])
        self.assertEqual(chosen(), ("4", "7"))
        number.nth(1).hover()
        page.mouse.down()
        number.nth(4).hover()
        page.mouse.up()
        number.nth(6).hover()
        self.assertEqual(chosen(), ("2", "5"))
        page.locator("#code .text").nth(0).click()
        self.assertEqual(chosen(), ("1", "1"))
        page.keyboard.press("Escape")
        self.assertEqual(chosen(), ("", ""))
        self.check()

    def test_text_appears_while_the_model_writes(self):
        page = self.open()
        page.evaluate("""() => {
          window.lengths = [];
          const place = document.getElementById("answer-text");
          new MutationObserver(() => window.lengths.push(place.textContent.length))
              .observe(place, {childList: true, characterData: true, subtree: true});
        }""")
        self.propose(page)
        lengths = page.evaluate("window.lengths")
        self.assertGreater(len(set(lengths)), 3, lengths)
        self.check()

    def test_an_edit_of_the_history_is_shown_again(self):
        page = self.open()
        self.propose(page)
        page.reload()
        page.locator("#history button").first.click()
        page.locator("#apply").wait_for()
        self.shown_patch(page)
        self.check()

    def test_stop_ends_the_edit_in_the_daemon_too(self):
        page = self.open()
        self.write("long.py", "".join(f"value_{i} = {i}\n" for i in range(200)))
        self.choose(page, "long.py")
        self.ask(page, "Rename every value.", 1, 200)
        page.locator("#answer-text").filter(has_text="v").wait_for()
        page.click("#stop")
        page.locator("#result-facts").filter(has_text="stopped").wait_for()
        while self.daemon.get("/readyz")[1]["running"] > 0:
            pass
        self.check()

    def test_errors_are_said_in_words(self):
        page = self.open(expected=("409 (Conflict)",))
        self.ask(page)
        self.assertEqual(page.inner_text("#error"), "Choose a file first.")
        self.choose(page)
        self.path.write_text(SOURCE + "# saved by an editor\n")
        self.ask(page)
        page.locator("#error").filter(has_text="The file has changed").wait_for()
        page.locator("#code").filter(has_text="saved by an editor").wait_for()
        self.check()

    def test_the_state_of_model_and_sessions_is_shown(self):
        page = self.open()
        page.locator("#state-dot[data-state=ready]").wait_for()
        model = self.daemon.get("/readyz")[1]["model"]
        self.assertEqual(page.inner_text("#model-name"), model)
        self.propose(page)
        page.locator("#session-list").filter(has_text="tokens").wait_for()
        self.assertRegex(page.inner_text("#figure-pages"), r"^\d+ / \d+$")
        self.assertRegex(page.inner_text("#figure-memory"), r"MiB|GiB")
        self.check()

    def test_text_of_files_and_names_never_becomes_html(self):
        attack = "<img src=x onerror=\"window.hit = 1\">"
        self.write(attack + ".py", f"# {attack}\n# <script>window.hit = 2</script>\n")
        page = self.open()
        self.choose(page, "img src")
        self.assertIn(attack, page.inner_text("#code"))
        self.assertIn(attack, page.inner_text("#file-title"))
        self.assertIsNone(page.evaluate("window.hit ?? null"))
        self.assertEqual(page.locator("main img").count(), 0)
        refused = page.evaluate("""() => {
          try { document.body.innerHTML = "<p>"; return false; } catch { return true; }
        }""")
        self.assertTrue(refused, "the browser would read a text as HTML")

    def test_rows_of_a_diff_are_the_lines_of_both_texts(self):
        seed = random.SystemRandom().randrange(1 << 30)
        choose = random.Random(seed)
        page = self.open()
        lines = ["a", "b", "", "-- a/x", "++ b/y", "@@ -1 +1 @@", "\\ No newline", "é<b>"]
        for _ in range(50):
            old = [choose.choice(lines) for _ in range(choose.randrange(12))]
            new = [choose.choice(lines) if choose.random() < 0.3 else line for line in old]
            new[choose.randrange(len(new) + 1):0] = ["new"] * choose.randrange(3)
            diff = difflib.unified_diff(old, new, "a/f", "b/f", n=100, lineterm="")
            rows = page.evaluate("""async (patch) => {
              const { parsePatch, sideBySide } = await import("/page/diff.js");
              return parsePatch(patch).flatMap(sideBySide);
            }""", "\n".join(diff) + "\n")
            if old == new:
                self.assertEqual(rows, [])
                continue
            for side, text in (("old", old), ("new", new)):
                cells = [row[side] for row in rows if row[side]]
                self.assertEqual([cell["text"] for cell in cells], text, f"seed {seed}")
                self.assertEqual([cell["number"] for cell in cells],
                                 list(range(1, len(text) + 1)), f"seed {seed}")
        self.check()

    def test_events_are_read_however_they_are_cut(self):
        text = (': wait\n\nid: 1\nevent: token\ndata: {"text": "a\\n\\nb"}\n\n'
                'data: 5\n\nevent: none\n\nid: 2\nevent: done\ndata: {}\n\n')
        whole = [{"id": "1", "name": "token", "data": {"text": "a\n\nb"}},
                 {"id": None, "name": "message", "data": 5},
                 {"id": "2", "name": "done", "data": {}}]
        page = self.open()
        for size in (1, 2, 3, 7, 1000):
            pieces = [text[at:at + size] for at in range(0, len(text), size)]
            self.assertEqual(whole, page.evaluate("""async (pieces) => {
              const { EventParser } = await import("/page/event_stream.js");
              const parser = new EventParser();
              return pieces.flatMap((piece) => parser.push(piece));
            }""", pieces))

    def test_a_broken_connection_is_taken_up_again(self):
        cut = CuttingProxy(self.daemon.port, after_bytes=1500)
        self.addCleanup(cut.close)
        page = self.open(f"http://127.0.0.1:{cut.port}/", expected=("ERR_INCOMPLETE_CHUNKED",))
        self.propose(page)
        self.assertEqual(cut.cuts, 1)
        self.shown_patch(page)
        self.check()

    def test_axe_finds_nothing_serious_in_either_theme_or_on_a_narrow_window(self):
        for options in ({"color_scheme": "light"}, {"color_scheme": "dark"},
                        {"viewport": {"width": 380, "height": 800}}):
            with self.subTest(**options):
                page = self.open(bypass_csp=True, **options)
                self.propose(page)
                self.assert_accessible(page)
                page.click("#help-open")
                self.assert_accessible(page)
                page.keyboard.press("Escape")
                wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                self.assertLessEqual(wider, 0, "the page scrolls sideways")

    def assert_accessible(self, page):
        page.evaluate(axe_source())
        found = page.evaluate("axe.run()")["violations"]
        grave = [(one["id"], one["impact"], [node["html"][:120] for node in one["nodes"]][:3])
                 for one in found if one["impact"] in ("serious", "critical")]
        self.assertEqual(grave, [])


class PageTokenTest(PageFixture):
    TOKEN = "a-token-of-some-length"

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        file = pathlib.Path(folder.name, "token")
        file.write_text(cls.TOKEN + "\n")
        file.chmod(0o600)
        cls.flags = ("--token-file", file)
        super().setUpClass()

    def test_a_token_is_asked_for_and_kept_in_this_tab_only(self):
        page = self.open(expected=("401 (Unauthorized)",))
        page.locator("#token[open]").wait_for()
        page.fill("#token-text", self.TOKEN)
        page.keyboard.press("Enter")
        page.locator("#state-dot[data-state=ready]").wait_for()
        self.propose(page)
        page.click("#token-open")
        page.keyboard.press("Escape")  # changes nothing
        page.reload()
        page.locator("#state-dot[data-state=ready]").wait_for()
        self.assertNotIn(self.TOKEN, page.evaluate("JSON.stringify(localStorage)"))
        self.assertIn(self.TOKEN, page.evaluate("JSON.stringify(sessionStorage)"))
        self.assertNotIn(self.TOKEN, page.content())
        self.check()


class CuttingProxy:
    """Passes bytes on to the daemon, and closes the first answer to POST /v1/edit in its middle."""

    def __init__(self, port, after_bytes):
        self.daemon_port, self.after_bytes, self.cuts = port, after_bytes, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            daemon = socket.create_connection(("127.0.0.1", self.daemon_port))
            edits = threading.Event()
            for pump, ends in ((self.requests, (client, daemon)), (self.answers, (daemon, client))):
                threading.Thread(target=pump, args=(*ends, edits), daemon=True).start()

    def requests(self, client, daemon, edits):
        with client, daemon:
            while data := self.receive(client):
                if data.startswith(b"POST /v1/edit "):
                    edits.set()
                daemon.sendall(data)

    def answers(self, daemon, client, edits):
        passed = 0
        with client, daemon:
            while data := self.receive(daemon):
                passed += len(data) if edits.is_set() else 0
                client.sendall(data)
                if passed > self.after_bytes and self.cuts == 0:
                    self.cuts += 1
                    client.shutdown(socket.SHUT_RDWR)
                    return

    @staticmethod
    def receive(source):
        try:
            return source.recv(65536)
        except OSError:
            return b""

    def close(self):
        self.listener.close()


if __name__ == "__main__":
    unittest.main()

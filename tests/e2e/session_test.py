"""A saved session outlives the daemon, and a warm prompt is not read again."""

import unittest

from daemon import DaemonTest

PROMPT = "import os\n\n" + "".join(f"def add_{i}(x):\n    return x + {i}\n\n" for i in range(20))


class SessionTest(DaemonTest):
    def complete(self, **fields):
        status, answer = self.daemon.post("/v1/completions", {
            "prompt": PROMPT, "max_tokens": 8, "temperature": 0, **fields})
        self.assertEqual(status, 200, answer)
        usage = answer["usage"]
        return (answer["choices"][0]["text"], usage["prompt_tokens"],
                usage["prompt_tokens_details"]["cached_tokens"])

    def restart(self):
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.start()

    def test_a_saved_session_is_restored_after_a_restart_and_says_the_same(self):
        text, prompt_tokens, _ = self.complete(session="mine")
        status, saved = self.daemon.post("/v1/sessions/mine/save")
        self.assertEqual(status, 200, saved)
        self.assertEqual(saved["saved_tokens"], prompt_tokens + 7)
        self.restart()
        self.assertEqual(self.daemon.get("/v1/sessions")[1]["sessions"], [])
        self.assertEqual(self.daemon.post("/v1/sessions/mine/restore")[1]["restored_tokens"],
                         prompt_tokens + 7)
        self.assertEqual(self.complete(), (text, prompt_tokens, prompt_tokens - 1))

    def test_a_damaged_file_is_refused_and_what_is_in_memory_stays(self):
        self.complete(session="other")
        self.assertEqual(self.daemon.post("/v1/sessions/other/save")[0], 200)
        for path in (self.daemon.folder / "state/sessions").iterdir():
            content = bytearray(path.read_bytes())
            content[-1] ^= 1
            path.write_bytes(content)
        before = self.daemon.get("/v1/sessions")[1]["sessions"]
        restored = self.daemon.post("/v1/sessions/other/restore")
        self.assert_error(restored, 500, "io_error", "damaged")
        after = self.daemon.get("/v1/sessions")[1]["sessions"]
        self.assertEqual([one["cached_tokens"] for one in before],
                         [one["cached_tokens"] for one in after])

    def test_a_warm_file_is_not_read_again_by_its_edit(self):
        self.write("warm.py", PROMPT)
        status, warmed = self.daemon.post("/v1/warm", {"file": "warm.py"})
        self.assertEqual(status, 200, warmed)
        self.assertEqual(warmed["warm_tokens"], warmed["prompt_tokens"])
        events = self.daemon.post("/v1/edit", {
            "file": "warm.py", "instruction": "Rename x to y", "max_tokens": 1, "stream": True})[1]
        self.assertGreaterEqual(events[0][1]["cached_tokens"], warmed["warm_tokens"])


if __name__ == "__main__":
    unittest.main()

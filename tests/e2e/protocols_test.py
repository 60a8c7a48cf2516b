"""Edits by the real model in every protocol that it can be asked in."""

import unittest

from daemon import DaemonTest

SOURCE = '''import json


def load(path):
    with open(path) as f:
        x = json.load(f)
    return x
'''


class ProtocolsTest(DaemonTest):
    def setUp(self):
        self.path = self.write("load.py", SOURCE)

    def edit(self, protocol, **fields):
        """The answer, whose diff was proven; what the model may not do was refused with 422."""
        status, answer = self.daemon.post("/v1/edit", {
            "file": "load.py", "temperature": 0, "stream": False, "max_tokens": 400,
            "protocol": protocol, "instruction": "Rename the variable x to data.", **fields})
        self.assertIn(status, (200, 422), answer)
        if status == 422:
            self.assertEqual(answer["error"]["code"], "no_valid_edit")
            self.assertTrue(answer["error"]["detail"]["attempts"][0]["text"])
            return None
        self.assertEqual(answer["protocol"], protocol)
        self.assertTrue(answer["diff"]["validation"]["applies"])
        self.assertEqual(self.path.read_text(), SOURCE)
        return answer["diff"]["patch"]

    def test_rewrite(self):
        self.assertTrue(self.edit("rewrite", selection={"start_line": 4, "end_line": 7}))

    def test_whole(self):
        self.assertIn("+    return data", self.edit("whole"))

    def test_search_replace(self):
        self.edit("search_replace", selection={"start_line": 4, "end_line": 7})

    def test_fim_of_a_selection_changes_nothing_else(self):
        patch = self.edit("fim", selection={"start_line": 7, "end_line": 7},
                          instruction="Return x.") or ""
        removed = [line for line in patch.split("\n")[2:] if line.startswith("-")]
        self.assertIn(removed, ([], ["-    return x"]))

    def test_fim_at_a_cursor_changes_nothing_before_it(self):
        patch = self.edit("fim", cursor={"line": 6, "column": 13},
                          instruction="Load the JSON from the file f.")
        for line in (patch or "").split("\n"):
            if line.startswith("+ "):
                self.assertTrue(line.startswith("+        x = "), patch)

    def test_script_is_refused_by_name(self):
        status, answer = self.daemon.post("/v1/edit", {
            "file": "load.py", "instruction": "Rename x", "protocol": "script", "stream": False})
        self.assert_error((status, answer), 400, "invalid_request")
        self.assertIn("<DEL>", answer["error"]["message"])


if __name__ == "__main__":
    unittest.main()

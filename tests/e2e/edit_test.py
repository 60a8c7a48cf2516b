"""One edit through the real daemon and model: propose, stream, apply, revert, conflicts."""

import hashlib
import subprocess
import tempfile
import unittest
from pathlib import Path

from daemon import DaemonTest

SOURCE = '''import json


def load(path):
    with open(path) as f:
        x = json.load(f)
    return x
'''
REQUEST = {"file": "load.py", "instruction": "Rename the variable x to data.",
           "selection": {"start_line": 4, "end_line": 7}, "temperature": 0}


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def patched(old, patch):
    """What patch(1) makes of `old`."""
    with tempfile.TemporaryDirectory() as folder:
        before, diff, after = (Path(folder, name) for name in ("before", "diff", "after"))
        before.write_bytes(old)
        diff.write_text(patch)
        subprocess.run(["patch", "-s", "-o", after, before, diff], check=True)
        return after.read_bytes()


class EditTest(DaemonTest):
    def setUp(self):
        self.path = self.write("load.py", SOURCE)

    def propose(self, **fields):
        status, answer = self.daemon.post("/v1/edit", {**REQUEST, "stream": False, **fields})
        self.assertEqual(status, 200, answer)
        self.assertTrue(answer["diff"]["patch"], "the model changed nothing")
        return answer

    def test_a_proposal_leaves_the_file_alone_until_it_is_applied(self):
        answer = self.propose()
        self.assertEqual(self.path.read_text(), SOURCE)
        self.assertFalse(answer["applied"])
        self.assertTrue(answer["diff"]["validation"]["applies"])
        status, applied = self.daemon.post(f"/v1/edits/{answer['id']}/apply")
        self.assertEqual(status, 200, applied)
        self.assertEqual(self.path.read_bytes(),
                         patched(SOURCE.encode(), answer["diff"]["patch"]))

    def test_apply_true_then_revert_gives_the_old_bytes_back(self):
        answer = self.propose(apply=True)
        self.assertTrue(answer["applied"])
        self.assertNotEqual(self.path.read_text(), SOURCE)
        status, _ = self.daemon.post(f"/v1/edits/{answer['id']}/revert")
        self.assertEqual(status, 200)
        self.assertEqual(self.path.read_text(), SOURCE)

    def test_only_the_selection_changes(self):
        answer = self.propose(apply=True)
        self.assertEqual(self.path.read_text().splitlines()[:3], SOURCE.splitlines()[:3])
        self.assertEqual(answer["region"]["start_line"], 4)

    def test_mode_and_line_endings_are_kept(self):
        self.path.write_bytes(SOURCE.replace("\n", "\r\n").encode())
        self.path.chmod(0o751)
        self.propose(apply=True)
        after = self.path.read_bytes()
        self.assertEqual(after.count(b"\n"), after.count(b"\r\n"))
        self.assertEqual(self.path.stat().st_mode & 0o7777, 0o751)

    def test_several_files_are_one_edit_applied_and_reverted_together(self):
        other = self.write("more/save.py", SOURCE.replace("load", "read"))
        old = {self.path: self.path.read_bytes(), other: other.read_bytes()}
        selection = REQUEST["selection"]
        request = {"instruction": REQUEST["instruction"], "temperature": 0, "apply": True,
                   "files": [{"file": "load.py", "selection": selection},
                             {"file": "more/save.py", "selection": selection,
                              "base_sha256": sha256(other)}]}
        events = self.daemon.post("/v1/edit", {**request, "stream": True})[1]
        self.assertEqual(events[-1][0], "done", events[-1])
        diffs = {data["file"]: data["patch"] for name, data in events if name == "diff"}
        self.assertEqual(list(diffs), ["load.py", "more/save.py"])
        self.assertTrue(any(diffs.values()), "the model changed nothing")
        for path, before in old.items():
            patch = diffs[str(path.relative_to(self.daemon.workspace))]
            self.assertEqual(path.read_bytes(), patched(before, patch) if patch else before)
        status, record = self.daemon.get(f"/v1/edits/{events[0][1]['id']}")
        self.assertEqual(status, 200, record)
        self.assertEqual([one["file"] for one in record["files"]],
                         [name for name, patch in diffs.items() if patch])
        self.assertEqual(self.daemon.post(f"/v1/edits/{record['id']}/revert")[0], 200)
        for path, before in old.items():
            self.assertEqual(path.read_bytes(), before)

    def test_a_file_changed_in_between_is_409_and_kept(self):
        answer = self.propose()
        self.path.write_text(SOURCE + "# saved by the user\n")
        refused = self.daemon.post(f"/v1/edits/{answer['id']}/apply")
        self.assert_error(refused, 409, "file_changed")
        self.assertEqual(self.path.read_text(), SOURCE + "# saved by the user\n")

    def test_a_second_apply_is_409(self):
        answer = self.propose(apply=True)
        self.assertEqual(self.daemon.post(f"/v1/edits/{answer['id']}/apply")[0], 409)

    def test_the_stream_begins_with_start_and_ends_with_done(self):
        status, events = self.daemon.post("/v1/edit", {**REQUEST, "stream": True, "apply": True})
        self.assertEqual(status, 200)
        names = [name for name, _ in events]
        self.assertEqual(names[0], "start")
        self.assertEqual(names[-1], "done")
        self.assertEqual(names.count("done") + names.count("error"), 1)
        self.assertLess(names.index("diff"), names.index("applied"))
        data = dict(events)
        self.assertEqual(data["applied"]["hash"], sha256(self.path))
        self.assertEqual(self.path.read_bytes(), patched(SOURCE.encode(), data["diff"]["patch"]))

    def test_an_edit_can_be_applied_after_a_restart(self):
        answer = self.propose()
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.start()
        self.assertEqual(self.daemon.post(f"/v1/edits/{answer['id']}/apply")[0], 200)
        status, record = self.daemon.get(f"/v1/edits/{answer['id']}")
        self.assertEqual((status, record["state"]), (200, "applied"))


if __name__ == "__main__":
    unittest.main()

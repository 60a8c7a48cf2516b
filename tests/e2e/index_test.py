#!/usr/bin/env python3
"""What the index of a confined daemon knows outlives a restart."""

import time
import unittest

from daemon import DaemonTest

FILES = 1_000  # so many are read before it is worth keeping
WAIT_S = 60


class IndexTest(DaemonTest):
    options = {"samples": False}

    def wait_for(self, what, is_there):
        deadline = time.monotonic() + WAIT_S
        while not is_there():
            self.assertLess(time.monotonic(), deadline, f"{what}\n{self.daemon.log()}")
            time.sleep(0.02)

    def defines(self, name):
        _, answer = self.daemon.get(f"/v1/workspace/symbols?query={name}")
        return [symbol["file"] for symbol in answer["symbols"]]

    def test_the_next_start_reads_only_what_changed(self):
        for i in range(FILES):
            self.write(f"p{i % 10}/m{i}.py", f"def task_{i}(): pass\n")
        caches = self.daemon.folder / "state" / "index"
        self.wait_for("the cache", lambda: any(not name.suffix for name in caches.iterdir()))
        self.assertEqual(self.daemon.stop(), 0)
        self.write("p1/m1.py", "def another(): pass\n")
        self.daemon.start()
        self.wait_for("a symbol that was known", lambda: self.defines("task_999") == ["p9/m999.py"])
        self.wait_for("one that is new", lambda: self.defines("another") == ["p1/m1.py"])
        self.assertNotIn("p1/m1.py", self.defines("task_1"))
        self.assertRegex(self.daemon.log(), r"\d+ files are known from the last start")


if __name__ == "__main__":
    unittest.main()

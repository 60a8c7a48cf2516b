"""A code base and the default model for the tests of the Python package. They run in the virtual
environment that build_wheel.py makes: what is imported is what was installed."""

import pathlib
import shutil
import sys
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/e2e"))

from daemon import BUILD, MODEL  # noqa: E402

from cromwell import SamplingConfig  # noqa: E402

SAMPLE = (ROOT / "deploy/samples/inventory.py").read_text()
INSTRUCTION = "Use a with statement."
LINES = (4, 8)
GREEDY = SamplingConfig(temperature=0)
# An answer of some hundred tokens, for what ends before it does.
LONG_FILE = "".join(f"def f{n}(x):\n    return x + {n}\n\n\n" for n in range(60))
LONG_INSTRUCTION = "Add a docstring to each function."


class ProjectTest(unittest.TestCase):
    """`self.project` is a folder that holds the samples and long.py."""

    def setUp(self):
        if not MODEL.exists():
            self.skipTest(f"no model at {MODEL}: run build/cromwell model pull-default")
        folder = tempfile.TemporaryDirectory(prefix="cromwell-python.")
        self.addCleanup(folder.cleanup)
        self.project = pathlib.Path(folder.name, "project")
        shutil.copytree(ROOT / "deploy/samples", self.project)
        (self.project / "long.py").write_text(LONG_FILE)

    def wait_until_idle(self, client, timeout_s=30):
        """Nothing is generated any more."""
        deadline = time.monotonic() + timeout_s
        while any(session["running"] for session in client.get("/v1/sessions")["sessions"]):
            self.assertLess(time.monotonic(), deadline, "a generation goes on")


class OnlyWhereReleased:
    """In its body another thread gets the interpreter's lock only where this one lets go of it;
    `action` runs in such a thread, once `begin` was called."""

    def __init__(self, action):
        self._begun = threading.Event()
        self._thread = threading.Thread(target=lambda: (self._begun.wait(), action()))

    def begin(self):
        self._begun.set()

    def __enter__(self):
        self._interval = sys.getswitchinterval()
        self._thread.start()
        sys.setswitchinterval(1000)
        return self

    def __exit__(self, *_):
        sys.setswitchinterval(self._interval)
        self.begin()
        self._thread.join()

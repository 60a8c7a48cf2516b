"""deploy/lib/common.sh: what its functions say where something fails."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class CommonTest(unittest.TestCase):
    def test_no_python_is_named_where_pytorch_cannot_be_installed(self):
        with tempfile.TemporaryDirectory() as folder:
            broken = Path(folder) / "python3"
            broken.write_text("#!/bin/sh\nexit 1\n")
            broken.chmod(0o755)
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c",
                 ". deploy/lib/common.sh; python=$(training_python); echo went on"],
                cwd=ROOT, capture_output=True, timeout=60, text=True,
                env={**os.environ, "XDG_CACHE_HOME": folder,
                     "PATH": f"{folder}:{os.environ['PATH']}"})
        self.assertNotEqual(done.returncode, 0)
        self.assertNotIn("went on", done.stdout)


if __name__ == "__main__":
    unittest.main()

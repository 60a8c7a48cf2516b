"""benchmark_start at small size: it prints what it says. No figure is judged."""
import json
import os
import subprocess
import unittest
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
MODEL = Path(os.environ.get("CROMWELL_TEST_MODEL") or
             CACHE / "cromwell/models/SmolLM2-135M-Instruct.Q4_1.gguf")


class BenchmarkStart(unittest.TestCase):
    def test_starts_and_memory_are_reported(self):
        if not MODEL.exists():
            self.skipTest(f"no model at {MODEL}")
        run = subprocess.run([Path(__file__).with_name("benchmark_start.py"), "--context", "300",
                              "--repeats", "2"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stderr)
        report = json.loads(run.stdout)
        self.assertEqual(len(report["ready_ms"]), 2)
        self.assertGreaterEqual(report["tokens"], 301)
        memory = report["with_context_mb"]
        self.assertGreater(memory["own"], 0)
        self.assertLessEqual(memory["own"], memory["resident"])


if __name__ == "__main__":
    unittest.main()

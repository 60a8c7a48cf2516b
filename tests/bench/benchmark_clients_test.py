"""benchmark_clients at small size: it prints what it says. No figure is judged."""
import json
import os
import subprocess
import unittest
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
MODEL = Path(os.environ.get("CROMWELL_TEST_MODEL") or
             CACHE / "cromwell/models/SmolLM2-135M-Instruct.Q4_1.gguf")


class BenchmarkClients(unittest.TestCase):
    def test_gaps_and_first_tokens_are_reported(self):
        if not MODEL.exists():
            self.skipTest(f"no model at {MODEL}")
        run = subprocess.run(
            [Path(__file__).with_name("benchmark_clients.py"), "--prompt-tokens", "300",
             "--edit-tokens", "100", "--changed-tokens", "8", "--repeats", "2", "--alone", "0.2"],
            capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stderr)
        report = json.loads(run.stdout)
        self.assertEqual(report["gaps"]["prompt_tokens"], 300)
        self.assertGreater(report["gaps"]["during"]["tokens"], 0)
        self.assertEqual(report["changed_end"]["changed_tokens"], 8)


if __name__ == "__main__":
    unittest.main()

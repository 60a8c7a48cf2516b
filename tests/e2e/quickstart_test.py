"""./deploy/quickstart as it stands, and the commands that it tells its reader to try."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

from daemon import BUILD, ROOT, free_port


class QuickstartTest(unittest.TestCase):
    def start(self, *flags):
        if BUILD != ROOT / "build":
            self.skipTest("SKIPPED: quickstart builds in build/ and nowhere else")
        self.folder = tempfile.mkdtemp(prefix="cromwell-quickstart-test.")
        self.addCleanup(shutil.rmtree, self.folder)
        process = subprocess.Popen(
            ["./deploy/quickstart", *flags], cwd=ROOT, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True,
            env={**os.environ, "CROMWELL_LISTEN": f"127.0.0.1:{free_port()}",
                 "TMPDIR": self.folder})
        self.addCleanup(process.stdout.close)
        return process

    def read_until(self, process, beginning):
        """What it says up to the line that begins so."""
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith(beginning):
                return said
        self.fail(said)

    def test_once_ends_well_and_leaves_nothing(self):
        process = self.start("--once")
        said = process.stdout.read()
        self.assertEqual(process.wait(60), 0, said)
        self.assertIn("the file changed exactly as the diff says", said)
        self.assertEqual(os.listdir(self.folder), [])

    def test_what_it_tells_to_try_works_until_it_is_interrupted(self):
        process = self.start()
        said = self.read_until(process, "  curl -N --json '{\"prompt\"")
        commands = re.split(r"^  (?=\S)", said.partition("try:\n")[2], flags=re.M)[1:]
        self.assertGreaterEqual(len(commands), 5)
        for command in commands:
            done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True,
                                  text=True, timeout=120, cwd=self.folder)
            # So small a model is often refused.
            allowed = (0, 1) if "/cromwell edit" in command else (0,)
            self.assertIn(done.returncode, allowed, (command, done.stdout, done.stderr))
            self.assertNotIn('"error"', done.stdout, command)
        os.killpg(process.pid, signal.SIGINT)
        self.assertEqual(process.wait(60), 130, process.stdout.read())
        self.assertEqual(os.listdir(self.folder), [])


if __name__ == "__main__":
    unittest.main()

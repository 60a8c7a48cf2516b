"""The commands of README.md's "Use it", run as they stand but for what only their reader knows."""

import re
import shlex
import shutil
import subprocess
import unittest
from pathlib import Path

from daemon import BUILD, MODEL, ROOT, DaemonTest

BLOCK = re.search(r"## Use it\n\n```\n(.*?)```", (ROOT / "README.md").read_text(), re.S)[1]
COMMANDS = [command for line in BLOCK.splitlines()
            for command in re.sub(r"  +#.*", "", line).split("; ")]
# A conversation, and what takes minutes.
NOT_RUN = ("build/cromwell chat", "build/cromwell eval", "build/cromwell model random")
ALONE = ("build/cromwell model", "build/cromwell tokenizer", "build/cromwell --help")


class UseItTest(DaemonTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        here = cls.daemon.workspace
        (here / "src").mkdir()
        (here / "src/main.py").write_text(
            "".join(f"def f{i}():\n    return {i}\n\n" for i in range(15)))
        (here / "src/config.py").write_text("def load(path):\n    return open(path).read()\n")
        (here / "py").mkdir()
        shutil.copy(ROOT / "tests/e2e/daemon.py", here / "py")
        for name in ("M.gguf", "S.gguf", "style.gguf", "M-00001-of-00003.gguf"):
            (here / name).symlink_to(MODEL)

    def run_command(self, command, *more):
        """(exit status, what it said)."""
        program, *words = shlex.split(command)
        done = subprocess.run([BUILD / Path(program).name, *words, *more], capture_output=True,
                              text=True, timeout=300, cwd=self.daemon.workspace)
        return done.returncode, done.stdout + done.stderr

    def applied(self):
        status, edit = self.daemon.post("/v1/edit", {
            "file": "inventory.py", "instruction": "Use a with statement", "temperature": 0,
            "selection": {"start_line": 4, "end_line": 8}, "apply": True})
        self.assertEqual(status, 200, edit)
        return edit["id"]

    def test_each_way_to_start_the_daemon_is_a_sound_configuration(self):
        starts = [command for command in COMMANDS if command.startswith("build/cromwelld")]
        self.assertGreaterEqual(len(starts), 6)
        for start in starts:
            start = start.replace("~/project", str(self.daemon.workspace))
            status, said = self.run_command(start, "--check-config")
            self.assertEqual(status, 0, (start, said))

    def test_each_command_does_its_work(self):
        edit = self.applied()
        for command in COMMANDS:
            if command.startswith(("build/cromwelld", *NOT_RUN)):
                continue
            server = [] if command.startswith(ALONE) else \
                ["--server", f"http://127.0.0.1:{self.daemon.port}"]
            status, said = self.run_command(command.replace("ed_…", edit), *server)
            # So small a model is often refused.
            allowed = (0, 1) if command.startswith("build/cromwell edit ") else (0,)
            self.assertIn(status, allowed, (command, said))


if __name__ == "__main__":
    unittest.main()

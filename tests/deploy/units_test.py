"""The systemd units: sound in systemd's own eyes, and no more exposed than promised."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "deploy/systemd"
TCP_LIMIT = 1.5
SOCKET_ONLY_LIMIT = 0.5


def analyze(*arguments, runtime="/run"):
    done = subprocess.run(["systemd-analyze", "--no-pager", *map(str, arguments)],
                          capture_output=True, timeout=60,
                          env={**os.environ, "XDG_RUNTIME_DIR": str(runtime)})
    return done.returncode, (done.stdout + done.stderr).decode()


def exposure(unit):
    _, text = analyze("security", "--offline=true", unit)
    return float(re.search(r"exposure level for \S+: ([0-9.]+)", text)[1])


@unittest.skipUnless(shutil.which("systemd-analyze"), "no systemd-analyze")
class UnitsTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.units = Path(self.folder.name)

    def copy(self, name):
        """With programs that exist here, so that only what the unit says is looked at."""
        text = (UNITS / name).read_text()
        text = text.replace("/usr/bin/cromwelld", shutil.which("true"))
        text = re.sub(r"^Documentation=.*\n", "", text, flags=re.M)
        path = self.units / Path(name).name
        path.write_text(text)
        return path

    def test_the_system_flavour_on_tcp_with_the_home_folders(self):
        self.assertLessEqual(exposure(UNITS / "system/cromwell@.service"), TCP_LIMIT)

    def test_the_system_flavour_on_its_unix_socket_alone(self):
        unit = self.copy("system/cromwell@.service")
        drop_in = self.units / "cromwell@.service.d"
        drop_in.mkdir()
        shutil.copy(UNITS / "system/socket-only.conf", drop_in)
        self.assertLessEqual(exposure(unit), SOCKET_ONLY_LIMIT)

    def test_they_verify_without_a_word(self):
        for service, also in (("system/cromwell@.service", "system/cromwell@.socket"),
                              ("user/cromwell.service", "user/cromwell.socket")):
            for name in (service, also):
                path = self.copy(name)
                instance = path.with_name(path.name.replace("@", "@root"))
                if instance != path:
                    shutil.copy(path, instance)
            for name in (service, also):
                instance = self.units / Path(name).name.replace("@", "@root")
                flavour = ["--user"] if name.startswith("user/") else []
                self.assertEqual(analyze("verify", *flavour, instance, runtime=self.units),
                                 (0, ""), name)

    def test_sysusers_and_tmpfiles_are_understood(self):
        root = self.units / "root"
        (root / "etc").mkdir(parents=True)
        (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\n")
        (root / "etc/group").write_text("root:x:0:\n")
        for command in (["systemd-sysusers", f"--root={root}", UNITS / "sysusers.conf"],
                        ["systemd-tmpfiles", f"--root={root}", "--create", UNITS / "tmpfiles.conf"]):
            done = subprocess.run(list(map(str, command)), capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("cromwell", (root / "etc/passwd").read_text())
        self.assertTrue((root / "var/lib/cromwell").is_dir())


if __name__ == "__main__":
    unittest.main()

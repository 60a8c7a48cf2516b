"""Texts that are written from the programs' command lines: documentation, the example of the
configuration file, completions and manual pages."""

import os
import re
import shutil
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("CROMWELL_BUILD", ROOT / "build"))


def text(kind):
    return subprocess.run([BUILD / "cromwell_texts", kind], capture_output=True, check=True,
                          timeout=60).stdout.decode()


def bash_completions(program, *words):
    """What bash offers for the last of the words."""
    line = " ".join(f"'{word}'" for word in (program, *words))
    script = (f"{text(program + '.bash')}\nCOMP_WORDS=({line})\nCOMP_CWORD={len(words)}\n"
              f"_{program}\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n")
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=True, timeout=60)
    return done.stdout.decode().split()


class TextsTest(unittest.TestCase):
    def test_the_documentation_has_the_tables_of_this_program(self):
        page = (ROOT / "docs/configuration.md").read_text()
        self.assertTrue(page.endswith(text("option-tables")),
                        "write them anew: build/cromwell_texts option-tables")

    def test_the_example_is_of_this_program_and_says_only_defaults(self):
        path = ROOT / "deploy/config/cromwell.toml"
        self.assertEqual(path.read_text(), text("example-config"),
                         "write it anew: build/cromwell_texts example-config")
        as_it_is, all_on = (subprocess.run(
            [BUILD / "cromwelld", "--config", config, "--check-config"], input=content.encode(),
            capture_output=True, timeout=60) for config, content in (
                (path, ""), ("/dev/stdin", re.sub("^#([a-z])", r"\1", path.read_text(),
                                                  flags=re.M))))
        self.assertEqual(as_it_is.returncode, 0, as_it_is.stderr)
        self.assertEqual(all_on.returncode, 0, all_on.stderr)
        values = [re.sub("  # .*", "", done.stdout.decode()) for done in (as_it_is, all_on)]
        self.assertEqual(*values)

    def test_bash_completes_flags_values_and_commands(self):
        self.assertIn("--kv-memory", bash_completions("cromwelld", "--kv"))
        self.assertEqual(bash_completions("cromwelld", "--kv-type", ""), ["f16", "q8_0"])
        self.assertIn("edit", bash_completions("cromwell", "e"))
        self.assertIn("pull-default", bash_completions("cromwell", "model", "pull"))
        self.assertIn("--instruction", bash_completions("cromwell", "edit", "a.py", "--ins"))
        self.assertNotIn("edit", bash_completions("cromwell", "model", "e"))

    def test_the_other_shells_understand_theirs(self):
        for program in ("cromwell", "cromwelld"):
            for shell in ("zsh", "fish"):
                completion = text(f"{program}.{shell}")
                self.assertIn("--help" if shell == "zsh" else "-l help", completion)
                if shutil.which(shell):
                    done = subprocess.run([shell, "-n", "/dev/stdin"], input=completion.encode(),
                                          capture_output=True, timeout=60)
                    self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_manual_pages_format_without_a_warning(self):
        for page in ("cromwell.1", "cromwelld.8"):
            roff = text(page)
            self.assertIn(".SH NAME", roff)
            self.assertNotIn("/root", roff)
            if shutil.which("groff"):
                done = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8"],
                                      input=roff.encode(), capture_output=True, timeout=60)
                self.assertEqual((done.returncode, done.stderr), (0, b""))


if __name__ == "__main__":
    unittest.main()

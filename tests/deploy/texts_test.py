"""Texts that are written from the programs' command lines: documentation, the example of the
configuration file, completions and manual pages."""

import contextlib
import os
import pty
import re
import shlex
import shutil
import subprocess
import tempfile
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


def fish_completions(program, line):
    """What fish offers for the end of the line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{program}.fish")
        path.write_text(text(f"{program}.fish"))
        done = subprocess.run(
            ["fish", "--no-config", "-c", f"source {path}; complete -C {shlex.quote(line)}"],
            capture_output=True, check=True, timeout=60, env={**os.environ, "HOME": folder})
    return [offer.split("\t")[0] for offer in done.stdout.decode().splitlines()]


def zsh_completed(typed):
    """The line after Tab, in an interactive zsh on a terminal."""
    with tempfile.TemporaryDirectory() as folder:
        for program in ("cromwell", "cromwelld"):
            Path(folder, f"_{program}").write_text(text(f"{program}.zsh"))
        Path(folder, ".zshrc").write_text(
            f"fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D\n"
            "show() { print -r -- \"<<$BUFFER>>\" > $HOME/line; exit }\n"
            "zle -N show; bindkey '^X' show; PS1='ready> '\n")
        try:
            pid, fd = pty.fork()
        except OSError as error:
            raise unittest.SkipTest(f"no terminal to be had: {error}") from error
        if pid == 0:
            os.execvpe("zsh", ["zsh", "-i", "-o", "no_global_rcs"],
                       {**os.environ, "HOME": folder, "ZDOTDIR": folder, "TERM": "dumb"})
        shown = b""
        while b"ready> " not in shown:
            shown += os.read(fd, 4096)
        os.write(fd, typed.encode() + b"\t\x18")
        with contextlib.suppress(OSError):  # the other side is closed
            while os.read(fd, 4096):
                pass
        os.waitpid(pid, 0)
        os.close(fd)
        return Path(folder, "line").read_text().strip()[2:-2]


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

    def test_fish_completes_flags_values_and_commands(self):
        if not shutil.which("fish"):
            self.skipTest("SKIPPED: no fish")
        self.assertIn("complete", fish_completions("cromwell", "cromwell comp"))
        self.assertIn("pull-default", fish_completions("cromwell", "cromwell model pull"))
        self.assertIn("--instruction", fish_completions("cromwell", "cromwell edit a.py --ins"))
        self.assertEqual(fish_completions("cromwelld", "cromwelld --kv-type "), ["f16", "q8_0"])
        self.assertIn("--kv-memory", fish_completions("cromwell", "cromwell serve --kv-m"))
        self.assertNotIn("edit", fish_completions("cromwell", "cromwell model e"))

    def test_zsh_completes_flags_values_and_commands(self):
        if not shutil.which("zsh"):
            self.skipTest("SKIPPED: no zsh")
        cases = {"cromwell comp": "cromwell complete ",
                 "cromwell model pull": "cromwell model pull-default ",
                 "cromwell edit --ins": "cromwell edit --instruction ",
                 "cromwelld --kv-type q": "cromwelld --kv-type q8_0 ",
                 "cromwell serve --kv-m": "cromwell serve --kv-memory "}
        for typed, completed in cases.items():
            self.assertEqual(zsh_completed(typed), completed)

    def test_manual_pages_format_without_a_warning(self):
        for page in ("cromwell.1", "cromwelld.8"):
            roff = text(page)
            self.assertIn(".SH NAME", roff)
            self.assertNotIn("/root", roff)
            for heading in ("EXIT STATUS", "EXAMPLES") if page == "cromwell.1" else ():
                self.assertIn(f".SH {heading}\n", roff)
            if shutil.which("mandoc"):
                done = subprocess.run(["mandoc", "-Tlint", "-W", "warning"], input=roff.encode(),
                                      capture_output=True, timeout=60)
                lines = done.stdout.decode().splitlines()
                self.assertEqual([line for line in lines if "missing date" not in line], [])
            if shutil.which("groff"):
                done = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8"],
                                      input=roff.encode(), capture_output=True, timeout=60)
                self.assertEqual((done.returncode, done.stderr), (0, b""))


if __name__ == "__main__":
    unittest.main()

"""What was built: the files of wheel and source distribution, types, and an editable install."""

import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile
from importlib import metadata

from build_wheel import COMPILER
from support import BUILD, ROOT

PACKAGE = ROOT / "clients/python/cromwell"
HERE = pathlib.Path(__file__).resolve().parent
BUILT = BUILD / "python/dist"
USES = """
from cromwell import AsyncCodeEditor, CodeEditor, EditResult, SamplingConfig, events

editor = CodeEditor("model.gguf", codebase_path=".", config=SamplingConfig(top_k=3), threads=2)
result: EditResult = editor.edit("a.py", "x", (1, 2), candidates=2)
for event in editor.stream("a.py", "x"):
    if isinstance(event, events.Token):
        print(event.text)

async def run(editor: AsyncCodeEditor) -> str:
    return (await editor.complete("a.py", 3)).text
"""
MISUSES = ['editor.edit("a.py", "x", lines=3)', 'editor.edit("a.py", "x", speed=3)',
           'CodeEditor(threads="2")', 'SamplingConfig(temperature="0")', 'result.stats.added = 3']


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    return done.returncode, done.stdout + done.stderr


class WheelTest(unittest.TestCase):
    def test_it_holds_the_package_and_nothing_else(self):
        wheel, = BUILT.glob("cromwell-*.whl")
        with zipfile.ZipFile(wheel) as file:
            names = {name for name in file.namelist() if ".dist-info/" not in name}
            notices = file.read("cromwell/NOTICES").decode()
        sources = {path.relative_to(PACKAGE.parent).as_posix() for path in PACKAGE.rglob("*")
                   if path.is_file() and "__pycache__" not in path.parts}
        built = names - sources
        self.assertEqual(sources - names, set())
        self.assertEqual({name.split(".")[0] for name in built},
                         {"cromwell/_engine", "cromwell/NOTICES"})
        for part in ("pybind11", "tree_sitter_python",
                     "tree_sitter/tree_sitter/core/lib/src/unicode"):
            self.assertIn(f"==== {part}", notices)

    def test_its_version_is_cromwells(self):
        project = next(line for line in (ROOT / "CMakeLists.txt").read_text().splitlines()
                       if line.startswith("project("))
        self.assertIn(f"VERSION {metadata.version('cromwell')} ", project)

    def test_the_module_exports_nothing_but_its_entry(self):
        import cromwell._engine
        status, symbols = run("nm", "--dynamic", "--defined-only", cromwell._engine.__file__)
        self.assertEqual(status, 0, symbols)
        strong = [line.split()[2] for line in symbols.splitlines() if line.split()[1] == "T"]
        self.assertEqual(strong, ["PyInit__engine"])


class TypesTest(unittest.TestCase):
    def mypy(self, code):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "user.py")
            path.write_text(code)
            return run(sys.executable, "-m", "mypy", "--strict", path, cwd=folder)

    def test_the_package_and_who_uses_it_pass_mypy_strictly(self):
        with tempfile.TemporaryDirectory() as folder:
            status, out = run(sys.executable, "-m", "mypy", "--strict", "-p", "cromwell",
                              cwd=folder)
        self.assertEqual(status, 0, out)
        status, out = self.mypy(USES)
        self.assertEqual(status, 0, out)

    def test_a_wrong_use_is_found(self):
        status, out = self.mypy(USES + "\n".join(MISUSES))
        self.assertEqual(status, 1, out)
        first = USES.count("\n") + 1
        for line in range(first, first + len(MISUSES)):
            self.assertIn(f"user.py:{line}: error", out)

    def test_the_stub_is_the_compiled_modules(self):
        with tempfile.TemporaryDirectory() as folder:
            status, out = run(sys.executable, "-m", "mypy.stubtest", "cromwell._engine",
                              "--allowlist", HERE / "stubtest_allowlist.txt", cwd=folder)
        self.assertEqual(status, 0, out)


@unittest.skipUnless((ROOT / ".git").exists(), "SKIPPED: no git checkout to compare with")
class SourcesTest(unittest.TestCase):
    def test_the_sdist_holds_what_its_wheel_was_built_of_and_nothing_else(self):
        archive, = BUILT.glob("cromwell-*.tar.gz")
        with tarfile.open(archive) as file:
            names = {name.partition("/")[2] for name in file.getnames()}
        tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True,
                                 check=True).stdout.split("\n")
        self.assertEqual(names - set(tracked), {"PKG-INFO"})
        self.assertEqual({name for name in names if name.startswith(
            ("tests/", "server/", "training/", "deploy/", "docs/", "clients/cli/"))}, set())


class EditableTest(unittest.TestCase):
    def test_an_editable_install_uses_the_sources(self):
        with tempfile.TemporaryDirectory(prefix="cromwell-editable.") as folder:
            status, out = run(sys.executable, "-m", "pip", "install", "--no-deps", "--prefix",
                              folder, "--ignore-installed", "-e", ROOT,
                              env={**os.environ, **COMPILER})
            self.assertEqual(status, 0, out)
            site, = pathlib.Path(folder).glob("lib/python*/site-packages")
            status, out = run(sys.executable, "-I", "-c",
                              f"import site; site.addsitedir({str(site)!r})\n"
                              "import cromwell, cromwell._engine\nprint(cromwell.__file__)")
            self.assertEqual((status, out.strip()), (0, str(PACKAGE / "__init__.py")))


if __name__ == "__main__":
    unittest.main()

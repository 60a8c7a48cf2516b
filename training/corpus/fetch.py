"""Fetches the archives of packages by their registries' own clients: pip, npm, apt-get (source
packages, and `deb`: packages whose files are the sources, as Debian's for Rust and Go). `sdist`: the
source archive of PyPI, which has the changelog that wheels lack; pip would run it to learn its
needs, so it is taken from the index that pip is told to use.

Nothing of a package is run: wheels, tarballs and source archives are only unpacked, in memory. What
is there already is not fetched again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
import urllib.request
from pathlib import Path
from urllib.parse import urldefrag, urljoin

from training.corpus.package_list import Package

TIMEOUT_S = 300
DEBIAN_SUITE = "bookworm"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
DEBIAN_MIRROR = "http://deb.debian.org/debian"
PYPI_INDEX = "https://pypi.org/simple"
INDEX_AS_JSON = "application/vnd.pypi.simple.v1+json"  # PEP 691


class FetchError(RuntimeError):
    pass


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_S)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise FetchError(f"{command[0]}: {' '.join(last)}")


def _index() -> str:
    """Which pip is told to use."""
    told = subprocess.run(["python3", "-m", "pip", "config", "get", "global.index-url"],
                          capture_output=True, text=True)
    return (told.stdout.strip() or PYPI_INDEX).rstrip("/")


def _download(url: str, sha256: str, target: Path) -> None:
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
        raw = answer.read()
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise FetchError(f"{url}: SHA-256 is not the index's")
    target.write_bytes(raw)


class Fetcher:
    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def fetch(self, package: Package) -> Path:
        """The folder with the package's archive; FetchError says why there is none."""
        target = self.folder / package.key
        if target.exists():
            return target
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".fetch-") as scratch:
            place = Path(scratch) / "archive"
            place.mkdir()
            getattr(self, "_" + package.registry)(package, place)
            place.rename(target)
        return target

    @staticmethod
    def _pypi(package: Package, place: Path) -> None:
        _run(["python3", "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:",
              "--disable-pip-version-check", f"{package.name}=={package.version}"], place)

    @staticmethod
    def _sdist(package: Package, place: Path) -> None:
        page = f"{_index()}/{package.name}/"
        request = urllib.request.Request(page, headers={"Accept": INDEX_AS_JSON})
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            files = json.load(answer)["files"]
        name = package.name.replace("-", "_")
        for file in files:
            stem = file["filename"].removesuffix(".tar.gz").lower().replace("-", "_")
            if file["filename"].endswith(".tar.gz") and stem == f"{name}_{package.version}":
                _download(urljoin(page, urldefrag(file["url"])[0]), file["hashes"]["sha256"],
                          place / file["filename"])
                return
        raise FetchError(f"{page}: no source archive of {package.version}")

    @staticmethod
    def _npm(package: Package, place: Path) -> None:
        _run(["npm", "pack", "--silent", "--ignore-scripts",
              f"{package.name}@{package.version}"], place)

    @staticmethod
    def _deb(package: Package, place: Path) -> None:
        _run(["apt-get", "-qq", "download", f"{package.name}={package.version}"], place)
        for path in list(place.glob("*.deb")):
            with open(path.with_suffix(".tar"), "wb") as tarball:
                subprocess.run(["dpkg-deb", "--fsys-tarfile", path], stdout=tarball, check=True)
            path.unlink()

    def _debian(self, package: Package, place: Path) -> None:
        options = self._apt_options()
        _run(["apt-get", *options, "-qq", "source", "--download-only",
              f"{package.name}={package.version}"], place)
        for path in place.iterdir():
            if ".orig" not in path.name or path.suffix == ".asc":
                path.unlink()

    def _apt_options(self) -> list[str]:
        """Of a list of sources of our own: a machine's usually names no source packages."""
        state = self.folder / ".apt"
        sources = state / "sources.list"
        options = ["-o", f"Dir::Etc::sourcelist={sources}", "-o", "Dir::Etc::sourceparts=/dev/null",
                   "-o", f"Dir::State::Lists={state / 'lists'}"]
        if not sources.exists():
            shutil.rmtree(state, ignore_errors=True)
            (state / "lists/partial").mkdir(parents=True)
            line = f"deb-src [signed-by={KEYRING}] {DEBIAN_MIRROR} {DEBIAN_SUITE} main\n"
            sources.with_suffix(".new").write_text(line)
            sources.with_suffix(".new").rename(sources)
            _run(["apt-get", *options, "-qq", "update"], self.folder)
        return options

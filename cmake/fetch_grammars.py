"""Puts the C sources of tree-sitter and its grammars where the build finds them.

    fetch_grammars.py PINS CACHE OUT

PINS is a requirements file with a SHA-256 for each source distribution. Those that CACHE lacks are
fetched by pip, which checks the hash; what lies in CACHE is checked again each time. The archives'
src folders are then unpacked to OUT/PACKAGE. When OUT is up to date, nothing is read but PINS.
"""

import hashlib
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile


def read_pins(path):
    """{archive name: sha256}, in the order of the file."""
    pins = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        pin = re.fullmatch(r"([a-z-]+)==([0-9.]+) --hash=sha256:([0-9a-f]{64})", line)
        if not pin:
            sys.exit(f"{path}: expected NAME==VERSION --hash=sha256:..., found {line!r}")
        pins[f"{pin[1].replace('-', '_')}-{pin[2]}.tar.gz"] = pin[3]
    return pins


def is_sound(archive, sha256):
    return archive.is_file() and hashlib.sha256(archive.read_bytes()).hexdigest() == sha256


def fetch(pins_file, pins, cache):
    """All archives, by one run of pip; each appears in the cache whole or not at all."""
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix=".fetch-") as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                   "--disable-pip-version-check", "--no-binary", ":all:",
                   "--only-binary", "setuptools,wheel",  # which their metadata is read with
                   "--require-hashes", "--requirement", str(pins_file), "--dest", folder]
        if subprocess.run(command, check=False).returncode != 0:
            sys.exit("pip could not fetch the grammars' sources; its message is above")
        for name, sha256 in pins.items():
            if not is_sound(pathlib.Path(folder, name), sha256):
                sys.exit(f"{name}: not what {pins_file} says")
            pathlib.Path(folder, name).replace(cache / name)


def unpack(archive, target):
    """The C sources and the licence of one archive, without its top folder."""
    with tarfile.open(archive) as sources:
        for member in sources.getmembers():
            path = pathlib.PurePosixPath(member.name)
            inner = pathlib.PurePosixPath(*path.parts[1:])
            wanted = inner.suffix in (".c", ".h") or inner.name == "LICENSE"
            if not member.isfile() or not wanted or ".." in path.parts or path.is_absolute():
                continue
            out = target / inner
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_bytes(sources.extractfile(member).read())


def main():
    pins_file, cache, out = (pathlib.Path(argument) for argument in sys.argv[1:4])
    pins = read_pins(pins_file)
    stamp = out / "unpacked.txt"
    state = "".join(f"{sha256} {name}\n" for name, sha256 in pins.items())
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == state:
        return
    if not all(is_sound(cache / name, sha256) for name, sha256 in pins.items()):
        print("fetching tree-sitter and its grammars", flush=True)
        fetch(pins_file, pins, cache)
    shutil.rmtree(out, ignore_errors=True)
    for name in pins:
        unpack(cache / name, out / name.rsplit("-", 1)[0])
    stamp.write_text(state, encoding="utf-8")


if __name__ == "__main__":
    main()

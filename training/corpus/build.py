"""Builds the corpus, or goes on with one that was stopped: a shard for each package.

  python3 -m training.corpus.build --out FOLDER [--archives FOLDER] [--only REGISTRY]

A shard is NAME.jsonl.gz: {"path", "language", "text"} a line. index.json has for each package its
licence and use, the shard's SHA-256, what each language has, and how many files were refused why.
"""

from __future__ import annotations

import argparse
import collections
import gzip
import hashlib
import json
import sys
from pathlib import Path
from typing import Iterator

from training.corpus import package_list
from training.corpus.archives import source_files
from training.corpus.duplicates import Duplicates
from training.corpus.fetch import Fetcher, FetchError
from training.corpus.filters import refusal
from training.corpus.package_list import Package
from training.gguf_writer import replace_file

INDEX = "index.json"


def read_index(folder: Path) -> dict:
    path = folder / INDEX
    return json.loads(path.read_text()) if path.exists() else {"packages": {}}


def read_shard(folder: Path, entry: dict) -> Iterator[dict]:
    """ValueError for a shard that is not what the index says."""
    raw = (folder / entry["file"]).read_bytes()
    if hashlib.sha256(raw).hexdigest() != entry["sha256"]:
        raise ValueError(f"{folder / entry['file']}: SHA-256 is not the index's")
    for line in gzip.decompress(raw).decode().splitlines():
        yield json.loads(line)


def read(folder: Path, use: str) -> Iterator[tuple[str, dict, dict]]:
    """(package, its entry in the index, file) of all packages of a use."""
    for key, entry in read_index(folder)["packages"].items():
        if entry["use"] == use:
            for file in read_shard(folder, entry):
                yield key, entry, file


def build_package(package: Package, archive: Path, out: Path, known: Duplicates) -> dict:
    refused: collections.Counter = collections.Counter()
    languages: dict[str, dict] = {}
    lines = []
    for file in source_files(archive):
        reason = refusal(file.path, file.text) or known.add(file.text)
        if reason:
            refused[reason] += 1
            continue
        lines.append(json.dumps(file._asdict()))
        count = languages.setdefault(file.language, {"files": 0, "bytes": 0})
        count["files"] += 1
        count["bytes"] += len(file.text.encode())
    raw = gzip.compress("".join(line + "\n" for line in lines).encode(), mtime=0)
    name = package.key + ".jsonl.gz"
    replace_file(out / name, raw)
    return {"file": name, "sha256": hashlib.sha256(raw).hexdigest(), "licence": package.licence,
            "use": package.use, "languages": languages, "refused": dict(sorted(refused.items()))}


def build(packages: list[Package], out: Path, fetcher: Fetcher) -> list[str]:
    """The packages that could not be had, with the reason."""
    out.mkdir(parents=True, exist_ok=True)
    index, known, failures = read_index(out), Duplicates(), []
    # Held-out packages first: of two alike, the one that is learnt from goes.
    for package in sorted(packages, key=lambda one: one.use != package_list.HELD_OUT):
        entry = index["packages"].get(package.key)
        if entry is not None:
            for file in read_shard(out, entry):
                known.add(file["text"])
            continue
        try:
            archive = fetcher.fetch(package)
        except (FetchError, OSError) as problem:
            failures.append(f"{package.key}: {problem}")
            continue
        index["packages"][package.key] = build_package(package, archive, out, known)
        replace_file(out / INDEX, json.dumps(index, indent=1).encode())
        print(package.key, index["packages"][package.key]["languages"], flush=True)
    return failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--archives", type=Path, help="what was fetched; default: OUT/archives")
    parser.add_argument("--only", choices=package_list.REGISTRIES)
    options = parser.parse_args()
    packages = [package for package in package_list.read()
                if options.only in (None, package.registry)]
    failures = build(packages, options.out, Fetcher(options.archives or options.out / "archives"))
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

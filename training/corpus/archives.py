"""The source files of a package's archive, with their language, read in memory."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path
from typing import Iterator, NamedTuple

LANGUAGES = {".py": "python", ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript",
             ".ts": "typescript", ".mts": "typescript", ".c": "c", ".h": "c", ".cc": "cpp",
             ".cpp": "cpp", ".hpp": "cpp", ".rs": "rust", ".go": "go", ".java": "java",
             ".rb": "ruby", ".php": "php", ".sh": "shell", ".bash": "shell", ".bats": "shell",
             ".lua": "lua", ".yml": "yaml", ".yaml": "yaml", ".toml": "toml", ".json": "json",
             ".css": "css", ".html": "html", ".sql": "sql", ".md": "english", ".rst": "english"}
MAX_FILE_BYTES = 1 << 20  # of one read: longer ones are refused by the filters anyway


class SourceFile(NamedTuple):
    path: str  # within the archive, without its first folder
    language: str
    text: str


def source_files(folder: Path) -> Iterator[SourceFile]:
    """In the order of their paths. Files that are no UTF-8 are left out."""
    for archive in sorted(folder.iterdir()):
        members = _zip_members(archive) if zipfile.is_zipfile(archive) else _tar_members(archive)
        for path, raw in members:
            try:
                yield SourceFile(path, LANGUAGES[Path(path).suffix], raw.decode())
            except UnicodeDecodeError:
                continue


def _wanted(path: str, size: int) -> bool:
    return Path(path).suffix in LANGUAGES and 0 < size <= MAX_FILE_BYTES


def _zip_members(archive: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(archive) as file:
        for info in sorted(file.infolist(), key=lambda info: info.filename):
            if _wanted(info.filename, info.file_size):
                yield info.filename, file.read(info)


def _tar_members(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as file:
        members = [info for info in file.getmembers()
                   if info.isfile() and _wanted(info.name, info.size)]
        for info in sorted(members, key=lambda info: info.name):
            yield info.name.partition("/")[2] or info.name, file.extractfile(info).read()

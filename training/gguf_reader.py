"""GgufReader: metadata and tensors of a GGUF version 3 file, tensors as float32 arrays."""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from training import blocks

MAGIC = b"GGUF"
VERSION = 3
DEFAULT_ALIGNMENT = 32
SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q",
           12: "d"}
STRING, ARRAY = 8, 9


class GgufError(ValueError):
    """A file that is no GGUF we read; says where and what was expected."""


class TensorPlace(NamedTuple):
    shape: tuple[int, ...]  # rows first, as numpy has it: the file's order reversed
    kind: int
    offset: int  # in the file


class GgufReader:
    def __init__(self, path: Path):
        self.path = path
        with open(path, "rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._at = 0
        self.keys: dict[str, Any] = {}
        self.tensors: dict[str, TensorPlace] = {}
        try:
            self._parse()
        except (struct.error, UnicodeDecodeError) as problem:
            raise GgufError(f"{path}: byte {self._at}: {problem}") from problem

    def values(self, name: str) -> np.ndarray:
        """The tensor in float32, rows first."""
        if name not in self.tensors:
            raise GgufError(f"{self.path}: tensor {name} is missing")
        shape, kind, offset = self.tensors[name]
        return blocks.unpack(self._bytes, offset, kind, shape, f"{self.path}: tensor {name}")

    def _parse(self) -> None:
        if self._bytes[:4] != MAGIC:
            raise GgufError(f"{self.path}: expected a GGUF")
        self._at = 4
        version, tensor_count, key_count = self._read("<IQQ")
        if version != VERSION:
            raise GgufError(f"{self.path}: version {version}, expected {VERSION}")
        for _ in range(key_count):
            key = self._string()
            self.keys[key] = self._value(self._read("<I")[0], key)
        places = [self._tensor() for _ in range(tensor_count)]
        alignment = self.keys.get("general.alignment", DEFAULT_ALIGNMENT)
        data = -(-self._at // alignment) * alignment
        for name, place in places:
            self.tensors[name] = place._replace(offset=data + place.offset)

    def _tensor(self) -> tuple[str, TensorPlace]:
        name = self._string()
        dimensions = self._read("<I")[0]
        shape = self._read(f"<{dimensions}Q")
        kind, offset = self._read("<IQ")
        return name, TensorPlace(tuple(reversed(shape)), kind, offset)

    def _read(self, layout: str) -> tuple:
        values = struct.unpack_from(layout, self._bytes, self._at)
        self._at += struct.calcsize(layout)
        return values

    def _string(self) -> str:
        length = self._read("<Q")[0]
        if self._at + length > len(self._bytes):
            raise GgufError(f"{self.path}: byte {self._at}: a text of {length} bytes ends outside")
        self._at += length
        return self._bytes[self._at - length:self._at].decode()

    def _value(self, kind: int, key: str) -> Any:
        if kind in SCALARS:
            return self._read("<" + SCALARS[kind])[0]
        if kind == STRING:
            return self._string()
        if kind != ARRAY:
            raise GgufError(f"{self.path}: key {key}: type {kind}, expected 0 to 12")
        inner, count = self._read("<IQ")
        if inner in SCALARS:
            return list(self._read(f"<{count}{SCALARS[inner]}"))
        return [self._value(inner, key) for _ in range(count)]

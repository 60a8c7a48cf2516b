"""GgufWriter: writes a GGUF version 3 file whole or not at all.

Types of keys are those of Python's values (int is uint32, float is float32), or given: tokens'
kinds are int32.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any

import numpy as np

from training import blocks
from training.gguf_reader import ARRAY, DEFAULT_ALIGNMENT, MAGIC, SCALARS, STRING, VERSION

UINT32, INT32, FLOAT32, BOOL = 4, 5, 6, 7
PACKERS = {
    blocks.F32: lambda values: np.ascontiguousarray(values, "<f4").tobytes(),
    blocks.F16: lambda values: np.ascontiguousarray(values, "<f2").tobytes(),
    blocks.BF16: lambda values: blocks.f32_to_bf16(values).astype("<u2").tobytes(),
}


def _string(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def _kind_of(value: Any) -> int:
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, (int, float)):
        return UINT32 if isinstance(value, int) and value >= 0 else \
            INT32 if isinstance(value, int) else FLOAT32
    if isinstance(value, str):
        return STRING
    raise TypeError(f"no GGUF type for {type(value).__name__}")


def _element(kind: int, value: Any) -> bytes:
    return _string(value) if kind == STRING else struct.pack("<" + SCALARS[kind], value)


class GgufWriter:
    def __init__(self) -> None:
        self._keys: list[bytes] = []
        self._tensors: list[tuple[str, np.ndarray, int]] = []

    def add_key(self, key: str, value: Any, kind: int | None = None) -> None:
        if isinstance(value, list):
            inner = kind if kind is not None else _kind_of(value[0])
            head = struct.pack("<IIQ", ARRAY, inner, len(value))
            packed = head + b"".join(_element(inner, element) for element in value)
        else:
            kind = kind if kind is not None else _kind_of(value)
            packed = struct.pack("<I", kind) + _element(kind, value)
        self._keys.append(_string(key) + packed)

    def add_tensor(self, name: str, values: np.ndarray, kind: int = blocks.F32) -> None:
        """`values` has rows first; vectors are always float32."""
        self._tensors.append((name, values, blocks.F32 if values.ndim == 1 else kind))

    def write(self, path: Path) -> None:
        infos, data, offset = [], [], 0
        for name, values, kind in self._tensors:
            raw = PACKERS[kind](values)
            shape = tuple(reversed(values.shape))
            infos.append(_string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape,
                                                     kind, offset))
            data.append(raw + b"\0" * (-len(raw) % DEFAULT_ALIGNMENT))
            offset += len(data[-1])
        head = MAGIC + struct.pack("<IQQ", VERSION, len(infos), len(self._keys))
        head += b"".join(self._keys) + b"".join(infos)
        replace_file(path, head + b"\0" * (-len(head) % DEFAULT_ALIGNMENT), *data)


def replace_file(path: Path, *parts: bytes) -> None:
    """`path` holds the parts, or what it held before, at every instant."""
    scratch = path.with_name(path.name + ".new")
    with open(scratch, "wb") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())
    os.replace(scratch, path)

"""Blocks: the tensor types of GGUF that training reads, unpacked to float32.

A type that is missing here is made readable with `cromwell model quantize IN OUT F16`.
"""

from __future__ import annotations

import math
from typing import Callable, NamedTuple

import numpy as np

F32, F16, Q4_0, Q4_1, Q8_0, BF16 = 0, 1, 2, 3, 8, 30
BLOCK_VALUES = 32  # of the quantised types here


def bf16_to_f32(raw: np.ndarray) -> np.ndarray:
    return (raw.astype(np.uint32) << 16).view(np.float32)


def f32_to_bf16(values: np.ndarray) -> np.ndarray:
    """Rounded to nearest, ties to even."""
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def _nibbles(packed: np.ndarray) -> np.ndarray:
    """[blocks, 16] bytes to [blocks, 32] values: the low halves, then the high ones."""
    return np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32)


def _q4_0(raw: np.ndarray) -> np.ndarray:
    return raw["d"].astype(np.float32)[:, None] * (_nibbles(raw["q"]) - 8)


def _q4_1(raw: np.ndarray) -> np.ndarray:
    scale, least = (raw[field].astype(np.float32)[:, None] for field in ("d", "m"))
    return scale * _nibbles(raw["q"]) + least


def _q8_0(raw: np.ndarray) -> np.ndarray:
    return raw["d"].astype(np.float32)[:, None] * raw["q"].astype(np.float32)


class BlockType(NamedTuple):
    layout: np.dtype
    values: int  # in one block
    unpack: Callable[[np.ndarray], np.ndarray]


TYPES = {
    F32: BlockType(np.dtype("<f4"), 1, lambda raw: raw),
    F16: BlockType(np.dtype("<f2"), 1, lambda raw: raw.astype(np.float32)),
    BF16: BlockType(np.dtype("<u2"), 1, bf16_to_f32),
    Q4_0: BlockType(np.dtype([("d", "<f2"), ("q", "u1", 16)]), BLOCK_VALUES, _q4_0),
    Q4_1: BlockType(np.dtype([("d", "<f2"), ("m", "<f2"), ("q", "u1", 16)]), BLOCK_VALUES, _q4_1),
    Q8_0: BlockType(np.dtype([("d", "<f2"), ("q", "i1", 32)]), BLOCK_VALUES, _q8_0),
}


def unpack(data: object, offset: int, kind: int, shape: tuple[int, ...], what: str) -> np.ndarray:
    """float32 of `shape`; ValueError that begins with `what` for what does not fit."""
    if kind not in TYPES:
        raise ValueError(f"{what}: type {kind}, expected one of {sorted(TYPES)}")
    block = TYPES[kind]
    if math.prod(shape) % block.values:
        raise ValueError(f"{what}: {shape} is no whole number of blocks of {block.values}")
    count = math.prod(shape) // block.values
    if offset + count * block.layout.itemsize > len(data):
        raise ValueError(f"{what}: ends outside the file")
    raw = np.frombuffer(data, block.layout, count, offset)
    return block.unpack(raw).reshape(shape).astype(np.float32)

"""Duplicates: texts that are the same but for white space, or nearly so by MinHash (Broder 1997).

Two texts whose sets of five-token shingles have a Jaccard similarity of 0.8 share one of 16 bands
of 4 hashes with probability 1 - (1 - 0.8^4)^16 = 0.9998, those of 0.4 with 0.34.
"""

from __future__ import annotations

import hashlib
import re
import zlib

import numpy as np

SHINGLE = 5  # tokens
BANDS, ROWS = 16, 4
THRESHOLD = 0.8
PRIME = (1 << 31) - 1
TOKEN = re.compile(r"\w+|[^\w\s]")


class Duplicates:
    """Remembers all texts that it was shown."""

    def __init__(self) -> None:
        numbers = np.random.default_rng(20)
        self._a = numbers.integers(1, PRIME, BANDS * ROWS, dtype=np.uint64)
        self._b = numbers.integers(0, PRIME, BANDS * ROWS, dtype=np.uint64)
        self._exact: set[bytes] = set()
        self._bands: dict[tuple[int, bytes], list[int]] = {}
        self._signatures: list[np.ndarray] = []

    def add(self, text: str) -> str | None:
        """"same" or "near" a text that is known, which is then not remembered; None for a new
        one."""
        digest = hashlib.sha256(" ".join(text.split()).encode()).digest()
        if digest in self._exact:
            return "same"
        self._exact.add(digest)
        signature = self._signature(text)
        keys = [(band, signature[band * ROWS:(band + 1) * ROWS].tobytes())
                for band in range(BANDS)]
        for other in {number for key in keys for number in self._bands.get(key, ())}:
            if float(np.mean(self._signatures[other] == signature)) >= THRESHOLD:
                return "near"
        for key in keys:
            self._bands.setdefault(key, []).append(len(self._signatures))
        self._signatures.append(signature)
        return None

    def _signature(self, text: str) -> np.ndarray:
        tokens = TOKEN.findall(text)
        count = max(1, len(tokens) - SHINGLE + 1)
        shingles = {zlib.crc32("\0".join(tokens[at:at + SHINGLE]).encode()) for at in range(count)}
        hashes = np.fromiter(shingles, np.uint64) % np.uint64(PRIME)
        # Products of two 31-bit numbers fit in 64 bits.
        return ((hashes[:, None] * self._a + self._b) % np.uint64(PRIME)).min(0).astype(np.uint32)

"""Sequences: token ids with the place from which each is learnt, in shards with an index.

A shard is an .npz of `ids` (all sequences, one after the other), `ends` (of each in ids) and
`learnt` (the first token of each that counts in the loss). index.json names the shards with their
SHA-256, in the order of writing; a writer that was stopped goes on after the last shard that the
index names.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
from pathlib import Path

import numpy as np

from training.gguf_writer import replace_file

INDEX = "index.json"
SHARD_TOKENS = 16 << 20  # 32 MiB of 16-bit ids at most: a shard travels in one piece of 48 MiB


@dataclasses.dataclass(frozen=True)
class Sequence:
    ids: np.ndarray  # [tokens]
    learnt: int  # tokens before it are a prompt: read, not learnt


class SequenceWriter:
    def __init__(self, folder: Path, source: dict, shard_tokens: int = SHARD_TOKENS):
        """`source` says what the sequences are made of; a folder of another source is refused."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.shard_tokens = folder, shard_tokens
        path = folder / INDEX
        self.index = json.loads(path.read_text()) if path.exists() else {"source": source,
                                                                         "shards": []}
        if self.index["source"] != source:
            raise ValueError(f"{path}: made of {self.index['source']}, expected {source}")
        self._ids: list[np.ndarray] = []
        self._learnt: list[int] = []
        self._tokens = 0

    def written(self) -> int:
        """Sequences that are safe in shards."""
        return sum(shard["sequences"] for shard in self.index["shards"])

    def add(self, ids: list[int] | np.ndarray, learnt: int) -> None:
        if self._ids and self._tokens + len(ids) > self.shard_tokens:
            self.flush()
        self._ids.append(np.asarray(ids, np.uint32))
        self._learnt.append(learnt)
        self._tokens += len(ids)

    def flush(self) -> None:
        """Whoever is done calls it once more."""
        if not self._ids:
            return
        ids = np.concatenate(self._ids)
        narrow = ids.astype(np.uint16) if ids.max() < 1 << 16 else ids
        buffer = io.BytesIO()
        np.savez_compressed(buffer, ids=narrow, ends=np.cumsum([len(one) for one in self._ids]),
                            learnt=np.asarray(self._learnt, np.int32))
        name = f"shard-{len(self.index['shards']):05d}.npz"
        raw = buffer.getvalue()
        replace_file(self.folder / name, raw)
        self.index["shards"].append({
            "file": name, "sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw),
            "sequences": len(self._ids), "tokens": self._tokens})
        replace_file(self.folder / INDEX, json.dumps(self.index, indent=1).encode())
        self._ids, self._learnt, self._tokens = [], [], 0


class SequenceReader:
    """All sequences of a folder, in memory. ValueError for a shard that is not what the index
    says."""

    def __init__(self, folder: Path):
        index = json.loads((folder / INDEX).read_text())
        if not index["shards"]:
            raise ValueError(f"{folder / INDEX}: names no shards")
        self.source: dict = index["source"]
        parts = [self._shard(folder, shard) for shard in index["shards"]]
        self.ids = np.concatenate([part["ids"] for part in parts])
        self.learnt = np.concatenate([part["learnt"] for part in parts])
        lengths = np.concatenate([np.diff(part["ends"], prepend=0) for part in parts])
        self.ends = np.cumsum(lengths)

    def __len__(self) -> int:
        return len(self.ends)

    def lengths(self) -> np.ndarray:
        """Tokens of each."""
        return np.diff(self.ends, prepend=0)

    def length(self, place: int) -> int:
        return int(self.ends[place]) - (int(self.ends[place - 1]) if place else 0)

    def __getitem__(self, place: int) -> Sequence:
        begin = 0 if place == 0 else int(self.ends[place - 1])
        ids = self.ids[begin:int(self.ends[place])].astype(np.int64)
        return Sequence(ids, int(self.learnt[place]))

    @staticmethod
    def _shard(folder: Path, shard: dict) -> dict:
        raw = (folder / shard["file"]).read_bytes()
        if hashlib.sha256(raw).hexdigest() != shard["sha256"]:
            raise ValueError(f"{folder / shard['file']}: SHA-256 is not the index's")
        with np.load(io.BytesIO(raw)) as arrays:
            return {name: arrays[name] for name in ("ids", "ends", "learnt")}

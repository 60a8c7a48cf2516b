"""Batches: rows of a fixed length into which sequences are packed; which sequences a step sees is a
function of the seed and the step alone, so that a run that was stopped goes on as if it had not.

Each epoch visits the sequences in an order of its own. A row takes the next ones that fit; a
sequence longer than a row is cut. No token sees another sequence, and each begins at position 0.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import torch
from torch import Tensor

from training.fim import FimOptions, fill_in_the_middle
from training.sequences import Sequence, SequenceReader

IGNORED = -100  # a target that is not learnt, as cross_entropy has it


@dataclasses.dataclass
class Batch:
    ids: Tensor  # [rows, tokens]
    targets: Tensor  # [rows, tokens], IGNORED where nothing is learnt
    positions: Tensor  # [rows, tokens], from 0 in each sequence
    owners: Tensor  # [rows, tokens]: which sequence of the row, -1 behind the last

    def mask(self) -> Tensor | None:
        """[rows, 1, tokens, tokens]: what each token sees: its own sequence up to itself. None
        where each row is one sequence: faster kernels know that case."""
        if bool((self.owners == 0).all()):
            return None
        tokens = self.ids.shape[1]
        before = torch.ones(tokens, tokens, dtype=torch.bool, device=self.ids.device).tril()
        return (self.owners[:, :, None] == self.owners[:, None, :])[:, None] & before

    def to(self, device: torch.device) -> Batch:
        return Batch(*(getattr(self, field.name).to(device, non_blocking=True)
                       for field in dataclasses.fields(self)))


class Packer:
    def __init__(self, sequences: SequenceReader, row_tokens: int, rows: int, seed: int,
                 fim: FimOptions | None = None, longest: int | None = None):
        """`longest`: sequences of more tokens are left out. ValueError where none is left."""
        self.sequences, self.row_tokens, self.rows = sequences, row_tokens, rows
        self.seed, self.fim = seed, fim
        self._used = np.arange(len(sequences)) if longest is None else \
            np.flatnonzero(sequences.lengths() <= longest)
        if not len(self._used):
            raise ValueError(f"of {len(sequences)} sequences none has at most {longest} tokens")
        self._epoch, self._place = 0, 0
        self._order = self._shuffled()

    def state(self) -> dict:
        return {"epoch": self._epoch, "place": self._place}

    def restore(self, state: dict) -> None:
        self._epoch, self._place = state["epoch"], state["place"]
        self._order = self._shuffled()

    def skip(self) -> None:
        """Goes on as if a batch had been made: it is another process's."""
        for _ in range(self.rows):
            self._next_row()

    def next(self) -> Batch:
        rows = [self._row() for _ in range(self.rows)]
        return Batch(*(torch.from_numpy(np.stack(column)) for column in zip(*rows)))

    def _shuffled(self) -> np.ndarray:
        return np.random.default_rng([self.seed, self._epoch]).permutation(self._used)

    def _next_row(self) -> list[tuple[int, int]]:
        """(epoch, place in the sequences) of what fits in a row, at least one."""
        chosen: list[tuple[int, int]] = []
        tokens = 0
        while True:
            if self._place == len(self._order):
                self._epoch, self._place = self._epoch + 1, 0
                self._order = self._shuffled()
            number = int(self._order[self._place])
            length = self._length(number)
            if chosen and tokens + length > self.row_tokens:
                return chosen
            chosen.append((self._epoch, number))
            tokens += length
            self._place += 1
            if tokens >= self.row_tokens:
                return chosen

    def _length(self, number: int) -> int:
        return self.sequences.length(number) + (self.fim.extra_tokens if self.fim else 0)

    def _row(self) -> tuple[np.ndarray, ...]:
        ids = np.zeros(self.row_tokens, np.int64)
        targets = np.full(self.row_tokens, IGNORED, np.int64)
        positions = np.zeros(self.row_tokens, np.int64)
        owners = np.full(self.row_tokens, -1, np.int64)
        at = 0
        for owner, (epoch, number) in enumerate(self._next_row()):
            sequence = self._transformed(epoch, number)
            count = min(len(sequence.ids), self.row_tokens - at)
            here = slice(at, at + count)
            ids[here] = sequence.ids[:count]
            positions[here] = np.arange(count)
            owners[here] = owner
            first = max(sequence.learnt, 1)
            targets[at + first - 1:at + count - 1] = sequence.ids[first:count]
            at += count
        return ids, targets, positions, owners

    def _transformed(self, epoch: int, number: int) -> Sequence:
        sequence = self.sequences[number]
        if self.fim is None:
            return sequence
        numbers = np.random.default_rng([self.seed, epoch, number])
        return Sequence(fill_in_the_middle(sequence.ids, self.fim, numbers), sequence.learnt)

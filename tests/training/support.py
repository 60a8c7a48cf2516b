"""What the tests of training share: one thread, small models, small data."""

import os
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/e2e"), str(ROOT / "tests/golden")]

import numpy as np
import torch

from training import byte_vocabulary, sequences
from training.config import ModelConfig
from training.model import Llama

torch.set_num_threads(1)
SMALL = ModelConfig(layers=2, hidden=64, ffn=96, heads=4, kv_heads=2, vocab=byte_vocabulary.VOCAB,
                    context=256, rms_eps=2.0 ** -20)


class FolderTest(unittest.TestCase):
    """Each test has a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="cromwell-training.")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)


def small_model(seed=1, **changes):
    import dataclasses
    model = Llama(dataclasses.replace(SMALL, **changes))
    model.initialise(seed)
    return model


def write_sequences(folder, count=40, seed=3, shard_tokens=1 << 20):
    """Counting sequences, which a small model can learn: (start + i * pace) mod 50."""
    numbers = np.random.default_rng(seed)
    writer = sequences.SequenceWriter(folder, {"name": "counting"}, shard_tokens)
    count -= writer.written()
    for _ in range(count):
        length, start, pace = numbers.integers(8, 30), numbers.integers(50), numbers.integers(1, 3)
        writer.add((start + pace * np.arange(length)) % 50, int(numbers.integers(1, 5)))
    writer.flush()
    return sequences.SequenceReader(folder)

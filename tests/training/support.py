"""What the tests of training share: one thread, small models, small data."""

import pathlib
import sys
import tempfile
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/e2e"), str(ROOT / "tests/golden")]

import numpy as np
import torch
from torch.nn import functional as F

from training import byte_vocabulary, sequences
from training.config import ModelConfig
from training.model import Llama

torch.set_num_threads(1)
SMALL = ModelConfig(layers=2, hidden=64, ffn=96, heads=4, kv_heads=2, vocab=byte_vocabulary.VOCAB,
                    context=256, rms_eps=2.0 ** -20)


ATTENTION = F.scaled_dot_product_attention


def half_cache():
    """Within it keys and values are rounded to halves, as the daemon's cache rounds them."""
    def attend(q, k, v, mask, is_causal):
        return ATTENTION(q, k.half().float(), v.half().float(), mask, is_causal=is_causal)

    return mock.patch.object(F, "scaled_dot_product_attention", attend)


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

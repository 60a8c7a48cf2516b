"""What a batch holds, and that it is a function of seed and step alone."""

import json
import unittest

import numpy as np
import torch
from support import FolderTest, small_model, write_sequences

from training.batches import IGNORED, Packer
from training.fim import FimOptions, fill_in_the_middle
from training.sequences import SequenceReader, SequenceWriter

MARKERS = FimOptions(prefix=250, suffix=251, middle=252, rate=1.0)


class SequencesTest(FolderTest):
    def test_sequences_come_back_from_their_shards(self):
        writer = SequenceWriter(self.folder, {"name": "x"}, shard_tokens=10)
        wanted = [(list(range(n, n + 4)), n % 3) for n in range(7)]
        for ids, learnt in wanted:
            writer.add(ids, learnt)
        writer.flush()
        self.assertEqual(len(writer.index["shards"]), 4)
        reader = SequenceReader(self.folder)
        got = [(list(reader[n].ids), reader[n].learnt) for n in range(len(reader))]
        self.assertEqual(got, wanted)

    def test_a_writer_that_was_stopped_goes_on_behind_its_last_shard(self):
        writer = SequenceWriter(self.folder, {"name": "x"}, shard_tokens=4)
        for n in range(3):
            writer.add([n] * 4, 0)  # the third is in memory only
        again = SequenceWriter(self.folder, {"name": "x"}, shard_tokens=4)
        self.assertEqual(again.written(), 2)
        again.add([2] * 4, 0)
        again.flush()
        self.assertEqual([int(SequenceReader(self.folder)[n].ids[0]) for n in range(3)], [0, 1, 2])

    def test_a_folder_of_another_source_is_refused(self):
        write_sequences(self.folder)
        with self.assertRaisesRegex(ValueError, "counting"):
            SequenceWriter(self.folder, {"name": "other"})

    def test_a_shard_that_changed_is_refused(self):
        write_sequences(self.folder)
        index = json.loads((self.folder / "index.json").read_text())
        path = self.folder / index["shards"][0]["file"]
        path.write_bytes(path.read_bytes()[:-1] + b"x")
        with self.assertRaisesRegex(ValueError, "SHA-256"):
            SequenceReader(self.folder)


class PackerTest(FolderTest):
    def packer(self, **options):
        return Packer(write_sequences(self.folder), **{"row_tokens": 64, "rows": 3, "seed": 7,
                                                       **options})

    def test_longer_sequences_are_left_out_where_that_is_asked_for(self):
        lengths = write_sequences(self.folder).lengths()
        longest = int(np.median(lengths))
        packer = self.packer(row_tokens=longest, rows=1, longest=longest)
        seen = [int((batch.owners == owner).sum()) for batch in (packer.next() for _ in range(40))
                for owner in range(int(batch.owners.max()) + 1)]
        self.assertLessEqual(max(seen), longest)
        self.assertEqual(set(seen), {int(n) for n in lengths if n <= longest})
        with self.assertRaisesRegex(ValueError, "none has at most 1 tokens"):
            self.packer(longest=1)

    def test_every_sequence_is_seen_once_in_an_epoch(self):
        packer = self.packer(row_tokens=31, rows=1)
        starts = []
        while packer.state()["epoch"] == 0:
            batch = packer.next()
            starts += [tuple(batch.ids[0][batch.owners[0] == owner].tolist())
                       for owner in range(int(batch.owners.max()) + 1)]
        expected = [tuple(packer.sequences[n].ids.tolist()) for n in range(len(packer.sequences))]
        self.assertEqual(sorted(starts)[:5], sorted(expected)[:5])
        self.assertLessEqual(len(starts) - len(expected), 2)  # the last row begins the next epoch

    def test_a_restored_packer_makes_the_same_batches(self):
        packer = self.packer()
        for _ in range(9):
            packer.next()
        state = packer.state()
        expected = [packer.next().ids for _ in range(9)]
        again = self.packer()
        again.restore(state)
        for ids in expected:
            self.assertTrue(torch.equal(again.next().ids, ids))

    def test_skipping_is_as_making_a_batch(self):
        one, other = self.packer(), self.packer()
        one.next()
        other.skip()
        self.assertTrue(torch.equal(one.next().ids, other.next().ids))

    def test_only_what_is_not_the_prompt_is_learnt(self):
        packer = self.packer(row_tokens=40, rows=1)
        batch = packer.next()
        sequence = packer.sequences[int(packer._shuffled()[0])]
        count = len(sequence.ids)
        targets = batch.targets[0, :count].tolist()
        first = max(sequence.learnt, 1)
        self.assertEqual(targets[:first - 1], [IGNORED] * (first - 1))
        self.assertEqual(targets[first - 1:count - 1], sequence.ids[first:].tolist())
        self.assertEqual(targets[count - 1], IGNORED)

    def test_packed_sequences_have_the_logits_that_they_have_alone(self):
        packer = self.packer(row_tokens=64, rows=1)
        batch = packer.next()
        self.assertGreater(int(batch.owners.max()), 0)
        model = small_model()
        with torch.no_grad():
            packed = model(batch.ids, batch.positions, batch.mask())[0]
            for owner in range(int(batch.owners.max()) + 1):
                mine = batch.owners[0] == owner
                alone = model(batch.ids[:, mine])[0]
                torch.testing.assert_close(packed[mine], alone, atol=1e-5, rtol=1e-4)


class FimTest(unittest.TestCase):
    def test_nothing_of_the_text_is_lost(self):
        numbers = np.random.default_rng(1)
        text = np.arange(40)
        kinds = set()
        for _ in range(200):
            ids = fill_in_the_middle(text, MARKERS, numbers).tolist()
            self.assertEqual(len(ids), 43)
            suffix, middle = ids.index(251), ids.index(252)
            is_spm = suffix == 1
            kinds.add(is_spm)
            after = ids[suffix + 1:middle]
            whole = ids[middle + 1:] + after if is_spm else \
                ids[1:suffix] + ids[middle + 1:] + after
            self.assertEqual(whole, text.tolist())
        self.assertEqual(kinds, {False, True})

    def test_half_of_the_texts_stay_as_they_are(self):
        numbers = np.random.default_rng(2)
        options = FimOptions(250, 251, 252)
        same = sum(len(fill_in_the_middle(np.arange(40), options, numbers)) == 40
                   for _ in range(1000))
        self.assertAlmostEqual(same / 1000, 0.5, delta=0.06)


if __name__ == "__main__":
    unittest.main()

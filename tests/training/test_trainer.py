"""A stage from its first step to its file, stopped and killed on the way, alone and by two
processes."""

import contextlib
import dataclasses
import io
import os
import signal
import subprocess
import sys
import unittest

import torch
from support import ROOT, FolderTest, small_model, write_sequences

from training import byte_vocabulary, gguf_model, lora, run_log, train
from training.processes import Processes
from training.schedule import learning_rate
from training.stages import STAGES

STEPS = 8
TIMEOUT_S = 120
ONE_THREAD = {**os.environ, "OMP_NUM_THREADS": "1"}


class StagesTest(unittest.TestCase):
    def test_the_rate_warms_up_and_falls_to_the_last_one(self):
        stage = dataclasses.replace(STAGES["general"], steps=100, warmup_steps=10)
        rates = [learning_rate(stage, step) for step in range(100)]
        self.assertEqual(max(rates), rates[10])
        self.assertAlmostEqual(rates[9], 3e-4)
        self.assertAlmostEqual(rates[-1], 3e-5)
        self.assertEqual(rates[10:], sorted(rates[10:], reverse=True))

    def test_only_the_third_stage_fills_in_the_middle(self):
        self.assertEqual([stage.name for stage in STAGES.values() if stage.fim], ["fim"])

    def test_a_stage_of_no_steps_is_refused(self):
        with self.assertRaisesRegex(ValueError, "steps is 0"):
            dataclasses.replace(STAGES["edit"], steps=0)


class TrainTest(FolderTest):
    def setUp(self):
        super().setUp()
        self.model = self.folder / "m.gguf"
        gguf_model.save(self.model, small_model(), byte_vocabulary.tokenizer_keys())
        write_sequences(self.folder / "data")

    def words(self, run, *more, stage="general"):
        return list(map(str, [
            "--stage", stage, "--model", self.model, "--data", self.folder / "data", "--folder",
            self.folder / run, "--steps", STEPS, "--row-tokens", 64, "--rows", 2, "--accumulation",
            2, "--warmup-steps", 2, "--peak-rate", "1e-2", "--checkpoint-steps", 3, *more]))

    def train(self, run, *more, stage="general"):
        """The losses of the run's log."""
        options = train.parser().parse_args(self.words(run, *more, stage=stage))
        with Processes() as processes, contextlib.redirect_stdout(io.StringIO()):
            train.train(options, processes)
        return self.losses(run)

    def train_by_two(self, run, *more):
        command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2",
                   "--standalone", "-m", "training.train", *self.words(run, *more)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=ONE_THREAD,
                              timeout=TIMEOUT_S)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.losses(run)

    def losses(self, run):
        return [line["loss"] for line in run_log.read(self.folder / run / "log.jsonl")]

    def test_the_loss_falls(self):
        losses = self.train("a", "--steps", 40)
        self.assertLess(losses[-1], 0.8 * losses[0])
        self.assertIn("<polyline", (self.folder / "a/loss.svg").read_text())

    def test_a_run_in_pieces_is_bit_for_bit_the_run_at_once(self):
        whole = self.train("whole", "--export", self.folder / "whole.gguf")
        self.assertEqual(len(whole), STEPS)
        self.train("parts", "--stop-after-steps", 2)
        self.train("parts", "--stop-after-steps", 3)
        parts = self.train("parts", "--export", self.folder / "parts.gguf")
        self.assertEqual(parts, whole)
        self.assertEqual((self.folder / "parts.gguf").read_bytes(),
                         (self.folder / "whole.gguf").read_bytes())

    def test_a_run_that_was_killed_goes_on_with_the_same_losses(self):
        whole = self.train("whole", "--steps", 12)
        command = [sys.executable, "-m", "training.train", *self.words("killed", "--steps", 12)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True,
                              env=ONE_THREAD) as process:
            for line in process.stdout:
                if "step 5 of" in line:  # past a checkpoint, before the next
                    process.send_signal(signal.SIGKILL)
                    break
        self.assertEqual(process.returncode, -signal.SIGKILL)
        self.assertLess(len(self.losses("killed")), 12)
        self.assertEqual(self.train("killed", "--steps", 12), whole)

    def test_a_run_goes_on_only_with_what_it_began_with(self):
        self.train("a", "--stop-after-steps", 1)
        with self.assertRaisesRegex(ValueError, "goes on with what it began with"):
            self.train("a", "--peak-rate", "1e-3")

    def test_two_processes_have_the_losses_of_one(self):
        alone = self.train("alone", "--export", self.folder / "alone.gguf")
        for way in ("ddp", "fsdp"):
            with self.subTest(way):
                path = self.folder / f"{way}.gguf"
                self.train_by_two(way, "--way", way, "--stop-after-steps", 4)
                both = self.train_by_two(way, "--way", way, "--export", path)
                torch.testing.assert_close(torch.tensor(both), torch.tensor(alone), rtol=1e-4,
                                           atol=1e-5)
                for mine, other in zip(gguf_model.load(path)[0].parameters(),
                                       gguf_model.load(self.folder / "alone.gguf")[0].parameters()):
                    torch.testing.assert_close(mine, other, rtol=1e-2, atol=2e-3)

    def test_the_third_stage_reads_its_markers_from_the_vocabulary(self):
        losses = self.train("fim", stage="fim")
        self.assertEqual(len(losses), STEPS)

    def test_an_adapter_learns_and_leaves_the_model_as_it_is(self):
        path = self.folder / "adapter.gguf"
        losses = self.train("lora", "--lora-rank", 4, "--steps", 40, "--export", path, stage="edit")
        self.assertLess(losses[-1], losses[0])
        model = gguf_model.load(self.model)[0]
        lora.load(path, model)
        additions = lora.adapters(model)
        self.assertEqual(len(additions), 2 * 7)
        self.assertTrue(all(float(one.lora_b.detach().abs().max()) > 0
                            for one in additions.values()))


if __name__ == "__main__":
    unittest.main()

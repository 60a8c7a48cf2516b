"""The one command for the machine with the GPU, at a size for a CPU; and the estimates on paper."""

import hashlib
import json
import subprocess
import sys
import unittest

from support import ROOT, FolderTest, small_model, write_sequences

from training import byte_vocabulary, default_model, estimate, gguf_model, lora
from training.config import CROMWELL
from training.gguf_reader import GgufReader
from training.stages import STAGES


class DefaultModelTest(FolderTest):
    def setUp(self):
        super().setUp()
        self.model = self.folder / "m.gguf"
        gguf_model.save(self.model, small_model(), byte_vocabulary.tokenizer_keys())
        write_sequences(self.folder / "data")
        self.pieces = self.folder / "pieces"
        default_model.pack(self.model, self.folder / "data", self.pieces)

    def train(self, *more):
        done = subprocess.run(list(map(str, [
            sys.executable, "-m", "training.default_model", "train", "--pieces", self.pieces,
            "--folder", self.folder / "run", "--rank", 2, "--rows", 2, "--row-tokens", 64,
            "--accumulation", 1, *more])), cwd=ROOT, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_one_command_makes_an_adapter_of_the_pieces(self):
        out = self.train("--steps", 4)
        self.assertIn("after 4 steps; finished", out)
        model = gguf_model.load(self.model)[0]
        lora.load(self.folder / "run/adapter.gguf", model)
        self.assertEqual(len(lora.adapters(model)), 14)
        keys = GgufReader(self.folder / "run/adapter.gguf").keys
        self.assertIn("4 of 4 steps", keys["general.description"])

    def test_the_steps_are_those_that_fit_into_the_time(self):
        out = self.train("--minutes", "0.1")
        planned = json.loads((self.folder / "run/plan.json").read_text())
        self.assertGreaterEqual(planned["steps"], 1)  # how many depends on the machine
        self.assertGreater(planned["step_s"], 0)
        self.assertIn(f"{planned['steps']} steps on 1 x cpu", out)

    def test_a_broken_piece_is_named(self):
        part = self.pieces / "model-00.part"
        part.write_bytes(part.read_bytes()[:-1])
        with self.assertRaisesRegex(ValueError, "model-00.part"):
            default_model.unpack(self.pieces, self.folder / "run/model.gguf")

    def test_the_joined_model_is_the_packed_one(self):
        default_model.PIECE_BYTES, whole = 100, default_model.PIECE_BYTES
        try:
            with self.assertRaisesRegex(ValueError, "larger than 100 "):
                default_model.pack(self.model, self.folder / "data", self.folder / "small")
        finally:
            default_model.PIECE_BYTES = whole
        joined = self.folder / "run/model.gguf"
        default_model.unpack(self.pieces, joined)
        self.assertEqual(hashlib.sha256(joined.read_bytes()).digest(),
                         hashlib.sha256(self.model.read_bytes()).digest())


class EstimateTest(unittest.TestCase):
    def test_operations_are_six_for_each_parameter_and_token_and_attention(self):
        matrices = CROMWELL.parameters() - 50_000 * 2048
        share = estimate.operations(CROMWELL, 4096) / (6 * matrices)
        self.assertAlmostEqual(share, 1.17, delta=0.02)

    def test_sharding_divides_the_state_and_recomputing_the_activations(self):
        stage = STAGES["general"]
        whole = estimate.memory(CROMWELL, stage, 32, "ddp", recompute=False)
        sharded = estimate.memory(CROMWELL, stage, 32, "fsdp", recompute=True)
        self.assertAlmostEqual(whole.state / 1e9, 1.262 * 18, delta=0.05)
        self.assertLess(sharded.state, whole.state / 20)
        self.assertLess(sharded.activations, whole.activations / 5)

    def test_twice_the_gpus_take_half_the_time(self):
        hours = [estimate.hours(CROMWELL, STAGES["fim"], gpus, 990, 0.4, False)
                 for gpus in (16, 32)]
        self.assertAlmostEqual(hours[0], 2 * hours[1])


if __name__ == "__main__":
    unittest.main()

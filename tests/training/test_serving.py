"""What training exports, served by the real daemon, says what training computes."""

import json
import os
import unittest

import torch
from support import ROOT, FolderTest, half_cache, small_model
from daemon import BUILD, Daemon
from tokenizer_reference import default_model

from training import blocks, byte_vocabulary, gguf_model, lora

TOLERANCE = 1e-3
PROMPT = "def read(path):\n    return open(path).read()  # " + "x" * 60 + "\n"


def logprobs_of(model, ids):
    """Of each id but the first."""
    with torch.no_grad():
        rows = model(torch.tensor([ids]))[0].log_softmax(-1)
    return rows[:-1].gather(1, torch.tensor(ids[1:])[:, None])[:, 0]


@unittest.skipUnless((BUILD / "cromwelld").exists(), "needs build/cromwelld")
class ServedTest(FolderTest):
    def setUp(self):
        super().setUp()
        self.model = small_model()
        with torch.no_grad():  # far from uniform, so that a mistake is seen
            for parameter in self.model.parameters():
                if parameter.dim() > 1:
                    parameter *= 8
        self.path = self.folder / "m.gguf"
        gguf_model.save(self.path, self.model, byte_vocabulary.tokenizer_keys())
        self.ids = [byte_vocabulary.BOS, *byte_vocabulary.encode(PROMPT).tolist()]

    def served(self, *flags):
        daemon = Daemon(*flags, model=self.path)
        self.addCleanup(daemon.close)
        status, answer = daemon.post("/v1/completions", {
            "prompt": self.ids, "max_tokens": 0, "echo": True, "logprobs": 1})
        self.assertEqual(status, 200, answer)
        return torch.tensor(answer["choices"][0]["logprobs"]["token_logprobs"][1:])

    def assert_agree(self, served):
        with half_cache():
            expected = logprobs_of(self.model, self.ids)
        self.assertGreater(float(expected.std()), 0.3)
        self.assertLess(float((served - expected).abs().max()), TOLERANCE)

    def test_a_model_has_the_log_probabilities_that_it_was_trained_to(self):
        self.assert_agree(self.served())

    def test_an_adapter_has_the_log_probabilities_that_it_was_trained_to(self):
        lora.adapt(self.model, 4, 8.0, seed=1)
        with torch.no_grad():
            for addition in lora.adapters(self.model).values():
                addition.lora_b.normal_(0, 0.2)
        adapter = self.folder / "style.gguf"
        lora.save(adapter, self.model, "test", kind=blocks.F32)
        self.assert_agree(self.served("--lora", adapter))


@unittest.skipUnless(os.path.exists(default_model()), "needs the default model")
class DefaultModelTest(unittest.TestCase):
    def test_its_log_probabilities_are_the_references(self):
        model, _ = gguf_model.load(default_model())
        texts = json.loads((ROOT / "tests/golden/smollm2.json").read_text())["texts"]
        text = min(texts, key=lambda text: len(text["ids"]))
        worst = (logprobs_of(model, text["ids"]) - torch.tensor(text["logprobs"])).abs().max()
        self.assertLess(float(worst), TOLERANCE)


if __name__ == "__main__":
    unittest.main()

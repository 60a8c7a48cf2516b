"""The model against the reference logits that the C++ one is held to, and its file."""

import json
import unittest

import numpy as np
import torch
from support import ROOT, FolderTest, half_cache, small_model

from training import blocks, gguf_model, gguf_reader, lora
from training.config import CROMWELL, from_keys
from training.model import Llama

TOLERANCE = 1e-3
SUPPORTED = ("llama", "llama_sigmoid_gate")


def draw(name, count, mean, deviation):
    """As tests/golden/model_variants.py draws a tensor: splitmix64 of its name and place."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = (seed ^ byte) * 0x100000001B3 % 2 ** 64
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * \
            np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    unit = (z >> np.uint64(40)).astype(np.float32) / np.float32(2 ** 23) - 1
    return np.float32(mean) + np.float32(deviation) * unit


def drawn(tensor):
    shape = tuple(reversed(tensor["shape"]))
    values = draw(tensor["name"], int(np.prod(shape)), tensor["mean"], tensor["deviation"])
    return torch.from_numpy(values.reshape(shape))


def golden_model(golden):
    """The model whose tensors the golden file describes, and its parameters by GGUF name."""
    keys = {key: value for key, (_, value) in golden["keys"].items()}
    names = {tensor["name"] for tensor in golden["tensors"]}
    model = Llama(from_keys(keys, tied="output.weight" not in names))
    parameters = {gguf_model.gguf_name(name): p for name, p in model.named_parameters()}
    with torch.no_grad():
        for tensor in golden["tensors"]:
            parameters[tensor["name"]].copy_(drawn(tensor))
    return model


class ModelTest(FolderTest):
    def logits_of(self, model, golden):
        with torch.no_grad(), half_cache():
            return model(torch.tensor([golden["ids"]]))[0][golden["rows"]]

    def test_logits_are_those_of_the_reference(self):
        variants = json.loads((ROOT / "tests/golden/model_variants.json").read_text())
        found = [golden for golden in variants if golden["name"] in SUPPORTED]
        self.assertEqual(len(found), len(SUPPORTED))
        for golden in found:
            with self.subTest(golden["name"]):
                logits = self.logits_of(golden_model(golden), golden)
                worst = (logits - torch.tensor(golden["logits"])).abs().max()
                self.assertLess(float(worst), TOLERANCE)

    def test_logits_with_adapters_are_those_of_the_reference(self):
        golden = json.loads((ROOT / "tests/golden/model_lora.json").read_text())[0]
        adapter = golden["adapters"][0]
        model = golden_model(golden)
        factors = {tensor["name"]: drawn(tensor) for tensor in adapter["tensors"]
                   if not tensor["name"].startswith("output.")}
        lora.adapt(model, 4, adapter["alpha"], seed=0)
        head = {tensor["name"][-6:]: drawn(tensor) for tensor in adapter["tensors"]
                if tensor["name"].startswith("output.")}
        with torch.no_grad():
            for name, addition in lora.adapters(model).items():
                addition.lora_a.copy_(factors[name + ".lora_a"])
                addition.lora_b.copy_(factors[name + ".lora_b"])
            # Training leaves the head alone; this adapter does not.
            model.output.weight += adapter["alpha"] / 4 * head["lora_b"] @ head["lora_a"]
        worst = (self.logits_of(model, golden) - torch.tensor(adapter["logits"])).abs().max()
        self.assertLess(float(worst), TOLERANCE)

    def test_a_token_sees_neither_later_ones_nor_other_sequences(self):
        model = small_model().eval()
        ids = torch.arange(10)[None] + 20
        changed = ids.clone()
        changed[0, 6:] += 1
        with torch.no_grad():
            self.assertTrue(torch.equal(model(ids)[:, :6], model(changed)[:, :6]))

    def test_only_the_wanted_logits_are_computed(self):
        model = small_model()
        ids = torch.arange(10)[None]
        wanted = torch.zeros(1, 10, dtype=torch.bool)
        wanted[0, [2, 7]] = True
        few = model(ids, wanted=wanted)
        self.assertEqual(few.shape, (2, model.config.vocab))
        torch.testing.assert_close(few, model(ids)[0, [2, 7]])

    def test_recomputing_activations_changes_no_gradient(self):
        gradients = []
        for recompute in (False, True):
            model = small_model()
            model.recompute = recompute
            model(torch.arange(12)[None]).square().mean().backward()
            gradients.append([p.grad for p in model.parameters()])
        for plain, recomputed in zip(*gradients):
            torch.testing.assert_close(plain, recomputed)

    def test_cromwell_has_as_many_parameters_as_the_readme_says(self):
        self.assertEqual(CROMWELL.parameters(), 1_261_864_960)

    def test_a_model_comes_back_from_its_file(self):
        for changes in ({}, {"tied": True}, {"sigmoid_gate": True}):
            model = small_model(**changes)
            path = self.folder / "m.gguf"
            gguf_model.save(path, model, {"general.name": "small",
                                          "tokenizer.ggml.tokens": ["a"] * model.config.vocab})
            again, keys = gguf_model.load(path)
            self.assertEqual(again.config, model.config)
            self.assertEqual(keys["general.name"], "small")
            for mine, other in zip(model.parameters(), again.parameters()):
                self.assertTrue(torch.equal(mine, other))

    def test_an_adapter_comes_back_from_its_file(self):
        model = small_model()
        lora.adapt(model, 3, 6.0, seed=5)
        with torch.no_grad():
            for addition in lora.adapters(model).values():
                addition.lora_b.normal_()
        path = self.folder / "a.gguf"
        lora.save(path, model, "test", kind=blocks.F32)
        again = small_model()
        lora.load(path, again)
        ids = torch.arange(9)[None]
        self.assertTrue(torch.equal(model(ids), again(ids)))

    def test_an_adapter_of_rank_24_for_the_default_model_stays_below_15_mib(self):
        smollm2 = from_keys({"general.architecture": "llama", "llama.block_count": 30,
                             "llama.embedding_length": 576, "llama.feed_forward_length": 1536,
                             "llama.attention.head_count": 9, "llama.attention.head_count_kv": 3,
                             "llama.context_length": 8192, "llama.vocab_size": 64,
                             "llama.attention.layer_norm_rms_epsilon": 1e-5}, tied=True)
        with torch.device("meta"):
            size = lora.size_bytes(Llama(smollm2), 24)
        self.assertLess(size, 15 << 20)

    def test_what_training_does_not_compute_is_refused_by_name(self):
        keys = {"general.architecture": "llama", "llama.rope.scaling.type": "yarn"}
        with self.assertRaisesRegex(ValueError, "llama.rope.scaling.type"):
            from_keys(keys, tied=False)
        with self.assertRaisesRegex(ValueError, "general.architecture: 'qwen2', expected 'llama'"):
            from_keys({"general.architecture": "qwen2"}, tied=False)
        with self.assertRaisesRegex(ValueError, "llama.attention.head_count is missing"):
            from_keys({"general.architecture": "llama"}, tied=False)

    def test_a_file_that_is_cut_is_refused(self):
        path = self.folder / "m.gguf"
        gguf_model.save(path, small_model(), {})
        raw = path.read_bytes()
        for size in (4, 20, 200, len(raw) - 1):
            path.write_bytes(raw[:size])
            with self.subTest(size=size), self.assertRaises(ValueError):
                reader = gguf_reader.GgufReader(path)
                for name in reader.tensors:
                    reader.values(name)


if __name__ == "__main__":
    unittest.main()

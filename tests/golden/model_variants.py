#!/usr/bin/env python3
"""Logits of small random models, one for each architecture and variant that Cromwell computes, by
Hugging Face transformers in float32, but for keys and values, which are rounded to halves as a
cache would.

  model_variants.py OUTPUT.json LORA_OUTPUT.json [GGUF_FOLDER]

OUTPUT.json has for each model its GGUF metadata, its tensors by name, shape and distribution, some
token ids, and the logits after some of them. LORA_OUTPUT.json has models with adapters, and the
logits with each: W + scale B A in place of W. The weights are not in it: each is a function of its
tensor's name and its place (`draw`), which tests/model/variant_model.h computes too. With a folder,
the models are also written there as GGUF files.
Needs gguf, torch, transformers.
"""

import json
import math
import pathlib
import sys

import gguf
import numpy
import torch
import transformers
from transformers import masking_utils
from transformers.models.llama import modeling_llama

VOCAB = 64
HIDDEN = 64
FFN = 96
HEADS = 4
KV_HEADS = 2
CONTEXT = 1024
ROWS = 6  # logits kept of each model


def draw(name, count, mean, deviation):
    """splitmix64 of the name's FNV-1a hash and the place: uniform in mean -+ deviation."""
    seed = 0xcbf29ce484222325
    for byte in name.encode():
        seed = (seed ^ byte) * 0x100000001b3 % 2 ** 64
    with numpy.errstate(over="ignore"):
        z = numpy.uint64(seed) + numpy.arange(1, count + 1, dtype=numpy.uint64) * \
            numpy.uint64(0x9e3779b97f4a7c15)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xbf58476d1ce4e5b9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94d049bb133111eb)
        z = z ^ (z >> numpy.uint64(31))
    unit = (z >> numpy.uint64(40)).astype(numpy.float32) / numpy.float32(2 ** 23) - 1
    return numpy.float32(mean) + numpy.float32(deviation) * unit


def attend(module, query, key, value, mask, **options):
    return modeling_llama.eager_attention_forward(module, query, key.half().float(),
                                                  value.half().float(), mask, **options)


transformers.AttentionInterface.register("half_cache", attend)
transformers.AttentionMaskInterface.register("half_cache", masking_utils.eager_mask)


class Variant:
    """One model: GGUF keys and tensors as we read them, and the same as a transformers model."""

    def __init__(self, name, arch, model_class, config, keys=(), layers=2, head_dim=HIDDEN // HEADS,
                 tied=False, biases="", norms=False, rope_freqs=None, tokens=80):
        self.name, self.arch, self.layers, self.head_dim = name, arch, layers, head_dim
        self.tied, self.biases, self.norms, self.tokens = tied, biases, norms, tokens
        self.rope_freqs = rope_freqs
        self.keys = {"general.architecture": ["text", arch]}
        for key, value in {"block_count": layers, "context_length": CONTEXT,
                           "embedding_length": HIDDEN, "feed_forward_length": FFN,
                           "attention.head_count": HEADS, "attention.head_count_kv": KV_HEADS,
                           "attention.key_length": head_dim, "attention.value_length": head_dim,
                           "rope.dimension_count": head_dim, "vocab_size": VOCAB}.items():
            self.keys[f"{arch}.{key}"] = ["uint32", value]
        self.keys[f"{arch}.attention.layer_norm_rms_epsilon"] = ["float32", 1e-5]
        for key, value in dict(keys).items():
            self.keys[key if "." in key and key.startswith("cromwell") else f"{arch}.{key}"] = value
        config_class = model_class.config_class
        self.model = model_class(config_class(
            vocab_size=VOCAB, hidden_size=HIDDEN, intermediate_size=FFN, num_hidden_layers=layers,
            num_attention_heads=HEADS, num_key_value_heads=KV_HEADS, head_dim=head_dim,
            max_position_embeddings=CONTEXT, rms_norm_eps=1e-5, tie_word_embeddings=tied,
            attn_implementation="half_cache", **config)).float().eval()
        self.state = {}
        self.places = {}  # of each GGUF tensor: its name in transformers, values, heads to halve
        self.tensors = [t for t in self.make_tensors()]
        self.load()

    def make_tensors(self):
        q_dim, kv_dim = HEADS * self.head_dim, KV_HEADS * self.head_dim

        def tensor(name, hf, shape, mean=0.0, deviation=0.25, heads=0):
            values = draw(name, math.prod(shape), mean, deviation).reshape(shape)
            self.state[hf] = self.halves(values, heads)
            self.places[name] = (hf, values, heads)
            return {"name": name, "shape": shape[::-1], "mean": mean, "deviation": deviation}

        yield tensor("token_embd.weight", "model.embed_tokens.weight", [VOCAB, HIDDEN], 0.0, 1.0)
        yield tensor("output_norm.weight", "model.norm.weight", [HIDDEN], 1.0)
        if not self.tied:
            yield tensor("output.weight", "lm_head.weight", [VOCAB, HIDDEN])
        if self.rope_freqs:
            yield {"name": "rope_freqs.weight", "shape": [self.head_dim // 2],
                   "values": self.rope_freqs}
        for i in range(self.layers):
            blk, hf = f"blk.{i}.", f"model.layers.{i}."
            yield tensor(blk + "attn_norm.weight", hf + "input_layernorm.weight", [HIDDEN], 1.0)
            yield tensor(blk + "ffn_norm.weight", hf + "post_attention_layernorm.weight", [HIDDEN],
                         1.0)
            for ours, theirs, rows, cols, heads in [
                    ("attn_q", "self_attn.q_proj", q_dim, HIDDEN, HEADS),
                    ("attn_k", "self_attn.k_proj", kv_dim, HIDDEN, KV_HEADS),
                    ("attn_v", "self_attn.v_proj", kv_dim, HIDDEN, 0),
                    ("attn_output", "self_attn.o_proj", HIDDEN, q_dim, 0),
                    ("ffn_gate", "mlp.gate_proj", FFN, HIDDEN, 0),
                    ("ffn_up", "mlp.up_proj", FFN, HIDDEN, 0),
                    ("ffn_down", "mlp.down_proj", HIDDEN, FFN, 0)]:
                yield tensor(f"{blk}{ours}.weight", f"{hf}{theirs}.weight", [rows, cols],
                             heads=heads)
                if ours.startswith("attn") and theirs[10] in self.biases:
                    yield tensor(f"{blk}{ours}.bias", f"{hf}{theirs}.bias", [rows], 0.0, 0.5, heads)
            if self.norms:
                for ours, theirs in [("attn_q_norm", "q_norm"), ("attn_k_norm", "k_norm")]:
                    yield tensor(f"{blk}{ours}.weight", f"{hf}self_attn.{theirs}.weight",
                                 [self.head_dim], 1.0)

    def halves(self, values, heads):
        """A `llama` GGUF has rotated pairs side by side, transformers in two halves of a head."""
        if self.arch == "llama" and heads:
            pairs = values.reshape(heads, self.head_dim // 2, 2, -1)
            values = pairs.swapaxes(1, 2).reshape(values.shape)
        return torch.from_numpy(values.copy())

    def load(self):
        missing, unexpected = self.model.load_state_dict(self.state, strict=False)
        assert not unexpected, unexpected
        assert missing == (["lm_head.weight"] if self.tied else []), missing
        if self.tied:
            self.model.tie_weights()

    def logits(self, ids, rows):
        logits = self.model(torch.tensor([ids])).logits[0]
        return [[round(x, 5) for x in logits[r].tolist()] for r in rows]

    def golden(self):
        ids = [int(x) for x in (draw("ids", self.tokens, 0.5, 0.5) * VOCAB)]
        rows = sorted({round(i * (self.tokens - 1) / (ROWS - 1)) for i in range(ROWS)})
        return {"name": self.name, "keys": self.keys, "tensors": self.tensors, "ids": ids,
                "rows": rows, "logits": self.logits(ids, rows)}

    def adapted(self, golden, alpha, scale, rank, bases):
        """The logits with a LoRA adapter on the matrices `bases`, and that adapter."""
        tensors = []
        before = dict(self.state)
        for base in bases:
            hf, values, heads = self.places[base + ".weight"]
            rows, cols = values.shape
            pair = []
            for suffix, shape in (("lora_a", [rank, cols]), ("lora_b", [rows, rank])):
                name = f"{base}.weight.{suffix}"
                pair.append(draw(name, math.prod(shape), 0.0, 0.25).reshape(shape))
                tensors.append({"name": name, "shape": shape[::-1], "mean": 0.0, "deviation": 0.25})
            delta = numpy.float32(scale * alpha / rank) * (pair[1] @ pair[0])
            self.state[hf] = self.halves(values + delta, heads)
        self.load()
        logits = self.logits(golden["ids"], golden["rows"])
        self.state = before
        self.load()
        return {"alpha": alpha, "scale": scale, "tensors": tensors, "logits": logits}

    def write(self, path):
        writer = gguf.GGUFWriter(path, self.arch)
        writer.add_string("tokenizer.ggml.model", "none")
        for key, (kind, value) in self.keys.items():
            if key == "general.architecture":
                continue
            {"text": writer.add_string, "uint32": writer.add_uint32, "float32": writer.add_float32,
             "bools": writer.add_array}[kind](key, value)
        for t in self.tensors:
            shape = t["shape"][::-1]
            values = numpy.array(t["values"], numpy.float32) if "values" in t else draw(
                t["name"], math.prod(shape), t["mean"], t["deviation"])
            writer.add_tensor(t["name"], values.reshape(shape))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()


def llama3_factors(head_dim, base, factor, low, high, original):
    """What llama.cpp's converter writes for rope_type "llama3"."""
    factors = []
    for i in range(head_dim // 2):
        wavelength = 2 * math.pi * base ** (2 * i / head_dim)
        if wavelength < original / high:
            factors.append(1.0)
        elif wavelength > original / low:
            factors.append(float(factor))
        else:
            smooth = (original / wavelength - low) / (high - low)
            factors.append(float(numpy.float32(1 / ((1 - smooth) / factor + smooth))))
    return factors


def rope(kind, **parameters):
    return {"rope_parameters": {"rope_type": kind, "rope_theta": 10000.0, **parameters}}


def scaling(kind, **more):
    keys = {"rope.scaling.type": ["text", kind]}
    for key, value in more.items():
        keys["rope.scaling." + key] = ["uint32" if key.endswith("length") else "float32", value]
    return keys


def variants():
    llama, mistral = transformers.LlamaForCausalLM, transformers.MistralForCausalLM
    qwen2, qwen3 = transformers.Qwen2ForCausalLM, transformers.Qwen3ForCausalLM
    plain = rope("default")
    yield Variant("llama", "llama", llama, plain)
    yield Variant("llama_tied_biases", "llama", llama, {"attention_bias": True, **plain}, tied=True,
                  biases="qkvo")
    yield Variant("llama_sigmoid_gate", "llama", llama, {"hidden_act": "sigmoid", **plain},
                  {"cromwell.ffn_gate": ["text", "sigmoid"]})
    yield Variant("llama_linear", "llama", llama, rope("linear", factor=4.0),
                  scaling("linear", factor=4.0))
    llama3 = {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
              "original_max_position_embeddings": 64}
    yield Variant("llama_llama3", "llama", llama, rope("llama3", **llama3),
                  rope_freqs=llama3_factors(HIDDEN // HEADS, 10000.0, 8, 1, 4, 64))
    yield Variant("llama_yarn", "llama", llama,
                  rope("yarn", factor=4.0, original_max_position_embeddings=64),
                  scaling("yarn", factor=4.0, original_context_length=64), tokens=200)
    given = 1.25
    yield Variant("qwen2_yarn_attention_factor", "qwen2", qwen2,
                  rope("yarn", factor=8.0, original_max_position_embeddings=128, beta_fast=16.0,
                       beta_slow=2.0, attention_factor=given),
                  scaling("yarn", factor=8.0, original_context_length=128, yarn_beta_fast=16.0,
                          yarn_beta_slow=2.0, attn_factor=given / (0.1 * math.log(8.0) + 1)),
                  biases="qkv")
    base = {"rope_parameters": {"rope_type": "default", "rope_theta": 1000000.0}}
    base_key = {"rope.freq_base": ["float32", 1000000.0]}
    yield Variant("qwen2", "qwen2", qwen2, base, base_key, tied=True, biases="qkv")
    yield Variant("qwen3", "qwen3", qwen3, base, base_key, head_dim=32, tied=True, norms=True)
    window = {"attention.sliding_window": ["uint32", 100]}
    yield Variant("qwen2_window_of_upper_layers", "qwen2", qwen2,
                  {"use_sliding_window": True, "sliding_window": 100, "max_window_layers": 1,
                   **plain},
                  {**window, "attention.sliding_window_pattern": ["bools", [False, True, True]]},
                  layers=3, biases="qkv", tokens=700)
    yield Variant("qwen3_window_of_every_other_layer", "qwen3", qwen3,
                  {"use_sliding_window": True, "sliding_window": 10, "layer_types":
                   ["sliding_attention", "full_attention"] * 2, **plain},
                  {"attention.sliding_window": ["uint32", 10],
                   "attention.sliding_window_pattern": ["uint32", 2]}, layers=4, norms=True)
    yield Variant("llama_window", "llama", mistral, {"sliding_window": 20, **plain},
                  {"attention.sliding_window": ["uint32", 20]})


ATTENTION = ["attn_q", "attn_k", "attn_v", "attn_output"]
FEED_FORWARD = ["ffn_gate", "ffn_up", "ffn_down"]


def adapters():
    plain = rope("default")
    all_of = lambda layers, names: [f"blk.{i}.{name}" for i in layers for name in names]
    llama = Variant("llama_lora", "llama", transformers.LlamaForCausalLM, plain)
    yield llama, [(8.0, 1.0, 4, all_of([0, 1], ATTENTION + FEED_FORWARD) + ["output"]),
                  (16.0, 0.5, 20, all_of([1], ["attn_q", "attn_v", "ffn_down"]))]
    qwen2 = Variant("qwen2_lora", "qwen2", transformers.Qwen2ForCausalLM, plain, tied=True,
                    biases="qkv")
    yield qwen2, [(3.0, 1.0, 3, all_of([0], ATTENTION)),
                  (2.0, -1.0, 1, all_of([0, 1], FEED_FORWARD))]


def lora_golden():
    for variant, specifications in adapters():
        golden = variant.golden()
        golden["adapters"] = [variant.adapted(golden, *spec) for spec in specifications]
        yield json.dumps(golden)


def main(output, lora_output, folder=None):
    torch.set_grad_enabled(False)
    pathlib.Path(lora_output).write_text("[" + ",\n".join(lora_golden()) + "]\n")
    results = []
    for variant in variants():
        results.append(json.dumps(variant.golden()))
        if folder:
            variant.write(pathlib.Path(folder) / f"{variant.name}.gguf")
        print(variant.name)
    pathlib.Path(output).write_text("[" + ",\n".join(results) + "]\n")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])

#!/usr/bin/env python3
"""Writes the corpora of vocabulary_fuzz and lora_fuzz, and of gguf_fuzz what variants of models
say: sound files, and such as are wrong in one place. Needs PyPI `gguf`.

    python tests/fuzz/make_corpus.py
"""

import pathlib

import gguf
import numpy

FOLDER = pathlib.Path(__file__).resolve().parent


def write(path, arch, fill):
    path.parent.mkdir(exist_ok=True)
    writer = gguf.GGUFWriter(path, arch)
    fill(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def sentence_piece(name, tokens=("▁", "a", "▁a", "aa", "<0x0A>"), kinds=None, scores=None, **keys):
    tokens = ["<unk>", "<s>", "</s>"] + list(tokens)
    kinds = kinds or [2, 3, 3] + [6 if t.startswith("<0x") else 1 for t in tokens[3:]]

    def fill(writer):
        writer.add_string("tokenizer.ggml.model", "llama")
        writer.add_array("tokenizer.ggml.tokens", tokens)
        writer.add_array("tokenizer.ggml.token_type", kinds)
        values = scores or [-float(i) for i in range(len(tokens))]
        writer.add_array("tokenizer.ggml.scores", values)
        for key, value in keys.items():
            add = writer.add_bool if isinstance(value, bool) else writer.add_uint32
            add(f"tokenizer.ggml.{key}", value)

    write(FOLDER / "vocabulary_corpus" / name, "llama", fill)


def vocabularies():
    sentence_piece("sound")
    sentence_piece("nan_score", scores=[float("nan")] * 8)
    sentence_piece("few_scores", scores=[0.5])
    sentence_piece("bad_byte", tokens=["<0xZZ>"], kinds=[2, 3, 3, 6])
    sentence_piece("unused_pieces", kinds=[2, 3, 3, 5, 5, 5, 5, 6])
    sentence_piece("user_defined_spaces", tokens=["▁▁", "▁", "▁▁▁▁"], kinds=[2, 3, 3, 4, 1, 4])
    sentence_piece("bad_kind", kinds=[2, 3, 3, 9, 1, 1, 1, 6])
    sentence_piece("no_prefix", add_space_prefix=False, eos_token_id=2)
    sentence_piece("outside_eos", eos_token_id=2 ** 31)
    sentence_piece("empty_tokens", tokens=["", "", "a"], kinds=[2, 3, 3, 1, 1, 1])


def adapter(name, tensors, arch="llama", alpha=4.0, kind="lora"):
    def fill(writer):
        writer.add_string("general.type", "adapter")
        writer.add_string("adapter.type", kind)
        writer.add_float32("adapter.lora.alpha", alpha)
        for tensor, shape in tensors.items():
            writer.add_tensor(tensor, numpy.full(shape, 0.125, numpy.float32))

    write(FOLDER / "lora_corpus" / name, arch, fill)


def adapters():
    q = "blk.0.attn_q.weight.lora_"
    adapter("sound", {q + "a": (2, 64), q + "b": (64, 2)})
    adapter("head", {"output.weight.lora_a": (1, 64), "output.weight.lora_b": (300, 1)})
    adapter("ranks_differ", {q + "a": (2, 64), q + "b": (64, 3)})
    adapter("half", {q + "a": (2, 64)})
    adapter("wide", {q + "a": (2, 96), q + "b": (64, 2)})
    adapter("transposed", {q + "a": (64, 2), q + "b": (2, 64)})
    adapter("other_layer", {"blk.9.attn_q.weight.lora_a": (2, 64),
                            "blk.9.attn_q.weight.lora_b": (64, 2)})
    adapter("embedding", {"token_embd.weight.lora_a": (2, 64),
                          "token_embd.weight.lora_b": (300, 2)})
    adapter("huge_alpha", {q + "a": (2, 64), q + "b": (64, 2)}, alpha=3e38)
    adapter("nan_alpha", {q + "a": (2, 64), q + "b": (64, 2)}, alpha=float("nan"))
    adapter("other_architecture", {q + "a": (2, 64), q + "b": (64, 2)}, arch="qwen2")
    adapter("control_vector", {"direction.1": (64,)}, kind="control_vector")


def model(name, arch, **keys):
    def fill(writer):
        for key, value in {"block_count": 1, "context_length": 64, "embedding_length": 32,
                           "feed_forward_length": 32, "attention.head_count": 2,
                           "vocab_size": 4, **keys}.items():
            key = f"{arch}.{key.replace('__', '.')}"
            if isinstance(value, str):
                writer.add_string(key, value)
            elif isinstance(value, float):
                writer.add_float32(key, value)
            elif isinstance(value, list):
                writer.add_array(key, value)
            else:
                writer.add_uint32(key, value)
        eps = f"{arch}.attention.layer_norm_rms_epsilon"
        writer.add_float32(eps, 1e-5)
        writer.add_tensor("token_embd.weight", numpy.zeros((4, 32), numpy.float32))
        writer.add_tensor("output_norm.weight", numpy.ones(32, numpy.float32))
        vectors = {"attn_norm": 32, "ffn_norm": 32}
        if arch == "qwen3":
            vectors.update({"attn_q_norm": 16, "attn_k_norm": 16})
        for tensor, length in vectors.items():
            writer.add_tensor(f"blk.0.{tensor}.weight", numpy.ones(length, numpy.float32))
        matrices = "attn_q attn_k attn_v attn_output ffn_gate ffn_up ffn_down".split()
        for tensor in matrices:
            writer.add_tensor(f"blk.0.{tensor}.weight", numpy.full((32, 32), 0.1, numpy.float16))

    write(FOLDER / "gguf_corpus" / name, arch, fill)


def models():
    window = {"attention__sliding_window": 1}
    yarn = {"rope__scaling__type": "yarn", "rope__scaling__factor": 4.0}
    model("qwen3_window_of_one", "qwen3", **window)
    model("window_pattern_of_two_layers", "qwen2", **window,
          attention__sliding_window_pattern=[True, False])
    model("window_pattern_huge", "qwen2", **window, attention__sliding_window_pattern=2 ** 32 - 1)
    model("yarn_base_one", "llama", **yarn, rope__freq_base=1.0)
    model("yarn_tiny_betas", "llama", **yarn, rope__scaling__yarn_beta_fast=1e-38,
          rope__scaling__yarn_beta_slow=3e38)
    model("yarn_zero_factor", "llama", rope__scaling__type="yarn", rope__scaling__factor=0.0)


if __name__ == "__main__":
    vocabularies()
    adapters()
    models()

"""A Llama out of a GGUF and back, and the names that both have for a tensor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from training import blocks
from training.config import from_keys, to_keys
from training.gguf_reader import GgufReader
from training.gguf_writer import INT32, GgufWriter
from training.model import Llama

SUFFIX = ".weight"
INT32_ARRAYS = ("tokenizer.ggml.token_type",)
KEPT = ("general.", "tokenizer.", "cromwell.edit_protocol")  # keys that are not the shape's


def gguf_name(parameter: str) -> str:
    """blk.0.attn.q.weight -> blk.0.attn_q.weight"""
    return parameter.replace(".attn.", ".attn_").replace(".ffn.", ".ffn_")


def load(path: Path) -> tuple[Llama, dict[str, Any]]:
    """The model in float32 and the file's keys."""
    reader = GgufReader(path)
    model = Llama(from_keys(reader.keys, tied="output.weight" not in reader.tensors))
    unread = set(reader.tensors)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = reader.values(gguf_name(name))
            unread.discard(gguf_name(name))
            if values.shape != tuple(parameter.shape):
                raise ValueError(f"{path}: tensor {gguf_name(name)}: shape {values.shape}, "
                                 f"expected {tuple(parameter.shape)}")
            parameter.copy_(torch.from_numpy(values))
    if unread:
        raise ValueError(f"{path}: tensor {sorted(unread)[0]}: training does not compute it")
    return model, reader.keys


def save(path: Path, model: Llama, keys: dict[str, Any], kind: int = blocks.F32) -> None:
    """`keys`: those that begin with one of KEPT; those of the shape are the model's own. Any other
    type is made from the file with `cromwell model quantize`."""
    writer = GgufWriter()
    shape = to_keys(model.config)
    for key, value in shape.items():
        writer.add_key(key, value)
    for key, value in keys.items():
        if key.startswith(KEPT) and key not in shape and value != []:
            writer.add_key(key, value, INT32 if key in INT32_ARRAYS else None)
    for name, parameter in model.named_parameters():
        writer.add_tensor(gguf_name(name), parameter.detach().float().cpu().numpy(), kind)
    writer.write(path)

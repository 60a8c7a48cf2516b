"""LoRA (Hu et al. 2021): low-rank additions to a frozen model's matrices, y = W x + alpha / rank
B (A x), and their GGUF, which `--lora` loads."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training import blocks
from training.config import ARCHITECTURE
from training.gguf_model import gguf_name
from training.gguf_reader import GgufReader
from training.gguf_writer import GgufWriter
from training.model import Llama

ALPHA_KEY = "adapter.lora.alpha"
TASK_KEY = "adapter.lora.task_name"


class LoraLinear(nn.Module):
    def __init__(self, base: nn.Linear, rank: int, alpha: float):
        super().__init__()
        self.base = base
        self.scale = alpha / rank
        self.lora_a = nn.Parameter(torch.zeros(rank, base.in_features))
        self.lora_b = nn.Parameter(torch.zeros(base.out_features, rank))

    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) + self.scale * F.linear(F.linear(x, self.lora_a), self.lora_b)


def adapters(model: nn.Module) -> dict[str, LoraLinear]:
    """By the GGUF name of the matrix that each adds to."""
    return {gguf_name(name) + ".weight": module for name, module in model.named_modules()
            if isinstance(module, LoraLinear)}


def adapt(model: Llama, rank: int, alpha: float, seed: int) -> None:
    """Freezes the model and gives every matrix of its layers an addition that is zero at first."""
    model.requires_grad_(False)
    generator = torch.Generator().manual_seed(seed)
    for layer in model.blk:
        for part in (layer.attn, layer.ffn):
            for name, matrix in list(part.named_children()):
                addition = LoraLinear(matrix, rank, alpha)
                nn.init.uniform_(addition.lora_a, -1 / math.sqrt(matrix.in_features),
                                 1 / math.sqrt(matrix.in_features), generator=generator)
                setattr(part, name, addition)


def save(path: Path, model: nn.Module, description: str, task: str = "",
         kind: int = blocks.F16) -> None:
    """`task`: what the adapter is for; "edit" makes it the one that edits take by themselves."""
    found = adapters(model)
    writer = GgufWriter()
    first = next(iter(found.values()))
    for key, value in {"general.architecture": ARCHITECTURE, "general.type": "adapter",
                       "adapter.type": "lora", "general.description": description, TASK_KEY: task,
                       ALPHA_KEY: first.scale * first.lora_a.shape[0]}.items():
        writer.add_key(key, value)
    for name, addition in found.items():
        for suffix in ("lora_a", "lora_b"):
            values = getattr(addition, suffix).detach().float().cpu().numpy()
            writer.add_tensor(f"{name}.{suffix}", values, kind)
    writer.write(path)


def load(path: Path, model: Llama) -> None:
    """Gives the model the additions of a file that save() wrote."""
    reader = GgufReader(path)
    rank = min(reader.tensors["blk.0.attn_q.weight.lora_a"].shape)
    adapt(model, rank, reader.keys[ALPHA_KEY], seed=0)
    fill(path, model)


def fill(path: Path, model: Llama) -> None:
    """Those that the model has get the file's values. ValueError where rank or scale differ."""
    reader = GgufReader(path)
    found = adapters(model)
    first = next(iter(found.values()))
    rank = first.lora_a.shape[0]
    alpha, shape = reader.keys[ALPHA_KEY], reader.tensors["blk.0.attn_q.weight.lora_a"].shape
    if min(shape) != rank or alpha != first.scale * rank:
        raise ValueError(f"{path}: rank {min(shape)} and alpha {alpha}, expected {rank} and "
                         f"{first.scale * rank}")
    with torch.no_grad():
        for name, addition in found.items():
            for suffix in ("lora_a", "lora_b"):
                getattr(addition, suffix).copy_(
                    torch.from_numpy(reader.values(f"{name}.{suffix}")))


def size_bytes(model: Llama, rank: int) -> int:
    """Of the F16 file of an adapter of that rank, without its names."""
    matrices = [module for layer in model.blk for module in layer.modules()
                if isinstance(module, nn.Linear)]
    return 2 * rank * sum(matrix.in_features + matrix.out_features for matrix in matrices)

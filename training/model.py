"""Llama: the decoder that model/transformer.cc computes, for training.

Names of parameters are the GGUF's without ".weight" as far as PyTorch lets them be; rotated pairs
lie side by side, as in a `llama` GGUF. Formulas: Touvron et al. 2023, RoPE of Su et al. 2021,
grouped queries of Ainslie et al. 2023.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from training.config import ModelConfig


class RmsNorm(nn.Module):
    def __init__(self, size: int, eps: float):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x: Tensor) -> Tensor:
        wide = x.float()  # a sum of squares in bf16 would lose three digits
        return (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.eps)
                * self.weight).type_as(x)


def rotations(config: ModelConfig, positions: Tensor) -> tuple[Tensor, Tensor]:
    """Cosines and sines [batch, 1, tokens, head_dim / 2] for positions [batch, tokens]."""
    pairs = torch.arange(0, config.head_dim, 2, dtype=torch.float64, device=positions.device)
    angle = positions.double()[..., None] * config.rope_base ** (-pairs / config.head_dim)
    return angle.cos().float()[:, None], angle.sin().float()[:, None]


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """x [batch, heads, tokens, head_dim]: each pair (2i, 2i + 1) turned by its angle."""
    even, odd = x.float().unflatten(-1, (-1, 2)).unbind(-1)
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(-2).type_as(x)


class Attention(nn.Module):
    def __init__(self, config: ModelConfig):
        super().__init__()
        self.heads, self.kv_heads = config.heads, config.kv_heads
        self.q = nn.Linear(config.hidden, config.hidden, bias=False)
        self.k = nn.Linear(config.hidden, config.kv_dim, bias=False)
        self.v = nn.Linear(config.hidden, config.kv_dim, bias=False)
        self.output = nn.Linear(config.hidden, config.hidden, bias=False)

    def forward(self, x: Tensor, rotation: tuple[Tensor, Tensor], mask: Tensor | None) -> Tensor:
        def split(flat: Tensor, heads: int) -> Tensor:
            return flat.unflatten(-1, (heads, -1)).transpose(1, 2)

        q = rotate(split(self.q(x), self.heads), *rotation)
        k = rotate(split(self.k(x), self.kv_heads), *rotation)
        v = split(self.v(x), self.kv_heads)
        group = self.heads // self.kv_heads
        k, v = (part.repeat_interleave(group, 1) for part in (k, v))
        mixed = F.scaled_dot_product_attention(q, k, v, mask, is_causal=mask is None)
        return self.output(mixed.transpose(1, 2).flatten(-2))


class FeedForward(nn.Module):
    def __init__(self, config: ModelConfig):
        super().__init__()
        self.gate = nn.Linear(config.hidden, config.ffn, bias=False)
        self.up = nn.Linear(config.hidden, config.ffn, bias=False)
        self.down = nn.Linear(config.ffn, config.hidden, bias=False)
        self.activation = torch.sigmoid if config.sigmoid_gate else F.silu

    def forward(self, x: Tensor) -> Tensor:
        return self.down(self.activation(self.gate(x)) * self.up(x))


class Layer(nn.Module):
    def __init__(self, config: ModelConfig):
        super().__init__()
        self.attn_norm = RmsNorm(config.hidden, config.rms_eps)
        self.attn = Attention(config)
        self.ffn_norm = RmsNorm(config.hidden, config.rms_eps)
        self.ffn = FeedForward(config)

    def forward(self, x: Tensor, rotation: tuple[Tensor, Tensor], mask: Tensor | None) -> Tensor:
        x = x + self.attn(self.attn_norm(x), rotation, mask)
        return x + self.ffn(self.ffn_norm(x))


class Llama(nn.Module):
    def __init__(self, config: ModelConfig, recompute: bool = False):
        """`recompute`: activations within a layer are computed again in the backward pass."""
        super().__init__()
        self.config = config
        self.recompute = recompute
        self.token_embd = nn.Embedding(config.vocab, config.hidden)
        self.blk = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.output_norm = RmsNorm(config.hidden, config.rms_eps)
        self.output = None if config.tied else nn.Linear(config.hidden, config.vocab, bias=False)

    def initialise(self, seed: int) -> None:
        """Normal with deviation 0.02; what adds to the residual stream by 1 / sqrt(2 layers)
        less."""
        generator = torch.Generator().manual_seed(seed)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 1:
                nn.init.ones_(parameter)
                continue
            adds = name.endswith(("attn.output.weight", "ffn.down.weight"))
            deviation = 0.02 / (2 * self.config.layers) ** 0.5 if adds else 0.02
            nn.init.normal_(parameter, 0.0, deviation, generator)

    def forward(self, ids: Tensor, positions: Tensor | None = None, mask: Tensor | None = None,
                wanted: Tensor | None = None) -> Tensor:
        """Logits [batch, tokens, vocab] of ids [batch, tokens]; with `wanted`, a mask [batch,
        tokens], only those: [wanted, vocab], so that the head costs what the loss needs.

        `mask` [batch, 1, tokens, tokens] says what each token sees; none: all before it.
        """
        if positions is None:
            positions = torch.arange(ids.shape[1], device=ids.device)[None]
        rotation = rotations(self.config, positions)
        x = self.token_embd(ids)
        for layer in self.blk:
            x = checkpoint(layer, x, rotation, mask, use_reentrant=False) if self.recompute else \
                layer(x, rotation, mask)
        x = self.output_norm(x if wanted is None else x[wanted])
        return F.linear(x, self.token_embd.weight) if self.output is None else self.output(x)

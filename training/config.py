"""ModelConfig: the numbers that define a llama model, as GGUF metadata and as shapes."""

from __future__ import annotations

import dataclasses
from typing import Any

ARCHITECTURE = "llama"
# Keys that would make another model of it: refused, since neither training nor export has them.
FOREIGN = ("rope.scaling.type", "attention.sliding_window", "attention.scale")


@dataclasses.dataclass(frozen=True)
class ModelConfig:
    layers: int
    hidden: int
    ffn: int
    heads: int
    kv_heads: int
    vocab: int
    context: int
    rms_eps: float = 1e-6
    rope_base: float = 10000.0
    tied: bool = False  # the head is the embedding
    sigmoid_gate: bool = False  # of the SwiGLU: a plain sigmoid in place of SiLU

    @property
    def head_dim(self) -> int:
        return self.hidden // self.heads

    @property
    def kv_dim(self) -> int:
        return self.kv_heads * self.head_dim

    def parameters(self) -> int:
        attention = 2 * self.hidden * (self.hidden + self.kv_dim)
        layer = attention + 3 * self.hidden * self.ffn + 2 * self.hidden
        embeddings = (1 if self.tied else 2) * self.vocab * self.hidden
        return self.layers * layer + embeddings + self.hidden


CROMWELL = ModelConfig(layers=24, hidden=2048, ffn=5632, heads=32, kv_heads=4, vocab=50_000,
                       context=4096)


def from_keys(keys: dict[str, Any], tied: bool) -> ModelConfig:
    """ValueError names the key that is missing or that we do not compute."""
    if keys.get("general.architecture") != ARCHITECTURE:
        raise ValueError(f"key general.architecture: {keys.get('general.architecture')!r}, "
                         f"expected {ARCHITECTURE!r}")
    foreign = [key for key in FOREIGN if f"{ARCHITECTURE}.{key}" in keys]
    if foreign:
        raise ValueError(f"key {ARCHITECTURE}.{foreign[0]}: training does not compute it")

    def number(suffix: str, default: Any = None) -> Any:
        value = keys.get(f"{ARCHITECTURE}.{suffix}", default)
        if value is None:
            raise ValueError(f"key {ARCHITECTURE}.{suffix} is missing")
        return value

    heads = number("attention.head_count")
    config = ModelConfig(
        layers=number("block_count"), hidden=number("embedding_length"),
        ffn=number("feed_forward_length"), heads=heads,
        kv_heads=number("attention.head_count_kv", heads), vocab=_vocab(keys),
        context=number("context_length"), rms_eps=number("attention.layer_norm_rms_epsilon"),
        rope_base=number("rope.freq_base", 10000.0), tied=tied,
        sigmoid_gate=keys.get("cromwell.ffn_gate") == "sigmoid")
    for suffix in ("rope.dimension_count", "attention.key_length", "attention.value_length"):
        if number(suffix, config.head_dim) != config.head_dim:
            raise ValueError(f"key {ARCHITECTURE}.{suffix}: {number(suffix)}, expected the head's "
                             f"length, {config.head_dim}")
    return config


def to_keys(config: ModelConfig) -> dict[str, Any]:
    keys = {"general.architecture": ARCHITECTURE}
    for suffix, value in {
            "block_count": config.layers, "context_length": config.context,
            "embedding_length": config.hidden, "feed_forward_length": config.ffn,
            "attention.head_count": config.heads, "attention.head_count_kv": config.kv_heads,
            "rope.dimension_count": config.head_dim, "vocab_size": config.vocab,
            "rope.freq_base": float(config.rope_base),
            "attention.layer_norm_rms_epsilon": float(config.rms_eps)}.items():
        keys[f"{ARCHITECTURE}.{suffix}"] = value
    if config.sigmoid_gate:
        keys["cromwell.ffn_gate"] = "sigmoid"
    return keys


def _vocab(keys: dict[str, Any]) -> int:
    return keys.get(f"{ARCHITECTURE}.vocab_size") or len(keys["tokenizer.ggml.tokens"])

"""The smallest vocabulary that can do everything: a token for each byte, no merges, and Cromwell's
special tokens at their ids. For tests and for the first tiny models, before there is a BPE."""

from __future__ import annotations

from typing import Any

import numpy as np

SPECIAL = ("<PAD>", "<EOS>", "<BOS>", "<FILE>", "<EDIT>", "</EDIT>", "<DIFF>", "<INS>", "<DEL>",
           "<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<|im_start|>", "<|im_end|>")
NORMAL, CONTROL = 1, 3  # tokenizer.ggml.token_type
PAD, EOS, BOS = 0, 1, 2


def spelled_bytes() -> list[str]:
    """How byte-level BPE spells each byte (GPT-2): itself where it can be seen, else from
    U+0100."""
    seen = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = {byte: chr(0x100 + place)
              for place, byte in enumerate(b for b in range(256) if b not in set(seen))}
    return [hidden.get(byte) or chr(byte) for byte in range(256)]


def tokenizer_keys() -> dict[str, Any]:
    """The keys of a GGUF with this vocabulary."""
    tokens = [*SPECIAL, *spelled_bytes()]
    return {"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "gpt-2",
            "tokenizer.ggml.tokens": tokens,
            "tokenizer.ggml.token_type": [CONTROL] * len(SPECIAL) + [NORMAL] * 256,
            "tokenizer.ggml.padding_token_id": PAD, "tokenizer.ggml.eos_token_id": EOS,
            "tokenizer.ggml.bos_token_id": BOS,
            "tokenizer.ggml.eot_token_id": SPECIAL.index("<|im_end|>"),
            "tokenizer.ggml.add_bos_token": False}


VOCAB = len(SPECIAL) + 256


def encode(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), np.uint8).astype(np.int64) + len(SPECIAL)

"""A model that has learnt nothing: random weights of a shape, with a vocabulary, as a GGUF to begin
with.

  python3 -m training.new_model OUT.gguf [--shape tiny|cromwell] [--vocabulary FILE.gguf] [--seed N]
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from training import blocks, byte_vocabulary, gguf_model
from training.config import CROMWELL, ModelConfig
from training.gguf_reader import GgufReader
from training.model import Llama

TINY = ModelConfig(layers=4, hidden=128, ffn=352, heads=4, kv_heads=2, vocab=byte_vocabulary.VOCAB,
                   context=1024)
SHAPES = {"tiny": TINY, "cromwell": CROMWELL}


def write_new_model(path: Path, shape: ModelConfig, tokenizer_keys: dict, seed: int,
                    kind: int = blocks.F32) -> None:
    tokens = len(tokenizer_keys["tokenizer.ggml.tokens"])
    model = Llama(dataclasses.replace(shape, vocab=tokens))
    model.initialise(seed)
    keys = {"general.name": f"Cromwell of {model.config.parameters()} parameters, untrained"}
    gguf_model.save(path, model, {**keys, **tokenizer_keys}, kind)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--shape", choices=SHAPES, default="tiny")
    parser.add_argument("--vocabulary", type=Path, help="a GGUF; default: one token for each byte")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    keys = byte_vocabulary.tokenizer_keys() if options.vocabulary is None else \
        {key: value for key, value in GgufReader(options.vocabulary).keys.items()
         if key.startswith("tokenizer.")}
    write_new_model(options.out, SHAPES[options.shape], keys, options.seed)


if __name__ == "__main__":
    main()

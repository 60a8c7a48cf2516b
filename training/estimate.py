"""Memory and time of a stage on paper: a model of a shape on so many GPUs.

  python3 -m training.estimate [--gpus 32] [--way ddp|fsdp] [--memory-gib 80] [--tflops 990]
                               [--mfu 0.4]

Operations: 6 for each parameter and token, forward and backward, and 12 layers hidden tokens for
attention (Narayanan et al. 2021). Bytes for each parameter: 4 of the weight, 4 of its gradient, 8
of AdamW's moments, 2 of its copy in bf16. Activations of a layer and token (Korthikanti et al.
2022, without the attention matrix, which is never whole in memory).
"""

from __future__ import annotations

import argparse
from typing import NamedTuple

from training.config import CROMWELL, ModelConfig
from training.stages import STAGES, Stage

STATE_BYTES = 4 + 4 + 8 + 2
LAYER_BYTES = 34  # of activations, for each token and element of the residual stream
LOGIT_BYTES = 2 + 4 + 4  # bf16, float32 and its gradient
GIB = 1 << 30


class Memory(NamedTuple):
    state: float  # bytes of one GPU
    activations: float
    logits: float

    @property
    def total(self) -> float:
        return self.state + self.activations + self.logits


def operations(config: ModelConfig, row_tokens: int) -> float:
    """Of one token, forward and backward."""
    matrices = config.parameters() - config.vocab * config.hidden  # an embedding is a look-up
    if config.tied:
        matrices += config.vocab * config.hidden
    return 6 * matrices + 12 * config.layers * config.hidden * row_tokens / 2  # causal: half


def memory(config: ModelConfig, stage: Stage, gpus: int, way: str, recompute: bool) -> Memory:
    shards = gpus if way == "fsdp" else 1
    tokens = stage.rows * stage.row_tokens
    whole = LAYER_BYTES * config.hidden * tokens
    kept = 2 * config.hidden * tokens * config.layers + whole if recompute else \
        whole * config.layers
    # A sharded model gathers one layer at a time.
    layer = config.parameters() / config.layers * 2 if way == "fsdp" else 0
    return Memory(config.parameters() * STATE_BYTES / shards + layer, kept,
                  LOGIT_BYTES * tokens * config.vocab)


def hours(config: ModelConfig, stage: Stage, gpus: int, tflops: float, mfu: float,
          recompute: bool) -> float:
    tokens = stage.steps * stage.step_tokens
    work = tokens * operations(config, stage.row_tokens) * (4 / 3 if recompute else 1)
    return work / (gpus * tflops * 1e12 * mfu) / 3600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--gpus", type=int, default=32)
    parser.add_argument("--way", choices=("ddp", "fsdp"), default="fsdp")
    parser.add_argument("--memory-gib", type=float, default=80)
    parser.add_argument("--tflops", type=float, default=990, help="bf16 peak of one GPU")
    parser.add_argument("--mfu", type=float, default=0.4, help="the share of it that is reached")
    options = parser.parse_args()
    print(f"{CROMWELL.parameters():,} parameters, {options.gpus} GPUs, {options.way}")
    for stage in STAGES.values():
        for recompute in (False, True):
            need = memory(CROMWELL, stage, options.gpus, options.way, recompute)
            time = hours(CROMWELL, stage, options.gpus, options.tflops, options.mfu, recompute)
            fits = "fits" if need.total < 0.9 * options.memory_gib * GIB else "does not fit"
            print(f"{stage.name:10} {stage.steps * stage.step_tokens / 1e9:6.1f}G tokens  "
                  f"recompute {str(recompute):5}  state {need.state / GIB:5.1f}  activations "
                  f"{need.activations / GIB:5.1f}  logits {need.logits / GIB:4.1f} GiB: {fits}  "
                  f"{time:6.1f} h")


if __name__ == "__main__":
    main()

"""Stages: what is trained in which order, and the numbers of each, for any size of model."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Stage:
    name: str
    steps: int
    row_tokens: int
    rows: int  # of one microbatch of one process
    accumulation: int  # microbatches of a step, over all processes
    peak_rate: float = 3e-4
    last_rate: float = 3e-5
    warmup_steps: int = 100
    weight_decay: float = 0.1
    clip: float = 1.0
    fim: bool = False
    longest: int | None = None  # sequences of more tokens are left out
    epsilon: float = 1e-8
    beta1: float = 0.9
    beta2: float = 0.95

    def __post_init__(self) -> None:
        for field in ("steps", "row_tokens", "rows", "accumulation", "longest"):
            value = getattr(self, field)
            if value is not None and value < 1:
                raise ValueError(f"stage {self.name}: {field} is {value}, expected at least 1")

    @property
    def step_tokens(self) -> int:
        return self.row_tokens * self.rows * self.accumulation


# The full model, 512 rows of 4096 tokens a step: on 32 GPUs, 4 microbatches of 4 rows each.
STAGES = {stage.name: stage for stage in (
    Stage("general", steps=50_000, row_tokens=4096, rows=4, accumulation=128, warmup_steps=2000),
    Stage("languages", steps=15_000, row_tokens=4096, rows=4, accumulation=128, warmup_steps=500),
    Stage("fim", steps=10_000, row_tokens=4096, rows=4, accumulation=128, warmup_steps=500,
          fim=True),
    Stage("edit", steps=4_000, row_tokens=4096, rows=4, accumulation=32, warmup_steps=200),
)}

# The default model's adapter: rows of edit pairs, one GPU.
ADAPTER = Stage("edit", steps=2_500, row_tokens=1024, rows=32, accumulation=1, peak_rate=1.2e-3,
                last_rate=3e-5, warmup_steps=80, weight_decay=0.0)

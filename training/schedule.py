"""The learning rate: a linear warm-up, then half a cosine from the peak to the last rate."""

from __future__ import annotations

import math

from training.stages import Stage


def learning_rate(stage: Stage, step: int) -> float:
    """Of the step with that number, from 0."""
    if step < stage.warmup_steps:
        return stage.peak_rate * (step + 1) / stage.warmup_steps
    length = max(1, stage.steps - 1 - stage.warmup_steps)
    done = min(1.0, (step - stage.warmup_steps) / length)
    cosine = (1 + math.cos(math.pi * done)) / 2
    return stage.last_rate + (stage.peak_rate - stage.last_rate) * cosine

"""SamplingConfig: how a model chooses its tokens."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any


@dataclasses.dataclass
class SamplingConfig:
    """How the next token is chosen, and how many may be; None leaves a field to the default of
    the daemon.

    `temperature` 0 always takes the likeliest token; `top_p` (0 to 1), `top_k` (0 is off) and
    `min_p` leave out unlikely ones; `repetition_penalty` is off at 1; the same `seed` gives the
    same text; `max_tokens` is a cap on what the model writes; its text ends before the first of
    `stop`. Values out of range are InvalidRequest when they are used.

    >>> SamplingConfig(temperature=0, seed=7).fields()
    {'temperature': 0, 'top_p': 0.95, 'seed': 7, 'max_tokens': 2048, 'stop': []}
    """

    temperature: float | None = 0.2
    top_p: float | None = 0.95
    top_k: int | None = None
    min_p: float | None = None
    repetition_penalty: float | None = None
    seed: int | None = None
    max_tokens: int | None = 2048
    stop: Sequence[str] = ()

    def fields(self) -> dict[str, Any]:
        """The fields of a request."""
        values = {name: value for name, value in dataclasses.asdict(self).items()
                  if value is not None}
        values["stop"] = list(self.stop)
        return values

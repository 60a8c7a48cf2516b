"""Fill in the middle (Bavarian et al. 2022): a text cut in three, its middle moved to the end.

Half of the transformed texts are prefix, suffix, middle (PSM), half suffix, prefix, middle (SPM),
in the order in which `edit/` asks: <prefix> p <suffix> s <middle> m, or <prefix> <suffix> s
<middle> p m.
"""

from __future__ import annotations

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class FimOptions:
    prefix: int  # ids of the markers
    suffix: int
    middle: int
    rate: float = 0.5
    spm_rate: float = 0.5  # of those that are transformed

    extra_tokens = 3


def fill_in_the_middle(ids: np.ndarray, options: FimOptions,
                       numbers: np.random.Generator) -> np.ndarray:
    if len(ids) < 3 or numbers.random() >= options.rate:
        return ids
    first, last = sorted(numbers.integers(0, len(ids), 2))
    before, middle, after = ids[:first], ids[first:last], ids[last:]
    if numbers.random() < options.spm_rate:
        parts = [[options.prefix, options.suffix], after, [options.middle], before, middle]
    else:
        parts = [[options.prefix], before, [options.suffix], after, [options.middle], middle]
    return np.concatenate(parts).astype(ids.dtype)

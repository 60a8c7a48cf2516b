"""The table: how many cases of each kind succeed, with 95 % confidence intervals."""

from __future__ import annotations

import collections
import math
from collections.abc import Iterable

from cromwell.evaluation.cases import Case
from cromwell.evaluation.score import Score

Result = tuple[Case, Score, bool]

BY_HAND, OF_KINDS = "written by hand", "of trained kinds"
Z = 1.959964  # of 95 % of a normal distribution


def wilson(successes: int, count: int) -> tuple[float, float]:
    """The interval of a proportion (Wilson 1927), which is sound for few cases and for none."""
    if count == 0:
        return 0.0, 1.0
    share = successes / count
    centre = share + Z * Z / (2 * count)
    spread = Z * math.sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    scale = 1 + Z * Z / count
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def table(results: Iterable[Result]) -> str:
    """`results`: [(case, score, answered)]. One line a kind, then the languages, then
    where the cases come from, then all."""
    groups: dict[tuple[int, str], list[Result]] = collections.defaultdict(list)
    for result in results:
        groups[0, result[0].kind].append(result)
        groups[1, "in " + result[0].language].append(result)
        groups[2, BY_HAND if result[0].by_hand else OF_KINDS].append(result)
        groups[3, "all"].append(result)
    lines = [f"{'':22}{'cases':>6}{'answered':>9}{'exact':>7}{'match':>7}{'tests':>7}"
             f"{'success':>9}   95 % interval"]
    for (_, name), members in sorted(groups.items()):
        lines.append(_line(name, members))
    return "\n".join(lines)


def _line(name: str, members: list[Result]) -> str:
    count = len(members)
    scores = [score for _, score, _ in members]
    answered = sum(answered for _, _, answered in members)
    tested = [score.tests for score in scores if score.tests is not None]
    tests = f"{sum(tested)}/{len(tested)}" if tested else "-"
    successes = sum(score.success for score in scores)
    low, high = wilson(successes, count)
    return (f"{name:22}{count:6}{answered:9}{sum(s.exact for s in scores):7}"
            f"{sum(s.match for s in scores):7}{tests:>7}{100 * successes / count:8.1f}%"
            f"   {100 * low:.1f} to {100 * high:.1f}")

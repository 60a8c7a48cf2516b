"""RunLog: one JSON object a line for each step, and the curve of the loss as an SVG."""

from __future__ import annotations

import json
from pathlib import Path

WIDTH, HEIGHT, MARGIN = 720, 360, 48
MAX_POINTS = 600


class RunLog:
    def __init__(self, path: Path, first_step: int):
        """Lines of `first_step` and later are a stopped run's, and done again."""
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = [line for line in read(path) if line["step"] < first_step]
        path.write_text("".join(json.dumps(line) + "\n" for line in kept))

    def add(self, **values: object) -> None:
        with open(self.path, "a") as file:
            file.write(json.dumps(values) + "\n")


def read(path: Path) -> list[dict]:
    """Without a last line that was cut."""
    if not path.exists():
        return []
    whole = path.read_text().rpartition("\n")[0]
    return [json.loads(line) for line in whole.splitlines()]


def smoothed(losses: list[float], weight: float = 0.9) -> list[float]:
    """Exponential means, without the bias towards the first value."""
    result, mean = [], 0.0
    for count, loss in enumerate(losses, 1):
        mean = weight * mean + (1 - weight) * loss
        result.append(mean / (1 - weight ** count))
    return result


def plot(lines: list[dict], title: str) -> str:
    """SVG: each step's loss in grey, smoothed in blue."""
    steps, losses = [line["step"] for line in lines], [line["loss"] for line in lines]
    every = max(1, len(steps) // MAX_POINTS)
    low, high = min(losses), max(losses)
    span, last = (high - low) or 1.0, max(steps[-1] - steps[0], 1)

    def points(values: list[float]) -> str:
        return " ".join(
            f"{MARGIN + (step - steps[0]) / last * (WIDTH - 2 * MARGIN):.1f},"
            f"{HEIGHT - MARGIN - (value - low) / span * (HEIGHT - 2 * MARGIN):.1f}"
            for step, value in list(zip(steps, values))[::every])

    def text(x: float, y: float, words: str, anchor: str = "start") -> str:
        return f'<text x="{x}" y="{y}" font-size="12" text-anchor="{anchor}">{words}</text>'

    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="sans-serif">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<polyline fill="none" stroke="#bbb" points="{points(losses)}"/>',
        '<polyline fill="none" stroke="#16c" stroke-width="2" '
        f'points="{points(smoothed(losses))}"/>',
        text(MARGIN, 24, title), text(4, MARGIN, f"{high:.3f}"),
        text(4, HEIGHT - MARGIN, f"{low:.3f}"), text(MARGIN, HEIGHT - 20, f"step {steps[0]}"),
        text(WIDTH - MARGIN, HEIGHT - 20, f"step {steps[-1]}", "end"), "</svg>\n"])

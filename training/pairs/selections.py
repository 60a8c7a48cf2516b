"""Selections: the lines of a function that an editor's user would have marked for a change, and two
changes asked for at once."""

from __future__ import annotations

import random
from typing import Iterable, NamedTuple

from training.pairs.changes import Change, Maker
from training.pairs.regions import Region

MOST_EXTRA_LINES = 4  # on each side of what changes
MOST_OF_A_REGION = 0.7  # where more is selected, all of it may be
# Of the selection, whatever that is.
AT_AN_END = ("line_insert_start", "line_insert_end", "line_top_comment")


class Selection(NamedTuple):
    first: int  # line of the text before, from 1
    last: int
    after: str  # what takes the lines' place


def whole(change: Change) -> Selection:
    return Selection(1, change.before.count("\n"), change.after)


def narrowed(change: Change, numbers: random.Random) -> Selection | None:
    """The changed lines with some around them; None where the instruction speaks of others."""
    before, after = (text.splitlines(keepends=True) for text in (change.before, change.after))
    head = _common(before, after)
    tail = min(_common(before[::-1], after[::-1]), len(before) - head, len(after) - head)
    first = max(0, head - numbers.randint(0, MOST_EXTRA_LINES))
    last = min(len(before), len(before) - tail + numbers.randint(0, MOST_EXTRA_LINES))
    if change.kind in AT_AN_END or first >= last or last - first > MOST_OF_A_REGION * len(before):
        return None
    lines = "".join(before[first:last])
    if not lines.strip() or any(word in change.before and word not in lines
                                for word in change.words.values()):
        return None
    return Selection(first + 1, last, "".join(after[first:len(after) - (len(before) - last)]))


def _common(one: list[str], other: list[str]) -> int:
    """How many lines both begin with."""
    count = 0
    for a, b in zip(one, other):
        if a != b:
            break
        count += 1
    return count


def second_change(first: Change, region: Region, makers: Iterable[Maker],
                  numbers: random.Random) -> Change | None:
    """One that starts from the first one's outcome and speaks of nothing that is new in it."""
    outcome = region._replace(text=first.after)
    for maker in makers:
        for change in maker(outcome, numbers):
            known = all(word in first.before for word in change.words.values()
                        if word in first.after)
            if change.before == first.after and change.kind != first.kind and known and \
                    change.after not in (first.before, first.after):
                return change
    return None

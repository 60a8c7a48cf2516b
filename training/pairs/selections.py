"""Selections: the lines of a function that an editor's user would have marked for a change, and two
changes asked for at once."""

from __future__ import annotations

import random
from typing import Iterable, NamedTuple

from training.pairs.changes import Change, Maker
from training.pairs.regions import MAX_LINES, Region

EXTRA_LINES = (0, 0, 0, 1, 2, 4)  # on each side of what changes
MOST_OF_A_REGION = 0.7  # where more is selected, all of it may be
# Of the selection, whatever that is.
AT_AN_END = ("line_insert_start", "line_insert_end", "line_top_comment")


class Selection(NamedTuple):
    first: int  # line of the text before, from 1
    last: int
    after: str  # what takes the lines' place


def whole(change: Change) -> Selection:
    return Selection(1, change.before.count("\n"), change.after)


def beside(change: Change, other: Region, numbers: random.Random) -> Change | None:
    """With another function before or after it, which stays as it is; None where what the
    instruction names is in the other one too."""
    if any(word in other.text for word in change.words.values()) or \
            change.before.count("\n") + other.text.count("\n") > MAX_LINES:
        return None
    space = "\n\n" if other.language == "python" else "\n"
    before, after = (other.text + space, "") if numbers.random() < 0.5 else ("", space + other.text)
    return change._replace(before=before + change.before + after,
                           after=before + change.after + after)


def narrowed(change: Change, numbers: random.Random) -> Selection | None:
    """The changed lines with some around them; None where the instruction speaks of others."""
    before, after = (text.splitlines(keepends=True) for text in (change.before, change.after))
    head = _common(before, after)
    tail = min(_common(before[::-1], after[::-1]), len(before) - head, len(after) - head)
    first = max(0, head - numbers.choice(EXTRA_LINES))
    last = min(len(before), len(before) - tail + numbers.choice(EXTRA_LINES))
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

#!/usr/bin/env python3
"""The edit script's grammar (docs/edit_protocols.md) once more, in the fewest words: the independent
reference of edit/edit_script, and the cases that both have to agree on.

    python tests/golden/edit_script_reference.py    # writes tests/edit/data/edit_scripts.json
"""

import json
import pathlib
import random

OUT = pathlib.Path(__file__).resolve().parents[1] / "edit/data/edit_scripts.json"
SEED = 8411


def lines_of(text):
    """The lines of a text; None where the last one does not end."""
    if text and not text.endswith("\n"):
        return None
    return text.split("\n")[:-1]


def apply(region, script):
    """The region's new lines. script: [marker, text] pairs; None where it is no script."""
    changes = []  # [deleted text, inserted text or None]
    for marker, text in script:
        if marker == "DEL":
            changes.append([text, None])
        elif marker == "INS" and changes and changes[-1][1] is None:
            changes[-1][1] = text
        elif marker == "INS" and not changes and not region:
            changes.append(["", text])
        else:
            return None
    result, at = [], 0
    for deleted, inserted in changes:
        old, new = lines_of(deleted), lines_of(inserted or "")
        if old is None or new is None or (region and not old):
            return None
        places = [i for i in range(at, len(region) - len(old) + 1)
                  if region[i:i + len(old)] == old]
        if not places:
            return None
        result += region[at:places[0]] + new
        at = places[0] + len(old)
    return result + region[at:]


def random_case(numbers):
    def some_lines(most):
        return [numbers.choice(["a", "b", "", "  a", "ab"]) for _ in range(numbers.randrange(most))]

    region, script, at = some_lines(8), [], 0
    for _ in range(numbers.randrange(4)):
        begin = numbers.randrange(at, len(region) + 1) if at <= len(region) else 0
        end = min(len(region), begin + numbers.randrange(1, 3))
        deleted = region[begin:end] if numbers.random() < 0.9 else some_lines(3)
        at = end
        script.append(["DEL", "".join(line + "\n" for line in deleted)])
        if numbers.random() < 0.7:
            script.append(["INS", "".join(line + "\n" for line in some_lines(3))])
    if script and numbers.random() < 0.1:
        piece = numbers.choice(script)
        piece[1] = piece[1][:-1]
    if numbers.random() < 0.1:
        script.insert(numbers.randrange(len(script) + 1), ["INS", "new\n"])
    return region, script


def main():
    numbers = random.Random(SEED)
    cases = []
    for _ in range(400):
        region, script = random_case(numbers)
        result = apply(region, script)
        cases.append({"region": "".join(line + "\n" for line in region), "script": script,
                      "result": None if result is None else "".join(line + "\n" for line in result)})
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
    print(len(cases), "cases,", sum(case["result"] is None for case in cases), "refused")


if __name__ == "__main__":
    main()

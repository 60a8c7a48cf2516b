"""One case of the campaign of edits: which file, which of its lines, which instruction. A case is
a function of the seed and its number, so that a run that was cut goes on where it was.
"""

import dataclasses
import random

INSTRUCTIONS = [
    "Rename the first variable to result.",
    "Add a comment above the first line that says what the code does.",
    "Add a comment to each block.",
    "Remove the comments.",
    "Add error handling.",
    "Return early if the input is empty.",
    "Replace the numbers by named constants.",
    "Use clearer variable names.",
    "Fix the bug.",
    "Simplify this code.",
    "Log the arguments.",
    "Add type annotations.",
    "Break lines that are longer than 80 columns.",
    "Invert the first condition and swap its branches.",
    "Put the repeated expression into a variable.",
    "Check the arguments with an assertion.",
    "Use double quotes for the strings.",
    "Delete the last statement.",
    "Write the loop in a more idiomatic way.",
    "Write a documentation comment.",
]
LANGUAGES = ["python", "c", "javascript", "go", "rust"]
REGION_LINES = (3, 20)
MODES = [0o644, 0o755, 0o600, 0o664]


@dataclasses.dataclass(frozen=True)
class EditCase:
    number: int
    language: str
    name: str  # of the source
    file: str  # relative to the workspace
    text: bytes
    mode: int
    first: int  # lines, 1-based and inclusive
    last: int
    instruction: int

    @property
    def request(self):
        return {"file": self.file, "instruction": INSTRUCTIONS[self.instruction],
                "selection": {"start_line": self.first, "end_line": self.last},
                "seed": self.number, "max_tokens": 800, "apply": True,
                "stream": self.number % 2 == 1}


def make_case(seed, number, sources):
    """`sources`: {language: [SourceFile]}."""
    rng = random.Random(f"{seed}:{number}")
    language = LANGUAGES[number % len(LANGUAGES)]
    source = rng.choice(sources[language])
    text = source.text
    if rng.random() < 0.2 and b"\r" not in text:
        text = text.replace(b"\n", b"\r\n")
    if rng.random() < 0.15:
        text = text.rstrip(b"\r\n")
    lines = text.count(b"\n") + (not text.endswith(b"\n"))
    count = rng.randint(*REGION_LINES)
    first = rng.randint(1, max(1, lines - count + 1))
    return EditCase(number, language, source.name,
                    f"{number:05d}/{source.name.rsplit('/', 1)[-1]}", text, rng.choice(MODES),
                    first, min(lines, first + count - 1),
                    number // len(LANGUAGES) % len(INSTRUCTIONS))

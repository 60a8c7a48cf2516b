"""One case of the campaign of edits: which file, which of its lines, which instruction. A case is
a function of the set, the seed and its number, so that a run that was cut goes on where it was.
"""

import dataclasses
import pathlib
import random
import tomllib

SETS = pathlib.Path(__file__).resolve().parent / "sets"
REGION_LINES = (3, 20)
MODES = [0o644, 0o755, 0o600, 0o664]


@dataclasses.dataclass(frozen=True)
class CaseSet:
    name: str
    instructions: list[str]
    sources: dict[str, list[str]]  # by language; source_files says how they are spelt

    @property
    def languages(self):
        return list(self.sources)


def set_names():
    return sorted(path.stem for path in SETS.glob("*.toml"))


def read_set(name):
    return CaseSet(name, **tomllib.loads((SETS / f"{name}.toml").read_text(encoding="utf-8")))


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
    instruction: str
    streamed: bool

    @property
    def request(self):
        return {"file": self.file, "instruction": self.instruction,
                "selection": {"start_line": self.first, "end_line": self.last},
                "seed": self.number, "max_tokens": 800, "apply": True,
                "stream": self.streamed}


def make_case(case_set, seed, number, sources):
    """`sources`: {language: [SourceFile]}."""
    rng = random.Random(f"{seed}:{number}")
    languages, instructions = case_set.languages, case_set.instructions
    language = languages[number % len(languages)]
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
                    instructions[number // len(languages) % len(instructions)],
                    rng.random() < 0.5)

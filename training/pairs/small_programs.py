"""Small programs with something wrong or missing, and a wish in a user's words: made out of the
schemas in schemas/<language>.txt, no corpus.

`## name` begins a schema, `> ` a wording, `slot: a | b` a choice that stands for `$slot` and
`$(slot)`, `---` one of its programs, whose lines begin with a space (in both texts), `-` (before
only), `+` (after only) or `?` (in both or in neither). `[-old-]{+new+}` is a change within a line,
`[[a||b]]` a choice without a name. Slots that all have: small_program_words.py.
"""

from __future__ import annotations

import random
import re
import textwrap
from pathlib import Path
from typing import Iterator, NamedTuple

from training.pairs.changes import Change
from training.pairs.instructions import VERBS, in_a_voice
from training.pairs.small_program_words import NEIGHBOURS, NUMBERS, OBJECTS, TEXTS

NO_OBJECTS = "is of should starts comes belongs needs has must instead not statement rather".split()
TRIES = 30  # of a schema for a pair that there is not yet
_CHOICE = re.compile(r"\[\[((?:(?!\]\]|\[\[).)*?\|\|(?:(?!\[\[).)*?)\]\]", re.DOTALL)
_INLINE = re.compile(r"\[-(.*?)-\]\{\+(.*?)\+\}")


class Schema(NamedTuple):
    name: str
    language: str
    wordings: tuple[str, ...]
    slots: tuple[tuple[str, tuple[str, ...]], ...]
    programs: tuple[str, ...]


def read(file: Path) -> list[Schema]:
    return [_schema(part, file.stem) for part in re.split(
        r"^## ", file.read_text(), flags=re.MULTILINE)[1:]]


def _schema(part: str, language: str) -> Schema:
    head, *programs = re.split(r"^---.*\n", part, flags=re.MULTILINE)
    name, *lines = head.strip().split("\n")
    wordings = tuple(line[2:] for line in lines if line.startswith("> "))
    slots = tuple((line.split(": ", 1)[0], tuple(line.split(": ", 1)[1].split(" | ")))
                  for line in lines if not line.startswith("> "))
    return Schema(name, language, wordings, slots, tuple(one.rstrip() + "\n" for one in programs))


SCHEMAS = [schema for file in sorted((Path(__file__).parent / "schemas").glob("*.txt"))
           for schema in read(file)]


def pairs(numbers: random.Random, count: int) -> Iterator[tuple[str, Change, str]]:
    """(language, change, instruction), at most `count`, each schema as often as the others as long
    as it has pairs left. JavaScript is also TypeScript."""
    seen: set[tuple[str, str]] = set()
    left, made = list(SCHEMAS), 0
    while left and made < count:
        numbers.shuffle(left)
        for schema in list(left):
            pair = next((pair for _ in range(TRIES) if (pair := _pair(schema, numbers))
                         and (pair[0].before, pair[1]) not in seen), None)
            if pair is None:
                left.remove(schema)
                continue
            seen.add((pair[0].before, pair[1]))
            plain = schema.language == "javascript" and numbers.random() < 0.2
            yield "typescript" if plain else schema.language, *pair
            made += 1
            if made == count:
                return


def _pair(schema: Schema, numbers: random.Random) -> tuple[Change, str] | None:
    slots = _slots(schema, numbers)
    program = numbers.choice(schema.programs)
    if _names_collide(program, slots):
        return None
    program = _chosen(program, slots, numbers)
    wording = _chosen(numbers.choice(schema.wordings), slots, numbers)
    if schema.language in ("javascript", "go"):
        program, wording = _camel(program), _camel(wording)
    lines = _with_optional(program.splitlines(keepends=True), numbers)
    before, after = _side(lines, "-"), _side(lines, "+")
    before, after = _styled(schema.language, before, after, numbers)
    if before == after:
        return None
    return Change(f"small_{schema.name}", before, after, {}), _voiced(wording, numbers)


def _voiced(wording: str, numbers: random.Random) -> str:
    """Only what begins with a verb can follow "could you"."""
    first, second = (wording + " ").split(" ", 2)[:2]
    if first.islower() and numbers.random() < 0.3:
        wording = wording[0].upper() + wording[1:]
    if first.lower() in VERBS and second not in NO_OBJECTS:
        return in_a_voice(wording, numbers)
    return wording + "." * (numbers.random() < 0.25)


def _slots(schema: Schema, numbers: random.Random) -> dict[str, str]:
    """Names of one domain each for numbers, texts and objects, then the schema's own."""
    slots = dict(zip(("xs", "x"), numbers.choice(NUMBERS)))
    slots |= zip(("ts", "t"), numbers.choice(TEXTS))
    slots |= zip(("os", "o", "num", "txt", "flag"), numbers.choice(OBJECTS))
    for name, choices in schema.slots:
        slots[name] = _chosen(numbers.choice(choices), slots, numbers)
    return slots


def _names_collide(program: str, slots: dict[str, str]) -> bool:
    """Two slots have the same word, or one has a word that the program has anyhow."""
    used = {slots[name] for name in slots if re.search(rf"\$\(?{name}(?![a-z])", program)}
    count = sum(1 for name in slots if re.search(rf"\$\(?{name}(?![a-z])", program))
    words = set(re.findall(r"[A-Za-z_]\w*", re.sub(r"\w*\$\(?[a-z]+", " ", program)))
    return len(used) < count or bool(used & words)


def _chosen(text: str, slots: dict[str, str], numbers: random.Random) -> str:
    while match := _CHOICE.search(text):
        text = text[:match.start()] + numbers.choice(match[1].split("||")) + text[match.end():]
    return re.sub(r"\$(?:\(([a-z]+)\)|([a-z]+))", lambda match: slots[match[1] or match[2]], text)


def _camel(text: str) -> str:
    return re.sub(r"\b[a-z]+(?:_[a-z]+)+\b",
                  lambda match: re.sub("_(.)", lambda letter: letter[1].upper(), match[0]), text)


def _with_optional(lines: list[str], numbers: random.Random) -> list[str]:
    """A run of optional lines stays or goes as a whole."""
    kept, wanted = [], False
    for number, line in enumerate(lines):
        if line[0] != "?":
            kept.append(line)
            continue
        if number == 0 or lines[number - 1][0] != "?":
            wanted = numbers.random() < 0.4
        kept += [" " + line[1:]] * wanted
    return kept


def _side(lines: list[str], sign: str) -> str:
    group = r"\1" if sign == "-" else r"\2"
    return "".join(_INLINE.sub(group, line)[1:] or "\n" for line in lines
                   if line[0] in (" ", "\n", sign))


def _styled(language: str, before: str, after: str, numbers: random.Random) -> tuple[str, str]:
    """Both texts as one of many authors would write them."""
    both = before + after
    steps = []
    if language == "python":
        if numbers.random() < 0.6:
            steps.append(_without_hints)
        if "'" not in both and '"""' not in both and numbers.random() < 0.4:
            steps.append(lambda text: text.replace('"', "'"))
        steps += _described(language, before, numbers)
        steps += _placed(both, numbers)
        steps += _beside(language, both, numbers)
        if numbers.random() < 0.05:
            steps.append(lambda text: _indented(text, 4, "  "))
    else:
        steps += _described(language, before, numbers)
        steps += _beside(language, both, numbers)
    if language == "javascript":
        if "'" not in both and "`" not in both and numbers.random() < 0.4:
            steps.append(lambda text: text.replace('"', "'"))
        if numbers.random() < 0.2 and not re.search(r"^\s*[\[(`]|for \(let", both, re.MULTILINE):
            steps.append(lambda text: re.sub(r";$", "", text, flags=re.MULTILINE))
        if numbers.random() < 0.25:
            steps.append(lambda text: re.sub(r"^(?=(?:async )?function)", "export ", text, count=1))
        if numbers.random() < 0.35:
            unit = numbers.choice(("    ", "\t"))
            steps.append(lambda text: _indented(text, 2, unit))
    elif language == "c":
        if numbers.random() < 0.3:
            steps.append(lambda text: re.sub(r"^(?=\w[\w *]+\([^;]*\)\n?\s*\{)", "static ", text,
                                             count=1))
        unit = numbers.choice(("    ", "    ", "  ", "\t"))
        steps.append(lambda text: _indented(text, 4, unit))
    elif language == "rust" and numbers.random() < 0.4:
        steps.append(lambda text: re.sub(r"^(?=fn )", "pub ", text, count=1))
    elif language == "go":
        steps.append(lambda text: _indented(text, 4, "\t"))
    for step in steps:
        before, after = step(before), step(after)
    return before, after


def _indented(text: str, width: int, unit: str) -> str:
    return re.sub(r"^ +", lambda match: unit * (len(match[0]) // width) +
                  " " * (len(match[0]) % width), text, flags=re.MULTILINE)


def _placed(both: str, numbers: random.Random) -> list:
    """Python: as a method, in a class or beside another function; alone as a rule."""
    place = numbers.random()
    name = re.match(r"(?:async )?def (\w+)\(", both)
    if name and place < 0.2 and "self" not in both and \
            both.count("def ") == both.count(name[1] + "(") == 2:
        steps = [lambda text: re.sub(r"\((?=\))", "(self", text, count=1) if re.match(
            r"(?:async )?def \w+\(\)", text) else text.replace("(", "(self, ", 1)]
        if place < 0.07:
            owner = numbers.choice(("Report", "Service", "Helper", "Store", "Importer", "Manager"))
            steps.append(lambda text: f"class {owner}:\n" + textwrap.indent(text, "    "))
        return steps
    return []


def _beside(language: str, both: str, numbers: random.Random) -> list:
    """Below or above another function, or alone."""
    other = numbers.choice(NEIGHBOURS[language])
    name = re.search(r"(\w+)\(", other)[1]
    if numbers.random() > 0.12 or name in both or both.startswith("class") or "self" in both or \
            not re.match(r"(?:async |export )?(?:def|fn|func|function|const|int|void)\b", both):
        return []
    gap = "\n\n" if language == "python" else "\n"
    if numbers.random() < 0.5:
        return [lambda text: text + gap + other]
    return [lambda text: other + gap + text]


_COMMENTS = {"javascript": "// {}.\n", "go": "// {}.\n", "rust": "/// {}.\n", "c": "/* {}. */\n"}


def _described(language: str, before: str, numbers: random.Random) -> list:
    """What the function's name says, as a docstring or as a comment above it."""
    name = re.match(r"(?:async )?(?:(?:def|fn|func|function|const|int|void|double) |char \*)"
                    r"(\w+[a-z](?:_|[A-Z])\w+)", before)  # one word would say nothing
    if name is None or numbers.random() > 0.18 or '"""' in before or name[1].startswith("__"):
        return []
    words = re.sub(r"([a-z])([A-Z])", r"\1 \2", name[1]).replace("_", " ").strip().lower()
    words = words[0].upper() + words[1:]
    if language == "python":
        return [lambda text: text.replace(":\n", f':\n    """{words}."""\n', 1)]
    return [lambda text: _COMMENTS[language].format(words) + text]


def _without_hints(text: str) -> str:
    return re.sub(r"^( *(?:async )?def \w+\()(.*)\)(?: -> [^\n]+)?:$", _plain_header, text,
                  flags=re.MULTILINE)


def _plain_header(match: re.Match) -> str:
    plain, depth, hint, quoted = "", 0, False, False
    for char in match[2]:
        quoted ^= char in "\"'"
        if quoted:
            plain += char
            continue
        depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(char, 0)
        if char == ":" and depth == 0:
            hint = True
        elif hint and depth == 0 and char in ",=":
            plain, hint = plain + char, False
        elif not hint:
            plain += char
    plain = re.sub(r"\s*=\s*", "=", plain)  # of a default: with a hint there are spaces
    return f"{match[1]}{plain})" + ":"

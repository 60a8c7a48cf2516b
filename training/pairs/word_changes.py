"""Changes of single words and values, in any language: what an instruction says outright."""

from __future__ import annotations

import random
import re
from typing import Iterator

from training.pairs import masking
from training.pairs.changes import NAMES, Change, Maker, both_ways
from training.pairs.regions import Region

KEYWORDS = frozenset("""
None True False null true false undefined return break continue pass while for if else elif def
class import from self this const static void struct enum typedef function async await yield lambda
with switch case default throw raise try catch except finally match impl pub use mod let mut func
package type interface range defer where super new delete export public private protected unsigned
signed char short long float double size_t bool string ref crate Self""".split())
FLIPS = {"true": "false", "false": "true", "True": "False", "False": "True", "yes": "no",
         "no": "yes", "on": "off", "off": "on"}
MOST_USES = 12  # of a word, all of which one instruction changes
DATA = ("yaml", "toml", "json", "css", "html", "shell", "english")  # where strings are words too

TEMPLATES: dict[str, tuple[str, ...]] = {
    "word_replace_word": (
        "Replace {old} with {new}", "Use {new} instead of {old}", "Change {old} to {new}",
        "{old} -> {new}", "Replace every {old} with {new}", "It should be {new}, not {old}",
        "use {new} everywhere in place of {old}", "switch from {old} to {new}",
        "Replace all occurrences of {old} by {new}"),
    "word_set_value": (
        "Set {name} to {new}", "{name} should be {new}", "Change {name} from {old} to {new}",
        "Change {name} to {new}", "Make {name} {new}", "set {name} = {new}",
        "Use {new} for {name}", "{name}: {new} instead of {old}", "Give {name} the value {new}",
        "Set the {noun} to {new}", "bump the {noun} to {new}", "make the {noun} {new}",
        "The {noun} should be {new}", "change the {noun} to {new}", "{noun}: {new}"),
    "word_only_value": (
        "Make it {new}", "Change it to {new}", "should be {new}", "It should be {new}", "use {new}",
        "{new} instead of {old}", "{new}, please", "bump it to {new}", "Change the number to {new}",
        "give it {new}", "{new} is better", "set it to {new}"),
    "word_switch_on": (
        "Set {name} to {new}", "Enable {name}", "Turn on {name}", "Turn {name} on",
        "{name} should be {new}", "switch {name} on"),
    "word_switch_off": (
        "Set {name} to {new}", "Disable {name}", "Turn off {name}", "Turn {name} off",
        "{name} should be {new}", "switch {name} off"),
    "word_change_string": (
        'Change the text "{old}" to "{new}"', 'Replace "{old}" with "{new}"',
        'The message should be "{new}"', 'Say "{new}" instead of "{old}"',
        'Change the message to "{new}"', '"{old}" should read "{new}"',
        "reword the message: {new}", "use the text {new} instead of {old}"),
    "word_fix_spelling": (
        "Fix the typo {wrong}", "Fix the typo", "Fix the spelling mistake",
        "There is a typo, fix it", "{wrong} is misspelt", "correct the spelling of {wrong}",
        "Typo: {wrong} should be {right}", "fix typos"),
    "word_list_add": (
        "Add {item} to the list", "Add {item} at the end of the list", "{item} is missing",
        "Also include {item}", "append {item}", "The list should have {item} as well",
        "include {item} too"),
    "word_list_insert": (
        "Add {item} after {neighbour}", "Put {item} behind {neighbour}",
        "{item} is missing after {neighbour}", "add {item} between {neighbour} and {next}",
        "Insert {item} after {neighbour}", "Insert {item} before {next}",
        "Add {item} in front of {next}"),
    "word_list_remove": (
        "Remove {item} from the list", "Remove {item}", "Drop {item}", "Leave out {item}",
        "{item} should not be in there", "delete {item} from the list", "Take {item} out"),
    "word_pass_argument": (
        "Pass {item} to {call}", "Add the argument {item} to the call of {call}",
        "Call {call} with {item} as well", "{call} needs {item} as its last argument",
        "also pass {item} to {call}", "Give {call} the extra argument {item}"),
    "word_drop_argument": (
        "Remove the argument {item} from the call of {call}", "Do not pass {item} to {call}",
        "Drop {item} from {call}", "{call} no longer takes {item}", "call {call} without {item}",
        "Remove {item} from the {call} call"),
}


def replace_word(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A function, a field, a type, a key: wherever it stands, strings and comments apart."""
    code = masking.code_only(region.text, region.language)
    if region.language in DATA:
        code = region.text
    words = [word for word in set(re.findall(r"[A-Za-z_][\w-]*(?:\.\w+)*", code))
             if len(word) > 1 and not word.endswith("-")
             and KEYWORDS.isdisjoint(word.split(".")[1:] or [word])]
    if not words:
        return
    old = numbers.choice(sorted(words))
    spans = [match.span() for match in re.finditer(rf"(?<![\w.-]){re.escape(old)}(?![\w-])", code)]
    everywhere = re.findall(rf"(?<!\w){re.escape(old)}(?!\w)", region.text)
    if not 1 <= len(spans) <= MOST_USES or len(everywhere) != len(spans):
        return
    new = _similar_word(old, numbers)
    if re.search(rf"(?<!\w){re.escape(new)}(?!\w)", region.text):
        return
    text = region.text
    for begin, end in reversed(spans):
        text = text[:begin] + new + text[end:]
    yield Change("word_replace_word", region.text, text, {"old": old, "new": new})


def _similar_word(old: str, numbers: random.Random) -> str:
    """Spelt as `old` is: a last part of another name."""
    head, dot, last = old.rpartition(".")
    word = numbers.choice(NAMES)
    if "-" in last:
        word = last.rpartition("-")[0] + "-" + word
    elif last.isupper():
        word = word.upper()
    elif last[0].isupper():
        word = numbers.choice((word.capitalize(), last + word.capitalize(), "New" + last))
    elif "_" in last:
        word = numbers.choice((last.rpartition("_")[0], word)) + "_" + numbers.choice(NAMES)
    elif any(char.isupper() for char in last):
        word += numbers.choice(NAMES).capitalize()
    return head + dot + word


SETTING = re.compile(
    r"(?P<name>[\"']?[A-Za-z_][\w.-]*[\"']?)(?P<sign>\s*(?:=|:|:=|=>)\s*)"
    r"(?P<value>-?\d+(?:\.\d+)?|\"[^\"\\\n]{1,30}\"|'[^'\\\n]{1,30}'|"
    r"true|false|True|False|yes|no|on|off)"
    r"(?=\s*(?:[,;)}\]]|$|#|//))", re.MULTILINE)


def set_value(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A name with a literal: an assignment, an argument, an entry of a configuration."""
    marks = masking.kinds(region.text, region.language)
    found = [match for match in SETTING.finditer(region.text)
             if masking.COMMENT not in marks[match.start():match.end()]
             and (marks[match.start("name")] == masking.CODE or match["name"][0] in "\"'")]
    names = [match["name"].strip("\"'") for match in found]
    found = [match for match, name in zip(found, names) if names.count(name) == 1]
    if not found:
        return
    match = numbers.choice(found)
    old, name = match["value"], match["name"].strip("\"'")
    new = _other_value(old, numbers)
    text = region.text[:match.start("value")] + new + region.text[match.end("value"):]
    noun = re.sub(r"(?<=[a-z])(?=[A-Z])|[_.-]+", " ", name).strip().lower()
    words = {"name": name, "old": old, "new": new, "noun": noun}
    if old in FLIPS:
        kind = "word_switch_on" if new.lower() in ("true", "yes", "on") else "word_switch_off"
        yield Change(kind, region.text, text, words)
    else:
        yield Change("word_set_value", region.text, text, words)


def only_value(region: Region, numbers: random.Random) -> Iterator[Change]:
    """The one number of a few lines, which needs no name."""
    marks = masking.kinds(region.text, region.language)
    found = list(re.finditer(r"(?<![\w.-])\d+(?:\.\d+)?(?![\w.-])", region.text))
    if len(found) == 1 and not region.name and marks[found[0].start()] != masking.COMMENT:
        new = _other_value(found[0][0], numbers)
        begin, end = found[0].span()
        yield Change("word_only_value", region.text, region.text[:begin] + new + region.text[end:],
                     {"old": found[0][0], "new": new})


def _other_value(old: str, numbers: random.Random) -> str:
    if old in FLIPS:
        return FLIPS[old]
    if old[0] in "\"'":
        word = numbers.choice(NAMES)
        inner = old[1:-1]
        shape = inner.rpartition(" ")[0] + " " + word if " " in inner else word
        return old[0] + (shape.upper() if inner.isupper() else shape) + old[0]
    if "." in old:
        return str(round(float(old) + numbers.choice((0.1, 0.5, 1, 2)), 3))
    value = int(old)
    return str(numbers.choice([n for n in (value + 1, value * 2, value * 10, value + 5, 0, 1, 8, 60,
                                           100, 256, 1024) if n != value]))


STRING = re.compile(r"\"([^\"\\\n{}%$]{6,70})\"|'([^'\\\n{}%$]{6,70})'")


def change_string(region: Region, numbers: random.Random) -> Iterator[Change]:
    """The text of a message."""
    marks = masking.kinds(region.text, region.language)
    found = [match for match in STRING.finditer(region.text) if " " in match[0]
             and set(marks[match.start():match.end()]) == {masking.STRING}
             and region.text.count(match[1] or match[2]) == 1]
    if not found:
        return
    match = numbers.choice(found)
    old = match[1] or match[2]
    words = old.split(" ")
    place = numbers.randrange(len(words))
    end = re.search(r"\W*$", words[place])[0]
    words[place] = numbers.choice(NAMES + ["cannot", "failed", "invalid", "missing", "new"]) + end
    shape = numbers.random()
    new = " ".join(words) if shape < 0.5 else " ".join(words[:place + 1]) if shape < 0.6 else \
        old + numbers.choice((" again", " (see the log)", " now", ", giving up", ".")) \
        if shape < 0.8 else old[0].swapcase() + old[1:]
    if new == old or len(new) < 4:
        return
    inner = match.start() + 1
    text = region.text[:inner] + new + region.text[inner + len(old):]
    pair = (region.text, text) if numbers.random() < 0.5 else (text, region.text)
    said = {"old": old, "new": new} if pair[0] == region.text else {"old": new, "new": old}
    strings = [one for one in STRING.finditer(region.text) if " " in one[0]]
    kind = "word_change_string"
    if len(strings) > 1:  # which one has to be said
        yield Change("word_replace_word", *pair, {key: f'"{text}"' for key, text in said.items()})
        return
    yield Change(kind, *pair, said)


WORD = re.compile(r"(?<![\w\\/.%-])[A-Za-z][a-z]{5,12}(?![\w/.(=-])")
COMMON_WORD = re.compile(r"(?:ing|ed|tion|er|ly|ment|able|ent|ate|ess|ent|ure|ive|alue|ould|eturn|"
                         r"unction|ength|tring|umber|efault|equest|esponse|esult)s?$")


def fix_typo(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A word of a comment or a string, misspelt."""
    marks = masking.kinds(region.text, region.language)
    words = [match for match in WORD.finditer(region.text)
             if region.language == "english" or marks[match.start()] != masking.CODE]
    words = [match for match in words if len(re.findall(rf"\b{match[0]}\b", region.text)) == 1
             and COMMON_WORD.search(match[0])]
    if not words:
        return
    match = numbers.choice(words)
    wrong = _misspelt(match[0], numbers)
    if wrong != match[0] and wrong not in region.text:
        before = region.text[:match.start()] + wrong + region.text[match.end():]
        yield Change("word_fix_spelling", before, region.text, {"wrong": wrong, "right": match[0]})


def _misspelt(word: str, numbers: random.Random) -> str:
    place = numbers.randrange(1, len(word) - 1)
    shape = numbers.random()
    if shape < 0.4:
        return word[:place] + word[place + 1] + word[place] + word[place + 2:]
    if shape < 0.7:
        return word[:place] + word[place + 1:]
    return word[:place] + word[place] + word[place:]


ROW = re.compile(r"\[([^\[\](){}\n]+)\]|\(([^\[\](){}\n=]+)\)|\{([^\[\](){}\n:=;]+)\}")


def list_item(region: Region, numbers: random.Random) -> Iterator[Change]:
    """An entry of a list on one line."""
    code = masking.code_only(region.text, region.language)
    found = []
    for match in ROW.finditer(region.text):
        inner = next(group for group in match.groups() if group is not None)
        items = [item.strip() for item in inner.split(",")]
        literal = all(re.fullmatch(r"\"[^\",]+\"|'[^',]+'|-?\d[\w.]*|[A-Z][\w.]*", item)
                      for item in items)
        if len(items) >= 3 and literal and code[match.start()] != " " and inner == ", ".join(items):
            found.append((match, inner, items))
    if not found:
        return
    match, inner, items = numbers.choice(found)
    place = numbers.randrange(1, len(items))
    item, neighbour = items[place], items[place - 1]
    begin = match.start() + 1
    less = ", ".join(items[:place] + items[place + 1:])
    before = region.text[:begin] + less + region.text[begin + len(inner):]
    if region.text.count(item) != 1 or before.count(neighbour) != 1:
        return
    if place == len(items) - 1 and len(found) == 1:
        yield Change("word_list_add", before, region.text, {"item": item})
    elif place < len(items) - 1 and before.count(items[place + 1]) == 1:
        yield Change("word_list_insert", before, region.text,
                     {"item": item, "neighbour": neighbour, "next": items[place + 1]})
    yield Change("word_list_remove", region.text, before, {"item": item})


CALL = re.compile(r"(?P<call>[A-Za-z_][\w.]*)\((?P<inner>[^()\n]*)\)")


def argument(region: Region, numbers: random.Random) -> Iterator[Change]:
    """The last argument of a call."""
    code = masking.code_only(region.text, region.language)
    first_line = region.text.find("\n")
    found = [match for match in CALL.finditer(region.text) if "," in match["inner"]
             and match.start() > first_line and code[match.start()] != " "
             and not re.search(r"[{}\[\]\"'`]|\b(?:for|if|lambda)\b", match["inner"])
             and region.text.count(match["call"] + "(") == 1
             and match["call"] not in KEYWORDS]
    if not found:
        return
    match = numbers.choice(found)
    head, _, item = match["inner"].rpartition(",")
    item = item.strip()
    if not item or not head.strip() or re.search(r"\w \w", item):
        return
    begin = match.start("inner")
    before = region.text[:begin] + head.rstrip() + region.text[match.end("inner"):]
    words = {"item": item, "call": match["call"]}
    yield from both_ways("word_pass_argument", "word_drop_argument", before, region.text, words)


WORD_CHANGES: tuple[Maker, ...] = (replace_word, set_value, only_value, change_string, fix_typo,
                                   list_item, argument)

"""Checks that people wrote, taken out to be asked for, at the start of a function or of a loop; and
new ones at the start of loops.
"""

from __future__ import annotations

import random
import re
from typing import Iterator

from training.pairs.changes import Change
from training.pairs.guard_shapes import TEXT_NAMES, Shape, article, needs, sentence, shape_of, \
    style_of
from training.pairs.guard_tables import CHECKS, NOTHING, RESULTS, SEEN
from training.pairs.regions import Region

_NAME = r"(?P<p>[A-Za-z_][\w.]*)"
_LITERAL = r"""(?P<q>[\w.]+|'[^'\n]*'|"[^"\n]*")"""
_ACTION = r"(return\b[^;\n]*|throw [^;\n]*|raise\b[^\n]*|continue|break|panic\([^\n]*\))"
_WRITTEN = {  # a check that people wrote: its indentation, condition and action
    "python": re.compile(rf"([ \t]+)if (.+):\n[ \t]+{_ACTION}\n"),
    "go": re.compile(rf"([ \t]+)if (.+) \{{\n[ \t]+{_ACTION};?\n\1\}}\n(?!\1else)"),
    "c": re.compile(rf"([ \t]+)if \((.+)\)(?: \{{\n[ \t]+{_ACTION};\n\1\}}\n|"
                    rf"\n?[ \t]+{_ACTION};\n)(?!\1else)"),
    "javascript": re.compile(rf"([ \t]+)if \((.+)\)(?: \{{\n[ \t]+{_ACTION};?\n\1\}}\n|"
                             rf"\n?[ \t]+{_ACTION};?\n)(?!\1else)"),
}
_WRITTEN |= {"typescript": _WRITTEN["javascript"], "rust": _WRITTEN["go"]}
_LOOP = {
    "python": re.compile(r"^([ \t]*)for (\w+) in (.+):\n", re.MULTILINE),
    "javascript": re.compile(r"^([ \t]*)for \((?:const|let|var) (\w+) of (.+)\) \{\n",
                             re.MULTILINE),
    "go": re.compile(r"^([ \t]*)for \w+, (\w+) := range (.+) \{\n", re.MULTILINE),
    "rust": re.compile(r"^([ \t]*)for (\w+) in (.+) \{\n", re.MULTILINE),
}
_LOOP["typescript"] = _LOOP["javascript"]


def _as_pattern(code: str) -> re.Pattern:
    pattern = re.escape(code).replace(r"\{p\}", _NAME, 1).replace(r"\{n\}", r"(?P<n>\d+)")
    return re.compile(pattern.replace(r"\{q\}", _LITERAL) + "$")


_PATTERNS = {language: [(_as_pattern(check.code), check) for check in checks]
             for language, checks in CHECKS.items()}


def _in_words(condition: str, region: Region, shape: Shape, numbers: random.Random) -> str | None:
    """A condition that people wrote, where the table has words for it."""
    plain = re.sub(r"'(string|number|function)'|\"(string|number|function)\"",
                   lambda match: f"'{match[1] or match[2]}'", condition)
    found = [(match, check) for pattern, check in _PATTERNS[region.language]
             if (match := pattern.match(plain))]
    if not found:
        return None
    kinds = next((needs(one, region) for one in shape.parameters if one.name == found[0][0]["p"]),
                 set())
    fitting = [pair for pair in found if pair[1].needs in kinds] or \
        [pair for pair in found if pair[1].needs == SEEN] or \
        [pair for pair in found if pair[1].needs not in ("list", "text", "map")]
    if not fitting:
        return None
    match, check = fitting[0]
    return numbers.choice(check.words).format(**match.groupdict())


def _action_in_words(action: str, language: str, numbers: random.Random) -> str | None:
    action = action.rstrip(" ;")
    known = RESULTS[language].get(action)
    if known:
        return numbers.choice(known)
    message = re.match(r"""(?:raise|throw new) ([\w.]+)\((?P<q>["'])([^"'%{}\\]+)(?P=q)\)$""",
                       action)
    if message:
        verb = "raise" if language == "python" else "throw"
        return numbers.choice((f'{verb} {article(message[1])} {message[1]} with the message '
                               f'"{message[3]}"', f'{verb} {message[1]}: "{message[3]}"',
                               f'{verb} {article(message[1])} {message[1]} saying '
                               f'"{message[3]}"'))
    new_error = re.match(r'return (?:nil, )?errors\.New\("([^"\\%]+)"\)$', action)
    if new_error and language == "go":
        return numbers.choice((f'return the error "{new_error[1]}"',
                               f'return a new error saying "{new_error[1]}"'))
    raised = re.match(r"raise ([\w.]+)$", action)
    return f"raise {raised[1]}" if raised else None


def _ends_there(text: str, match: re.Match) -> bool:
    """Nothing after the check belongs to it, and something follows."""
    following = next((line for line in text[match.end():].split("\n") if line.strip()), "")
    indent = re.match(r"[ \t]*", following)[0]
    return len(indent) <= len(match[1]) and not following.lstrip().startswith(
        ("else", "elif", "} else")) and following.strip() not in ("", "}")


def take_out(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A check that a person wrote as the first statement."""
    shape = shape_of(region)
    if shape is None:
        return
    offset = sum(map(len, shape.lines[:shape.start]))
    match = _WRITTEN[region.language].match(region.text, offset)
    if match is None or not _ends_there(region.text, match) or match[1] != shape.indent:
        return
    action = next(group for group in match.groups()[2:] if group)
    condition = _in_words(match[2], region, shape, numbers)
    said = _action_in_words(action, region.language, numbers)
    if condition is None or said is None or action in ("continue", "break"):
        return
    before = region.text[:offset] + region.text[match.end():].lstrip("\n")
    kind = "guard_nothing" if action == "return" else "guard_value" if action.startswith("return") \
        else "guard_error"
    words = sentence({"condition": condition, "action": said, "name": region.name})
    yield Change(kind, before, region.text, words)
    if numbers.random() < 0.3:
        said = re.sub(r" with the message.*| saying.*|: \".*", "", said)
        words = {**words, "action": "return early" if said in NOTHING else said}
        yield Change("guard_remove", region.text, before, sentence(words))


def in_loops(region: Region, numbers: random.Random) -> Iterator[Change]:
    """`continue` and `break` at the start of a loop: what people wrote, else what we put there."""
    if region.language not in _LOOP:
        return
    shape = shape_of(region)
    loops = list(_LOOP[region.language].finditer(region.text))
    if shape is None or len(loops) != 1:
        return
    loop = loops[0]
    match = _WRITTEN[region.language].match(region.text, loop.end())
    if match is None:
        yield from _new_in_loop(region, loop, numbers)
        return
    action = next(group for group in match.groups()[2:] if group)
    condition = _in_words(match[2], region, shape, numbers)
    if condition is None or action not in ("continue", "break") or \
            not _ends_there(region.text, match) or len(match[1]) <= len(loop[1]):
        return
    before = region.text[:loop.end()] + region.text[match.end():].lstrip("\n")
    kind = "loop_skip" if action == "continue" else "loop_stop"
    yield Change(kind, before, region.text, {"condition": condition, "item": _one(loop[2])})


def _one(name: str) -> str:
    return f"the {name}" if len(name) > 2 else "it"


def _plural(name: str) -> str:
    return name[:-1] + "ies" if name.endswith("y") and name[-2:-1] not in "aeou" else \
        name + ("es" if name.endswith(("s", "x", "ch", "sh")) else "s")


def _new_in_loop(region: Region, loop: re.Match, numbers: random.Random) -> Iterator[Change]:
    name, language = loop[2], region.language
    rest = region.text[loop.end():]
    indent = re.match(r"[ \t]*", rest)[0]
    if len(indent) <= len(loop[1]) or len(name) < 3 or name.endswith("s") or \
            rest.lstrip().startswith(("if", "#", "//", "match", "switch", "try")) or \
            language in ("c", "go", "rust") and name not in TEXT_NAMES or \
            language == "rust" and ".lines()" not in loop[3] and ".split" not in loop[3]:
        return
    style = style_of(region, re.match(r"[ \t]*", region.text)[0] + indent[len(loop[1]):])
    many = _plural(name)
    choices = [("empty", {"python": f"not {name}", "go": f'{name} == ""',
                          "rust": f"{name}.is_empty()"}.get(language, f"{name} === ''"))]
    if name not in TEXT_NAMES:
        choices = [("None", f"{name} is None")] if language == "python" else \
            [("null", f"{name} === null"), ("falsy", f"!{name}")]
    elif name == "line":
        choices.append(("comment", {"python": f'{name}.startswith({style.string("#")})',
                        "go": f'strings.HasPrefix({name}, "#")', "rust":
                        f"{name}.starts_with('#')"}.get(
                            language, f"{name}.startsWith({style.string('#')})")))
    word, code = numbers.choice(choices)
    if code.endswith("''"):
        code = code[:-2] + style.quote * 2
    stop = word != "comment" and numbers.random() < 0.3
    check = style.check(indent, code, ["break" if stop else "continue"])
    after = region.text[:loop.end()] + check + rest
    if stop:
        yield Change("loop_stop", region.text, after,
                     {"condition": f"{name} is {word}", "item": _one(name)})
        return
    what = {"empty": f"empty {many}", "comment": 'lines that start with "#"'}.get(
        word, f"{many} that are {word}")
    yield Change("loop_skip_kind", region.text, after,
                 {"what": what, "What": what[0].upper() + what[1:]})

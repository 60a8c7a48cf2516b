"""What makers for brace languages read of a function: its shape, body, parameters and ifs.

Lexical: wherever the layout is not the usual one, there is no answer rather than a guess.
"""

from __future__ import annotations

import functools
import random
import re
from typing import Iterable, Iterator, NamedTuple

from training.pairs import masking
from training.pairs.changes import Change, Maker, indent_of
from training.pairs.regions import Region

BRACE_LANGUAGES = ("javascript", "typescript", "go", "rust", "c")
SCRIPTS = ("javascript", "typescript")
COMMENT_SIGN = "\0"  # in a shape: matches no \s, no \w and no bracket
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_OPPOSITE = {"==": "!=", "!=": "==", "===": "!==", "!==": "===", "<": ">=", ">=": "<", ">": "<=",
             "<=": ">"}


@functools.lru_cache(maxsize=64)  # makers ask for the same one in turn
def shape(text: str, language: str) -> str:
    """As long as `text`: the inside of strings is x, comments are COMMENT_SIGN, newlines stay."""
    marks = masking.kinds(text, language)
    result = []
    for at, (char, mark) in enumerate(zip(text, marks)):
        inside = 0 < at < len(text) - 1 and marks[at - 1] == marks[at + 1] == masking.STRING
        if char == "\n" or mark == masking.CODE:
            result.append(char)
        elif mark == masking.COMMENT:
            result.append(COMMENT_SIGN)
        else:
            result.append("x" if inside else char)
    return "".join(result)


def closing(code: str, opening: int) -> int:
    """The place of the bracket that closes the one at `opening`, -1 if brackets do not match."""
    stack = []
    for at in range(opening, len(code)):
        if code[at] in _PAIRS:
            stack.append(_PAIRS[code[at]])
        elif code[at] in ")]}":
            if not stack or stack.pop() != code[at]:
                return -1
            if not stack:
                return at
    return -1


def balanced(code: str) -> bool:
    stack = []
    for char in code:
        if char in _PAIRS:
            stack.append(_PAIRS[char])
        elif char in ")]}" and (not stack or stack.pop() != char):
            return False
    return not stack


def split_top(code: str, sign: str = ",") -> list[tuple[int, int]]:
    """The spans between `sign`s that stand in no brackets; angles count where `sign` is a comma."""
    spans, depth, start, at = [], 0, 0, 0
    while at < len(code):
        char = code[at]
        arrow = char == ">" and code[at - 1:at] in ("=", "-")
        if char in "([{" or (char == "<" and sign == ","):
            depth += 1
        elif char in ")]}" or (char == ">" and sign == "," and not arrow):
            depth -= 1
        elif depth == 0 and code.startswith(sign, at):
            spans.append((start, at))
            at += len(sign)
            start = at
            continue
        at += 1
    return spans + [(start, len(code))]


def expand(text: str, match: re.Match, template: str) -> str:
    """`template` with \\1 to \\9 taken from `text` where `match` of its shape has them."""
    return re.sub(r"\\(\d)", lambda one: text[slice(*match.span(int(one[1])))]
                  if match.start(int(one[1])) >= 0 else "", template)


class Rule(NamedTuple):
    """What is written one way everywhere in the function becomes the other; people wrote the
    first."""
    kind: str  # from what people wrote to the other; "" if that is not to be learnt
    back: str  # from the other to what people wrote
    pattern: str  # of the shape
    new: str
    other: str = ""  # finds the other form: then the way back would have to change that too
    most: int = 3
    rest: str = ""  # must not be in what it becomes


def by_rule(region: Region, rule: Rule) -> Iterator[Change]:
    code = shape(region.text, region.language)
    found = [match for match in re.finditer(rule.pattern, code, re.MULTILINE)
             if COMMENT_SIGN not in match[0]]
    if not 0 < len(found) <= rule.most:
        return
    changed = region.text
    for match in reversed(found):
        changed = changed[:match.start()] + expand(region.text, match, rule.new) + \
            changed[match.end():]
    changed_code = shape(changed, region.language)
    if re.search(rule.pattern, changed_code, re.MULTILINE) or (
            rule.rest and re.search(rule.rest, changed_code)):
        return
    first = found[0]
    words = {"name": region.name,
             "old": " ".join(region.text[first.start():first.end()].split()),
             "new": " ".join(expand(region.text, first, rule.new).split())}
    words.update({f"g{n}": region.text[slice(*first.span(n))]
                  for n in range(1, (first.re.groups or 0) + 1) if first.start(n) >= 0})
    if rule.kind:
        yield Change(rule.kind, region.text, changed, words)
    if rule.back and not (rule.other and re.search(rule.other, code, re.MULTILINE)):
        yield Change(rule.back, changed, region.text,
                     words | {"old": words["new"], "new": words["old"]})


def rule_makers(languages: tuple[str, ...], rules: Iterable[Rule]) -> tuple[Maker, ...]:
    """One for each rule, so that a kind of which there is enough costs nothing more."""
    return tuple(functools.partial(_by_rule_in, languages, rule) for rule in rules)


def _by_rule_in(languages: tuple[str, ...], rule: Rule, region: Region, numbers: random.Random
                ) -> Iterator[Change]:
    if region.language in languages:
        yield from by_rule(region, rule)


class Function(NamedTuple):
    region: Region
    lines: list[str]
    code: list[str]  # the shape's lines
    parameters: tuple[int, int]  # a span of the text, without the parentheses
    opening: int  # of the body's brace
    first: int  # line of the body
    last: int  # line of the brace that closes it
    indent: str  # of the body, which is one step


def function_in(region: Region, language: str) -> Function | None:
    """Of one language alone."""
    return function_of(region) if region.language == language else None


@functools.lru_cache(maxsize=64)  # as of shape; none changes the lists
def function_of(region: Region) -> Function | None:
    """None where the body does not stand on lines of its own with one step of indentation."""
    text = region.text
    code = shape(text, region.language)
    name = re.search(rf"(?<![\w.$]){re.escape(region.name)}\s*(?:<[^>()]*>)?\s*(?:[=:]\s*)?"
                     r"(?:async\s+)?(?:async\b)?(?:function\b\s*\*?\s*\w*\s*)?\(", code)
    if name is None:
        return None
    close = closing(code, name.end() - 1)
    opening = re.compile(r"\{[ \t]*\n").search(code, close) if close > 0 else None
    if opening is None:
        return None
    end = closing(code, opening.start())
    first, last = code.count("\n", 0, opening.start()) + 1, code.count("\n", 0, end)
    lines = text.splitlines(keepends=True)
    if end < 0 or last != len(lines) - 1 or lines[last][0] != "}" or last - first < 1:
        return None
    indent = indent_of(next((line for line in lines[first:last] if line.strip()), ""))
    code_lines = code.splitlines(keepends=True)
    if not indent or any(line.strip() and not line.startswith(indent)
                         for line in lines[first:last]):
        return None
    return Function(region, lines, code_lines, (name.end(), close), opening.start(), first, last,
                    indent)


class If(NamedTuple):
    """`if (condition) {`, lines, `}`: with no else, and not itself behind one."""
    head: int  # line
    end: int  # line of the closing brace, or of the only statement where there are no braces
    condition: str  # without the parentheses of JavaScript and C
    indent: str
    braces: bool


def ifs(function: Function) -> Iterator[If]:
    for at in range(function.first, function.last):
        one = if_at(function, at)
        if one is not None:
            yield one


def if_at(function: Function, at: int) -> If | None:
    lines, code, language = function.lines, function.code, function.region.language
    line = code[at]
    if COMMENT_SIGN in line or _behind_else(code, at):
        return None
    indent = indent_of(line)
    if language in ("go", "rust"):
        match = re.fullmatch(r"\s*if (.+) \{\n", line)
        if match is None or re.search(r";|\blet\b|[{}]", match[1]):
            return None
        condition = lines[at][match.start(1):match.end(1)]
        braces = True
    else:
        match = re.match(r"\s*if ?\(", line)
        close = closing(line, match.end() - 1) if match else -1
        rest = line[close + 1:].strip()
        if close < 0 or rest not in ("{", ""):
            return None
        condition, braces = lines[at][match.end():close], rest == "{"
    if not braces:
        return _bare_if(function, at, condition, indent)
    end = next((n for n in range(at + 1, function.last) if code[n].startswith(indent + "}")), None)
    if end is None or code[end] != indent + "}\n" or _else_follows(code, end) or \
            closing("".join(code[at:end + 1]), line.rstrip().rindex("{")) < 0:
        return None
    return If(at, end, condition, indent, True)


def _bare_if(function: Function, at: int, condition: str, indent: str) -> If | None:
    code = function.code
    statement = code[at + 1]
    deeper = indent_of(statement)
    if not (statement.rstrip().endswith(";") and balanced(statement) and len(deeper) > len(indent)
            and not re.match(r"\s*(?:if|for|while|do|else|switch)\b", statement)) or \
            _else_follows(code, at + 1) or COMMENT_SIGN in statement:
        return None
    return If(at, at + 1, condition, indent, False)


def _else_follows(code: list[str], end: int) -> bool:
    return any(re.match(r"\s*else\b", line) for line in code[end + 1:end + 2])


def _behind_else(code: list[str], at: int) -> bool:
    """Also an if that is the whole body of a loop without braces."""
    before = code[at - 1].rstrip()
    head = re.search(r"\belse$|^\s*(?:else |\} ?else )?(?:if|for|while) ?\(.*\)$", before)
    return head is not None or "else if" in code[at]


def negated(condition: str, language: str) -> str | None:
    """As a person would write it; None where that is not simple."""
    code = shape(condition, language)
    if COMMENT_SIGN in code or "\n" in code or re.search(r"\blet\b|\?|(?<![=!<>])=(?![=>])", code):
        return None
    for sign, other in (("||", "&&"), ("&&", "||")):
        parts = [condition[begin:end].strip() for begin, end in split_top(code, sign)]
        if len(parts) > 1:
            opposite = [negated(part, language) for part in parts]
            if None in opposite or len(parts) > 2 or any("(" == part[0] for part in parts):
                return None
            return f" {other} ".join(opposite)
    if re.fullmatch(r"!+[\w.$]+(?:->\w+)*(?:[(\[].*[)\]])?", code) and balanced(code) and \
            _one_operand(code[1:]):
        return condition[1:]
    compared = [match for match in re.finditer(r" (===|!==|==|!=|<=|>=|<|>) ", code)
                if balanced(code[:match.start()])]
    if len(compared) == 1:
        sign = compared[0][1]
        numeric = re.search(r"\b\d+$|length|\blen\b|len\(|size|count", code)
        if sign in "<=>=" and not (language != "javascript" and language != "typescript"
                                   or numeric):
            return None
        if language == "rust" and sign in ("<", ">") and "::" in code:
            return None
        begin, end = compared[0].span(1)
        return condition[:begin] + _OPPOSITE[sign] + condition[end:]
    if language == "rust":
        for old, new in ((".is_some()", ".is_none()"), (".is_none()", ".is_some()"),
                         (".is_ok()", ".is_err()"), (".is_err()", ".is_ok()")):
            if condition.endswith(old) and _one_operand(code):
                return condition[:-len(old)] + new
    return "!" + condition if not compared and _one_operand(code) else None


def _one_operand(code: str) -> bool:
    """A name, member or call: ! may stand before it."""
    if not re.match(r"[A-Za-z_$]", code) or not balanced(code):
        return False
    rest = code
    while (inner := re.sub(r"\([^()\[\]]*\)|\[[^()\[\]]*\]", "", rest)) != rest:
        rest = inner
    return re.fullmatch(r"[\w.$]+(?:(?:->|::|\.)\w+)*", rest) is not None


def operand(code: str) -> bool:
    """Something that may stand anywhere without parentheses."""
    return _one_operand(code) or re.fullmatch(r"\d[\w.]*|\"x*\"|'x*'", code) is not None


def moved(lines: list[str], step: str, deeper: bool) -> list[str] | None:
    """The lines one step deeper or shallower; None where one has no such step."""
    if deeper:
        return [step + line if line.strip() else line for line in lines]
    if any(line.strip() and not line.startswith(step) for line in lines):
        return None
    return [line[len(step):] if line.strip() else line for line in lines]


def movable(function: Function, first: int, last: int) -> bool:
    """No string or comment goes over more than a line, and no preprocessor line is there."""
    marks = masking.kinds(function.region.text, function.region.language)
    begin = sum(len(line) for line in function.lines[:first])
    end = begin + sum(len(line) for line in function.lines[first:last])
    return not any(function.region.text[at] == "\n" and marks[at] != masking.CODE
                   for at in range(begin, end)) and \
        not any(line.lstrip().startswith(("#", "case ", "default:"))
                for line in function.lines[first:last] if function.region.language == "c")


def joined(function: Function, first: int, last: int, middle: list[str]) -> str:
    return "".join(function.lines[:first] + middle + function.lines[last:])


def end_of(language: str) -> str:
    return "" if language == "go" else ";"


def instead(new: str, old: str) -> tuple[str, ...]:
    """Templates of a kind that is told by what is written and what should be."""
    return (f"Use {new} instead of {old}", f"Use {new}", f"Replace {old} with {new}",
            f"{new} instead of {old}", f"Switch from {old} to {new}",
            f"Can you use {new} here rather than {old}?", f"Convert {old} to {new}",
            f"Write {new} in place of {old}", f"please use {new}, not {old}")


def tail(code: list[str], last: int) -> int:
    """The last line before `last` that is not empty."""
    return next(n for n in range(last - 1, -1, -1) if code[n].strip())

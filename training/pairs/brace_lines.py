"""Rewrites of a line or of one of its parts: another call, message or argument; lines put in and
swapped; small rules that several brace languages share."""

from __future__ import annotations

import random
import re
from typing import Iterator

from training.pairs.brace_code import (BRACE_LANGUAGES, COMMENT_SIGN, SCRIPTS, Rule, balanced,
                                       closing, function_of, joined, rule_makers, shape, split_top)
from training.pairs.changes import Change, Maker, both_ways, indent_of
from training.pairs.regions import Region

SIBLINGS = {  # calls that stand for each other, so that one may be asked for in place of the other
    "javascript": (("push", "unshift"), ("pop", "shift"), ("log", "error"), ("log", "warn"),
                   ("warn", "error"), ("debug", "info"), ("map", "forEach"), ("some", "every"),
                   ("find", "filter"), ("find", "findIndex"), ("indexOf", "lastIndexOf"),
                   ("toLowerCase", "toUpperCase"), ("floor", "ceil"), ("floor", "round"),
                   ("max", "min"), ("keys", "values"), ("keys", "entries"), ("trim", "trimEnd"),
                   ("startsWith", "endsWith"), ("on", "once"), ("all", "allSettled"),
                   ("slice", "splice"), ("test", "exec"), ("replace", "replaceAll")),
    "go": (("Println", "Print"), ("Fatal", "Panic"), ("Fatalf", "Printf"), ("Errorf", "Fatalf"),
           ("HasPrefix", "HasSuffix"), ("ToLower", "ToUpper"), ("TrimLeft", "TrimRight"),
           ("TrimPrefix", "TrimSuffix"), ("Index", "LastIndex"), ("Lock", "RLock"),
           ("Unlock", "RUnlock"), ("Error", "Fatal"), ("Errorf", "Logf"),
           ("Contains", "HasPrefix")),
    "rust": (("push", "push_front"), ("iter", "into_iter"), ("first", "last"), ("any", "all"),
             ("min", "max"), ("starts_with", "ends_with"), ("find", "position"),
             ("next", "next_back"),
             ("to_lowercase", "to_uppercase"), ("trim_start", "trim_end"), ("is_some", "is_none"),
             ("is_ok", "is_err"), ("take", "skip"), ("wrapping_add", "saturating_add"),
             ("get", "get_mut"), ("map", "and_then"), ("map", "filter_map"), ("keys", "values")),
    "c": (("malloc", "calloc"), ("strcmp", "strcasecmp"), ("strchr", "strrchr"),
          ("tolower", "toupper"), ("memcpy", "memmove"), ("isalpha", "isalnum"), ("atoi", "atol"),
          ("printf", "puts"), ("strcpy", "strcat")),
}
SIBLINGS["typescript"] = SIBLINGS["javascript"]
DIFFERENT_ARGUMENTS = {"malloc", "printf"}
MESSAGES = ("something went wrong", "unexpected error", "invalid input", "bad argument",
            "internal error", "operation failed", "not supported", "unknown failure")
MESSAGE_CALL = {
    "javascript": r"\b(?:Error|TypeError|RangeError|reject|fail|warn|error)\((['\"])(x+)\1",
    "go": r"\b(?:errors\.New|fmt\.Errorf|panic|Fatal|Fatalf|Errorf|Error)\((\")(x+)\"",
    "rust": r"\b(?:panic!|expect|bail!|anyhow!|unreachable!|unimplemented!)\((\")(x+)\"",
    "c": r"\b(?:\w*(?:error|err|warn|perror|fail|die|log))\((?:[\w.>-]+, )?(\")(x+)\"",
}
MESSAGE_CALL["typescript"] = MESSAGE_CALL["javascript"]


RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (BRACE_LANGUAGES, Rule("brace_long_assignment", "brace_compound_assignment",
                           r"^(\s*)([\w.>-]+) ([+\-*])= ([\w.\"'()]+)(;?)$",
                           r"\1\2 = \2 \3 \4\5", r"\b([\w.]+) = \1 [+*-] ")),
    (("javascript", "typescript", "c", "go"), Rule(
        "brace_add_one", "brace_increment", r"^(\s*)([\w.>-]+)\+\+(;?)$", r"\1\2 += 1\3",
        r"\+= 1\b")),
    (("javascript", "typescript", "c", "go"), Rule(
        "brace_subtract_one", "brace_decrement", r"^(\s*)([\w.>-]+)--(;?)$", r"\1\2 -= 1\3",
        r"-= 1\b")),
    (SCRIPTS + ("c",), Rule("brace_for_ever", "brace_while_true", r"\bwhile \((?:true|1)\) \{",
                            "for (;;) {", r"for \(;;\)")),
    (("c",), Rule("brace_while_one", "brace_for_ever", r"\bfor \(;;\) \{", "while (1) {",
                  r"while \(1\)")),
    (SCRIPTS, Rule("brace_while_true", "brace_for_ever", r"\bfor \(;;\) \{", "while (true) {",
                   r"while \(true\)")),
    (SCRIPTS + ("c",), Rule("brace_pre_increment", "brace_post_increment",
                            r"; (\w+)\+\+\) ", r"; ++\1) ", r"\+\+\w")),
    (SCRIPTS + ("c",), Rule("brace_post_increment", "brace_pre_increment",
                            r"; \+\+(\w+)\) ", r"; \1++) ", r"\w\+\+")),
)


def other_call(region: Region, numbers: random.Random) -> Iterator[Change]:
    """Another function is called: what people call, in place of one that stands beside it."""
    code = shape(region.text, region.language)
    found = []
    for a, b in SIBLINGS[region.language]:
        for right, wrong in ((a, b), (b, a)):
            calls = list(re.finditer(rf"(?:(?<=\.)|(?<=::))({right})\(" if region.language != "c"
                                     else rf"(?<!\w)({right})\(", code))
            if len(calls) == 1 and not re.search(rf"\b{wrong}\b", region.text) and \
                    right not in DIFFERENT_ARGUMENTS and wrong not in DIFFERENT_ARGUMENTS:
                found.append((right, wrong, calls[0].span(1)))
    if found:
        right, wrong, (begin, end) = numbers.choice(found)
        before = region.text[:begin] + wrong + region.text[end:]
        yield Change("brace_other_call", before, region.text,
                     {"old": wrong, "new": right, "name": region.name})


def message(region: Region, numbers: random.Random) -> Iterator[Change]:
    """The text of an error becomes what people wrote, or another."""
    code = shape(region.text, region.language)
    found = list(re.finditer(MESSAGE_CALL[region.language], code))
    if not found:
        return
    match = numbers.choice(found)
    begin, end = match.span(2)
    text = region.text[begin:end]
    other = numbers.choice(MESSAGES)
    if "\\" in text or "%" in text or "{" in text or len(text) < 4 or len(text) > 90 or \
            region.text.count(text) != 1:
        return
    changed = region.text[:begin] + other + region.text[end:]
    if numbers.random() < 0.7:
        yield Change("brace_change_message", changed, region.text,
                     {"old": other, "new": text, "name": region.name})
    else:
        yield Change("brace_change_message", region.text, changed,
                     {"old": text, "new": other, "name": region.name})


CALL = (r"^\s+(?:return |await |[\w.]+ :?= |(?:const|let|var|int|char \*) ?\w+ = )?"
        r"([A-Za-z_][\w.>:-]*)\(")


def argument(region: Region, numbers: random.Random) -> Iterator[Change]:
    """The last argument of a call that people wrote, left out to be asked for."""
    function = function_of(region)
    if function is None:
        return
    found = []
    for at in range(function.first, function.last):
        match = re.match(CALL, function.code[at])
        if match is None or re.match(r"\s*(?:if|for|while|switch|return|function|sizeof)\(",
                                     match[0]) or match[1] == region.name:
            continue
        line = function.code[at]
        close = closing(line, match.end() - 1)
        inside = line[match.end():close]
        spans = split_top(inside)
        if close > 0 and len(spans) >= 2 and COMMENT_SIGN not in line and "..." not in inside and \
                re.fullmatch(r" [\w.*&>-]+|-?\d+| \"x+\"| 'x+'", inside[slice(*spans[-1])]) and \
                len(re.findall(rf"\b{re.escape(match[1])}\(", region.text)) == 1:
            found.append((at, match.end() + spans[-1][0] - 1, close, match[1]))
    if not found:
        return
    at, begin, end, call = numbers.choice(found)
    line = function.lines[at]
    before = joined(function, at, at + 1, [line[:begin] + line[end:]])
    words = {"argument": line[begin + 1:end].strip(), "call": call.replace("->", "."),
             "name": region.name}
    words["call"] = call
    yield from both_ways("brace_pass_argument", "brace_drop_argument", before, region.text, words)


def lines(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A statement of a line put in after another one; two neighbours swapped."""
    function = function_of(region)
    if function is None:
        return
    places = [at for at in range(function.first, function.last - 1)
              if _plain(function.code[at], region.language)
              and _plain(function.code[at + 1], region.language)
              and indent_of(function.code[at]) == indent_of(function.code[at + 1])
              and function.lines[at] != function.lines[at + 1]
              and not re.search(r"(?:^|\n)\s*(?:else|if|for|while|do)\b[^{]*$|(?:,|\(|[^;]\))\s*$"
                                if region.language != "go" else r"[,(]\s*$",
                                function.code[at - 1].rstrip("\n"))]
    if not places:
        return
    at = numbers.choice(places)
    first, second = (function.lines[n].strip() for n in (at, at + 1))
    if len(first) < 80 and len(second) < 80 and region.text.count(first) == 1 and \
            region.text.count(second) == 1:
        without = joined(function, at + 1, at + 2, [])
        words = {"line": first, "statement": second, "name": region.name}
        yield Change("brace_insert_after", without, region.text, words)
        without = joined(function, at, at + 1, [])
        yield Change("brace_insert_before", without, region.text,
                     {"line": second, "statement": first, "name": region.name})
        swapped = joined(function, at, at + 2, [function.lines[at + 1], function.lines[at]])
        yield Change("brace_move_line", swapped, region.text,
                     {"first": first, "second": second, "name": region.name})


def _plain(line: str, language: str) -> bool:
    ended = line.rstrip().endswith(";") if language != "go" else re.search(r"[\w)\]\"`]$",
                                                                          line.rstrip())
    return bool(ended and COMMENT_SIGN not in line and balanced(line) and re.match(
        r"\s*(?!return\b|case\b|break\b|continue\b|if\b|for\b|else\b|go to\b|throw\b|goto\b)"
        r"[\w.*]+(?:->\w+)*[ .(:\[+-]", line))


LINES: tuple[Maker, ...] = (
    *(rule_makers(languages, [rule])[0] for languages, rule in RULES),
    other_call, message, argument, lines)

"""Rewrites of how deep code stands: early returns, needless else, merged ifs, braces, ternaries,
else branches."""

from __future__ import annotations

import random
import re
from typing import Iterator

from training.pairs.brace_code import (COMMENT_SIGN, SCRIPTS, Function, If, balanced, end_of,
                                       function_of, ifs, joined, moved, movable, negated, shape,
                                       split_top, tail)
from training.pairs.changes import Change, Maker, both_ways, indent_of
from training.pairs.regions import Region


def header(condition: str, function: Function) -> str:
    """Spaced as the others of the function are."""
    if function.region.language in ("go", "rust"):
        return f"if {condition} {{"
    code = "".join(function.code)
    start = "if(" if " if(" in code and " if (" not in code else "if ("
    return start + condition + (("){" if "){" in code and ") {" not in code else ") {"))


def _returns_nothing(function: Function) -> bool:
    head, body = "".join(function.code[:function.first]), "".join(function.code[function.first:])
    if re.search(r"\breturn[ \t]+[^;\s]|\breturn[ \t]*[(\[{]|\byield\b", body):
        return False
    if function.region.language == "rust":
        return "->" not in head
    if function.region.language == "go":
        return re.search(r"\)\s*\{\s*$", head) is not None and not re.search(
            r"\)\s*\([^()]*\)\s*\{\s*$", head)
    if function.region.language == "c":
        return re.match(r"(?:static |inline |extern )*void\s+[\w]", head) is not None
    return True


def _return(function: Function) -> str:
    return "return" + end_of(function.region.language) + "\n"


def early_return(region: Region, numbers: random.Random) -> Iterator[Change]:
    """`if (x) { all the rest }` at the end of a function that returns nothing, and back."""
    function = function_of(region)
    if function is None or not _returns_nothing(function):
        return
    if region.language in SCRIPTS and not re.search(r";\s*$", "".join(function.code[
            function.first:function.last])) and ";" not in region.text:
        return  # without semicolons the style of the return would not be known
    last = tail(function.code, function.last)
    for one in ifs(function):
        if one.indent != function.indent:
            continue
        opposite = negated(one.condition, region.language)
        if opposite is None or not movable(function, one.head, function.last):
            continue
        words = {"condition": one.condition, "opposite": opposite, "name": region.name}
        if one.end == last and one.braces and one.end - one.head > 2:
            yield from _flattened(function, one, opposite, words)
        elif _is_bare_return(function, one) and one.end < last:
            yield from _nested(function, one, opposite, words)
            return


def _flattened(function: Function, one: If, opposite: str, words: dict[str, str]
               ) -> Iterator[Change]:
    body = moved(function.lines[one.head + 1:one.end], function.indent, deeper=False)
    if body is None:
        return
    guard = [function.indent + header(opposite, function) + "\n",
             function.indent * 2 + _return(function), function.indent + "}\n"]
    after = joined(function, one.head, one.end + 1, guard + body)
    yield Change("brace_early_return", function.region.text, after, words)


def _is_bare_return(function: Function, one: If) -> bool:
    if one.braces:
        return one.end == one.head + 2 and \
            function.code[one.head + 1].strip() in ("return;", "return")
    return function.code[one.end].strip() == "return;"


def _nested(function: Function, one: If, opposite: str, words: dict[str, str]
            ) -> Iterator[Change]:
    start = one.end + 1
    if not function.lines[start].strip():
        start += 1
    rest = function.lines[start:function.last]
    if len(rest) > 25 or not rest or any(re.match(r"\w+:\s*$", line.strip()) for line in rest):
        return
    nested = joined(function, one.head, function.last, [
        function.indent + header(opposite, function) + "\n",
        *moved(rest, function.indent, deeper=True), function.indent + "}\n"])
    words = words | {"condition": opposite, "opposite": one.condition}
    yield Change("brace_early_return", nested, function.region.text, words) \
        if one.braces else Change("brace_early_return_bare", nested, function.region.text, words)
    yield Change("brace_nest", function.region.text, nested,
                 words | {"condition": one.condition, "opposite": opposite})


LEAVES = r"\s*(?:return\b|throw\b|continue\b|break\b|panic\(|goto\b)"


def needless_else(region: Region, numbers: random.Random) -> Iterator[Change]:
    """else after a branch that leaves; people wrote it, or wrote none."""
    function = function_of(region)
    if function is None:
        return
    lines, code = function.lines, function.code
    last = tail(code, function.last)
    for at in range(function.first, function.last):
        if re.fullmatch(r"\s*\} else \{\n", code[at]):
            yield from _else_dropped(function, at)
            return
    for one in ifs(function):
        if one.indent == function.indent and one.braces and one.end < last and \
                re.match(LEAVES, code[one.end - 1]) and balanced(code[one.end - 1]) and \
                movable(function, one.end, function.last):
            start = one.end + (1 if lines[one.end + 1].strip() else 2)
            rest = lines[start:function.last]
            if len(rest) > 12 or any(re.match(r"\s*\w+:\s*$", line) for line in rest) or \
                    (region.language == "go" and re.match(LEAVES, code[last]) is None):
                continue
            before = joined(function, one.end, function.last, [
                one.indent + "} else {\n", *moved(rest, function.indent, deeper=True),
                one.indent + "}\n"])
            words = {"condition": one.condition, "name": region.name}
            yield Change("brace_drop_else" if start == one.end + 1 else "brace_drop_else_blank",
                         before, region.text, words)
            yield Change("brace_use_else", region.text, before, words)
            return


def _else_dropped(function: Function, at: int) -> Iterator[Change]:
    """The else at line `at`, where the branch before it always leaves."""
    lines, code = function.lines, function.code
    indent = indent_of(lines[at])
    end = next((n for n in range(at + 1, function.last) if code[n].startswith(indent + "}")), None)
    head = next((n for n in range(at - 1, function.first - 1, -1)
                 if code[n].strip() and len(indent_of(code[n])) <= len(indent)), None)
    if end is None or head is None or code[end] != indent + "}\n" or \
            not re.fullmatch(rf"{indent}if\b.*\{{\n", code[head]) or "let " in code[head] or \
            (function.region.language == "go" and ";" in code[head]) or \
            not re.match(LEAVES, code[at - 1]) or not balanced(code[at - 1]) or \
            not movable(function, at, end + 1):
        return
    body = moved(lines[at + 1:end], function.indent, deeper=False)
    # What the else declares would be seen by what follows.
    follows = tail(code, function.last) != end
    declares = re.search(r":=|\b(?:let|const|var)\b|^\s*\w+ \**\w+ =", "".join(code[at:end]),
                         re.MULTILINE)
    if body is None or (follows and declares):
        return
    after = joined(function, at, end + 1, [indent + "}\n", *body])
    condition = re.sub(r"^if \(?|\)? \{$", "", lines[head].strip())
    yield Change("brace_drop_else", function.region.text, after,
                 {"condition": condition, "name": function.region.name})


def merged(region: Region, numbers: random.Random) -> Iterator[Change]:
    """`if (a && b)` against an if in an if."""
    function = function_of(region)
    if function is None:
        return
    for one in ifs(function):
        if not one.braces or not movable(function, one.head, one.end):
            continue
        code = shape(one.condition, region.language)
        spans = split_top(code, "&&")
        if len(spans) == 2 and len(split_top(code, "||")) == 1 and "let " not in code:
            yield from _split(function, one, [one.condition[a:b].strip() for a, b in spans])
            return
        inner = next((two for two in ifs(function) if two.head == one.head + 1), None)
        if inner is not None and inner.braces and inner.end == one.end - 1:
            parts = [condition if len(split_top(shape(condition, region.language), "||")) == 1
                     else f"({condition})" for condition in (one.condition, inner.condition)]
            body = moved(function.lines[inner.head + 1:inner.end], function.indent, deeper=False)
            if body is not None and "=>" not in inner.condition:
                line = one.indent + header(" && ".join(parts), function) + "\n"
                after = joined(function, one.head, inner.end + 1, [line, *body])
                if len(line) <= 100:
                    yield Change("brace_merge_if", region.text, after, {
                        "a": one.condition, "b": inner.condition, "name": region.name})
                return


def _split(function: Function, one: If, parts: list[str]) -> Iterator[Change]:
    parts = [part[1:-1] if re.fullmatch(r"\([^()]*\)", part) else part for part in parts]
    step = function.indent
    inside = moved(function.lines[one.head + 1:one.end], step, deeper=True)
    before = joined(function, one.head, one.end, [
        one.indent + header(parts[0], function) + "\n",
        one.indent + step + header(parts[1], function) + "\n", *inside,
        one.indent + step + "}\n"])
    words = {"a": parts[0], "b": parts[1], "name": function.region.name}
    if not any("||" in part for part in parts):
        yield Change("brace_merge_if", before, function.region.text, words)
    yield Change("brace_split_if", function.region.text, before, words)


def braces(region: Region, numbers: random.Random) -> Iterator[Change]:
    """Around the only statement of an if; of all that there are."""
    function = function_of(region)
    if function is None or region.language not in ("c", *SCRIPTS):
        return
    found = list(ifs(function))
    bare = [one for one in found if not one.braces]
    whole = [one for one in found if one.braces and one.end == one.head + 2
             and balanced(function.code[one.head + 1]) and COMMENT_SIGN not in
             function.code[one.head + 1] and function.code[one.head + 1].rstrip().endswith(";")
             and not re.match(r"\s*(?:let|const|if|for|while|do|case)\b",
                              function.code[one.head + 1])]
    loops = re.search(r"\b(?:else|for|while)\b", "".join(function.code))
    if loops or not 1 <= len(bare or whole) <= 3 or re.search(
            r"\bif \([^\n]*\)[ \t]+[^{\n\s]", "".join(function.code)):
        return
    if bare and not whole and len(bare) == len(found):
        lines = list(function.lines)
        for one in reversed(bare):
            lines[one.head:one.end + 1] = [lines[one.head].rstrip("\n") + " {\n", lines[one.end],
                                           one.indent + "}\n"]
        yield from _both_ways("brace_add_braces", "brace_remove_braces", region, lines,
                              bare[0].condition)
    elif whole and len(whole) == len(found):
        lines = list(function.lines)
        for one in reversed(whole):
            lines[one.head:one.end + 1] = [re.sub(r" ?\{\n$", "\n", lines[one.head]),
                                           lines[one.head + 1]]
        yield from _both_ways("brace_remove_braces", "brace_add_braces", region, lines,
                              whole[0].condition)


def _both_ways(kind: str, back: str, region: Region, lines: list[str], condition: str
               ) -> Iterator[Change]:
    words = {"condition": condition, "name": region.name}
    yield from both_ways(kind, back, region.text, "".join(lines), words)


def ternary(region: Region, numbers: random.Random) -> Iterator[Change]:
    """`return c ? a : b` or `x = c ? a : b` against if and else."""
    function = function_of(region)
    if function is None or region.language not in ("c", *SCRIPTS):
        return
    pattern = re.compile(r"^([ \t]+)(return|[\w.>-]+ =) (.+) \? (.+) : (.+);\n")
    found = []
    for at in range(function.first, function.last):
        match = pattern.match(function.code[at])
        if match and COMMENT_SIGN not in match[0] and all(
                balanced(match[n]) and "?" not in match[n] for n in (3, 4, 5)) and \
                re.fullmatch(r"[^&|]*|[^&]*|[^|]*", match[3]) and \
                not re.search(r"=>|, |(?<![=!<>])=(?!=)", match[3] + match[4] + match[5]) and \
                not re.match(r"\s*(?:else|if|for|while|case)\b[^{]*$", function.code[at - 1]) and \
                re.search(rf"(?:[;{{}}]|^)\s*{COMMENT_SIGN}*$", function.code[at - 1]):
            found.append((at, match))
    if len(found) != 1 or "".join(function.code).count(" ? ") != 1:
        yield from _to_ternary(function)
        return
    at, match = found[0]
    condition, a, b = (function.lines[at][slice(*match.span(n))] for n in (3, 4, 5))
    condition = condition[1:-1] if re.fullmatch(r"\([^()]*\)", condition) else condition
    indent, step, start = match[1], function.indent, match[2]
    words = {"condition": condition, "a": a, "b": b, "name": region.name,
             "target": start.removesuffix(" =")}
    with_else = joined(function, at, at + 1, [
        f"{indent}if ({condition}) {{\n", f"{indent}{step}{start} {a};\n", f"{indent}}} else {{\n",
        f"{indent}{step}{start} {b};\n", f"{indent}}}\n"])
    yield from both_ways("brace_ternary_to_if_else", "brace_if_to_ternary", region.text, with_else,
                         words)
    if start == "return":
        early = joined(function, at, at + 1, [
            f"{indent}if ({condition}) {{\n", f"{indent}{step}return {a};\n", f"{indent}}}\n",
            f"{indent}return {b};\n"])
        yield Change("brace_ternary_to_early_return", region.text, early, words)


def _to_ternary(function: Function) -> Iterator[Change]:
    code = "".join(function.code)
    found = re.search(r"^([ \t]+)if \(([^\n]+)\) \{\n\s+(return|[\w.>-]+ =) ([^\n;]+);\n"
                      r"\1\} else \{\n\s+\3 ([^\n;]+);\n\1\}\n", code, re.MULTILINE)
    if found is None or COMMENT_SIGN in found[0] or re.search(r"[?{]|=>", found[4] + found[5]) or \
            not all(balanced(found[n]) for n in (2, 4, 5)) or \
            code[:found.start()].rstrip().endswith("else"):
        return
    text = function.region.text
    condition, start, a, b = (text[slice(*found.span(n))] for n in (2, 3, 4, 5))
    plain = re.search(r"[|&]| = ", condition) is None
    line = f"{found[1]}{start} {condition if plain else f'({condition})'} ? {a} : {b};\n"
    if len(line) < 90 and plain and text[slice(*found.span(3))] == start:
        yield Change("brace_if_to_ternary", text, text[:found.start()] + line + text[found.end():],
                     {"condition": condition, "a": a, "b": b, "name": function.region.name,
                      "target": start.removesuffix(" =")})


def else_branch(region: Region, numbers: random.Random) -> Iterator[Change]:
    """An else of one statement that people wrote, taken out to be asked for."""
    function = function_of(region)
    if function is None:
        return
    code, lines = function.code, function.lines
    places = [at for at in range(function.first, function.last - 2)
              if re.fullmatch(r"\s*\} else \{\n", code[at])
              and code[at + 2] == indent_of(code[at]) + "}\n" and COMMENT_SIGN not in code[at + 1]
              and balanced(code[at + 1])]
    if not places:
        return
    at = numbers.choice(places)
    indent, statement = indent_of(code[at]), lines[at + 1].strip()
    head = next((n for n in range(at - 1, function.first - 1, -1)
                 if code[n].strip() and len(indent_of(code[n])) <= len(indent)), None)
    if head is None or not re.fullmatch(rf"{indent}if\b.*\{{\n", code[head]) or \
            len(statement) > 80 or (region.language == "rust" and not statement.endswith(";")) or \
            re.match(r"(?:let|const|var)\b", statement):
        return
    before = joined(function, at, at + 3, [indent + "}\n"])
    condition = lines[head].strip()[3:].removesuffix("{").strip()
    condition = condition[1:-1] if region.language not in ("go", "rust") else condition
    if before.count(lines[head].strip()) != 1:
        return
    words = {"condition": condition, "statement": statement.rstrip(";"), "name": region.name}
    yield from both_ways("brace_add_else", "brace_remove_else", before, region.text, words)


BOOLEAN = {  # how a result that is true or false is said
    "typescript": r"\): boolean", "go": r"\) bool \{", "rust": r"-> bool\b",
    "c": r"^(?:static |inline )*bool\b", "javascript": r""}


def returned_condition(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A comparison that is returned against an if that returns true, and false after it."""
    function = function_of(region)
    if function is None or not re.search(BOOLEAN[region.language],
                                         "".join(function.code[:function.first])):
        return
    at = tail(function.code, function.last)
    line, rust = function.code[at], region.language == "rust"
    end = end_of(region.language)
    match = re.fullmatch(rf"{function.indent}{'' if rust else 'return '}"
                         rf"([^;{{}}?\n]+ (?:===?|!==?|[<>]=?) [^;{{}}?\n]+)"
                         rf"{'' if rust else end}\n", line)
    if match is None or COMMENT_SIGN in line or not balanced(match[1]) or \
            re.search(r"&&|\|\||=>|^return\b|\| |[+*] ", match[1]) or \
            re.search(r"^\s*(?:else|if|for|while|case|default)\b[^{]*$|\|\|$|&&$",
                      function.code[at - 1].rstrip("\n")):
        return
    condition = function.lines[at][match.start(1):match.end(1)]
    step = function.indent
    last = f"{step}false\n" if rust else f"{step}return false{end}\n"
    long = joined(function, at, at + 1, [step + header(condition, function) + "\n",
                                         f"{step * 2}return true{end}\n", f"{step}}}\n", last])
    words = {"condition": condition, "name": region.name}
    yield from both_ways("brace_return_condition", "brace_expand_condition", long, region.text,
                         words)


NESTING: tuple[Maker, ...] = (early_return, needless_else, merged, braces, ternary, else_branch,
                              returned_condition)

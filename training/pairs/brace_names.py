"""Rewrites of JavaScript, TypeScript, Go, Rust and C around names: functions, parameters,
variables, constants; and around what is returned, cases and conditions."""

from __future__ import annotations

import random
import re
from typing import Iterator

from training.pairs.brace_code import (COMMENT_SIGN, SCRIPTS, Function, closing, function_of, ifs,
                                       joined, operand, shape, split_top, tail)
from training.pairs.changes import Change, Maker, both_ways, indent_of
from training.pairs.regions import Region

NEW_NAMES = ("result value output total found answer current computed ret outcome").split()
UNUSED = {
    "javascript": ("const {0} = 0;", "let {0};", "const {0} = null;", "var {0} = [];",
                   "let {0} = false;"),
    "go": ("var {0} int", "var {0} string", "var {0} []string"),
    "rust": ("let {0} = 0;", "let {0} = String::new();", "let {0}: Option<u32> = None;"),
    "c": ("int {0} = 0;", "char *{0} = NULL;", "size_t {0};", "int {0};"),
}
UNUSED["typescript"] = UNUSED["javascript"]
UNUSED_NAMES = ("unused tmp temp dummy old_value scratch extra leftover counter debug_flag "
                "previous cached helper").split()
LITERAL = r"-?\d+|true|false|null|undefined|NULL|nil|None|''|\"\"|\[\]|\{\}"
RETURNED = {
    "javascript": ("null", "undefined", "false", "true", "0", "-1", "[]", "{}", "''"),
    "c": ("0", "-1", "1", "NULL", "false", "true"), "go": ("nil", "false", "true", "0", "-1", '""'),
    "rust": ("false", "true", "None", "0"),
}
RETURNED["typescript"] = RETURNED["javascript"]
KINDS_OF_LITERAL = ({"null", "undefined", "[]", "{}", "''", '""'}, {"true", "false"},
                    {"NULL"}, {"nil"}, {"None"})
VERBS = ("get set make build create handle load read parse update compute find check run apply "
         "process fetch init resolve collect render emit").split()
NOUNS = ("value item entry result state config options data node path name list table buffer "
         "request token record event field").split()


def renamed_function(region: Region, numbers: random.Random) -> Iterator[Change]:
    old = region.name
    code = shape(region.text, region.language)
    found = [match.span() for match in re.finditer(rf"(?<![\w$.]){re.escape(old)}(?![\w$])", code)]
    shadowed = re.search(rf"\.{re.escape(old)}\b|\b{re.escape(old)}\s*[:=,)]", code)
    everywhere = re.findall(rf"(?<![\w$]){re.escape(old)}(?![\w$])", region.text)
    if len(everywhere) != len(found) or old in ("constructor", "main", "init") or \
            (shadowed and f"const {old} =" not in code):
        return
    words = [numbers.choice(VERBS), numbers.choice(NOUNS)]
    if "_" in old or region.language == "rust" or (region.language == "c" and old.islower()):
        new = "_".join(words)
    else:
        new = words[0] + words[1].capitalize()
        new = new[0].upper() + new[1:] if old[0].isupper() else new
    if re.search(rf"\b{new}\b", region.text):
        return
    changed = region.text
    for begin, end in reversed(found):
        changed = changed[:begin] + new + changed[end:]
    yield Change("brace_rename_function", region.text, changed, {"old": old, "new": new})


def parameters_of(region: Region) -> tuple[int, int, list[tuple[int, int]], list[str]] | None:
    """The span, each one's span in the text and each one's name; None where they are unusual."""
    function = function_of(region)
    if function is None:
        return None
    begin, end = function.parameters
    inside = shape(region.text, region.language)[begin:end]
    if not inside.strip() or COMMENT_SIGN in inside or "\n" in inside or "..." in inside or \
            re.search(r"[{}()]", inside):
        return None
    spans = [(begin + a + len(inside[a:b]) - len(inside[a:b].lstrip()), begin + b)
             for a, b in split_top(inside)]
    pattern = {"go": r"(\w+) [\w.*\[\]]+$", "rust": r"(?:mut )?(\w+): [^=]+$",
               "c": r"(?:const )?(?:struct |unsigned |enum )?\w+(?: const)?[ *]+(\w+)$",
               "typescript": r"(\w+)(?:: [^=?]+)?$"}.get(region.language, r"(\w+)$")
    names = []
    for one in spans:
        match = re.match(pattern, region.text[slice(*one)])
        if match is None or match[1] == "this":
            return None
        names.append(match[1])
    return begin, end, spans, names


def renamed_parameter(region: Region, numbers: random.Random) -> Iterator[Change]:
    parsed = parameters_of(region)
    if parsed is None:
        return
    old, new = numbers.choice(parsed[3]), numbers.choice(NOUNS + NEW_NAMES)
    code = shape(region.text, region.language)
    spans = [match.span() for match in re.finditer(rf"(?<![\w$]){old}(?![\w$])", code)]
    unsafe = re.search(rf"(?:\.|->|::)\s*{old}\b|\b{old}\s*[!:](?![:=])(?!\s*&?\w+[^;{{}}]*[,)])|"
                       rf"[{{,]\s*{old}\s*[,}}]", code[parsed[1]:])
    # Elsewhere a name in a string may be code: formats and templates.
    if unsafe or len(spans) < 2 or len(re.findall(rf"\b{old}\b", region.text)) != len(spans) or \
            re.search(rf"\b{new}\b", region.text):
        return
    changed = region.text
    for begin, end in reversed(spans):
        changed = changed[:begin] + new + changed[end:]
    yield Change("brace_rename_parameter", region.text, changed,
                 {"old": old, "new": new, "name": region.name})


def reordered_parameters(region: Region, numbers: random.Random) -> Iterator[Change]:
    parsed = parameters_of(region)
    if parsed is None or not 2 <= len(parsed[3]) <= 6 or \
            len(re.findall(rf"\b{re.escape(region.name)}\b", region.text)) != 1:
        return
    begin, end, spans, names = parsed
    texts = [region.text[slice(*span)] for span in spans]
    if len(names) == 2 or numbers.random() < 0.5:
        a, b = sorted(numbers.sample(range(len(names)), 2))
        texts[a], texts[b] = texts[b], texts[a]
        kind, words = "brace_swap_parameters", {"a": names[a], "b": names[b]}
    else:
        at = numbers.randrange(1, len(names))
        texts.insert(0, texts.pop(at))
        kind, words = "brace_first_parameter", {"a": names[at]}
    changed = region.text[:begin] + ", ".join(texts) + region.text[end:]
    if changed != region.text:
        yield Change(kind, region.text, changed, words | {"name": region.name})


def unused_variable(region: Region, numbers: random.Random) -> Iterator[Change]:
    """One put in, to be taken out again."""
    function = function_of(region)
    if function is None or COMMENT_SIGN in function.code[function.first]:
        return
    name = numbers.choice(UNUSED_NAMES)
    if region.language not in ("c", "rust"):
        head, _, rest = name.partition("_")
        name = head + rest.capitalize()
    if re.search(rf"\b{name}\b", region.text):
        return
    line = function.indent + numbers.choice(UNUSED[region.language]).format(name) + "\n"
    places = [function.first] + [
        at + 1 for at in range(function.first, function.last - 1)
        if function.code[at].startswith(function.indent) and balanced_statement(function, at)]
    at = numbers.choice(places[:6])
    if region.language == "go" and ":= " not in "".join(function.code[:at]):
        at = function.first
    before = joined(function, at, at, [line])
    yield Change("brace_remove_unused", before, region.text, {"var": name, "name": region.name})


def balanced_statement(function: Function, at: int) -> bool:
    """The line is a whole statement at the body's own depth and another one may follow it."""
    line, following = function.code[at], function.code[at + 1]
    indents = indent_of(line) == indent_of(following) == function.indent
    simple = re.match(r"\s*[\w.]+(?:->\w+)*(?: :?= |\()[^{}]*;?$|\s*(?:let|const|var|int|char) ",
                      line) and not re.match(r"\s*(?:return|if|for|while|switch)\b", line)
    ended = line.rstrip().endswith((")", "]") if function.region.language == "go" else ";")
    return bool(indents and simple and ended and COMMENT_SIGN not in line + following
                and closing("(" + line.strip() + ")", 0) >= 0
                and not following.lstrip().startswith((".", "?", "+", "|", "&", "case")))


def last_return(region: Region, numbers: random.Random) -> Iterator[Change]:
    """Another literal is returned at the end."""
    function = function_of(region)
    if function is None:
        return
    at = tail(function.code, function.last)
    line = function.lines[at]
    match = re.fullmatch(rf"{function.indent}(?:return )?({LITERAL});?\n", line)
    if match is None or ("return" not in line and region.language != "rust") or \
            (region.language == "go" and "," in line):
        return
    group = next((kinds for kinds in KINDS_OF_LITERAL if match[1] in kinds), None)
    choices = [new for new in RETURNED[region.language] if new != match[1] and (
        region.language == "javascript" or (group and new in group)
        or (group is None and re.fullmatch(r"-?\d+", new)))]
    if not choices:
        return
    new = numbers.choice(choices)
    changed = joined(function, at, at + 1, [line.replace(match[1], new)])
    words = {"old": match[1], "new": new, "name": region.name}
    if numbers.random() < 0.5:
        yield Change("brace_return_value", region.text, changed, words)
    else:
        yield Change("brace_return_value", changed, region.text,
                     words | {"old": new, "new": match[1]})


def stored_result(region: Region, numbers: random.Random) -> Iterator[Change]:
    """`return expression` against a variable that is returned on the next line."""
    function = function_of(region)
    language = region.language
    if function is None or language == "c":
        return
    at = tail(function.code, function.last)
    line = function.code[at]
    if language == "rust":
        match = re.fullmatch(rf"{function.indent}((?!return\b)[\w:.&*]+[^;{{}}\n=]*\))\n", line)
        ended = re.search(r"[;{}]\s*$", function.code[at - 1])
        if match is None or not ended or "->" not in "".join(function.code[:function.first]):
            return
        declared, returned = "let {0} = {1};", "{0}"
    elif language == "go":
        match = re.fullmatch(rf"{function.indent}return ([^,{{}}\n]+)\n", line)
        header = "".join(function.lines[:function.first])
        if not re.search(r"\) [\w.*\[\]]+ \{\s*$", header) or re.search(r"\) error \{", header):
            return
        declared, returned = "{0} := {1}", "return {0}"
    else:
        match = re.fullmatch(rf"{function.indent}return ([^{{}}\n]+);\n", line)
        declared, returned = "const {0} = {1};", "return {0};"
    expression = match and region_line(function, at, match.span(1))
    if not expression or COMMENT_SIGN in line or \
            re.fullmatch(r"[\w.'\"]+|Ok\(\(\)\)", expression) or \
            re.search(r"\bnil\b|^&|^\*|^!", expression) or \
            closing("(" + match[1] + ")", 0) < 0 or _bare_before(function, at):
        return
    name = numbers.choice(NEW_NAMES)
    if re.search(rf"\b{name}\b", region.text):
        return
    other = joined(function, at, at + 1, [
        function.indent + declared.format(name, expression) + "\n",
        function.indent + returned.format(name) + "\n"])
    words = {"var": name, "expression": expression, "name": region.name}
    yield from both_ways("brace_store_result", "brace_return_directly", region.text, other, words)


def region_line(function: Function, at: int, span: tuple[int, int]) -> str:
    return function.lines[at][slice(*span)]


def _bare_before(function: Function, at: int) -> bool:
    """The line is all that an if without braces, or a case, holds."""
    return bool(re.search(r"^\s*(?:else|if|for|while)\b[^{]*$|:\s*$", function.code[at - 1]))


def inlined(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A variable that people wrote and used once, on the next line."""
    function = function_of(region)
    if function is None or region.language == "c":
        return
    declared = {"go": r"(\s+)(\w+) := (.+)\n", "rust": r"(\s+)let (\w+) = (.+);\n"}.get(
        region.language, r"(\s+)(?:const|let|var) (\w+) = (.+);\n")
    code = "".join(function.code)
    for at in range(function.first, function.last - 1):
        match = re.fullmatch(declared, function.code[at])
        following = function.code[at + 1]
        if match is None or match[2] == "_" or COMMENT_SIGN in function.code[at] + following or \
                indent_of(following) != match[1] or not operand(match[3]) or \
                len(re.findall(rf"(?<![\w$]){match[2]}(?![\w$])", region.text)) != 2:
            continue
        use = re.search(rf"(?<![\w$.&*]){match[2]}(?![\w$]| ?:|\()", following)
        if use is None or re.match(r"\s*(?:for|while|loop|case|\})", following) or \
                re.search(r"=>|\|.*\|.*\b" + match[2] + r"|func\b|function\b|\+\+|!\s*$",
                          following) or "(" in match[3] and following[:use.start()].count("(") > 1:
            continue
        if region.language == "rust" and (re.search(r"!\(", following) or "&" in following):
            continue
        if re.match(r"\s*\{?\s*[\w$]+\s*[,}]", following) and ":" not in following:
            continue
        expression = region_line(function, at, match.span(3))
        line = function.lines[at + 1]
        line = line[:use.start()] + expression + line[use.end():]
        if len(line) > 110 or _shorthand(following, use):
            continue
        other = joined(function, at, at + 2, [line])
        words = {"var": match[2], "expression": expression, "name": region.name}
        yield Change("brace_inline", region.text, other, words)
        if code.count(match[3]) == 1 and other.count(expression) == 1:
            yield Change("brace_extract_variable", other, region.text, words)
        return


def _shorthand(line: str, use: re.Match) -> bool:
    """In `{ name }` or `{ a, name }` the name is also a key."""
    before, after = line[:use.start()].rstrip(), line[use.end():].lstrip()
    return before.endswith(("{", ",")) and after.startswith(("}", ",")) and "{" in before and \
        before.rfind("{") > before.rfind("(")


def constant(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A literal, by a name at the top of the function; where people did that, back and forth."""
    function = function_of(region)
    language = region.language
    if function is None or COMMENT_SIGN in function.code[function.first]:
        return
    code = "".join(function.code)
    body = code.index("\n", function.opening) + 1
    numbers_found = list(re.finditer(r"(?<![\w.\-x'\"])\d{2,5}(?![\w.:'\"]|\s*=>| *\.\.)",
                                     code[body:]))
    strings = list(re.finditer(r"(?<=[ (])(['\"])x{3,30}\1(?=[ ,);])", code[body:]))
    found = numbers_found if language in ("c", "go") else numbers_found + strings
    if language == "rust":
        found = [one for one in strings if one[0][0] == '"' and not re.search(
            r"!\((?:\w+, )?$|expect\($", code[body:][:one.start()])]
    if not found:
        return
    one = numbers.choice(found)
    begin, end = body + one.start(), body + one.end()
    value = region.text[begin:end]
    line = code[code.rfind("\n", 0, begin) + 1:begin]
    if len(re.findall(rf"(?<![\w.]){re.escape(value)}(?![\w.])", region.text)) != 1 or \
            re.search(r"case |\[$|#|\bconst\b|use |\brequire|import|:\s*$|\{$", line):
        return
    word = numbers.choice(CONSTANT_NAMES)
    number = value[0].isdigit()
    word += "" if number else "_text"
    camel = re.sub(r"_(\w)", lambda match: match[1].upper(), word)
    name = {"go": camel, "c": word}.get(language, word.upper())
    if re.search(rf"\b{name}\b", region.text):
        return
    form = {"go": "const {0} = {1}", "c": "const int {0} = {1};",
            "rust": "const {0}: &str = {1};"}.get(language, "const {0} = {1};")
    after = region.text[:begin] + name + region.text[end:]
    top = "".join(function.lines[:function.first])
    after = top + function.indent + form.format(name, value) + "\n" + after[len(top):]
    words = {"value": value, "const": name, "name": region.name}
    yield from both_ways("brace_extract_constant", "brace_inline_constant", region.text, after,
                         words)


CONSTANT_NAMES = ("max_size default_limit max_count buffer_size min_length default_value threshold "
                  "step_size max_depth default_size batch_size initial_value").split()


def cases(region: Region, numbers: random.Random) -> Iterator[Change]:
    """One of a switch or match that people wrote, of one statement."""
    code = shape(region.text, region.language)
    pattern = {"rust": r"^([ \t]+)([\w:.()'\"| &]+) => ([^{}\n]+),\n",
               "go": r"^([ \t]*)case ([^:\n]+):\n([ \t]+[^\n]+)\n(?=\1(?:case|default|\}))"}.get(
        region.language,
        r"^([ \t]+)case ([^:\n]+):\n?([ \t]+(?:return\b[^\n]*;|[^\n]+;\n?[ \t]+break;))\n"
        r"(?=\1(?:case|default)|[ \t]*\})")
    found = [match for match in re.finditer(pattern, code, re.MULTILINE)
             if COMMENT_SIGN not in match[0] and closing("(" + match[3] + ")", 0) >= 0]
    found = [match for match in found if not _falls_in(code, match, region.language)]
    if len(found) < 2:
        return
    match = numbers.choice(found)
    begin, end = match.span()
    before = region.text[:begin] + region.text[end:]
    body = region.text[slice(*match.span(3))]
    body = " ".join(line.strip() for line in body.splitlines()).removesuffix(" break;")
    words = {"case": region.text[slice(*match.span(2))], "body": body.rstrip(";"),
             "name": region.name}
    anchor = [one for one in found if one.end() == begin]
    if anchor and len(body) < 90:
        yield Change("brace_add_case", before, region.text, words | {
            "previous": region.text[slice(*anchor[0].span(2))]})
    yield Change("brace_remove_case", region.text, before, words)


def _falls_in(code: str, match: re.Match, language: str) -> bool:
    before = code[:match.start()].rstrip().split("\n")[-1].strip()
    return language in ("c", *SCRIPTS) and not re.match(r"(?:break|return\b.*|continue);|.*\{$",
                                                        before)


def condition_parts(region: Region, numbers: random.Random) -> Iterator[Change]:
    """One of the parts of a condition that people wrote, left out to be asked for."""
    function = function_of(region)
    if function is None:
        return
    for one in ifs(function):
        code = shape(one.condition, region.language)
        for sign, other in (("&&", "||"), ("||", "&&")):
            spans = split_top(code, sign)
            if len(spans) < 2 or len(split_top(code, other)) > 1:
                continue
            parts = [one.condition[a:b].strip() for a, b in spans]
            rest = f" {sign} ".join(parts[:-1])
            line = function.lines[one.head]
            if line.count(one.condition) != 1 or f" {sign} ".join(parts) != one.condition or \
                    any(part.startswith("(") for part in parts):
                continue
            before = joined(function, one.head, one.head + 1, [line.replace(one.condition, rest)])
            kind = "and" if sign == "&&" else "or"
            words = {"part": parts[-1], "rest": rest, "name": region.name}
            if before.count(f"{rest}") == 1 or len(rest) > 12:
                yield Change(f"brace_add_{kind}", before, region.text, words)
            yield Change(f"brace_remove_{kind}", region.text, before,
                         words | {"whole": one.condition})
            return


NAMES: tuple[Maker, ...] = (renamed_function, renamed_parameter, reordered_parameters,
                            unused_variable, last_return, stored_result, inlined, constant, cases,
                            condition_parts)

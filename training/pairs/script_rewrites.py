"""Rewrites of JavaScript and TypeScript: loops, destructuring, defaults, and TypeScript's types."""

from __future__ import annotations

import random
import re
from typing import Iterator

from training.pairs.brace_code import (COMMENT_SIGN, SCRIPTS, Function, Rule, balanced, closing,
                                       function_in, function_of, rule_makers, shape, split_top)
from training.pairs.changes import Change, Maker, both_ways
from training.pairs.regions import Region

_PATH = r"[\w$]+(?:\.[\w$]+)*"
_SOURCE = _PATH + r"(?:\([^()\n]*\))?"
INDEX_NAMES = ("i", "j", "index")


def _word(name: str) -> str:
    return rf"(?<![\w$.]){re.escape(name)}(?![\w$])"


def for_each(region: Region, numbers: random.Random) -> Iterator[Change]:
    """forEach against for-of; people wrote one of them."""
    if region.language not in SCRIPTS:
        return
    code, text = shape(region.text, region.language), region.text
    calls = list(re.finditer(rf"^([ \t]+)({_SOURCE})\.forEach\((?:\(([\w$]+)\) =>|([\w$]+) =>|"
                             r"function ?\(([\w$]+)\)) \{\n", code, re.MULTILINE))
    loops = list(re.finditer(rf"^([ \t]+)for \(const ([\w$]+) of ({_SOURCE})\) \{{\n", code,
                             re.MULTILINE))
    if len(calls) + len(loops) != 1 or code.count(".forEach(") != len(calls):
        return
    match = (calls or loops)[0]
    close = closing(code, match.end() - 2)
    body = code[match.end():close]
    if close < 0 or re.search(r"\b(?:return|break|continue|await|yield|arguments)\b", body):
        return
    ended = code[close:code.find("\n", close)]
    words = {"name": region.name}
    if calls:
        item = match[3] or match[4] or match[5]
        if not re.fullmatch(r"\}\);?", ended) or (match[5] and re.search(r"\bthis\b", body)):
            return
        source = text[slice(*match.span(2))]
        after = f"{text[:match.start()]}{match[1]}for (const {item} of {source}) {{\n" + \
            text[match.end():close] + "}" + text[close + len(ended):]
        words |= {"source": source, "item": item}
        yield from both_ways("js_for_of", "js_for_each", text, after, words)
    elif ended == "}":
        source, item = text[slice(*match.span(3))], match[2]
        semicolon = ";" if ";\n" in code else ""
        after = f"{text[:match.start()]}{match[1]}{source}.forEach(({item}) => {{\n" + \
            text[match.end():close] + "})" + semicolon + text[close + 1:]
        words |= {"source": source, "item": item}
        yield Change("js_for_of", after, text, words)
        if not re.search(r"^(?:Object|this|\w+\.(?:keys|values|entries))\b", source) or \
                source.startswith(("this.", "Object.")):
            yield Change("js_for_each", text, after, words)


def index_loop(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A loop that counts against for-of."""
    if region.language not in SCRIPTS:
        return
    code, text = shape(region.text, region.language), region.text
    counted = re.search(r"^([ \t]+)for \((?:let|var) ([\w$]+) = 0; "
                        rf"\2 < ({_PATH})\.length; \2\+\+\)"
                        r" \{\n([ \t]+)(const|let|var) ([\w$]+) = \3\[\2\];?\n", code, re.MULTILINE)
    looped = re.search(rf"^([ \t]+)for \(const ([\w$]+) of ({_PATH})\) \{{\n([ \t]+)", code,
                       re.MULTILINE)
    words = {"name": region.name}
    if counted:
        close = closing(code, code.index("{", counted.end(3)))
        if close > 0 and not re.search(_word(counted[2]), code[counted.end():close]):
            word = counted[5].replace("var", "const")
            after = f"{text[:counted.start()]}{counted[1]}for ({word} {counted[6]} of " \
                f"{counted[3]}) {{\n" + text[counted.end():]
            words |= {"source": counted[3], "item": counted[6], "index": counted[2]}
            yield from both_ways("js_index_to_of", "js_of_to_index", text, after, words)
    elif looped:
        index = next((one for one in INDEX_NAMES if not re.search(rf"\b{one}\b", text)), None)
        if index is None or re.search(r"[sS]et\b|[mM]ap\b|iter|entries", looped[3]) or \
                len(looped[4]) <= len(looped[1]):
            return
        semicolon = ";" if ";\n" in code else ""
        before = f"{text[:looped.start()]}{looped[1]}for (let {index} = 0; {index} < {looped[3]}" \
            f".length; {index}++) {{\n{looped[4]}const {looped[2]} = {looped[3]}[{index}]" \
            f"{semicolon}\n{looped[4]}" + text[looped.end():]
        words |= {"source": looped[3], "item": looped[2], "index": index}
        yield from both_ways("js_index_to_of", "js_of_to_index", before, text, words)


def destructuring(region: Region, numbers: random.Random) -> Iterator[Change]:
    """`const { a, b } = x` against a line for each."""
    if region.language not in SCRIPTS:
        return
    code, text = shape(region.text, region.language), region.text
    lines = list(re.finditer(rf"((?:^[ \t]+(?:const|let|var) ([\w$]+) = {_PATH}\.\2;?\n)+)", code,
                             re.MULTILINE))
    short = list(re.finditer(
        rf"^([ \t]+)(const|let|var) \{{ ([\w$]+(?:, [\w$]+)*) \}} = ({_PATH})(;?)\n", code,
        re.MULTILINE))
    if short and not lines and len(short) == 1:
        match = short[0]
        names = match[3].split(", ")
        long = "".join(f"{match[1]}{match[2]} {name} = {match[4]}.{name}{match[5]}\n"
                       for name in names)
        before = text[:match.start()] + long + text[match.end():]
        words = {"source": match[4], "names": ", ".join(names), "name": region.name}
        yield from both_ways("js_destructure", "js_member_access", before, text, words)
        yield from _in_parameters(region, match, names)
    elif len(lines) == 1 and not short:
        match = lines[0]
        parts = re.findall(rf"([ \t]+)(const|let|var) ([\w$]+) = ({_PATH})\.[\w$]+(;?)\n", match[0])
        if len({(part[0], part[1], part[3]) for part in parts}) != 1:
            return
        indent, word, _, source, semicolon = parts[0]
        names = ", ".join(part[2] for part in parts)
        after = f"{text[:match.start()]}{indent}{word} {{ {names} }} = {source}{semicolon}\n" + \
            text[match.end():]
        words = {"source": source, "names": names, "name": region.name}
        yield from both_ways("js_destructure", "js_member_access", text, after, words)


def _in_parameters(region: Region, match: re.Match, names: list[str]) -> Iterator[Change]:
    """The first statement destructures a parameter that nothing else uses."""
    function = function_of(region)
    code = shape(region.text, region.language)
    if function is None or region.language != "javascript" or \
            code.count("\n", 0, match.start()) != function.first:
        return
    begin, end = function.parameters
    if not re.search(rf"(?:^|, ){re.escape(match[4])}$", code[begin:end]) or \
            len(re.findall(_word(match[4]), code)) != 2 or match[2] != "const":
        return
    rest = region.text[match.end():]
    rest = rest[1:] if rest.startswith("\n") else rest
    after = region.text[:end - len(match[4])] + "{ " + ", ".join(names) + " }" + \
        region.text[end:match.start()] + rest
    yield Change("js_destructure_parameter", region.text, after,
                 {"source": match[4], "names": ", ".join(names), "name": region.name})


def defaults(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A default parameter against its older form, a statement at the top."""
    function = function_in(region, "javascript")
    if function is None or ";\n" not in region.text:
        return
    begin, end = function.parameters
    inside = "".join(function.code)[begin:end]
    words = {"name": region.name}
    first = re.fullmatch(rf"{function.indent}([\w$]+) = \1 \|\| ([^;\n]+);\n",
                         function.code[function.first])
    if first and re.search(_word(first[1]) + r"(?=,|$)", inside) and "=>" not in first[2] and \
            not re.search(r"\|\||&&|\?", first[2]) and "=" not in inside:
        at = re.search(_word(first[1]) + r"(?=,|$)", inside).end() + begin
        value = function.lines[function.first][first.start(2):first.end(2)]
        head = "".join(function.lines[:function.first])
        rest = function.lines[function.first + 1:]
        rest = rest[1:] if not rest[0].strip() else rest
        after = head[:at] + f" = {value}" + head[at:] + "".join(rest)
        if len(rest) > 1:
            yield Change("js_default_parameter", region.text, after,
                         words | {"parameter": first[1], "value": value})
        return
    found = re.search(r"(?:^|, )([\w$]+) = ([^=,{}()\[\]]+|\{\}|\[\])$", inside)
    if found is None or "\n" in inside or re.search(r"[{(]", inside[:found.start()]):
        return
    value = region.text[begin + found.start(2):begin + found.end(2)]
    plain = region.text[:begin + found.end(1)] + region.text[begin + found.end(2):]
    lines = plain.splitlines(keepends=True)
    step = function.indent
    guard = [f"{step}if ({found[1]} === undefined) {{\n", f"{step * 2}{found[1]} = {value};\n",
             f"{step}}}\n"] if numbers.random() < 0.5 else [
        f"{step}{found[1]} = {found[1]} === undefined ? {value} : {found[1]};\n"]
    before = "".join(lines[:function.first] + guard + lines[function.first:])
    words |= {"parameter": found[1], "value": value}
    yield Change("js_default_parameter", before, region.text, words)
    yield from both_ways("js_default_value", "js_no_default", plain, region.text, words)


def unused_catch(region: Region, numbers: random.Random) -> Iterator[Change]:
    if region.language not in SCRIPTS:
        return
    code, text = shape(region.text, region.language), region.text
    named = list(re.finditer(r"\bcatch ?(\(([\w$]+)\) )\{", code))
    if len(named) == 1:
        match = named[0]
        close = closing(code, match.end() - 1)
        if close > 0 and not re.search(_word(match[2]), code[match.end():close]):
            after = text[:match.start(1)] + text[match.end(1):]
            after = after if after[match.start(1) - 1] == " " else \
                after[:match.start(1)] + " " + after[match.start(1):]
            yield Change("js_catch_nothing", text, after, {"error": match[2], "name": region.name})
    bare = list(re.finditer(r"\bcatch \{", code))
    if len(bare) == 1 and not named:
        error = next((one for one in ("error", "err", "e") if not re.search(_word(one), code)), "")
        if error:
            before = text[:bare[0].end() - 1] + f"({error}) " + text[bare[0].end() - 1:]
            yield from both_ways("js_catch_nothing", "js_catch_name", before, text,
                                 {"error": error, "name": region.name})


TS_RULES: tuple[Rule, ...] = (
    Rule("ts_generic_array", "ts_short_array", r"(?<=: )([A-Za-z]\w*)\[\](?=[,);\s])", r"Array<\1>",
         r"Array<"),
    Rule("ts_short_array", "ts_generic_array", r"(?<=: )Array<([A-Za-z]\w*)>(?=[,);\s])", r"\1[]",
         r"\w\[\]"),
    Rule("ts_readonly_short", "ts_readonly_long",
         r"(?<=: )ReadonlyArray<([A-Za-z]\w*)>(?=[,);\s])", r"readonly \1[]", r"readonly \w"),
    Rule("ts_no_assertion", "", r"(?<=[\w)\]])!\.(?=\w)", "?.", "", 2),
    Rule("ts_drop_assertion", "ts_assert_present",
         rf"(?<![\w$.)])({_SOURCE})!(?=[.;,)\n\[])", r"\1", "", 1),
    Rule("ts_unknown", "ts_any", r"(?<=: )any(?=[,);=\s])", "unknown", r"\bunknown\b"),
    Rule("ts_any", "ts_unknown", r"(?<=: )unknown(?=[,);=\s])", "any", r"\bany\b"),
    Rule("ts_drop_cast", "ts_cast",
         rf"(?<![\w$.()])({_SOURCE}) as ([A-Z]\w*(?:<\w+>)?|any|string|number)(?=[,;)\n])",
         r"\1", "", 1),
)


def types(region: Region, numbers: random.Random) -> Iterator[Change]:
    """Of TypeScript: the result's type, the parameters', modifiers."""
    if region.language != "typescript":
        return
    function = function_of(region)
    if function is None:
        return
    yield from _result_type(function)
    yield from _parameter_types(function, numbers)
    yield from _annotations(region)
    found = re.match(r"(private|public|protected|static|readonly) (?=[\w$]+\(|async |static )",
                     region.text)
    if found:
        plain = region.text[found.end():]
        words = {"modifier": found[1], "name": region.name}
        yield from both_ways("ts_add_modifier", "ts_drop_modifier", plain, region.text, words)
        other = {"private": "protected", "protected": "private", "public": "private"}.get(found[1])
        if other:
            yield Change("ts_change_modifier", f"{other} {plain}", region.text,
                         words | {"old": other})


def _result_type(function: Function) -> Iterator[Change]:
    region = function.region
    end, opening = function.parameters[1] + 1, function.opening
    between = region.text[end:opening]
    match = re.fullmatch(r": ([^=\n]+?)( =>)? ", between)
    words = {"name": region.name}
    if match and COMMENT_SIGN not in match[1] and " is " not in match[1]:
        plain = region.text[:end] + (match[2] or "") + " " + region.text[opening:]
        words["type"] = match[1]
        yield from both_ways("ts_result_type", "ts_no_result_type", plain, region.text, words)
        if match[1] != "any":
            loose = f"{region.text[:end]}: any{match[2] or ''} {region.text[opening:]}"
            yield Change("ts_change_result_type", loose, region.text, words | {"old": "any"})


def _parameter_types(function: Function, numbers: random.Random) -> Iterator[Change]:
    region = function.region
    begin, end = function.parameters
    code = shape(region.text, region.language)
    found = []
    for a, b in split_top(code[begin:end]):
        match = re.fullmatch(r"\s*([\w$]+)(\??): ([^=\n]+?)\s*", code[begin + a:begin + b])
        if match and balanced(match[3]) and COMMENT_SIGN not in match[0]:
            found.append((match[1], match[2], begin + a + match.end(1),
                          begin + a + match.start(3), begin + a + match.end(3)))
    if not found:
        return
    parameter, optional, after_name, start, stop = numbers.choice(found)
    written = region.text[start:stop]
    words = {"parameter": parameter, "type": written, "name": region.name}
    text = region.text
    if not optional:
        plain = text[:after_name] + text[stop:]
        yield from both_ways("ts_parameter_type", "ts_no_parameter_type", plain, text, words)
    else:
        yield from both_ways("ts_optional", "ts_required",
                             text[:after_name] + text[after_name + 1:], text, words)
    if written not in ("any", "unknown"):
        for old in (numbers.choice(("any", "unknown", "string", "number", "object")),):
            if old != written:
                yield Change("ts_change_type", text[:start] + old + text[stop:], text,
                             words | {"old": old})
    if len(found) > 1 and len(found) == len(split_top(code[begin:end])) and \
            not any(one[1] for one in found) and "\n" not in code[begin:end] and len(found) < 5:
        plain = text
        for _, _, name_end, _, type_end in reversed(found):
            plain = plain[:name_end] + plain[type_end:]
        facts = ", ".join(f"{one[0]} is `{text[one[3]:one[4]]}`" for one in found)
        yield Change("ts_parameter_types", plain, text, {"facts": facts, "name": region.name})


def _annotations(region: Region) -> Iterator[Change]:
    code, text = shape(region.text, region.language), region.text
    found = list(re.finditer(r"\b(?:const|let) ([a-z]\w*)(: ([\w\[\]<>., |]+?))(?= = )", code))
    if len(found) == 1 and balanced(found[0][3]) and \
            found[0][3].count("<") == found[0][3].count(">"):
        begin, end = found[0].span(2)
        words = {"var": found[0][1], "type": text[slice(*found[0].span(3))], "name": region.name}
        yield from both_ways("ts_annotate", "ts_drop_annotation", text[:begin] + text[end:], text,
                             words)


SCRIPT: tuple[Maker, ...] = rule_makers(("typescript",), TS_RULES) + (
    for_each, index_loop, destructuring, defaults, unused_catch, types)

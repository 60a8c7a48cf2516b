"""Checks that are asked for in words, put at the start of a function or taken out of it again. The
words are in guard_tables.py; the checks that people wrote are those of written_guards.py.
"""

from __future__ import annotations

import random
import re
from typing import Iterator

from training.pairs.changes import Change, Maker
from training.pairs.guard_shapes import JAVASCRIPT, Parameter, Shape, Style, article, needs, \
    sentence, shape_of, style_of
from training.pairs.guard_tables import CHECKS, NOTHING, RESULTS, TEMPLATES, Check
from training.pairs.regions import Region
from training.pairs.written_guards import in_loops, take_out

__all__ = ["GUARDS", "TEMPLATES"]

_LIMITS = (3, 10, 50, 64, 100, 255, 256, 1000, 1024, 5000)
_CUSTOM = ("invalid {p}", "bad {p}", "{p} is not valid", "illegal value for {p}", "{p}?",
           "unusable {p}", "wrong {p} given", "cannot work with this {p}", "missing or bad {p}")


def _error(style: Style, shape: Shape, check: Check, message: str, numbers: random.Random,
           ) -> tuple[str, str, bool] | None:
    """A statement that fails, its words, and whether they leave the message to the check."""
    given = style.string(message)
    if style.language == "python":
        error = "TypeError" if check.wrong_type else numbers.choice(("ValueError", "ValueError",
                                                                     "RuntimeError"))
        return f"raise {error}({given})", f"raise {article(error)} {error}", True
    if style.language in JAVASCRIPT:
        error = "TypeError" if check.wrong_type else numbers.choice(("Error", "RangeError"))
        error = "Error" if check.needs not in ("number", "count") and error[0] == "R" else error
        return f"throw new {error}({given})", f"throw {article(error)} {error}", True
    if style.language == "go" and re.search(r"(?:^|[ (])error\)?$", shape.result):
        zero = {"error": "", "(error)": "", "(string, error)": '"", ', "(int, error)": "0, ",
                "(bool, error)": "false, "}.get(shape.result)
        if zero is None and re.match(r"\((?:\*[\w.]+|\[\][\w.*]+|map\[[^,]*), error\)",
                                     shape.result):
            zero = "nil, "
        if zero is not None:
            return f"return {zero}errors.New({given})", "return an error", True
        return None
    if style.language == "go":
        return f"panic({given})", "panic", True
    if style.language == "rust":
        if re.match(r"->\s*Result<.*,\s*String>$", shape.result):
            return f"return Err({given}.to_string())", "return an error", True
        return f"panic!({given})", "panic", True
    return None


def _value(style: Style, shape: Shape, numbers: random.Random) -> tuple[str, str] | None:
    """A statement that returns what fits the function, and its words."""
    table = RESULTS[style.language]
    if shape.yields or not shape.returns and style.language in ("python", *JAVASCRIPT):
        return ("return", numbers.choice(NOTHING))
    kind = re.sub(r"\b(?:static|inline|extern|const)\b\s*", "", shape.result).strip("-> :")
    fitting = {"bool": ["return False"], "str": ['return ""'], "int": ["return 0", "return -1"],
               "float": ["return 0"], "None": ["return"]} if style.language == "python" else \
        {"": ["return"], "void": ["return"], "bool": ["return false"], "int": ["return -1"],
         "error": ["return nil"], "string": ['return ""'], "boolean": ["return false"],
         "number": ["return 0"], "size_t": ["return 0"], "usize": ["return 0"],
         "i32": ["return 0"], "u32": ["return 0"], "u64": ["return 0"], "String":
         ["return String::new()"]}
    choices = fitting.get(kind)
    if style.language == "python" and choices is None:
        choices = [one for one in table if one not in ("return", "return ''", "return True")] \
            if not kind else ["return None"] if "None" in kind or "Optional" in kind else \
            ["return []"] if re.match(r"[Ll]ist\b", kind) else \
            ["return {}"] if re.match(r"[Dd]ict\b", kind) else None
    elif style.language in JAVASCRIPT and not kind.strip("=> "):
        choices = [one for one in table if one not in ("return", "return true")]
    elif choices is None and re.match(r"\*|\[\]\w", kind) and style.language == "go":
        choices = ["return nil"]
    elif choices is None and style.language == "rust":
        choices = ["return None"] if kind.startswith("Option<") else \
            ["return Vec::new()"] if kind.startswith("Vec<") else \
            ["return Ok(())"] if kind.startswith(("Result<()", "io::Result<()>")) else None
    elif style.language == "c" and kind.endswith("*"):
        choices = ["return NULL"]
    choices = _as_elsewhere(shape, choices or [])
    if not choices or (style.language in JAVASCRIPT and choices == ["return"] and shape.returns):
        return None
    choice = numbers.choice(choices)
    words = numbers.choice(table.get(choice) or table[choice.replace('"', "'")])
    return choice.replace('""', style.quote * 2).replace("''", style.quote * 2), words


_ELSEWHERE = (  # what a function returns somewhere, and what it may then return early
    (r"(?:[Tt]rue|[Ff]alse|not |!|\w+ in )", r"return [Ff]alse"), (r"\[", r"return \[\]"),
    (r"\{", r"return \{\}"), (r"[\"'`]", r"return (?:\"\"|'')"), (r"-?\d", r"return (?:0|-1)"))


def _as_elsewhere(shape: Shape, choices: list[str]) -> list[str]:
    for pattern, allowed in _ELSEWHERE:
        if any(re.match(rf"\s*return {pattern}", line) for line in shape.lines):
            fitting = [one for one in choices if re.match(allowed, one)]
            return fitting or choices
    return choices


def _wanted(region: Region, shape: Shape, numbers: random.Random) -> tuple[Parameter, Check] | None:
    """A parameter and a check that makes sense for it, and that the function has not yet."""
    start = "".join(shape.lines[shape.start:shape.start + 6])
    choices = []
    for parameter in shape.parameters:
        name = parameter.name
        used = len(re.findall(rf"\b{re.escape(name)}\b", region.text)) > 1
        tested = re.search(rf"\b(?:if|assert|raise|while|switch|match)\b[^\n]*"
                           rf"\b{re.escape(name)}\b|\b{re.escape(name)}\s*(?::?=)(?!=)", start)
        declared = "".join(shape.lines[:shape.start])
        early = region.language == "c" and re.search(rf"[=,(*>-] ?{re.escape(name)}\b[^\n]*;$",
                                                     declared, re.MULTILINE)
        if not used or tested or early or name.startswith("_") or "testing." in parameter.type or \
                region.name == "constructor":
            continue
        kinds = needs(parameter, region)
        checks = [check for check in CHECKS[region.language] if check.needs in kinds]
        specific = [check for check in checks if check.needs != "any"]
        if checks:
            choices.append((parameter, numbers.choice(specific if specific and
                                                      numbers.random() < 0.75 else checks)))
    return numbers.choice(choices) if choices else None


def put_in(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A check that nobody wrote, at the start; or taken out again."""
    shape = shape_of(region)
    wanted = shape and _wanted(region, shape, numbers)
    if not wanted:
        return
    parameter, check = wanted
    style = style_of(region, shape.indent)
    facts = {"p": parameter.name, "n": str(numbers.choice(_LIMITS))}
    code = check.code.format(**facts).replace("'string'", style.string("string")).replace(
        "'number'", style.string("number")).replace("'function'", style.string("function"))
    if region.language == "c" and check.code in ("!{p}", "{p} == NULL"):
        code = f"!{parameter.name}" if "if (!" in region.text else f"{parameter.name} == NULL"
    if region.language in JAVASCRIPT and code.endswith("''"):
        code = code[:-2] + style.quote * 2
    phrases = [one for one in check.words
               if not one.startswith("there are") or parameter.name.endswith("s")]
    words = {"condition": numbers.choice(phrases).format(**facts), "name": region.name}
    custom = numbers.random() < 0.4
    message = (numbers.choice(_CUSTOM) if custom else check.must).format(**facts)
    failing = _error(style, shape, check, message, numbers)
    kind = "guard_error"
    if failing and (numbers.random() < 0.5 or shape.yields):
        action, words["action"], _ = failing
        if custom:
            words["action"] += numbers.choice((f' with the message "{message}"',
                                               f' saying "{message}"', f': "{message}"'))
    else:
        value = _value(style, shape, numbers)
        if value is None:
            return
        action, words["action"] = value
        kind = "guard_nothing" if action == "return" else "guard_value"
    if numbers.random() < 0.4 and ': "' not in words["action"]:
        if check.unless and numbers.random() < 0.5:
            kind, words["unless"] = "guard_unless", check.unless.format(**facts)
        elif check.must:
            kind, words["must"] = "guard_must", check.must.format(**facts)
    after = shape.with_text(style.check(shape.indent, code, [action]))
    yield Change(kind, region.text, after, sentence(words))
    if numbers.random() < 0.4:
        said = re.sub(r" with the message.*| saying.*|: \".*", "", words["action"])
        words["action"] = "return early" if said in NOTHING else said
        yield Change("guard_remove", after, region.text, sentence(words))


_DEFAULTS = (  # what a parameter of such a name may be when it is not given
    (r"options$|settings$|config$|kwargs$|params$|headers$|data$|context$|attrs$|mapping$",
     ("{}",)),
    (r"(?:^|_)(?:count|size|limit|timeout|width|height|length|depth|max|min|n|num|level|port|"
     r"start|step|index|offset|delay|retries)$", ("0", "1", "10", "100")),
    (r"(?:^|_)(?:name|title|label|prefix|suffix|message|text|path|url|encoding|mode|format|key)$",
     ('""', '"default"', '"unknown"')),
    (r"[^s]s$", ("[]",)),
)


def defaults(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A value for a parameter that is not given: what people wrote, else for one that is None."""
    shape = shape_of(region)
    if shape is None or region.language not in ("python", *JAVASCRIPT):
        return
    rest = "".join(shape.lines[shape.start:])
    pattern = r"[ \t]+if (\w+) is None:\n[ \t]+\1 = ([^\n]+)\n(?=[ \t]*\S)(?![ \t]*el)" \
        if region.language == "python" else r"[ \t]+(\w+) = \1 \|\| ([^\n;]+);?\n"
    written = re.match(pattern, rest)
    names = [one.name for one in shape.parameters]
    if written:
        nested = region.language == "python" and re.match(
            r"[ \t]*", rest[written.end():])[0] != shape.indent
        if written[1] in names and len(written[2]) < 40 and not nested:
            before = "".join(shape.lines[:shape.start]) + rest[written.end():].lstrip("\n")
            yield Change("default_when_missing", before, region.text,
                         {"name": written[1], "value": _in_ticks(written[2], region.language)})
        return
    absent = [one.name for one in shape.parameters if one.default == "None" and not one.type
              and not re.search(rf"\b{one.name}\b (?:is|=|or)|(?:not|if) {one.name}\b",
                                region.text)]
    if region.language != "python" or not absent:
        return
    name = numbers.choice(absent)
    values = next((values for pattern, values in _DEFAULTS if re.search(pattern, name)), None)
    if values is None:
        return
    value = numbers.choice(values)
    value = value.replace('"', style_of(region, shape.indent).quote)
    extra = f"{shape.indent}if {name} is None:\n{shape.indent}    {name} = {value}\n"
    yield Change("default_when_missing", region.text, shape.with_text(extra),
                 {"name": name, "value": {"[]": "an empty list", "{}": "an empty dict"}.get(
                     value, value)})


def _in_ticks(value: str, language: str) -> str:
    words = {"[]": "an empty list" if language == "python" else "an empty array",
             "{}": "{}", "''": "an empty string", '""': "an empty string"}
    return words.get(value, value if re.match(r"\w+$", value) else f"`{value}`")


_OPPOSITES = (("not ", ""), (" is None", " is not None"), (" == ", " != "), (" <= ", " > "),
              (" < ", " >= "), (" > ", " <= "), ("!", ""))


def asserted(region: Region, numbers: random.Random) -> Iterator[Change]:
    """What must hold, as an assertion."""
    shape = shape_of(region)
    wanted = shape and _wanted(region, shape, numbers)
    if not wanted or region.language not in ("python", "c", "rust") or \
            wanted[1].needs not in ("number", "count", "any", "pointer", "list", "text", "call"):
        return
    parameter, check = wanted
    facts = {"p": parameter.name, "n": str(numbers.choice(_LIMITS))}
    code = check.code.replace("!{p}", "{p} == NULL" if region.language == "c" else "!{p}")
    code = code.format(**facts)
    old, new = next((pair for pair in _OPPOSITES if pair[0] in code), ("", "!"))
    code = code.replace(old, new, 1) if old else new + code
    pattern = {"python": "assert {}\n", "c": "assert({});\n", "rust": "assert!({});\n"}
    after = shape.with_text(shape.indent + pattern[region.language].format(code))
    must = check.must.format(**facts)
    holds = must.replace(" must not be ", " is not ").replace(" must be ", " is ")
    yield Change("guard_assert", region.text, after,
                 {"holds": holds, "must": must, "name": region.name})


def limits(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A number kept below or above another, and one that must not pass another."""
    shape = shape_of(region)
    if shape is None or region.language == "rust":
        return
    style, names = style_of(region, shape.indent), []
    for one in shape.parameters:
        plain = "Duration" not in one.type and "const " not in one.type and \
            "None" not in one.type + one.default and not one.name.startswith("_")
        if plain and "number" in needs(one, region) and \
                not re.search(rf"\b{one.name} [-+]?=[^=]", region.text):
            names.append(one.name)
    for low, high in zip(names, names[1:]):
        if (low, high) in _ORDERED and not re.search(rf"\bif\b[^\n]*\b{low}\b", region.text):
            check = Check("number", "", (), "", "")
            failing = _error(style, shape, check, f"{low} must not be greater than {high}", numbers)
            if failing:
                text = style.check(shape.indent, f"{low} > {high}", [failing[0]])
                yield Change("order_check", region.text, shape.with_text(text), sentence(
                    {"low": low, "high": high, "action": failing[1]}))
    if not names:
        return
    name, below = numbers.choice(names), numbers.random() < 0.4
    limit = str(numbers.choice((0, 1)) if below else numbers.choice(_LIMITS))
    if region.language in ("go", "c"):
        sign = "<" if below else ">"
        extra = style.check(shape.indent, f"{name} {sign} {limit}", [f"{name} = {limit}"])
    else:
        call = ("max" if below else "min") if region.language == "python" else \
            ("Math.max" if below else "Math.min")
        extra = f"{shape.indent}{name} = {call}({name}, {limit}){style.end}\n"
    yield Change("clamp_below" if below else "clamp", region.text, shape.with_text(extra),
                 {"name": name, "limit": limit})


_ORDERED = {("start", "end"), ("start", "stop"), ("low", "high"), ("min", "max"), ("lo", "hi"),
            ("begin", "end"), ("first", "last"), ("minimum", "maximum"), ("lower", "upper"),
            ("from", "to"), ("left", "right"), ("min_value", "max_value"), ("min_size", "max_size")}


def missing_keys(region: Region, numbers: random.Random) -> Iterator[Change]:
    """Python: a key that may be missing, in a try statement."""
    if region.language != "python":
        return
    found = list(re.finditer(r"""^([ \t]+)(\w+) = ([\w.]+\[(["']\w+["'])\])\n""", region.text,
                             re.MULTILINE))
    if len(found) != 1 or "KeyError" in region.text:
        return
    match = found[0]
    value = numbers.choice(("None", "0", match[4][0] * 2, "[]", "False"))
    indent = match[1]
    new = f"{indent}try:\n{indent}    {match[2]} = {match[3]}\n{indent}except KeyError:\n" \
          f"{indent}    {match[2]} = {value}\n"
    after = region.text[:match.start()] + new + region.text[match.end():]
    words = {"value": {"''": "an empty string", '""': "an empty string", "[]": "an empty list"}.get(
        value, value), "target": match[2], "key": match[4]}
    yield Change("key_default", region.text, after, words)


def logged(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A warning and a return, where the function already logs so that the logger is known."""
    shape = shape_of(region)
    wanted = shape and _wanted(region, shape, numbers)
    pattern = r"\b((?:self\.|this\.)?_?(?:logger|log|logging|LOG|console))\.(?:debug|info|warn|" \
              r"warning|error|exception|log)\("
    used = re.search(pattern, region.text)
    if not wanted or not used or shape.returns or region.language not in ("python", *JAVASCRIPT):
        return
    parameter, check = wanted
    style = style_of(region, shape.indent)
    if "'" in check.code:  # types and texts are the other makers'
        return
    facts = {"p": parameter.name, "n": str(numbers.choice(_LIMITS))}
    message = numbers.choice((check.must, "ignored: " + check.words[0], check.words[0]))
    message = message.format(**facts)
    method = "warning" if region.language == "python" else "warn"
    lines = [f"{used[1]}.{method}({style.string(message)})", "return"]
    after = shape.with_text(style.check(shape.indent, check.code.format(**facts), lines))
    yield Change("log_and_return", region.text, after, {
        "message": message, "condition": numbers.choice(check.words).format(**facts)})


def tidied(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A text that is stripped or made lower case before anything else."""
    shape = shape_of(region)
    if shape is None or region.language == "c":
        return
    start = "".join(shape.lines[shape.start:shape.start + 2])
    names = [one.name for one in shape.parameters if "text" in needs(one, region)
             and not re.search(rf"\b{one.name}\b *:?=[^=]|"
                               rf"\b(?:if|not) [^\n]*\b{one.name}\b", start)]
    if not names:
        return
    name, lower = numbers.choice(names), numbers.random() < 0.4
    trim, case = {"python": ("{0} = {0}.strip()", "{0} = {0}.lower()"),
                  "go": ("{0} = strings.TrimSpace({0})", "{0} = strings.ToLower({0})"),
                  "rust": ("let {0} = {0}.trim();", "let {0} = {0}.to_lowercase();")}.get(
                      region.language, ("{0} = {0}.trim()", "{0} = {0}.toLowerCase()"))
    end = style_of(region, shape.indent).end if region.language in JAVASCRIPT else ""
    extra = shape.indent + (case if lower else trim).format(name) + end + "\n"
    # What is borrowed of a new text would not outlive it.
    if region.language == "rust" and (lower or not re.search(rf"\b{name}: &str\b", region.text)):
        return
    yield Change("lower_first" if lower else "trim_first", region.text, shape.with_text(extra),
                 {"name": name})


GUARDS: tuple[Maker, ...] = (take_out, put_in, in_loops, asserted, defaults, limits, missing_keys,
                             logged, tidied)

"""Rewrites that only JavaScript and TypeScript have: small rules, functions and arrows, async,
modules."""

from __future__ import annotations

import random
import re
from typing import Iterator

from training.pairs import masking
from training.pairs.brace_code import (COMMENT_SIGN, SCRIPTS, Rule, balanced, closing, function_of,
                                       rule_makers, shape)
from training.pairs.changes import Change, Maker, both_ways
from training.pairs.regions import Region

_PATH = r"[\w$]+(?:\.[\w$]+)*"
_CALL = _PATH + r"(?:\([^()\n]*\))?"
RULES: tuple[Rule, ...] = (
    Rule("js_optional_chaining", "js_and_chaining",
         rf"\bif \(({_PATH}) && \1((?:\.[\w$]+)+(?:\([^()\n]*\))?)\)", r"if (\1?\2)", r"\?\."),
    Rule("js_and_chaining", "js_optional_chaining",
         rf"\bif \(({_PATH})\?(\.[\w$.]+(?:\([^()\n]*\))?)\)", r"if (\1 && \1\2)", r" && "),
    Rule("js_optional_call", "js_and_call", rf"^(\s*)({_PATH}) && \2\(([^()\n]*)\);$",
         r"\1\2?.(\3);", r"\?\.\("),
    Rule("js_and_call", "js_optional_call", rf"^(\s*)({_PATH})\?\.\(([^()\n]*)\);$",
         r"\1\2 && \2(\3);", r"&& "),
    Rule("js_if_call", "js_and_call", rf"^(\s*)({_PATH}) && (\2[\w$.]*\([^()\n]*\));$",
         r"\1if (\2) \3;"),
    Rule("js_or_default", "js_nullish", r" \?\? ", " || ", r" \|\| "),
    Rule("js_nullish", "js_or_default", rf"(= |return )({_PATH}) \|\| ([^|&?\n]+);$",
         r"\1\2 ?? \3;", r" \?\? ", 3, r"\|\|"),
    Rule("js_or_assignment", "js_or_assignment_back", rf"^(\s*)({_PATH}) = \2 \|\| ([^|&?\n]+);$",
         r"\1\2 ||= \3;", r"\|\|="),
    Rule("js_undefined", "js_typeof_undefined",
         rf"\btypeof ({_PATH}) ([=!]==?) (['\"])xxxxxxxxx\3", r"\1 \2 undefined",
         r"[=!]== undefined"),
    Rule("js_typeof_undefined", "js_undefined", rf"(?<![\w$.])({_PATH}) ([=!]==) undefined\b",
         r"typeof \1 \2 'undefined'", r"typeof [\w$.]+ [=!]==? ['\"]xxxxxxxxx['\"]"),
    Rule("js_null_or_undefined", "js_equals_null", rf"\bif \(({_PATH}) == null\)",
         r"if (\1 === null || \1 === undefined)"),
    Rule("js_instanceof_array", "js_is_array", rf"(?<!!)Array\.isArray\(({_PATH})\)",
         r"\1 instanceof Array", r"instanceof Array\b"),
    Rule("js_is_array", "js_instanceof_array", rf"(?<![!\w$.(])({_PATH}) instanceof Array\b",
         r"Array.isArray(\1)", r"Array\.isArray"),
    Rule("js_spread_objects", "js_assign_objects",
         rf"\bObject\.assign\(\{{\}}, ({_CALL}), ({_CALL})\)", r"{ ...\1, ...\2 }",
         r"\{ ?\.\.\."),
    Rule("js_assign_objects", "js_spread_objects",
         rf"\{{ ?\.\.\.({_PATH}), \.\.\.({_PATH}) ?\}}", r"Object.assign({}, \1, \2)",
         r"Object\.assign"),
    Rule("js_concat_arrays", "js_spread_arrays",
         rf"\[\.\.\.({_PATH}), \.\.\.({_PATH})\]", r"\1.concat(\2)", r"\.concat\("),
    Rule("js_array_from", "js_spread_copy", rf"(?<![\w$])\[\.\.\.({_CALL})\]", r"Array.from(\1)",
         r"Array\.from"),
    Rule("js_spread_copy", "js_array_from", rf"\bArray\.from\(({_CALL})\)", r"[...\1]",
         r"\[\.\.\."),
    Rule("js_spread_copy_slice", "js_slice_copy", rf"(?<![\w$.])({_PATH})\.slice\((?:0)?\)",
         r"[...\1]", r"\[\.\.\."),
    Rule("js_spread_call", "js_apply", r"(?<![\w$.])([\w$]+)\.apply\((?:null|undefined), "
         rf"({_PATH})\)", r"\1(...\2)", r"\(\.\.\."),
    Rule("js_spread_call", "js_apply", r"(?<![\w$.])([\w$]+)\.([\w$]+)\.apply\(\1, "
         rf"({_PATH})\)", r"\1.\2(...\3)", r"\(\.\.\."),
    Rule("js_apply", "js_spread_call", rf"(?<![\w$.])([\w$]+)\.([\w$]+)\(\.\.\.({_PATH})\)",
         r"\1.\2.apply(\1, \3)", r"\.apply\("),
    Rule("js_power", "js_math_pow", r"\bMath\.pow\(([\w$.]+), ([\w$.]+)\)", r"\1 ** \2", r"\*\*"),
    Rule("", "js_array_literal", r"= \[\];", "= new Array();", r"new Array"),
    Rule("", "js_object_literal", r"= \{\};", "= new Object();", r"new Object\b"),
    Rule("js_index_of_start", "js_starts_with",
         rf"(?<![!\w$.])({_PATH})\.startsWith\(([^(),\n]+)\)", r"\1.indexOf(\2) === 0",
         r"indexOf\([^\n]*\) === 0"),
    Rule("js_starts_with", "js_index_of_start",
         rf"(?<![!\w$.])({_PATH})\.indexOf\(([^(),\n]+)\) ===? 0\b(?!\.)", r"\1.startsWith(\2)",
         r"startsWith"),
    Rule("js_includes", "js_index_of", rf"(?<![!\w$.])({_PATH})\.indexOf\(([^(),\n]+)\) "
         r"(?:!==? -1|> -1|>= 0)", r"\1.includes(\2)", r"\.includes\("),
    Rule("js_index_of", "js_includes", rf"(?<![!\w$.])({_PATH})\.includes\(([^(),\n]+)\)",
         r"\1.indexOf(\2) !== -1", r"\.indexOf\("),
    Rule("js_not_includes", "js_index_of_missing",
         rf"(?<![!\w$.])({_PATH})\.indexOf\(([^(),\n]+)\) (?:===? -1|< 0)", r"!\1.includes(\2)",
         r"\.includes\("),
    Rule("js_at_last", "js_last_index", rf"(?<![\w$.])({_PATH})\[\1\.length - 1\](?! [-+*/]?=[^=])",
         r"\1.at(-1)", r"\.at\("),
    Rule("js_last_index", "js_at_last", rf"(?<![\w$.])({_PATH})\.at\(-1\)",
         r"\1[\1.length - 1]", r"length - 1"),
    Rule("js_char_index", "js_char_at", r"\.charAt\(([\w$]+)\)", r"[\1]", r"[\w$]\["),
    Rule("js_boolean", "js_double_not", rf"!!({_CALL})(?![\w$.(\[?])", r"Boolean(\1)",
         r"Boolean\("),
    Rule("js_double_not", "js_boolean", rf"\bBoolean\(({_CALL})\)", r"!!\1", r"!!"),
    Rule("js_no_radix", "js_radix", r"\bparseInt\(([^(),\n]+), 10\)", r"parseInt(\1)",
         r"parseInt\([^(),\n]+\)"),
    Rule("js_radix", "", r"\bparseInt\(([^(),\n]+)\)", r"parseInt(\1, 10)"),
    Rule("js_unary_plus", "js_number",
         rf"(?<=[=(,:] )Number\(({_PATH})\)|(?<=\()Number\(({_PATH})\)",
         r"+\1\2", r"[=(,] \+[\w$]"),
    Rule("js_template_string", "js_string_call", rf"(?<![\w$.])String\(({_CALL})\)", r"`${\1}`"),
    Rule("js_own_call", "js_own_direct", r"(?<![\w$.])([\w$]+)\.hasOwnProperty\(([^(),\n]+)\)",
         r"Object.prototype.hasOwnProperty.call(\1, \2)", r"hasOwnProperty\.call"),
    Rule("js_has_own", "js_own_call", r"\bObject\.prototype\.hasOwnProperty\.call\(",
         r"Object.hasOwn(", r"Object\.hasOwn\("),
    Rule("js_own_direct", "js_own_call", r"\bObject\.prototype\.hasOwnProperty\.call\("
         r"([\w$.]+), ([\w$.]+)\)", r"\1.hasOwnProperty(\2)", r"\.hasOwnProperty\((?!\.call)"),
    Rule("js_number_is_nan", "", r"(?<![\w$.])isNaN\(", "Number.isNaN("),
    Rule("", "js_global_is_nan", r"(?<![\w$.])Number\.isNaN\(", "isNaN("),
    Rule("js_date_now", "js_new_date", r"\bnew Date\(\)\.getTime\(\)|(?<=[=(,-] )\+new Date\(\)",
         "Date.now()", r"Date\.now"),
    Rule("js_new_date", "js_date_now", r"\bDate\.now\(\)", "new Date().getTime()", r"new Date"),
    Rule("js_not_length", "js_length_zero", rf"(?:(?<=\()|(?<=[&|] ))({_PATH})\.length"
         r" === 0(?!\.)", r"!\1.length", r"![\w$.]+\.length"),
    Rule("js_length_zero", "js_not_length", rf"\bif \(!({_PATH})\.length\)",
         r"if (\1.length === 0)", r"\.length ===? 0"),
    Rule("js_truthy_length", "js_length_positive", rf"\bif \(({_PATH})\.length > 0\)",
         r"if (\1.length)"),
    Rule("js_length_positive", "js_truthy_length", rf"\bif \(({_PATH})\.length\)",
         r"if (\1.length > 0)"),
    Rule("js_undefined_word", "js_void_zero", r"\bvoid 0\b", "undefined", r"\bundefined\b"),
    Rule("", "js_bare_return", r"^(\s*(?:if \([^\n]*\) )?)return;$", r"\1return undefined;",
         r"return undefined"),
    Rule("js_const_to_let", "js_let_to_const", r"\bconst (?=[\w$]+(?:: [^=\n]+)? =)", "let ",
         r"\b(?:let|var)\b", 5, r"\bconst\b"),
    Rule("js_const_to_var", "js_var_to_const", r"\bconst (?=[\w$]+ =)", "var ", r"\b(?:let|var)\b",
         5, r"\bconst\b"),
    Rule("js_keys_loop", "js_in_loop", rf"\bfor \((const|let|var) (\w+) in ({_PATH})\) \{{",
         r"for (\1 \2 of Object.keys(\3)) {", r" of Object\.keys"),
    Rule("js_in_loop", "js_keys_loop", rf"\bfor \((const|let) (\w+) of Object\.keys\(({_PATH})\)\)",
         r"for (\1 \2 in \3)", r"\b(?:const|let|var) \w+ in "),
    Rule("js_type_error", "js_plain_error", r"\bnew Error\(", "new TypeError(", r"TypeError\("),
    Rule("js_plain_error", "js_type_error", r"\bnew TypeError\(", "new Error(", r"new Error\("),
    Rule("js_plain_error", "js_range_error", r"\bnew RangeError\(", "new Error(", r"new Error\("),
    Rule("js_range_error", "", r"\bnew Error\(", "new RangeError(", "", 1),
    Rule("js_shorthand", "js_no_shorthand", r"(?<=[{,] )(?<!\? )([\w$]+): \1(?=,| \}|\n)", r"\1",
         r"(?:return|=|\() ?\{ [\w$]+[,} ]"),
    Rule("js_shorthand", "js_no_shorthand", r"^([ \t]+)([\w$]+): \2(,?)$", r"\1\2\3",
         r"^\s+[\w$]+,$"),
    Rule("js_no_shorthand", "js_shorthand", r"(return |= |[\w$]\()\{ ([\w$]+) \}(?=;|\);)",
         r"\1{ \2: \2 }", r"[\w$]+: [\w$]+", 3, r"\{ [\w$]+[ ,]|^\s+[\w$]+,$"),
    Rule("js_no_shorthand", "js_shorthand", r"(return|=) \{ ([\w$]+), ([\w$]+) \}(?=;|\);)",
         r"\1 { \2: \2, \3: \3 }", r"[\w$]+: [\w$]+", 3, r"\{ [\w$]+[ ,]|^\s+[\w$]+,$"),
    Rule("js_no_shorthand", "js_shorthand",
         r"(return|=) \{ ([\w$]+), ([\w$]+), ([\w$]+) \}(?=;|\);)",
         r"\1 { \2: \2, \3: \3, \4: \4 }", r"[\w$]+: [\w$]+", 3,
         r"\{ [\w$]+[ ,]|^\s+[\w$]+,$"),
)
_NO_ARROW = r"\bthis\b|\barguments\b|\bnew\.target\b|\bsuper\b|\byield\b"


def named(region: Region, numbers: random.Random) -> Iterator[Change]:
    """The whole function as an arrow, or as a declaration."""
    if region.language not in SCRIPTS:
        return
    code, text = shape(region.text, region.language), region.text
    if re.search(_NO_ARROW, code):
        return
    declared = re.match(r"((?:export )?)((?:async )?)function ([\w$]+) ?\(", code)
    arrow = re.match(r"((?:export )?)(?:const|let|var) ([\w$]+) = ((?:async )?)\(", code)
    match = declared or arrow
    close = closing(code, match.end() - 1) if match else -1
    if close < 0:
        return
    parameters = text[match.end() - 1:close + 1]
    words = {"name": region.name}
    if declared and region.name == declared[3]:
        rest = re.match(r"((?:: [\w<>\[\], .|]+)?) ?\{\n", code[close + 1:])
        if rest and text.endswith("\n}\n"):
            head = f"{declared[1]}const {declared[3]} = {declared[2]}{parameters}{rest[1]}"
            ended = ";\n" if ";\n" in code else "\n"
            after = f"{head} => {{\n" + text[close + 1 + rest.end():-1] + ended
            yield from both_ways("js_to_arrow", "js_to_function", text, after, words)
    elif arrow:
        rest = re.match(r"((?:: [\w<>\[\], .|]+)?) => \{\n", code[close + 1:])
        if rest and text.endswith(("\n};\n", "\n}\n")):
            after = f"{arrow[1]}{arrow[3]}function {arrow[2]}{parameters}{rest[1]} {{\n" + \
                text[close + 1 + rest.end():].removesuffix(";\n").removesuffix("\n") + "\n"
            yield Change("js_to_function", text, after, words)
            if "const " in code[:match.end()]:
                yield Change("js_to_arrow", after, text, words)


def callbacks(region: Region, numbers: random.Random) -> Iterator[Change]:
    """`function (x) {` as an argument against `(x) => {`; all that there are."""
    if region.language not in SCRIPTS:
        return
    code = shape(region.text, region.language)
    body = code.find("{") + 1
    old = list(re.finditer(r"(?:(?<=[(,] )|(?<=\())function ?\(([^()\n]*)\) \{", code[body:]))
    new = list(re.finditer(r"(?<=[(, ])\(([^()\n]*)\) => \{", code[body:]))
    found, arrow = (new, "function ({}) {{") if new and not old else (old, "({}) => {{")
    if not 1 <= len(found) <= 3 or (old and new) or "function*" in code:
        return
    text = region.text
    for match in reversed(found):
        begin, end = body + match.start(), body + match.end()
        close = closing(code, end - 1)
        if close < 0 or re.search(_NO_ARROW, code[end:close]) or \
                code[close + 1:close + 2] not in (")", ",") or \
                code[begin - 6:begin] == "async " or \
                code[begin - 7:begin - 1].endswith("async"):
            return
        parameters = re.sub(r"^.*?\(|\) (?:=> )?\{$", "", region.text[begin:end])
        text = text[:begin] + arrow.format(parameters) + text[end:]
    kind, back = ("js_callback_function", "js_callback_arrow") if new else (
        "js_callback_arrow", "js_callback_function")
    words = {"name": region.name}
    yield from both_ways(kind, back, region.text, text, words)


def concise(region: Region, numbers: random.Random) -> Iterator[Change]:
    """`(x) => { return y; }` against `(x) => y`."""
    if region.language not in SCRIPTS:
        return
    code, text = shape(region.text, region.language), region.text
    whole = list(re.finditer(r"(?<==> )\{\s*return ([^;{}\n]+);\s*\}", code))
    short = list(re.finditer(
        r"(?<=\()(\(?[\w$, ]*\)? => )((?![({ ])[^;{}\n]+?)(?=\)(?:;|\.|\)|,)$)", code,
        re.MULTILINE))
    short = [match for match in short if balanced(match[2]) and "=>" not in match[2]
             and len(re.findall(r", ", match[2])) == match[2].count("(") * match[2].count(", ")]
    words = {"name": region.name}
    if 1 <= len(whole) <= 2 and not any(COMMENT_SIGN in match[0] for match in whole):
        for match in reversed(whole):
            text = text[:match.start()] + text[slice(*match.span(1))] + text[match.end():]
        if max(map(len, text.splitlines())) <= 100:
            yield Change("js_concise", region.text, text, words)
    elif len(short) == 1 and code.count("=> ") == code.count("=> {") + 1:
        match = short[0]
        body = text[slice(*match.span(2))]
        before = f"{text[:match.start(2)]}{{ return {body}; }}{text[match.end(2):]}"
        yield from both_ways("js_concise", "js_block_arrow", before, text, words)


def template(region: Region, numbers: random.Random) -> Iterator[Change]:
    """Template literals against strings that are added."""
    if region.language not in SCRIPTS:
        return
    text = region.text
    code = shape(text, region.language)
    found = [match for match in re.finditer(r"`(?:[^`\\\n])*`", text)
             if code[match.start()] == code[match.end() - 1] == "`" and "${" in match[0]]
    if found and code.count("`") <= 2 * len(found) and len(found) <= 2:
        quote = '"' if text.count('"') > text.count("'") else "'"
        before = text
        for match in reversed(found):
            added = _as_sum(match[0][1:-1], quote)
            if added is None or re.search(r"[\w$)\]]$", text[:match.start()]) or \
                    re.search(r"[*/%-] ?$", text[:match.start()]) or \
                    text[match.end():match.end() + 1] in (".", "["):
                return
            before = before[:match.start()] + added + before[match.end():]
        if not re.search(r"['\"] \+ |\+ ['\"]", code):
            yield Change("js_template", before, text, {"name": region.name})
        yield Change("js_concatenation", text, before, {"name": region.name})
        return
    changed = _as_templates(text, code)
    if changed is not None and "`" not in text:
        yield Change("js_template", text, changed, {"name": region.name})


def _as_sum(inside: str, quote: str) -> str | None:
    pieces = re.split(r"\$\{([^{}`]*)\}", inside)
    if quote in "".join(pieces[::2]):
        return None
    operands = []
    for at, piece in enumerate(pieces):
        if at % 2 and not re.fullmatch(_CALL + r"(?:\[\w+\])?", piece):
            return None
        if piece or at == 0 and len(pieces) > 2:
            operands.append(piece if at % 2 else f"{quote}{piece}{quote}")
    if operands and operands[0] == quote * 2 and len(operands) > 2 and operands[2][0] == quote and \
            operands[1][0] != quote:
        operands = operands[1:]
    return " + ".join(operands)


_ITEM = rf"(?:'x*'|\"x*\"|{_CALL}(?:\[\w+\])?)"
_SUM = re.compile(rf"(?:(?<=[=(,:?] )|(?<=return )|(?<=\())({_ITEM}(?: \+ {_ITEM})+)"
                  r"(?=[;,):]|$| :)", re.MULTILINE)


def _as_templates(text: str, code: str) -> str | None:
    found = [match for match in _SUM.finditer(code) if re.search(r"['\"]", match[0])]
    if not 1 <= len(found) <= 3:
        return None
    changed = text
    for match in reversed(found):
        items = [(text[match.start() + one.start():match.start() + one.end()])
                 for one in re.finditer(_ITEM, match[0])]
        strings = [item[0] in "'\"" for item in items]
        if not any(strings[:2]) or all(strings) or \
                any("\\" in item or "`" in item or "${" in item for item in items):
            return None
        inside = "".join(item[1:-1] if item[0] in "'\"" else f"${{{item}}}" for item in items)
        changed = f"{changed[:match.start()]}`{inside}`{changed[match.end():]}"
    rest = shape(changed, "javascript")
    return None if re.search(r"['\"`] ?\+|\+ ?['\"`]|\+$", rest, re.MULTILINE) else changed


def asynchronous(region: Region, numbers: random.Random) -> Iterator[Change]:
    """async and await taken off, to be asked for by the calls; the keyword alone."""
    if region.language not in SCRIPTS:
        return
    code, text = shape(region.text, region.language), region.text
    head = text[:text.find("\n")]
    if not re.search(r"\basync\b", code):
        place = re.match(r"(?:(?:export|default|static|private|public|protected) )*"
                         r"(?:(?:const|let|var) [\w$]+ = )?", head).end()
        if region.name != "constructor" and not re.search(r"\byield\b|function\*|^\s*(?:get|set) ",
                                                          code) and \
                "=>" not in code[code.find("\n"):] and "=> {" not in head.replace("= (", "", 1):
            after = text[:place] + "async " + text[place:]
            returns = region.language == "typescript" and re.search(r"\):", head)
            if function_of(region) and not returns and "= function" not in head[:place]:
                yield Change("js_make_async", text, after, {"name": region.name})
        return
    calls = re.findall(r"\bawait (?!new )([\w$.]+)\(", code)
    awaits = len(re.findall(r"\bawait\b", code))
    if code.count("async ") != 1 or "async " not in head or "(await" in code or \
            len(calls) != awaits or re.search(r"\bfor await\b|Promise<", code) or \
            any(len(re.findall(rf"(?<![\w$.]){re.escape(call)}\(", code)) != calls.count(call)
                for call in calls):
        return
    before = _without_words(text, code, r"\b(?:async|await) ")
    names = list(dict.fromkeys(calls))
    words = {"name": region.name, "calls": " and ".join(names) if len(names) < 3 else
             ", ".join(names[:-1]) + " and " + names[-1]}
    if names and len(names) < 5:
        yield from both_ways("js_await", "js_no_async", before, text, words)
    elif not awaits:
        yield from both_ways("js_make_async", "js_needless_async", before, text, words)


def _without_words(text: str, code: str, pattern: str) -> str:
    for match in reversed(list(re.finditer(pattern, code))):
        text = text[:match.start()] + text[match.end():]
    return text


def exported(region: Region, numbers: random.Random) -> Iterator[Change]:
    if region.language not in SCRIPTS:
        return
    for prefix, kind in (("export default ", "js_default_export"), ("export ", "js_export")):
        if region.text.startswith(prefix):
            plain = region.text[len(prefix):]
            yield from both_ways(kind, "js_no_export", plain, region.text, {"name": region.name})
            return
    if re.match(r"(?:async )?function [\w$]+\(|(?:const|let) [\w$]+ = (?:async )?\(", region.text):
        yield Change("js_export", region.text, "export " + region.text, {"name": region.name})


def quotes(region: Region, numbers: random.Random) -> Iterator[Change]:
    """All strings in the other quotes, where no string holds one."""
    if region.language not in SCRIPTS or "`" in region.text:
        return
    marks = masking.kinds(region.text, region.language)
    found = [match for match in re.finditer(r"'[^'\"\\\n]*'|\"[^'\"\\\n]*\"", region.text)
             if set(marks[match.start():match.end()]) == {masking.STRING}]
    used = {match[0][0] for match in found}
    strings = "".join(char for char, mark in zip(region.text, marks) if mark == masking.STRING)
    if len(used) != 1 or "\\" in strings or len(found) > 8 or \
            len(found) * 2 != strings.count("'") + strings.count('"'):
        return
    old, new = ("'", '"') if used == {"'"} else ('"', "'")
    changed = list(region.text)
    for match in found:
        changed[match.start()] = changed[match.end() - 1] = new
    kind = ("js_single_quotes", "js_double_quotes")[new == '"']
    back = ("js_single_quotes", "js_double_quotes")[old == '"']
    yield from both_ways(kind, back, region.text, "".join(changed), {"name": region.name})


# In TypeScript `name: name,` on a line may also be a parameter of the type `name`.
_NOT_TYPED = tuple(rule for rule in RULES if rule.pattern.startswith(r"^([ \t]+)([\w$]+): "))
JAVASCRIPT: tuple[Maker, ...] = rule_makers(
    SCRIPTS, (rule for rule in RULES if rule not in _NOT_TYPED)) + rule_makers(
        ("javascript",), _NOT_TYPED) + (
    named, callbacks, concise, template, asynchronous, exported, quotes)

"""Rewrites that only C has."""

from __future__ import annotations

import random
import re
from typing import Iterator

from training.pairs.brace_code import (COMMENT_SIGN, Rule, balanced, closing, function_in, joined,
                                       rule_makers, shape, split_top)
from training.pairs.changes import Change, Maker, both_ways
from training.pairs.regions import Region

_PATH = r"\w+(?:(?:->|\.)\w+)*"
RULES: tuple[Rule, ...] = (
    Rule("", "c_arrow", r"(?<![\w.>)\]])(\w+)->(?=\w)", r"(*\1).", r"\(\*\w+\)\.", 4),
    Rule("c_fprintf", "c_printf", r"(?<!\w)printf ?\(", "fprintf(stderr, ", r"fprintf"),
    Rule("c_printf", "c_fprintf", r"(?<!\w)fprintf ?\(stderr, ?", "printf(", r"(?<!\w)printf"),
    Rule("c_stdout", "c_stderr", r"\bfprintf\(stderr,", "fprintf(stdout,", r"stdout"),
    Rule("c_sprintf", "c_snprintf", r"\bsnprintf\((\w+), sizeof\(\1\), ", r"sprintf(\1, ",
         r"\bsprintf"),
    Rule("c_calloc", "c_malloc",
         r"(?<!\w)malloc\((\w+) \* (sizeof\([\w *]+\))\)", r"calloc(\1, \2)",
         r"calloc"),
    Rule("c_malloc", "c_calloc",
         r"(?<!\w)calloc\((?!1,)(\w+), (sizeof\([\w *]+\))\)", r"malloc(\1 * \2)",
         r"malloc"),
    Rule("c_no_malloc_cast", "c_malloc_cast",
         r"= \((?:struct )?\w+ \*+\) ?((?:m|c|re)alloc\()", r"= \1"),
    Rule("c_strcmp_equal", "c_not_strcmp", r"!(str(?:case)?n?cmp|memcmp)\(([^()\n]+)\)",
         r"\1(\2) == 0", r"cmp\([^\n]*== 0"),
    Rule("c_not_strcmp", "c_strcmp_equal",
         r"(?<![!\w])(str(?:case)?n?cmp|memcmp) ?\(([^()\n]+)\) == 0", r"!\1(\2)", r"!\w*cmp"),
    Rule("c_not_zero", "c_equals_zero", rf"\bif \(({_PATH}) == 0\)", r"if (!\1)", r"!\w"),
    Rule("c_equals_zero", "c_not_zero", rf"\bif \(!({_PATH})\)", r"if (\1 == 0)", r"== 0"),
    Rule("c_truthy", "c_not_equal_null", rf"\bif \(({_PATH}) != NULL\)", r"if (\1)"),
    Rule("c_zero_pointer", "c_null_pointer", r"(?<=return )NULL(?=;)|(?<== )NULL(?=;)", "0",
         r"= 0;|return 0;"),
    Rule("", "c_index",
         r"(?:(?<== )|(?<=return )|(?<=\())(\w+)\[([a-z]\w*)\](?![\[.\w]|->)", r"*(\1 + \2)",
         r"\*\(\w+ \+"),
    Rule("c_plain_return", "c_return_parentheses",
         r"\breturn ?\(([^()\n]+|[^()\n]*\([^()\n]*\))\);",
         r"return \1;", r"return [^(\n]", 5),
    Rule("c_return_parentheses", "c_plain_return", r"\breturn ([\w>.-]+|\w+\([^()\n]*\));",
         r"return (\1);", r"return ?\(", 5),
    Rule("c_unsigned", "c_unsigned_int", r"\bunsigned int\b", "unsigned", r"unsigned (?!int)"),
    Rule("c_unsigned_int", "c_unsigned", r"\bunsigned (?=[a-z_]\w* ?[;,=)])(?!char|short|long|int)",
         "unsigned int ", r"unsigned int"),
    Rule("c_uint8", "c_unsigned_char", r"\bunsigned char\b", "uint8_t", r"uint8_t"),
    Rule("c_unsigned_char", "c_uint8", r"\buint8_t\b", "unsigned char", r"unsigned char"),
    Rule("", "c_bool_words", r"(?<=return )(?:true)(?=;)", "1", r"return 1;"),
    Rule("c_no_const", "c_const", r"\bconst (char|void|uint8_t|unsigned char) \*(?=\w)",
         r"\1 *", r"(?<!const )\b(?:char|void|uint8_t) \*\w", 2),
    Rule("c_no_void_parameter", "c_void_parameter", r"\A([^\n(]*\w ?\()void\)", r"\1)"),
    Rule("c_drop_unused_mark", "c_unused_mark", r"(?<=\{\n)[ \t]+\(void\) ?(\w+);\n(?!\n)", "",
         "", 1),
    Rule("c_no_cast", "", r"(?<=[=(,] )(\((?:unsigned char|size_t|int|unsigned int|long|"
         r"char \*|void \*|uint32_t|unsigned long)\)) ?(\w+)(?=[,;)])", r"\2", "", 1),
    Rule("c_sizeof_type", "c_sizeof_variable",
         r"\bmemset\(&(\w+), 0, sizeof\(\1\)\)", r"memset(&\1, 0, sizeof \1)", r"sizeof \w"),
    Rule("c_bzero", "c_memset", r"\bmemset ?\(([^(),\n]+), 0, ([^,\n]+)\);", r"bzero(\1, \2);",
         r"bzero"),
)
TYPES = ("int", "long", "size_t", "unsigned int", "uint32_t", "char", "short", "bool", "ssize_t",
         "uint64_t", "double", "unsigned long")


def storage(region: Region, numbers: random.Random) -> Iterator[Change]:
    """static, inline and extern before the function; its result's type."""
    if region.language != "c":
        return
    match = re.match(r"((?:static |inline |extern )*)(const )?((?:unsigned |struct )?\w+)([ \n]\**)"
                     rf"(?={re.escape(region.name)} ?\()", region.text)
    # Else the lines after the first would have to be aligned anew.
    if match is None or not balanced(region.text.split("\n")[0].rstrip("{ ")) or \
            match[3] in ("static", "inline", "extern", "const", "return", "else"):
        return
    rest = region.text[match.end(1):]
    words = {"name": region.name}
    if match[1] == "":
        yield from both_ways("c_static", "c_no_static", region.text, "static " + rest, words)
    elif match[1] == "static ":
        yield from both_ways("c_static", "c_no_static", rest, region.text, words)
        yield Change("c_inline", region.text, "static inline " + rest, words)
    elif match[1] == "static inline ":
        yield from both_ways("c_inline", "c_no_inline", "static " + rest, region.text, words)
    if match[3] != "void" and match[2] is None and "struct" not in match[3]:
        old = numbers.choice([one for one in TYPES if one != match[3]])
        changed = region.text[:match.start(3)] + old + region.text[match.end(3):]
        stars = f" {match[4].strip()}" if match[4].strip() else ""
        yield Change("c_result_type", changed, region.text,
                     words | {"old": old + stars, "type": match[3] + stars})


def variable_types(region: Region, numbers: random.Random) -> Iterator[Change]:
    """Of a local variable or a parameter."""
    function = function_in(region, "c")
    if function is None:
        return
    code = "".join(function.code)
    found = list(re.finditer(r"^[ \t]+(?P<type>(?:unsigned )?(?:int|long|size_t|char|short|ssize_t|"
                             r"\w+_t)) (?P<name>\w+)(?: = [^,;\n]+)?;$", code[function.opening:],
                             re.MULTILINE))
    if found:
        match = numbers.choice(found)
        start, stop = (function.opening + at for at in match.span("type"))
        old = numbers.choice([one for one in TYPES if one != match["type"]])
        changed = region.text[:start] + old + region.text[stop:]
        yield Change("c_variable_type", changed, region.text, {
            "var": match["name"], "old": old, "type": match["type"], "name": region.name})
    begin, end = function.parameters
    parameters = []
    for a, b in split_top(code[begin:end]):
        match = re.fullmatch(r"\s*((?:const |unsigned |struct )*\w+) (\**)(\w+)", code[begin + a:
                                                                                     begin + b])
        if match and COMMENT_SIGN not in match[0]:
            parameters.append((begin + a + match.start(1), begin + a + match.end(1), match))
    if parameters:
        start, stop, match = numbers.choice(parameters)
        stars = f" {match[2]}" if match[2] else ""
        if match[1].startswith("const ") and match[2] == "*":
            yield Change("c_const_parameter", region.text[:start] + match[1][6:] +
                         region.text[stop:], region.text,
                         {"parameter": match[3], "name": region.name})
        old = numbers.choice([one for one in TYPES if one != match[1]])
        yield Change("c_parameter_type", region.text[:start] + old + region.text[stop:],
                     region.text, {"parameter": match[3], "old": old + stars,
                                   "type": match[1] + stars, "name": region.name})


def null_checks(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A check of what an allocation gives that people wrote, taken out to be asked for."""
    if region.language != "c":
        return
    code, text = shape(region.text, "c"), region.text
    found = list(re.finditer(
        r"^[ \t]+[^\n=]*?(?P<to>[\w>.-]+) = (?:\([\w *]+\) ?)?"
        r"(?P<call>\w*(?:alloc|dup|fopen|new)\w*) ?\([^\n]*\);\n(?:[ \t]*\n)?"
        r"(?P<if>[ \t]+if ?\((?:!(?P=to)|(?P=to) == NULL)\)(?: \{)?\n"
        r"[ \t]+(?P<do>return[^\n;]*;|goto \w+;|exit ?\(\w+\);|abort ?\(\);)\n)",
        code, re.MULTILINE))
    if len(found) != 1:
        return
    match = found[0]
    end = match.end()
    if "{" in match["if"]:
        close = re.match(r"[ \t]+\}\n", code[end:])
        if close is None:
            return
        end += close.end()
    if re.match(r"\s*else\b", code[end:]):
        return
    before = text[:match.start("if")] + text[end:]
    condition = re.search(r"if ?\(([^)]*)\)", match["if"])[1]
    yield Change("c_check_allocation", before, text, {
        "var": match["to"], "call": match["call"], "action": match["do"].rstrip(";"),
        "condition": condition, "name": region.name})


def assigned_conditions(region: Region, numbers: random.Random) -> Iterator[Change]:
    """`if ((x = f()) == NULL)` against two statements."""
    function = function_in(region, "c")
    if function is None:
        return
    for at in range(function.first, function.last):
        line = function.code[at]
        match = re.fullmatch(
            r"([ \t]+)if ?\(\((\w+) = ([^\n]+)\) (==|!=|<|>) ([\w-]+)\)( \{)?\n", line)
        before = function.code[at - 1]
        if match is None or not balanced(match[3]) or COMMENT_SIGN in line or \
                re.search(r"^\s*(?:else|for|while|if|do)\b[^{]*$|else", before):
            continue
        value = function.lines[at][match.start(3):match.end(3)]
        split = joined(function, at, at + 1, [
            f"{match[1]}{match[2]} = {value};\n",
            f"{match[1]}if ({match[2]} {match[4]} {match[5]}){match[6] or ''}\n"])
        words = {"var": match[2], "value": value, "name": region.name}
        yield Change("c_split_condition", region.text, split, words)
        if match[0].startswith(f"{match[1]}if (("):
            yield Change("c_assign_in_condition", split, region.text, words)
        return


def declarations(region: Region, numbers: random.Random) -> Iterator[Change]:
    """`int x = 5;` against a declaration and an assignment on the next line."""
    function = function_in(region, "c")
    if function is None:
        return
    code = "".join(function.code)
    pair = re.search(
        r"^([ \t]+)((?:unsigned |struct |const )?\w+ \**)(\w+);\n+\1\3 = ([^;\n]+);\n",
        code, re.MULTILINE)
    whole = [match for match in re.finditer(
        r"^([ \t]+)((?:unsigned |struct )?\w+ \**)(\w+) = ([^;{\n]+);\n"
        r"(?![ \t]+[^\n]*\w \**\w+(?: = |;))",
        code, re.MULTILINE) if match[2].strip() not in ("return", "goto", "else")]
    if pair and COMMENT_SIGN not in pair[0] and balanced(pair[4]) and \
            pair[2].strip() != "return" and len(split_top(pair[4])) == 1:
        value = region.text[slice(*pair.span(4))]
        after = f"{region.text[:pair.start()]}{pair[1]}{pair[2]}{pair[3]} = {value};\n" + \
            region.text[pair.end():]
        yield Change("c_initialize", region.text, after, {"var": pair[3], "value": value,
                                                          "name": region.name})
    elif whole and balanced(whole[0][4]) and "const" not in whole[0][2]:
        match = numbers.choice(whole[:3])
        if COMMENT_SIGN in match[0] or not balanced(match[4]) or len(split_top(match[4])) > 1:
            return
        value = region.text[slice(*match.span(4))]
        split = f"{region.text[:match.start()]}{match[1]}{match[2]}{match[3]};\n" \
            f"{match[1]}{match[3]} = {value};\n" + region.text[match.end():]
        words = {"var": match[3], "value": value, "name": region.name}
        yield from both_ways("c_initialize", "c_declare_first", split, region.text, words)


def loops(region: Region, numbers: random.Random) -> Iterator[Change]:
    """for against while, where nothing continues."""
    if region.language != "c":
        return
    code, text = shape(region.text, "c"), region.text
    found = re.search(
        r"^([ \t]+)for \((\w+) = ([^;\n]+); ([^;\n]+); ([^;,\n]+)\) \{\n([ \t]+)", code,
        re.MULTILINE)
    if found is None or re.search(r"\b(?:else|if ?\([^\n]*\)|for[^\n]*\)|while[^\n]*\))\s*$",
                                  code[:found.start()]) or not balanced(found[5]):
        return
    close = closing(code, code.index("{", found.end(5)))
    if close < 0 or "continue" in code[found.end():close] or found[3].count(",") or \
            len(found[6]) <= len(found[1]) or code[close + 1] != "\n":
        return
    first, condition, step = (text[slice(*found.span(n))] for n in (3, 4, 5))
    line = text.rfind("\n", 0, close) + 1
    before = f"{text[:found.start()]}{found[1]}{found[2]} = {first};\n" \
        f"{found[1]}while ({condition}) {{\n{found[6]}" + text[found.end():line] + \
        f"{found[6]}{step};\n" + text[line:]
    words = {"var": found[2], "name": region.name}
    yield from both_ways("c_for_loop", "c_while_loop", before, text, words)


C: tuple[Maker, ...] = rule_makers(("c",), RULES) + (
    storage, variable_types, null_checks, assigned_conditions, declarations, loops)

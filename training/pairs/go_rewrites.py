"""Rewrites that only Go has."""

from __future__ import annotations

import random
import re
from typing import Iterator

from training.pairs.brace_code import (COMMENT_SIGN, Rule, balanced, closing, function_in, joined,
                                       rule_makers, shape, split_top)
from training.pairs.changes import Change, Maker, both_ways
from training.pairs.regions import Region

_PATH = r"\w+(?:\.\w+)*"
RULES: tuple[Rule, ...] = (
    Rule("go_range_index", "go_counted_index",
         rf"\bfor (\w+) := 0; \1 < len\(({_PATH})\); \1\+\+ \{{", r"for \1 := range \2 {"),
    Rule("go_counted_index", "go_range_index",
         rf"\bfor ([ijk]|idx|index) := range ({_PATH}) \{{",
         r"for \1 := 0; \1 < len(\2); \1++ {", r"\bfor \w+ := 0; "),
    Rule("", "go_range_value", rf"\bfor _, (\w+) := range ({_PATH}) \{{\n([ \t]+)",
         "for i := range \\2 {\n\\3\\1 := \\2[i]\n\\3", r"\bi\b", 1),
    Rule("go_errors_is", "go_error_equals",
         r"(?<![\w.!])(\w*[eE]rr) == ((?:\w+\.)?(?:Err\w+|EOF|\w+Error))\b(?!\()",
         r"errors.Is(\1, \2)", r"errors\.Is\("),
    Rule("go_error_equals", "go_errors_is",
         rf"(?<![\w.!])errors\.Is\((\w+), ({_PATH})\)", r"\1 == \2", r"[eE]rr == (?!nil)"),
    Rule("go_zero_slice", "go_nil_slice", r"^(\s*)var (\w+) (\[\][\w.*]+)$", r"\1\2 := \3{}"),
    Rule("go_short_int", "go_var_int", r"^(\s*)var (\w+) int$", r"\1\2 := 0"),
    Rule("go_short_string", "go_var_string", r"^(\s*)var (\w+) string$", r'\1\2 := ""'),
    Rule("go_var_string", "go_short_string", r'^(\s*)(\w+) := ""$', r"\1var \2 string"),
    Rule("go_short_bool", "go_var_bool", r"^(\s*)var (\w+) bool$", r"\1\2 := false"),
    Rule("go_nil_slice", "go_zero_slice", r"^(\s*)(\w+) := (\[\][\w.*]+)\{\}$", r"\1var \2 \3"),
    Rule("go_map_literal", "go_make_map",
         r"\bmake\((map\[[\w.*]+\](?!interface|struct)[\w.*\[\]]+)\)", r"\1{}",
         r"map\[[\w.*]+\][\w.*\[\]]+\{"),
    Rule("go_make_map", "go_map_literal",
         r"(?<=:= )(map\[[\w.*]+\](?!interface|struct)[\w.*\[\]]+)\{\}", r"make(\1)",
         r"make\(map"),
    Rule("go_new", "go_address_literal", rf"&({_PATH})\{{\}}", r"new(\1)", r"\bnew\("),
    Rule("go_sprintf_number", "go_itoa", r"\bstrconv\.Itoa\(([^()\n]+)\)",
         r'fmt.Sprintf("%d", \1)', r"fmt\.Sprintf"),
    Rule("go_index_contains", "go_contains", r"(?<!!)\bstrings\.Contains\(([^()\n]+)\)",
         r"strings.Index(\1) >= 0", r"strings\.Index\("),
    Rule("go_empty_length", "go_empty_string", rf"(?<![\w.])({_PATH}) == \"\"", r"len(\1) == 0",
         r"len\("),
    Rule("go_empty_length", "go_empty_string", rf"(?<![\w.])({_PATH}) != \"\"", r"len(\1) > 0",
         r"len\("),
    Rule("go_now_sub", "go_since", r"\btime\.Since\(([^()\n]+)\)", r"time.Now().Sub(\1)",
         r"time\.Now\(\)\.Sub"),
    Rule("go_since", "go_now_sub", r"\btime\.Now\(\)\.Sub\(([^()\n]+)\)", r"time.Since(\1)"),
    Rule("go_io", "go_ioutil", r"\bioutil\.(ReadAll|NopCloser)\(", r"io.\1("),
    Rule("go_os", "go_ioutil", r"\bioutil\.(ReadFile|WriteFile|ReadDir)\(", r"os.\1("),
    Rule("go_ioutil", "go_io", r"\bio\.(ReadAll|NopCloser)\(", r"ioutil.\1(", r"ioutil\."),
    Rule("go_ioutil", "go_os", r"\bos\.(ReadFile|WriteFile|ReadDir)\(", r"ioutil.\1(",
         r"ioutil\."),
    Rule("go_replace", "go_replace_all", r"\bstrings\.ReplaceAll\(([^()\n]+)\)",
         r"strings.Replace(\1, -1)", r"strings\.Replace\("),
    Rule("go_replace_all", "go_replace", r"\bstrings\.Replace\(([^()\n]+), -1\)",
         r"strings.ReplaceAll(\1)", r"ReplaceAll"),
    Rule("go_compare_bytes", "go_bytes_equal", r"(?<!!)\bbytes\.Equal\(([^()\n]+)\)",
         r"bytes.Compare(\1) == 0", r"bytes\.Compare"),
    Rule("", "go_drop_blank", r"\bfor (\w+) := range ", r"for \1, _ := range ", r", _ := range"),
    Rule("go_true", "go_no_true", rf"\bif ({_PATH}(?:\([^()\n]*\))?) \{{$", r"if \1 == true {",
         r"== true"),
    Rule("go_false", "go_no_false", rf"\bif !({_PATH}(?:\([^()\n]*\))?) \{{$", r"if \1 == false {",
         r"== false"),
    Rule("go_log_fatal", "go_panic", r"\bpanic\(err\)", "log.Fatal(err)", r"log\.Fatal"),
    Rule("go_panic", "go_log_fatal", r"\blog\.Fatal\(err\)", "panic(err)", r"panic\("),
    Rule("go_errors_wrap", "go_errorf_wrap", r"\berrors\.Wrap\(err, \"(x+)\"\)",
         r'fmt.Errorf("\1: %w", err)'),
    Rule("go_errorf", "go_fatalf", r"\bt\.Fatalf\(", "t.Errorf(", r"t\.Errorf"),
    Rule("go_fatalf", "go_errorf", r"\bt\.Errorf\(", "t.Fatalf(", r"t\.Fatalf"),
)
VERBS = ("get set read write open close parse load save create make build find check run start "
         "stop send init add remove delete update decode encode marshal unmarshal new fetch list "
         "resolve validate execute do call connect query scan copy flush apply render").split()
WRAPPINGS = ("failed to {}", "could not {}", "cannot {}", "error while trying to {}",
             "unable to {}")
NOT_VERBS = ("{} failed", "error in {}", "calling {}", "{}")


def wrapped_errors(region: Region, numbers: random.Random) -> Iterator[Change]:
    if region.language != "go":
        return
    text, code = region.text, shape(region.text, "go")
    found = list(re.finditer(
        r"^(\s*return (?:[^\n]+, )?)fmt\.Errorf\(\"([^\"\n%]+): %w\", (\w+)\)$", text,
        re.MULTILINE))
    plain = list(re.finditer(r"^(\s*return (?:[^\n]+, )?)(err)$", code, re.MULTILINE))
    if len(found) == 1 and not plain:
        match = found[0]
        bare = text[:match.end(1)] + match[3] + text[match.end():]
        words = {"message": match[2], "err": match[3], "name": region.name}
        yield from both_ways("go_wrap_error", "go_return_bare", bare, text, words)
        loose = text[:match.start()] + match[0].replace("%w", "%v") + text[match.end():]
        yield Change("go_percent_w", loose, text, words)
    elif len(plain) == 1 and not found:
        match = plain[0]
        before = code[:match.start()]
        call = re.findall(r"\berr :?= (?:\w+\.)*(\w+)\(", before)
        if not call or not before.rstrip().endswith("if err != nil {"):
            return
        spoken = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", call[-1]).lower()
        verb = spoken.split()[0] in VERBS
        message = numbers.choice(WRAPPINGS if verb else NOT_VERBS).format(spoken)
        after = text[:match.start(2)] + f'fmt.Errorf("{message}: %w", err)' + text[match.end():]
        words = {"message": message, "err": "err", "name": region.name}
        yield from both_ways("go_wrap_error", "go_return_bare", text, after, words)


def scoped_errors(region: Region, numbers: random.Random) -> Iterator[Change]:
    """`if err := f(); err != nil {` against two statements."""
    function = function_in(region, "go")
    if function is None:
        return
    code, text = "".join(function.code), region.text
    declared = len(re.findall(r"\berr\b[^\n=]*:=|\berr error", code))
    if declared != 1:
        return
    one = re.search(r"^([ \t]+)if (err := ([\w.]+)\([^\n;]*\)); err != nil \{\n", code,
                    re.MULTILINE)
    two = re.search(r"^([ \t]+)(err := ([\w.]+)\([^\n]*\))\n\1if err != nil \{\n", code,
                    re.MULTILINE)
    if one and balanced(one[2]) and not re.search(r"\} else\b", code):
        call = text[slice(*one.span(2))]
        split = text[:one.start()] + f"{one[1]}{call}\n{one[1]}if err != nil {{\n" + \
            text[one.end():]
        words = {"call": one[3], "name": region.name}
        yield from both_ways("go_scope_err", "go_split_err", split, text, words)
    elif two and balanced(two[2]):
        close = closing(code, two.end() - 2)
        if close > 0 and not re.search(r"\berr\b", code[close:]) and code[close + 1] == "\n":
            call = text[slice(*two.span(2))]
            after = text[:two.start()] + f"{two[1]}if {call}; err != nil {{\n" + text[two.end():]
            words = {"call": two[3], "name": region.name}
            yield from both_ways("go_scope_err", "go_split_err", text, after, words)


def scoped_ok(region: Region, numbers: random.Random) -> Iterator[Change]:
    """`if v, ok := m[k]; ok {` as two statements."""
    code, text = shape(region.text, region.language), region.text
    if region.language != "go" or len(re.findall(r"\bok\b[^\n=]*:=", code)) != 1:
        return
    one = re.search(r"^([ \t]+)if ((\w+), ok := ([^\n;{]+)); (!?ok) \{\n", code, re.MULTILINE)
    if one and balanced(one[2]) and not re.search(r"\} else\b", code) and (
            one[3] == "_" or len(re.findall(rf"\b{one[3]}\b[^\n=]*:=|\b{one[3]} ", code)) == 1):
        first = text[slice(*one.span(2))]
        split = text[:one.start()] + f"{one[1]}{first}\n{one[1]}if {one[5]} {{\n" + text[one.end():]
        words = {"expression": text[slice(*one.span(4))], "name": region.name}
        yield from both_ways("go_scope_ok", "go_split_ok", split, text, words)


def context(region: Region, numbers: random.Random) -> Iterator[Change]:
    function = function_in(region, "go")
    if function is None:
        return
    begin, end = function.parameters
    text = region.text
    inside = text[begin:end]
    words = {"name": region.name}
    if inside.startswith("ctx context.Context"):
        rest = inside[len("ctx context.Context"):].removeprefix(",").lstrip(" ")
        without = text[:begin] + rest + text[end:]
        if "\n" not in inside and not re.match(r"\w+,? *$", rest):
            yield Change("go_add_context", without, text, words)
            if len(re.findall(r"\bctx\b", text)) == 1:
                yield Change("go_drop_context", text, without, words)
    elif not re.search(r"\bctx\b", text) and "\n" not in inside and (
            not inside or re.match(r"\w+(?:, \w+)* [\w.*\[\]]", inside)):
        after = text[:begin] + "ctx context.Context" + (", " if inside else "") + text[begin:]
        yield from both_ways("go_add_context", "go_drop_context", text, after, words)


def receivers(region: Region, numbers: random.Random) -> Iterator[Change]:
    match = re.match(r"func \((\w+) (\*?)(\w+)\) ", region.text)
    if match is None or region.language != "go":
        return
    other = "" if match[2] else "*"
    changed = region.text[:match.start(2)] + other + region.text[match.end(2):]
    words = {"type": match[3], "name": region.name, "receiver": match[1]}
    kinds = ("go_value_receiver", "go_pointer_receiver")
    yield Change(kinds[other == "*"], region.text, changed, words)
    yield Change(kinds[other == ""], changed, region.text, words)
    code = shape(region.text, "go")
    new = numbers.choice((match[3][0].lower(), match[3].lower(), "self", "this", "recv"))
    spans = [one.span() for one in re.finditer(rf"(?<![\w.]){match[1]}\b", code)]
    if new == match[1] or re.search(rf"\b{new}\b", region.text) or \
            len(re.findall(rf"\b{match[1]}\b", region.text)) != len(spans) or \
            re.search(rf"[{{,(]\s*{match[1]}:", code):
        return
    renamed = region.text
    for begin, end in reversed(spans):
        renamed = renamed[:begin] + new + renamed[end:]
    yield Change("go_rename_receiver", region.text, renamed, {"old": match[1], "new": new})
    yield Change("go_rename_receiver", renamed, region.text, {"old": new, "new": match[1]})


def visibility(region: Region, numbers: random.Random) -> Iterator[Change]:
    if region.language != "go" or not region.name[0].isalpha() or \
            region.name in ("main", "init", "len", "new", "String", "Error"):
        return
    name = region.name
    other = name[0].swapcase() + name[1:]
    spans = [one.span() for one in re.finditer(rf"(?<![\w.\"]){name}(?=\()",
                                               shape(region.text, "go"))]
    if len(re.findall(rf"\b{name}\b", region.text)) != len(spans) or \
            re.search(rf"\b{other}\b", region.text) or other in ("type", "range", "map", "func",
                                                                 "select", "go", "import") or \
            len(name) < 3 or name[1].isupper():
        return
    changed = region.text
    for begin, end in reversed(spans):
        changed = changed[:begin] + other + changed[end:]
    kind = "go_unexport" if name[0].isupper() else "go_export"
    back = "go_export" if name[0].isupper() else "go_unexport"
    yield Change(kind, region.text, changed, {"name": name, "other": other})
    yield Change(back, changed, region.text, {"name": other, "other": name})


def deferred(region: Region, numbers: random.Random) -> Iterator[Change]:
    """`defer x.Unlock()` against a call at the end, where nothing returns before."""
    function = function_in(region, "go")
    if function is None:
        return
    code = function.code
    found = [at for at in range(function.first, function.last)
             if re.fullmatch(r"\tdefer [\w.]+\(\w*\)\n", code[at])]
    body = "".join(code[function.first:function.last])
    if len(found) != 1 or re.search(r"\b(?:return|panic)\b", body):
        return
    at = found[0]
    call = function.lines[at].strip().removeprefix("defer ")
    rest = function.lines[at + 1:function.last]
    if not "".join(rest).strip():
        return
    before = joined(function, at, function.last, [*rest, f"\t{call}\n"])
    previous = function.lines[at - 1].strip()
    words = {"call": call, "line": previous, "name": region.name}
    if rest[0].strip():
        yield Change("go_defer", before, region.text, words)
    yield Change("go_no_defer", region.text, before, words)


def same_types(region: Region, numbers: random.Random) -> Iterator[Change]:
    """`(a int, b int)` against `(a, b int)`."""
    function = function_in(region, "go")
    if function is None:
        return
    begin, end = function.parameters
    inside = region.text[begin:end]
    if "\n" in inside or "(" in inside or COMMENT_SIGN in "".join(function.code)[begin:end]:
        return
    parts = [inside[a:b].strip() for a, b in split_top(inside)]
    named = [re.fullmatch(r"(\w+)(?: (\S+))?", part) for part in parts]
    if len(parts) < 2 or None in named or named[-1][2] is None:
        return
    words = {"name": region.name}
    text = region.text
    if any(one[2] is None for one in named):
        long, kind = [], ""
        for one in reversed(named):
            kind = one[2] or kind
            long.insert(0, f"{one[1]} {kind}")
        changed = text[:begin] + ", ".join(long) + text[end:]
        yield from both_ways("go_join_types", "go_each_type", changed, text, words)
        return
    short = [f"{one[1]}" if following and following[2] == one[2] else f"{one[1]} {one[2]}"
             for one, following in zip(named, [*named[1:], None])]
    changed = text[:begin] + ", ".join(short) + text[end:]
    if changed != text:
        yield from both_ways("go_join_types", "go_each_type", text, changed, words)


def results(region: Region, numbers: random.Random) -> Iterator[Change]:
    """Names of results, where no return is bare and nothing uses them."""
    function = function_in(region, "go")
    if function is None:
        return
    text, code = region.text, "".join(function.code)
    after = function.parameters[1] + 1
    match = re.match(r" \((\w+) ([\w.*\[\]]+), (err) (error)\) \{", code[after:])
    if match is None or re.search(r"\breturn$", code, re.MULTILINE) or "defer" in code:
        return
    body = code[function.opening:]
    if re.search(rf"\b{match[1]}\b", body) or re.search(r"\berr = ", body):
        return
    plain = text[:after] + f" ({match[2]}, error) {{" + text[after + match.end():]
    words = {"a": match[1], "b": match[3], "name": region.name}
    yield from both_ways("go_name_results", "go_unname_results", plain, text, words)


def returned_error(region: Region, numbers: random.Random) -> Iterator[Change]:
    """`return f()` at the end against a check of what f gives."""
    function = function_in(region, "go")
    if function is None or not re.search(r"\) error \{\s*$",
                                         "".join(function.code[:function.first])):
        return
    at = function.last - 1
    match = re.fullmatch(r"\treturn ([\w.]+)(\([^\n]*\))\n", function.code[at])
    if match is None or closing(match[2], 0) != len(match[2]) - 1 or \
            re.search(r"Err|[eE]rror", match[1]) or re.match(r"\t*(?:case|default)\b",
                                                             function.code[at - 1]):
        return
    call = function.lines[at].strip().removeprefix("return ")
    checked = joined(function, at, at + 1, [
        f"\tif err := {call}; err != nil {{\n", "\t\treturn err\n", "\t}\n", "\treturn nil\n"])
    words = {"call": match[1], "name": region.name}
    yield from both_ways("go_return_call", "go_check_call", checked, region.text, words)


GO: tuple[Maker, ...] = rule_makers(("go",), RULES) + (
    wrapped_errors, scoped_errors, scoped_ok, context, receivers, visibility, deferred, same_types,
    results, returned_error)

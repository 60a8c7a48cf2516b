"""Rewrites that only Rust has."""

from __future__ import annotations

import random
import re
from typing import Iterator

from training.pairs.brace_code import (COMMENT_SIGN, Rule, balanced, function_in, joined, movable,
                                       moved, rule_makers, shape, split_top, tail)
from training.pairs.changes import Change, Maker, both_ways
from training.pairs.regions import Region

_PATH = r"\w+(?:\.\w+)*"
_CALL = _PATH + r"(?:\([^()\n]*\))?"
RULES: tuple[Rule, ...] = (
    Rule("rust_owned_string_ref", "rust_str", r"(?<=: )&str\b", "&String", r"&String\b"),
    Rule("rust_vec_ref", "rust_slice", r"(?<=: )&\[([\w:]+)\](?=[,)])", r"&Vec<\1>", r"&Vec<"),
    Rule("rust_slice", "rust_vec_ref", r"(?<=: )&Vec<([\w:]+)>(?=[,)])", r"&[\1]", r": &\["),
    Rule("rust_no_clone", "rust_clone", rf"(?<![\w.])({_PATH})\.clone\(\)(?=[,;)\n])", r"\1", "",
         1),
    Rule("rust_ref_loop", "rust_iter_loop",
         rf"\bfor (\w+) in (?!self\.iter)({_PATH})\.iter\(\) \{{",
         r"for \1 in &\2 {", r"in &\w"),
    Rule("rust_iter_loop", "rust_ref_loop", rf"\bfor (\w+) in &({_PATH}) \{{",
         r"for \1 in \2.iter() {", r"\.iter\(\) \{"),
    Rule("rust_ref_mut_loop", "rust_iter_mut_loop", rf"\bfor (\w+) in ({_PATH})\.iter_mut\(\) \{{",
         r"for \1 in &mut \2 {", r"in &mut"),
    Rule("rust_iter_mut_loop", "rust_ref_mut_loop", rf"\bfor (\w+) in &mut ({_PATH}) \{{",
         r"for \1 in \2.iter_mut() {", r"\.iter_mut\(\)"),
    Rule("rust_into_iter", "rust_no_into_iter", rf"\bfor (\w+) in ({_PATH}) \{{",
         r"for \1 in \2.into_iter() {", r"into_iter"),
    Rule("rust_no_into_iter", "", rf"\bfor (\w+) in ({_PATH})\.into_iter\(\) \{{",
         r"for \1 in \2 {"),
    Rule("rust_vec_new", "rust_vec_macro", r"\bvec!\[\]", "Vec::new()", r"Vec::new"),
    Rule("rust_vec_macro", "rust_vec_new", r"\bVec::new\(\)", "vec![]", r"vec!\["),
    Rule("rust_to_string", "rust_string_from", r"\bString::from\((\"x*\")\)", r"\1.to_string()",
         r"\.to_string\(\)"),
    Rule("rust_string_from", "rust_to_string", r"(\"x+\")\.to_string\(\)", r"String::from(\1)",
         r"String::from"),
    Rule("rust_string_into", "rust_to_string", r"(\"x+\")\.to_string\(\)", r"\1.into()",
         r"\.into\(\)"),
    Rule("rust_to_owned", "rust_to_string", r"(\"x+\")\.to_string\(\)", r"\1.to_owned()",
         r"\.to_owned\(\)"),
    Rule("rust_to_string", "rust_to_owned", r"(\"x+\")\.to_owned\(\)", r"\1.to_string()",
         r"\.to_string\(\)"),
    Rule("rust_function_item", "rust_closure", r"\.map\(\|(\w+)\| ([A-Z]\w*(?:::\w+)*)\(\1\)\)",
         r".map(\2)", r"\.map\([A-Z]"),
    Rule("rust_closure", "rust_function_item", r"\.map\(([A-Z]\w*(?:::\w+)*)\)",
         r".map(|x| \1(x))", r"\|x\|"),
    Rule("rust_find", "rust_filter_next",
         r"\.filter\(([^()\n]*(?:\([^()\n]*\))?[^()\n]*)\)\.next\(\)",
         r".find(\1)", r"\.find\("),
    Rule("rust_filter_next", "rust_find", r"\.find\((\|[^()\n]*(?:\([^()\n]*\))?[^()\n]*)\)",
         r".filter(\1).next()", r"\.filter\("),
    Rule("rust_eprintln", "rust_println", r"\bprintln!\(", "eprintln!(", r"eprintln!"),
    Rule("rust_println", "rust_eprintln", r"\beprintln!\(", "println!(", r"\bprintln!"),
    Rule("rust_assert", "rust_assert_eq", r"\bassert_eq!\(([^(),\n]+), ([^(),\n]+)\);",
         r"assert!(\1 == \2);", r"assert!\("),
    Rule("rust_assert_eq", "rust_assert", r"\bassert!\(([^(),\n=<>!&|]+) == ([^(),\n=&|]+)\);",
         r"assert_eq!(\1, \2);", r"assert_eq!"),
    Rule("rust_assert_no_debug", "rust_debug_assert", r"\bdebug_assert!\(", "assert!(",
         r"(?<!debug_)assert!"),
    Rule("rust_debug_assert", "rust_assert_no_debug", r"(?<!debug_)\bassert!\(", "debug_assert!(",
         r"debug_assert!"),
    Rule("rust_first", "rust_get_zero", r"\.get\(0\)", ".first()", r"\.first\(\)"),
    Rule("rust_get_zero", "rust_first", r"\.first\(\)", ".get(0)", r"\.get\(0\)"),
    Rule("rust_cloned", "rust_map_clone", r"\.map\(\|(\w+)\| \1\.clone\(\)\)", ".cloned()",
         r"\.cloned\(\)"),
    Rule("rust_map_clone", "rust_cloned", r"\.cloned\(\)", ".map(|x| x.clone())", r"\|x\|"),
    Rule("rust_map_deref", "rust_copied", r"\.copied\(\)", ".map(|&x| x)", r"\|&?x\|"),
    Rule("", "rust_for_in", r"\bfor (\w+) in (\w*(?:iter|it|chars|lines|entries|parts)) \{",
         r"while let Some(\1) = \2.next() {", r"while let", 1),
    Rule("rust_unwrap_default", "rust_or_default", r"\.unwrap_or_default\(\)", ".unwrap()",
         r"\.unwrap\(\)"),
    Rule("rust_unwrap_no_fallback", "rust_unwrap_or", r"\.unwrap_or\(([^()\n]+)\)", ".unwrap()",
         r"\.unwrap\(\)", 1),
    Rule("rust_eager_default", "", r"\.unwrap_or_else\(\|\| ([\w.:\"]+)\)", r".unwrap_or(\1)",
         r"unwrap_or\(", 1),
    Rule("rust_lazy_default", "rust_eager_default", r"\.unwrap_or\(([\w.:]+\(\))\)",
         r".unwrap_or_else(|| \1)", r"unwrap_or_else"),
    Rule("rust_plain_unwrap", "rust_expect", r"\.expect\((\"x+\")\)", ".unwrap()",
         r"\.unwrap\(\)", 1),
    Rule("rust_ok_or_missing", "rust_ok_or", r"\.ok_or\(([^()\n]+)\)\?", "?", "", 1),
    Rule("rust_drop_annotation", "rust_annotate",
         r"\blet (mut )?(\w+): ([\w<>:&, \[\]']+?) = ", r"let \1\2 = ", "", 1),
    Rule("", "rust_mut", r"\blet mut (\w+)", r"let \1", "", 1),
    Rule("", "rust_no_mut", r"\blet (?!mut\b|_)(\w+)(?= = |: )", r"let mut \1", r"let mut ", 1),
    Rule("rust_true", "rust_no_true", rf"\bif ({_CALL}) \{{$", r"if \1 == true {", r"== true"),
    Rule("rust_false", "rust_no_false", rf"\bif !({_CALL}) \{{$", r"if \1 == false {", r"== false"),
    Rule("rust_as", "rust_from",
         r"\b(u64|u128|i64|u32|f64|usize)::from\((\w+(?:\.\w+)*)\)(?=[,;)])",
         r"\2 as \1", r" as "),
    Rule("rust_while_true", "rust_loop", r"\bloop \{", "while true {", r"while true"),
    Rule("rust_len_zero", "rust_is_empty", rf"(?<![\w.!])({_PATH})\.is_empty\(\)", r"\1.len() == 0",
         r"\.len\(\) == 0"),
    Rule("rust_not_empty", "rust_len_positive", rf"(?<![\w.!])({_PATH})\.len\(\) > 0\b(?!\.)",
         r"!\1.is_empty()", r"!\w+\.is_empty"),
    Rule("rust_len_positive", "rust_not_empty", rf"!({_PATH})\.is_empty\(\)", r"\1.len() > 0",
         r"\.len\(\) > 0"),
    Rule("", "rust_exclusive", r"\b(\w+)\.\.([A-Za-z]\w*(?:\.\w+)*)(?= \{)", r"\1..=\2 - 1",
         r"\.\.="),
    Rule("rust_map_err_closure", "rust_map_err_path",
         r"\.map_err\(([A-Z]\w*(?:::\w+)+)\)", r".map_err(|e| \1(e))", r"\|e\|"),
    Rule("", "rust_is_some", r"\bif (\w+)\.is_some\(\) \{", r"if let Some(_) = \1 {",
         r"if let Some\(_\)"),
    Rule("", "rust_is_none", r"\bif (\w+)\.is_none\(\) \{", r"if let None = \1 {", r"let None"),
)
ATTRIBUTES = ("#[inline]", "#[must_use]", "#[allow(dead_code)]", "#[inline(always)]", "#[cold]",
              "#[allow(unused_variables)]", "#[doc(hidden)]", "#[track_caller]", "#[cfg(unix)]",
              "#[cfg(test)]", "#[deprecated]")


def tails(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A tail expression against `return x;`."""
    function = function_in(region, "rust")
    if function is None or "->" not in "".join(function.code[:function.first]):
        return
    at = tail(function.code, function.last)
    line, text = function.code[at], function.lines[at]
    returned = re.fullmatch(rf"{function.indent}return ([^{{}}\n]+);\n", line)
    plain = re.fullmatch(rf"{function.indent}(?!return\b)([^{{}};\n]+)\n", line)
    words = {"name": region.name}
    if returned and balanced(returned[1]):
        after = joined(function, at, at + 1,
                       [function.indent + text[returned.start(1):returned.end(1)] + "\n"])
        yield Change("rust_tail", region.text, after, words)
    elif plain and balanced(plain[1]) and COMMENT_SIGN not in line and \
            re.match(r"[\w&\"*!(\[]", plain[1]) and (at == function.first or re.search(
                r"[;}]$", function.code[at - 1].rstrip()) or not function.code[at - 1].strip()):
        expression = text[plain.start(1):plain.end(1)]
        before = joined(function, at, at + 1, [f"{function.indent}return {expression};\n"])
        words["expression"] = expression
        yield from both_ways("rust_tail", "rust_return", before, region.text, words)


def if_let(region: Region, numbers: random.Random) -> Iterator[Change]:
    """`if let P = e { }` against a match of two arms."""
    function = function_in(region, "rust")
    if function is None:
        return
    lines, code = function.lines, function.code
    for at in range(function.first, function.last):
        match = re.fullmatch(r"(\s+)if let (Some|Ok|Err)\(([\w ]+)\) = ([^{}\n]+) \{\n", code[at])
        if match is None or "&&" in match[4]:
            continue
        end = next((n for n in range(at + 1, function.last)
                    if code[n].startswith(match[1] + "}")), None)
        if end is None or code[end] != match[1] + "}\n" or not movable(function, at, end) or \
                function.code[end - 1].strip()[-1:] not in (";", "}") or end - at > 15:
            continue
        indent, step = match[1], function.indent
        source = lines[at][match.start(4):match.end(4)]
        other = {"Some": "None", "Ok": "Err(_)", "Err": "Ok(_)"}[match[2]]
        pattern = f"{match[2]}({match[3]})"
        before = joined(function, at, end + 1, [
            f"{indent}match {source} {{\n", f"{indent}{step}{pattern} => {{\n",
            *moved(lines[at + 1:end], step, deeper=True), f"{indent}{step}}}\n",
            f"{indent}{step}{other} => {{}}\n", f"{indent}}}\n"])
        words = {"pattern": pattern, "source": source, "other": other, "name": region.name}
        yield from both_ways("rust_if_let", "rust_match", before, region.text, words)
        return


def header(region: Region, numbers: random.Random) -> Iterator[Change]:
    """What stands before `fn` and above it."""
    if region.language != "rust":
        return
    match = re.match(r"(pub(?:\([\w ]+\))? )?((?:async |const |unsafe )*)fn ", region.text)
    if match is None:
        return
    rest = region.text[match.end(1) if match[1] else 0:]
    written = (match[1] or "").strip()
    words = {"name": region.name}
    kinds = {"": "rust_private", "pub": "rust_public", "pub(crate)": "rust_crate"}
    for other in [one for one in kinds if one != written]:
        changed = f"{other} {rest}" if other else rest
        if numbers.random() < 0.6:
            yield Change(kinds[other], region.text, changed, words)
        if written in kinds:
            yield Change(kinds[written], changed, region.text, words)
    attribute = numbers.choice(ATTRIBUTES)
    marked = f"{attribute}\n{region.text}"
    yield from both_ways("rust_attribute", "rust_no_attribute", region.text, marked,
                         words | {"attribute": attribute})
    for word in ("const", "unsafe", "async"):
        if f"{word} " in match[2] and (word != "async" or ".await" not in region.text):
            plain = region.text.replace(f"{word} ", "", 1)
            yield from both_ways("rust_qualifier", "rust_no_qualifier", plain, region.text,
                                 words | {"word": word})
    if not match[2]:
        word = numbers.choice(("const", "unsafe", "async"))
        changed = region.text[:match.end() - 3] + f"{word} " + region.text[match.end() - 3:]
        yield Change("rust_qualifier", region.text, changed, words | {"word": word})
    yield from _self(region, numbers)


def _self(region: Region, numbers: random.Random) -> Iterator[Change]:
    match = re.match(r"[^\n(]*\((&self|&mut self|self|mut self)(?=[,)])", region.text)
    if match is None:
        return
    forms = [one for one in ("&self", "&mut self", "self") if one != match[1]]
    other = numbers.choice(forms)
    changed = region.text[:match.start(1)] + other + region.text[match.end(1):]
    yield Change("rust_self", changed, region.text,
                 {"old": other, "new": match[1], "name": region.name})


def inline_arguments(region: Region, numbers: random.Random) -> Iterator[Change]:
    """`"{}", x` against `"{x}"`."""
    if region.language != "rust":
        return
    call = (r"\b(?:e?println|e?print|format|panic|write|writeln|bail|assert|debug|info|warn|error)"
            r"!\(")
    text = region.text
    outer = list(re.finditer(call + r"(?:\w+, )?\"((?:[^\"\\{}]|\{\}|\\.)*)\"((?:, \w+)+)\)", text))
    inner = list(re.finditer(call + r"(?:\w+, )?\"((?:[^\"\\{}]|\{[a-z_]\w*\}|\\.)*)\"\)", text))
    inner = [match for match in inner if "{" in match[1]]
    words = {"name": region.name}
    marks = shape(text, "rust")
    if len(outer) == 1 and marks[outer[0].start()] != "x":
        match = outer[0]
        names = match[2][2:].split(", ")
        if match[1].count("{}") == len(names):
            inside = match[1]
            for name in names:
                inside = inside.replace("{}", "{" + name + "}", 1)
            after = text[:match.start(1)] + inside + '"' + text[match.end(2):]
            yield from both_ways("rust_inline_arguments", "rust_positional_arguments", text, after,
                                 words)
    elif len(inner) == 1 and not outer and marks[inner[0].start()] != "x":
        match = inner[0]
        names = re.findall(r"\{(\w+)\}", match[1])
        plain = re.sub(r"\{\w+\}", "{}", match[1])
        before = f'{text[:match.start(1)]}{plain}", {", ".join(names)}{text[match.end(1) + 1:]}'
        yield from both_ways("rust_inline_arguments", "rust_positional_arguments", before, text,
                             words)


TYPES = ("u8", "u16", "u32", "u64", "usize", "i32", "i64", "f32", "f64", "&str", "String", "bool",
         "&[u8]", "Vec<u8>", "char")


def types(region: Region, numbers: random.Random) -> Iterator[Change]:
    """The type of a parameter or of the result becomes what people wrote."""
    function = function_in(region, "rust")
    if function is None:
        return
    begin, end = function.parameters
    text, code = region.text, shape(region.text, "rust")
    found = []
    for a, b in split_top(code[begin:end]):
        match = re.fullmatch(r"\s*(?:mut )?(\w+): ([^=\n]+?)\s*", code[begin + a:begin + b])
        if match and COMMENT_SIGN not in match[0]:
            found.append((match[1], begin + a + match.start(2), begin + a + match.end(2)))
    if found:
        parameter, start, stop = numbers.choice(found)
        written = text[start:stop]
        old = numbers.choice([one for one in TYPES if one != written])
        yield Change("rust_change_type", text[:start] + old + text[stop:], text,
                     {"parameter": parameter, "old": old, "type": written, "name": region.name})
    result = re.match(r"\) -> ([^{}\n]+?) \{", code[end:])
    if result:
        start, stop = end + result.start(1), end + result.end(1)
        written = text[start:stop]
        wrapped = re.fullmatch(r"(Option|Result|Vec|Box)<(.+)>", written)
        old = wrapped[2] if wrapped and balanced(wrapped[2]) and "," not in wrapped[2] else \
            numbers.choice([one for one in TYPES if one != written])
        yield Change("rust_change_result", text[:start] + old + text[stop:], text,
                     {"old": old, "type": written, "name": region.name})


def generics(region: Region, numbers: random.Random) -> Iterator[Change]:
    """`fn f<T: Trait>(x: T)` against `fn f(x: impl Trait)`."""
    function = function_in(region, "rust")
    if function is None:
        return
    text, code = region.text, "".join(function.code)
    words = {"name": region.name}
    generic = re.match(r"[^\n<(]*fn \w+<(\w+): ([\w:]+(?: \+ [\w:']+)*)>\(", code)
    if generic:
        letter = generic[1]
        uses = list(re.finditer(rf"\b{letter}\b", code))
        begin, end = function.parameters
        inside = [use for use in uses[1:] if begin <= use.start() < end]
        if len(uses) == 2 and len(inside) == 1 and code[inside[0].start() - 2] == ":" and \
                code[inside[0].end()] in ",)":
            bound = generic[2]
            use = inside[0]
            after = text[:use.start()] + f"impl {bound}" + text[use.end():]
            after = after[:generic.start(1) - 1] + after[generic.end() - 1:]
            words |= {"letter": letter, "bound": bound}
            yield from both_ways("rust_impl_parameter", "rust_generic_parameter", text, after,
                                 words)
        where = f"{text[:generic.start(1)]}{letter}{text[generic.end(2):]}"
        line = re.search(r" \{[ \t]*\n", shape(where, "rust"))
        if line and "where" not in code[:function.opening] and "\n" not in where[:line.start()]:
            after = f"{where[:line.start()]}\nwhere\n{function.indent}{letter}: {generic[2]},\n" + \
                "{\n" + where[line.end():]
            yield Change("rust_where", text, after, words | {"letter": letter, "bound": generic[2]})
        return
    argument = re.search(r"\b(\w+): impl ([\w:]+(?: \+ [\w:']+)*)(?=[,)])", code[:function.opening])
    if argument and "<" not in code[:function.parameters[0]] and \
            code[:function.opening].count("impl ") == 1:
        start = argument.start() + len(argument[1]) + 2
        after = text[:start] + "T" + text[argument.end():]
        head = function.parameters[0] - 1
        after = f"{after[:head]}<T: {argument[2]}>{after[head:]}"
        yield Change("rust_generic_parameter", text, after,
                     words | {"letter": "T", "bound": argument[2]})
        yield Change("rust_impl_parameter", after, text,
                     words | {"letter": "T", "bound": argument[2]})


RUST: tuple[Maker, ...] = rule_makers(("rust",), RULES) + (
    tails, if_let, header, inline_arguments, types, generics)

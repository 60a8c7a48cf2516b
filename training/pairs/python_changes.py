"""Changes that only Python has, by its own syntax tree; text that a change leaves alone stays as it
was written."""

from __future__ import annotations

import ast
import functools
import random
import re
import textwrap
from typing import Iterator

from training.pairs.changes import Change, Maker, both_ways
from training.pairs.regions import Region

EXCEPTIONS = ("ValueError", "KeyError", "TypeError", "OSError", "RuntimeError", "AttributeError",
              "IndexError", "Exception")
HANDLERS = ("return None", "return False", "pass", "raise", "return []", "return {}", 'return ""')
PARAMETERS = (("verbose", "False"), ("timeout", "30"), ("strict", "True"), ("encoding", '"utf-8"'),
              ("default", "None"), ("limit", "10"), ("debug", "False"), ("prefix", '""'),
              ("max_retries", "3"), ("name", "None"), ("force", "False"), ("depth", "0"))
MAX_DOCSTRING = 400  # characters of one that is asked for without its text
MODERN = (  # old form, new form, its description
    (r"\b([\w.]+) == None\b", r"\1 is None", "Compare with None by `is`"),
    (r"\b([\w.]+) != None\b", r"\1 is not None", "Compare with None by `is not`"),
    (r"\bnot ([\w.]+) in ", r"\1 not in ", "Use `not in`"),
    (r"\bif len\(([\w.]+)\) == 0:", r"if not \1:", "Test for emptiness without len"),
    (r"\bif len\(([\w.]+)\) > 0:", r"if \1:", "Test for emptiness without len"),
    (r"\b([\w.]+) = ([\w.]+) or None$", r"\1 = \2", "Drop the useless `or None`"),
    (r"\bsuper\(\w+, (?:self|cls)\)", r"super()", "Call super without arguments"),
    (r"\bif ([\w.]+) == True:", r"if \1:", "Do not compare with True"),
    (r"\bif ([\w.]+) == False:", r"if not \1:", "Do not compare with False"),
)
# How the new form is written in the old way, where people wrote the new one.
OLD_FASHIONED = (
    (r"\b([\w.]+) is None\b", r"\1 == None", "Compare with None by `is`"),
    (r"\b([\w.]+) is not None\b", r"\1 != None", "Compare with None by `is not`"),
    (r"\b([\w.]+) not in ", r"not \1 in ", "Use `not in`"),
)


@functools.lru_cache(64)  # many makers ask about one region; none changes the tree
def _function(region: Region) -> ast.FunctionDef | None:
    try:
        node = ast.parse(region.text).body[0]
    except (SyntaxError, ValueError, IndexError):
        return None
    return node if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else None


class Source:
    """Places of syntax nodes as offsets; ast counts columns in UTF-8 bytes."""

    def __init__(self, text: str):
        self.raw = text.encode()
        self.starts = [0]
        for line in self.raw.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def span(self, node: ast.AST) -> tuple[int, int]:
        return (self.starts[node.lineno - 1] + node.col_offset,
                self.starts[node.end_lineno - 1] + node.end_col_offset)

    def text(self, node: ast.AST) -> str:
        begin, end = self.span(node)
        return self.raw[begin:end].decode()

    def without(self, spans: list[tuple[int, int]]) -> str:
        raw = self.raw
        for begin, end in sorted(spans, reverse=True):
            raw = raw[:begin] + raw[end:]
        return raw.decode()


def type_hints(region: Region, numbers: random.Random) -> Iterator[Change]:
    function = _function(region)
    if function is None or function.body[0].lineno == function.lineno:
        return
    source = Source(region.text)
    arguments = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
    hinted = [argument for argument in arguments if argument.annotation]
    spans, facts = [], []
    for argument in hinted:
        begin, end = source.span(argument)
        spans.append((begin + len(argument.arg.encode()), end))
        facts.append(f"{argument.arg} is `{source.text(argument.annotation)}`")
    if function.returns:
        begin, end = source.span(function.returns)
        arrow = source.raw.rfind(b"->", 0, begin)
        spans.append((len(source.raw[:arrow].rstrip()), end))
        facts.append(f"it returns `{source.text(function.returns)}`")
    if not spans or len(facts) > 5 or any(argument.annotation for argument in
                                          (function.args.vararg, function.args.kwarg) if argument):
        return
    removed_bytes = sum(end - begin for begin, end in spans)
    head_bytes = source.starts[function.body[0].lineno - 1] - removed_bytes
    raw = source.without(spans).encode()
    # `x: int = 3` has spaces around the sign, `x=3` has none.
    head = re.sub(r"(?<=[(, ])(\w+) = (?=[^=])", r"\1=", raw[:head_bytes].decode())
    plain = head + raw[head_bytes:].decode()
    yield Change("add_type_hints", plain, region.text,
                 {"facts": ", ".join(facts), "name": region.name})
    yield from both_ways("infer_type_hints", "remove_type_hints", plain, region.text,
                         {"name": region.name})


def docstring(region: Region, numbers: random.Random) -> Iterator[Change]:
    function = _function(region)
    if function is None or ast.get_docstring(function) is None or len(function.body) < 2:
        return
    first = function.body[0]
    lines = region.text.splitlines(keepends=True)
    rest = lines[first.end_lineno:]
    while rest and not rest[0].strip():
        rest = rest[1:]
    bare = "".join(lines[:first.lineno - 1] + rest)
    yield Change("remove_docstring", region.text, bare, {"name": region.name})
    words = ast.get_docstring(function)
    if len(words) < MAX_DOCSTRING:
        yield Change("write_docstring", bare, region.text, {"name": region.name})
    if first.lineno == first.end_lineno and '"' not in words and len(words) < 100:
        yield Change("add_docstring", bare, region.text, {"text": words, "name": region.name})


def error_handling(region: Region, numbers: random.Random) -> Iterator[Change]:
    """The body in a try statement; where a function is one already, without it."""
    function = _function(region)
    if function is None:
        return
    lines = region.text.splitlines(keepends=True)
    body = [node for node in function.body
            if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    if not body or body[0].lineno == function.lineno or '"""' in region.text:
        return
    first = body[0].lineno - 1
    if isinstance(body[0], ast.Try) and len(body) == 1 and len(body[0].handlers) == 1 and \
            not body[0].orelse and not body[0].finalbody:
        handler = body[0].handlers[0]
        if len(handler.body) == 1 and handler.type is not None and not handler.name:
            inner = "".join(lines[first + 1:handler.lineno - 1])
            indent = " " * body[0].col_offset
            before = "".join(lines[:first]) + textwrap.indent(textwrap.dedent(inner), indent)
            source = Source(region.text)
            yield Change("add_error_handling", before, region.text,
                         {"error": source.text(handler.type), "name": region.name,
                          "handler": source.text(handler.body[0]).split("\n")[0]})
        return
    if len(lines) > 25:
        return
    error, handler = numbers.choice(EXCEPTIONS), numbers.choice(HANDLERS)
    indent = " " * body[0].col_offset
    inner = "".join(lines[first:])
    after = "".join(lines[:first]) + f"{indent}try:\n" + textwrap.indent(inner, "    ") + \
        f"{indent}except {error}:\n{indent}    {handler}\n"
    words = {"error": error, "handler": handler, "name": region.name}
    yield from both_ways("add_error_handling", "remove_error_handling", region.text, after, words)


def parameter(region: Region, numbers: random.Random) -> Iterator[Change]:
    function = _function(region)
    if function is None or function.args.kwonlyargs or function.args.vararg or function.args.kwarg:
        return
    header = re.match(r"(?:@[^\n]*\n)*(?:async )?def \w+\(([^()\n]*)\)", region.text)
    if header is None:
        return
    name, default = numbers.choice(PARAMETERS)
    if re.search(rf"\b{name}\b", region.text):
        return
    comma = ", " if header[1].strip() else ""
    text = region.text
    after = text[:header.end(1)].rstrip() + f"{comma}{name}={default}" + text[header.end(1):]
    words = {"parameter": name, "default": default, "name": region.name}
    yield from both_ways("add_parameter", "remove_parameter", text, after, words)


def guard(region: Region, numbers: random.Random) -> Iterator[Change]:
    """An early return at the beginning, which people wrote or which we ask for."""
    function = _function(region)
    if function is None:
        return
    lines = region.text.splitlines(keepends=True)
    source = Source(region.text)
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body or body[0].lineno == function.lineno:
        return
    first = body[0]
    if isinstance(first, ast.If) and not first.orelse and len(first.body) == 1 and \
            isinstance(first.body[0], (ast.Return, ast.Raise)) and len(body) > 1:
        rest = lines[first.end_lineno:]
        while rest and not rest[0].strip():
            rest = rest[1:]
        before = "".join(lines[:first.lineno - 1] + rest)
        yield Change("add_guard", before, region.text, {
            "condition": source.text(first.test), "name": region.name,
            "action": source.text(first.body[0]).split("\n")[0]})
        return
    names = [argument.arg for argument in function.args.args if argument.arg not in ("self", "cls")]
    if not names:
        return
    name = numbers.choice(names)
    condition = numbers.choice((f"not {name}", f"{name} is None"))
    action = numbers.choice(("return None", "return", "return False", "return []",
                             f'raise ValueError("{name} is missing")'))
    indent = " " * first.col_offset
    begin = first.lineno - 1
    extra = [f"{indent}if {condition}:\n", f"{indent}    {action}\n"]
    yield Change("add_guard", region.text, "".join(lines[:begin] + extra + lines[begin:]),
                 {"condition": condition, "action": action, "name": region.name})


def f_strings(region: Region, numbers: random.Random) -> Iterator[Change]:
    """f"a {x} b" for "a {} b".format(x); only names and attributes inside, so that both mean the
    same."""
    found = list(re.finditer(r"""(?<![\w"'])f(["'])((?:[^"'{}\\\n]|\{[\w.]+\})*)\1""", region.text))
    found = [match for match in found if "{" in match[2]]
    if not found:
        return
    text = region.text
    for match in reversed(found):
        values = re.findall(r"\{([\w.]+)\}", match[2])
        plain = re.sub(r"\{[\w.]+\}", "{}", match[2])
        text = text[:match.start()] + f"{match[1]}{plain}{match[1]}.format({', '.join(values)})" \
            + text[match.end():]
    yield from both_ways("use_f_strings", "use_format", text, region.text, {"name": region.name})


def modernise(region: Region, numbers: random.Random) -> Iterator[Change]:
    for table, is_old in ((MODERN, True), (OLD_FASHIONED, False)):
        for pattern, new, words in table:
            changed = re.sub(pattern, new, region.text, flags=re.MULTILINE)
            if changed != region.text:
                pair = (region.text, changed) if is_old else (changed, region.text)
                yield Change("modernise", *pair, {"what": words})


PYTHON: tuple[Maker, ...] = (type_hints, docstring, error_handling, parameter, guard, f_strings,
                             modernise)

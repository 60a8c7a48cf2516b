"""Rewrites of Python's signatures: parameters, their defaults, annotations and checks."""

from __future__ import annotations

import ast
import random
import re
from typing import Iterator

from training.pairs import masking
from training.pairs.changes import NAMES, Change, Maker
from training.pairs.python_code import Tree, arguments, at_start, both, is_text, maker, need


def parameter_span(tree: Tree, argument: ast.arg, default: ast.expr | None) -> tuple[int, int]:
    """The bytes of the parameter with its annotation and default."""
    return tree.source.span(argument)[0], tree.source.span(default or argument)[1]


def defaults(tree: Tree, node: ast.FunctionDef, numbers: random.Random) -> Iterator[Change]:
    """A default changed, given and taken away."""
    need(node is tree.function)
    found = arguments(tree)
    with_one = [(one, default) for one, default in found if default is not None]
    simple = [(one, default) for one, default in with_one if isinstance(default, ast.Constant)
              and not one.annotation]
    if simple:
        one, default = numbers.choice(simple)
        old = tree(default)
        new = {"None": "[]", "True": "False", "False": "True"}.get(old)
        if isinstance(default.value, (int, float)) and not new:
            new = numbers.choice([n for n in ("10", "100", "1", "0", "5", "None", "60", "-1", "0.5",
                                              "2", "1024") if n != old])
        elif is_text(default):
            new = numbers.choice(["None", '""', '"default"', '"auto"'])
        if new and new not in ("[]", old):
            yield from both(tree, "change_default", "", tree.put((default, new)), parameter=one.arg,
                            old=old, new=new)
    if with_one:
        one, default = with_one[0]
        begin, end = tree.source.span(one)[1], tree.source.span(default)[1]
        yield from both(tree, "require_parameter", "give_default", tree.put(((begin, end), "")),
                        parameter=one.arg, default=tree(default))


def mutable_default(tree: Tree, node: ast.FunctionDef, numbers: random.Random) -> Iterator[Change]:
    """[] or {} as a default, and None with a check in its place."""
    need(node is tree.function)
    body = tree.body()
    for one, default in arguments(tree):
        if isinstance(default, (ast.List, ast.Dict)) and not one.annotation and \
                tree(default) in ("[]", "{}"):
            tree.alone(body[0], body[0])
            indent = " " * body[0].col_offset
            at = tree.source.starts[tree.begin(body[0]) - 1]
            check = f"{indent}if {one.arg} is None:\n{indent}    {one.arg} = {tree(default)}\n"
            other = tree.put((default, "None"), ((at, at), check))
            yield from both(tree, "mutable_default", "", other, parameter=one.arg,
                            where=f" of {one.arg}")
        first = body[0]
        if isinstance(default, ast.Constant) and default.value is None and len(body) > 1 and \
                not one.annotation and isinstance(first, ast.If):
            match = re.fullmatch(rf"if {one.arg} is None:\n +{one.arg} = (\[\]|{{}})",
                                 tree.source.text(first))
            need(match)
            tree.alone(first, first)
            begin, end = first.lineno, first.end_lineno
            while not tree.lines[end].strip():
                end += 1
            span = tree.source.starts[begin - 1], tree.source.starts[end]
            yield Change("mutable_default", tree.put((default, match[1]), (span, "")), tree.text,
                         {"parameter": one.arg, "where": f" of {one.arg}"})


def keyword_only(tree: Tree, node: ast.FunctionDef, numbers: random.Random) -> Iterator[Change]:
    """The star after which parameters have to be named."""
    need(node is tree.function and not node.args.vararg and not node.args.posonlyargs)
    if node.args.kwonlyargs:
        begin = tree.source.span(node.args.kwonlyargs[0])[0]
        match = re.search(rb"\*,\s+$", tree.source.raw[:begin])
        need(match and b"#" not in match[0])
        names = ", ".join(one.arg for one in node.args.kwonlyargs)
        # A parameter without a default cannot follow one that has one.
        yield from both(tree, "not_keyword_only", "keyword_only",
                        tree.put(((match.start(), begin), "")), parameters=names)
        return
    found = [one for one, default in arguments(tree) if default is not None]
    need(found)
    begin = tree.source.span(found[0])[0]
    line = tree.lines[found[0].lineno - 1]
    sign = "*,\n" + " " * found[0].col_offset if not line[:found[0].col_offset].strip() else "*, "
    yield from both(tree, "keyword_only", "not_keyword_only", tree.put(((begin, begin), sign)),
                    parameters=", ".join(one.arg for one in found))


def stored_parameter(tree: Tree, node: ast.FunctionDef, numbers: random.Random) -> Iterator[Change]:
    """A last parameter of __init__ that is stored in self."""
    need(node is tree.function and node.name == "__init__" and not node.args.kwarg)
    need(not node.args.vararg and not node.args.kwonlyargs)
    found = arguments(tree)
    need(found)
    (last, default) = found[-1]
    stores = {one.targets[0].attr: one for one in node.body if isinstance(one, ast.Assign) and
              isinstance(one.targets[0], ast.Attribute) and isinstance(one.value, ast.Name) and
              tree.source.text(one) == f"self.{one.value.id} = {one.value.id}"}
    text = tree.source.text
    if last.arg in stores and len(stores) > 1 and tree.uses(last.arg, node) == 2 and len(found) > 1:
        store = stores[last.arg]
        siblings, place = tree.place(store)
        above = siblings[place - 1]
        need(place and above in stores.values() and above.lineno == store.lineno - 1)
        begin = parameter_span(tree, *found[-2])[1]
        end = parameter_span(tree, last, default)[1]
        line = tree.source.starts[store.lineno - 1], tree.source.starts[store.lineno]
        need(store.lineno not in tree.commented)
        removed = tree.put(((begin, end), ""), (line, ""))
        yield from both(tree, "remove_stored", "add_stored", removed, parameter=last.arg,
                        signature=tree.source.raw[begin:end].decode().strip(", \n"),
                        above=text(above))
    new = tree.fresh(*numbers.sample(NAMES, 5))
    need(stores)
    above = max(stores.values(), key=lambda one: one.lineno)
    value = numbers.choice(("None", "False", "True", "0", "10", '""'))
    value = f"={value}" if default is not None or numbers.random() < 0.4 else ""
    end, line = parameter_span(tree, last, default)[1], tree.source.starts[above.lineno]
    need(not last.annotation)
    multiple = not tree.lines[last.lineno - 1][:last.col_offset].strip()
    comma = ",\n" + " " * last.col_offset if multiple else ", "
    other = tree.put(((end, end), f"{comma}{new}{value}"),
                     ((line, line), " " * above.col_offset + f"self.{new} = {new}\n"))
    yield from both(tree, "add_stored", "remove_stored", other, parameter=new,
                    signature=new + value, above=text(above))


def parameters(tree: Tree, node: ast.FunctionDef, numbers: random.Random) -> Iterator[Change]:
    """A parameter under another name; two in the other order."""
    need(node is tree.function)
    found = arguments(tree)
    pairs = [(one, other) for (one, a), (other, b) in zip(found, found[1:])
             if a is None and b is None and not one.annotation and not other.annotation]
    if pairs:
        one, other = numbers.choice(pairs)
        yield from both(tree, "swap_parameters", "", tree.put((one, other.arg), (other, one.arg)),
                        first=one.arg, second=other.arg)
    need(found)
    old = numbers.choice(found)[0].arg
    new = tree.fresh(*numbers.sample(NAMES, 4))
    code = masking.code_only(tree.text, "python")
    need(len(re.findall(rf"\b{old}\b", tree.text)) == tree.uses(old, tree.function) ==
         len(re.findall(rf"\b{old}\b", code)) and tree.text.isascii())
    # A keyword of a call, or an attribute, of this name is another's.
    need(not any(isinstance(one, ast.keyword) and one.arg == old or
                 isinstance(one, ast.Attribute) and one.attr == old for one in tree.nodes))
    spans = [match.span() for match in re.finditer(rf"\b{old}\b", code)]
    yield from both(tree, "rename_parameter", "", tree.put(*((span, new) for span in spans)),
                    old=old, new=new)


def hints(tree: Tree, node: ast.arg | ast.FunctionDef, numbers: random.Random) -> Iterator[Change]:
    """One annotation, added and removed."""
    if isinstance(node, ast.arg):
        need(tree.parents[node] is tree.function.args and node.annotation)
        need((node, None) in arguments(tree))
        yield from both(tree, "remove_hint", "add_hint", tree.put((node, node.arg)),
                        parameter=node.arg, type=tree(node.annotation))
        return
    need(node is tree.function and node.returns)
    begin, end = tree.source.span(node.returns)
    arrow = tree.source.raw.rfind(b"->", 0, begin)
    need(tree.source.raw[arrow:begin] == b"-> " and tree.source.raw[arrow - 2:arrow] == b") ")
    yield from both(tree, "remove_return_hint", "add_return_hint",
                    tree.put(((arrow - 1, end), "")), type=tree(node.returns))


def typing_names(tree: Tree, node: ast.FunctionDef, numbers: random.Random) -> Iterator[Change]:
    """Optional[X] and X | None, List[X] and list[X], in the signature."""
    need(node is tree.function)
    last = node.returns or max(
        (one.annotation for one, _ in arguments(tree) if one.annotation),
        key=lambda one: (one.lineno, one.col_offset), default=None)
    need(last)
    end = tree.source.span(last)[1]
    head, rest = tree.source.raw[:end].decode(), tree.source.raw[end:].decode()
    begin = head.index("def ")
    before, head = head[:begin], head[begin:]
    new = re.sub(r"\bOptional\[([\w.]+(?:\[[\w., ]+\])?)\]", r"\1 | None", head)
    if new != head and "Optional" not in new and '"' not in head and "Union" not in new:
        need("Optional" not in rest)
        yield from both(tree, "union_types", "optional_types", before + new + rest)
    elif "Optional" not in head and '"' not in head:
        new = re.sub(r"(?<=: )([\w.]+(?:\[[\w., ]+\])?) \| None(?=[,)\n ])", r"Optional[\1]", head)
        if new != head and "|" not in new:
            yield from both(tree, "optional_types", "union_types", before + new + rest)
    need(not re.search(r"\b(?:[Ll]ist|[Dd]ict|[Ss]et|[Tt]uple|[Tt]ype)\[", rest))
    new = re.sub(r"\b(List|Dict|Set|Tuple|FrozenSet|Type)\[", lambda one: one[0].lower(), head)
    if new != head and "typing." not in head:
        yield from both(tree, "builtin_generics", "typing_generics", before + new + rest)
    elif re.search(r"\b(?:list|dict|set|tuple|type)\[", head):
        new = re.sub(r"\b(list|dict|set|tuple|type)\[", lambda one: one[0].capitalize(), head)
        yield from both(tree, "typing_generics", "builtin_generics", before + new + rest)


def passed_on(tree: Tree, node: ast.FunctionDef, numbers: random.Random) -> Iterator[Change]:
    """**kwargs that are passed to one call."""
    need(node is tree.function and node.args.kwarg and not node.args.kwarg.annotation)
    name = node.args.kwarg.arg
    calls = [one for one in tree.of(ast.Call) for keyword_ in one.keywords
             if keyword_.arg is None and isinstance(keyword_.value, ast.Name)
             and keyword_.value.id == name]
    need(len(calls) == 1 and tree.uses(name, node) == 2)
    text = tree.text
    found = [match.span() for match in re.finditer(rf",\s*\*\*{name}\b(?=[\s,)])", text)]
    need(len(found) == 2 and text.isascii())
    other = tree.put(*((span, "") for span in found))
    yield from both(tree, "remove_kwargs", "pass_kwargs", other, kwargs=name,
                    function=tree(calls[0].func))


def checks(tree: Tree, node: ast.FunctionDef, numbers: random.Random) -> Iterator[Change]:
    """A check of a parameter's type or range at the beginning."""
    need(node is tree.function and "isinstance" not in tree.words)
    kinds = {"str": "a string", "int": "an integer", "bytes": "bytes", "list": "a list",
             "dict": "a dict", "float": "a float"}
    found = [(one.arg, tree(one.annotation) if one.annotation else "")
             for one, default in arguments(tree) if default is None and
             (one.annotation is None or tree.source.text(one.annotation) in kinds)]
    typed = [pair for pair in found if pair[1] in kinds]
    if typed or found:
        name, kind = numbers.choice(typed or found)
        kind = kind if kind in kinds else numbers.choice(("str", "int", "list", "dict"))
        message = f"{name} must be {kinds[kind]}"
        other = at_start(tree, f'if not isinstance({name}, {kind}):\n'
                               f'    raise TypeError("{message}")\n')
        yield from both(tree, "check_type", "remove_check_type", other, parameter=name, type=kind,
                        message=message, noun=kinds[kind])
    numeric = [name for name, kind in found if kind in ("int", "float") or
               re.fullmatch("n|size|count|limit|width|height|depth|length|timeout|index", name)]
    if numeric:
        name = numbers.choice(numeric)
        sign, words = numbers.choice((("< 0", "must not be negative"),
                                      ("<= 0", "must be positive")))
        other = at_start(tree, f'if {name} {sign}:\n    raise ValueError("{name} {words}")\n')
        yield from both(tree, "check_range", "", other, parameter=name, condition=f"{name} {sign}",
                        message=f"{name} {words}")


SIGNATURES: tuple[Maker, ...] = tuple(maker(*row) for row in (
    (hints, ast.arg, ast.FunctionDef, ast.AsyncFunctionDef),
    *((rule, ast.FunctionDef, ast.AsyncFunctionDef) for rule in (
        defaults, mutable_default, keyword_only, stored_parameter, parameters, typing_names,
        passed_on, checks))))

TEMPLATES: dict[str, tuple[str, ...]] = {
    "change_default": (
        "Change the default of {parameter} from {old} to {new}",
        "{parameter} should default to {new}", "Make {new} the default of {parameter}",
        "Set the default value of {parameter} to {new}",
        "default {parameter} to {new} instead of {old}", "{parameter}={new}"),
    "require_parameter": (
        "Make the parameter {parameter} required", "No default for {parameter}",
        "Remove the default value of {parameter}", "{parameter} should have to be given",
        "Callers must pass {parameter}: no default", "{parameter} is mandatory",
        "Drop the default of {parameter}", "Make {parameter} a mandatory argument"),
    "give_default": (
        "Give {parameter} the default {default}", "Make {parameter} optional, by default {default}",
        "{parameter} should default to {default}",
        "Add the default value {default} to the parameter {parameter}",
        "{parameter} = {default} if not given"),
    "mutable_default": (
        "Use None as the default{where} instead of a mutable value",
        "Fix the mutable default argument{where}",
        "The default{where} is shared between calls, use None",
        "Replace the mutable default{where} by None and create it inside",
        "No mutable default arguments{where}"),
    "keyword_only": (
        "Make {parameters} keyword-only", "{parameters}: keyword-only please",
        "Force {parameters} to be passed by keyword",
        "Add a * before {parameters} so that they are keyword-only",
        "Callers must name {parameters}"),
    "not_keyword_only": (
        "Allow {parameters} to be passed by position", "Remove the bare * from the parameters",
        "{parameters} need not be keyword-only", "Drop the * from the signature",
        "Make {parameters} ordinary parameters",
        "Positional use of {parameters} should be possible"),
    "add_stored": (
        "Add a last parameter `{signature}` and store it in self.{parameter} after `{above}`",
        "Take `{signature}` as the last argument and set self.{parameter} below `{above}`",
        "Add an attribute {parameter}, given to __init__ last as `{signature}`",
        "Accept `{signature}` in the constructor and keep it as self.{parameter}",
        "__init__ should also take `{signature}` and save it"),
    "remove_stored": (
        "Remove the parameter {parameter} and the attribute self.{parameter}",
        "Drop {parameter} from the constructor",
        "Delete the attribute {parameter} and its parameter",
        "We do not need {parameter} any more, remove it",
        "self.{parameter} is never used, remove it and the argument",
        "Get rid of {parameter}: the argument and the attribute",
        "The constructor should not take {parameter}"),
    "swap_parameters": (
        "Swap the parameters {first} and {second}", "Put {second} before {first} in the parameters",
        "The order should be {second}, {first}",
        "Exchange the arguments {first} and {second} in the signature",
        "Reorder the parameters: {second} first, then {first}"),
    "rename_parameter": (
        "Rename the parameter {old} to {new}", "Rename {old} to {new}",
        "Call the argument {new} instead of {old}", "parameter {old} -> {new}",
        "The parameter {old} should be called {new}"),
    "check_type": (
        "At the start, raise TypeError(\"{message}\") if {parameter} is not an instance of {type}",
        "Check that {parameter} is {noun} ({type}), else raise TypeError(\"{message}\")",
        "Validate the type of {parameter} ({type}) first: TypeError \"{message}\"",
        "Raise a TypeError \"{message}\" unless {parameter} is {noun}",
        "If {parameter} is not {noun}, raise TypeError(\"{message}\")"),
    "remove_check_type": (
        "Remove the type check of {parameter}", "Do not check that {parameter} is {noun}",
        "Drop the isinstance check", "Any type is fine for {parameter}, no isinstance check",
        "Do not raise TypeError for {parameter}", "Let {parameter} be anything"),
    "check_range": (
        "At the start, raise ValueError(\"{message}\") if {condition}",
        "Validate {parameter}: if {condition}, ValueError \"{message}\"",
        "Reject {condition} with a ValueError that says \"{message}\"",
        "{message}: check it first and raise ValueError with these words",
        "`if {condition}`: raise ValueError(\"{message}\") before anything else",
        "{condition} is invalid: ValueError(\"{message}\")"),
    "add_hint": (
        "Annotate {parameter} as {type}", "Add the type hint {type} to {parameter}",
        "{parameter} has the type {type}, annotate it", "Type of {parameter}: {type}",
        "Give {parameter} the type {type}"),
    "remove_hint": (
        "Remove the type hint of {parameter}", "No annotation for {parameter}",
        "Drop the type {type} of {parameter}", "{parameter} should not be annotated",
        "Take the annotation {type} off {parameter}", "Leave {parameter} without a type"),
    "add_return_hint": (
        "Annotate the result as {type}", "Add the return type {type}",
        "It returns {type}, annotate that", "Add `-> {type}`", "Return type: {type}"),
    "remove_return_hint": (
        "Remove the return type {type}", "No annotation of the result, remove `-> {type}`",
        "Drop the return type hint {type}", "Take the annotation {type} off the result",
        "Don't say that it returns {type}", "no return annotation {type}"),
    "union_types": (
        "Use `X | None` instead of Optional", "Replace Optional by | None",
        "No Optional: use the | syntax", "Modern type hints: | None",
        "Optional is old style, write | None", "PEP 604 style please",
        "Rewrite Optional[...] as ... | None"),
    "optional_types": (
        "Use Optional instead of `X | None`", "Replace | None by Optional[...]",
        "It must run on Python 3.9: Optional instead of |", "typing.Optional rather than | None",
        "No | in the annotations, use Optional", "Rewrite ... | None as Optional[...]"),
    "builtin_generics": (
        "Use the builtin generics instead of those of typing",
        "list and dict instead of List and Dict", "Replace the typing generics by builtin types",
        "Lower-case generic types, as of Python 3.9", "PEP 585 style please",
        "Don't use typing's generic aliases", "Modernise the annotations: builtin generics"),
    "typing_generics": (
        "Use the generics of typing instead of the builtin ones",
        "List, Dict and so on instead of list and dict in the annotations",
        "It must run on Python 3.8: capitalised generics of typing",
        "typing's List, Dict, ... in the signature", "No PEP 585 generics, use those of typing",
        "Old-style annotations with typing's generics"),
    "pass_kwargs": (
        "Take **{kwargs} and pass them on to {function}",
        "Accept further keyword arguments ({kwargs}) and give them to {function}",
        "Forward **{kwargs} to {function}", "{name} should accept **{kwargs}, for {function}",
        "Add **{kwargs} to the signature and to the call of {function}",
        "Let callers pass extra keyword arguments ({kwargs}) through to {function}"),
    "remove_kwargs": (
        "Remove **{kwargs}", "Do not take or pass on **{kwargs}", "No **{kwargs} any more",
        "Drop **{kwargs} from the signature and the call",
        "Extra keyword arguments are not supported any more: no **{kwargs}",
        "No pass-through of {kwargs}"),
}

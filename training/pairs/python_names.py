"""Rewrites of Python's names: of functions, attributes, and expressions that get or lose one."""

from __future__ import annotations

import ast
import keyword
import random
import re
from typing import Iterator

from training.pairs import masking
from training.pairs.changes import NAMES, Change, Maker
from training.pairs.python_code import (MAX_LINE, Tree, at_start, both, is_text, loads, maker, need,
                                        read)


def names(tree: Tree, node: ast.FunctionDef, numbers: random.Random) -> Iterator[Change]:
    """The function under another name, its calls of itself too; a parameter too."""
    need(node is tree.function and not node.name.startswith("__"))
    code, name = masking.code_only(tree.text, "python"), node.name
    need(len(re.findall(rf"\b{name}\b", tree.text)) == len(re.findall(rf"\b{name}\b", code)))

    def called(new: str) -> str:
        need(new not in tree.words and new.isidentifier() and not keyword.iskeyword(new))
        return re.sub(rf"\b{name}\b", new, tree.text)

    need(not re.search(rf"\.{name}\b", re.sub(r"\b(?:self|cls)\.", "", code)))
    need(not node.decorator_list)
    new = other_name(name, numbers)
    yield from both(tree, "rename_function", "", called(new), old=name, new=new)
    if name.startswith("_"):
        yield from both(tree, "make_public", "make_private", called(name[1:]), public=name[1:],
                        private=name)
    elif len(name) > 2:
        yield from both(tree, "make_private", "make_public", called("_" + name), public=name,
                        private="_" + name)
    bare = name.lstrip("_")
    words, lead = bare.split("_"), name[:len(name) - len(bare)]
    if len(words) > 1 and name == name.lower() and all(words):
        other = lead + words[0] + "".join(word.capitalize() for word in words[1:])
        kinds = ("camel_case", "snake_case")
    else:
        need(re.fullmatch(r"[a-z]+(?:[A-Z][a-z]+)+", bare))
        other = re.sub(r"([A-Z])", lambda match: "_" + match[1].lower(), name)
        kinds = ("snake_case", "camel_case")
    yield Change(kinds[0], tree.text, called(other), {"old": name, "new": other})
    yield Change(kinds[1], called(other), tree.text, {"old": other, "new": name})


def other_name(name: str, numbers: random.Random) -> str:
    """A name for a function that says the same with another verb or noun."""
    verb, _, rest = name.strip("_").partition("_")
    verbs = ("get fetch load read find compute build make create parse convert update set check "
             "handle process run start apply render format write add collect resolve").split()
    lead = name[:len(name) - len(name.lstrip("_"))]
    if rest and verb in verbs:
        return lead + numbers.choice(verbs) + "_" + rest
    return lead + numbers.choice(verbs) + "_" + numbers.choice(NAMES)


def attribute(tree: Tree, node: ast.FunctionDef, numbers: random.Random) -> Iterator[Change]:
    """An attribute of self under another name, public or private."""
    need(node is tree.function)
    code = masking.code_only(tree.text, "python")
    names = {one.attr for one in tree.of(ast.Attribute) if isinstance(one.value, ast.Name)
             and one.value.id == "self" and not isinstance(tree.parents[one], ast.Call)}
    names = sorted(name for name in names if not name.startswith("__") and len(name) > 2)
    need(names and tree.text.isascii())
    old = numbers.choice(names)
    spans = [match.span(1) for match in re.finditer(rf"\bself\.({old})\b", code)]
    need(len(re.findall(rf"\bself\.{old}\b", tree.text)) == len(spans))
    need(f"self.{old}(" not in tree.text)
    new = tree.fresh(*numbers.sample(NAMES, 4))
    yield from both(tree, "rename_attribute", "", tree.put(*((span, new) for span in spans)),
                    old=old, new=new)
    public = old.lstrip("_")
    flipped = public if old != public else "_" + old
    need(public and not keyword.iskeyword(public))
    need(not re.search(rf"\bself\.{flipped}\b", tree.text))
    other = tree.put(*((span, flipped) for span in spans))
    kinds = ("public_attribute", "private_attribute") if old != public else \
        ("private_attribute", "public_attribute")
    yield from both(tree, *kinds, other, public=public, private="_" + public)


def inline(tree: Tree, node: ast.Assign, numbers: random.Random) -> Iterator[Change]:
    """A variable that only the next statement uses."""
    need(len(node.targets) == 1 and isinstance(node.targets[0], ast.Name))
    name = node.targets[0].id
    siblings, place = tree.place(node)
    need(place + 1 < len(siblings) and tree.uses(name, tree.function) == 2)
    following = siblings[place + 1]
    need(tree.uses(name, following) == 1)
    use = next(one for one in ast.walk(following) if loads(name)(one))
    need(isinstance(following, (ast.Return, ast.Assign, ast.Expr, ast.If, ast.For, ast.Raise)))
    if isinstance(following, (ast.If, ast.For)):
        head = following.test if isinstance(following, ast.If) else following.iter
        need(use in ast.walk(head))
    need(not tree.inside(use, ast.Lambda, ast.JoinedStr, ast.ListComp, ast.SetComp,
                         ast.GeneratorExp, ast.DictComp, ast.Await))
    in_order(following, use, node.value)
    need(not {node.lineno, use.lineno} & tree.commented and node.end_lineno == node.lineno)
    need(not isinstance(node.value, (ast.Yield, ast.Await)))
    whole = isinstance(tree.parents[use], (ast.Return, ast.Assign, ast.keyword, ast.Call, ast.If,
                                           ast.For)) and getattr(tree.parents[use], "func", None) \
        is not use
    need(not isinstance(tree.parents[use], ast.Starred))
    text = tree(node.value) if whole and not isinstance(node.value, ast.Tuple) else \
        tree.at(node.value, 6)
    line = tree.source.starts[node.lineno - 1], tree.source.starts[following.lineno - 1]
    tree.alone(node, node)
    need(len(tree.lines[use.lineno - 1]) + len(text) - len(name) <= MAX_LINE)
    other = tree.put((use, text), (line, ""))
    yield from both(tree, "inline_variable", "extract_variable", other, variable=name,
                    expression=tree(node.value))


def in_order(statement: ast.stmt, place: ast.expr, value: ast.expr) -> None:
    """Nothing is called in the statement before the place, if the value calls something."""
    begin = place.lineno, place.col_offset
    need(not any(isinstance(one, ast.Call) for one in ast.walk(value)) or
         not any(isinstance(one, ast.Call) and (one.end_lineno, one.end_col_offset) <= begin
                 for one in ast.walk(statement)))


def extract(tree: Tree, node: ast.If | ast.Return, numbers: random.Random) -> Iterator[Change]:
    """A condition or an argument in a variable above its statement."""
    parts = [node.test] if isinstance(node, ast.If) else \
        node.value.args if isinstance(node.value, ast.Call) else []
    parts = [one for one in parts
             if isinstance(one, (ast.BoolOp, ast.Call, ast.BinOp, ast.Compare))]
    need(parts)
    part = numbers.choice(parts)
    text = tree(part)
    need(len(text) > 12 and not any(isinstance(one, (ast.NamedExpr, ast.Await, ast.Yield))
                                    for one in ast.walk(part)))
    tree.alone(node, node)
    in_order(node, part, part)
    need(tree.text.count(text) == 1)
    pool = "condition matches found ready allowed done valid should_skip".split() \
        if isinstance(node, ast.If) else NAMES
    name = tree.fresh(*numbers.sample(pool, 5))
    at = tree.source.starts[node.lineno - 1]
    number = node.lineno - 1
    need(number not in tree.commented)
    other = tree.put((part, name), ((at, at), f"{' ' * node.col_offset}{name} = {text}\n"))
    yield from both(tree, "extract_variable", "inline_variable", other, variable=name,
                    expression=text)


CONSTANTS = {"number": "LIMIT MAX_SIZE TIMEOUT DEFAULT_SIZE MAX_COUNT THRESHOLD RETRIES SCALE "
                       "OFFSET MAX_LENGTH STEP BASE".split(),
             "string": "PREFIX KEY LABEL NAME MESSAGE TEMPLATE PATTERN SEPARATOR DEFAULT_NAME "
                       "TITLE FIELD SUFFIX".split()}


def constant(tree: Tree, node: ast.Constant, numbers: random.Random) -> Iterator[Change]:
    """A number or a string with a name: of the module or the function."""
    kind = "string" if is_text(node) else "number"
    text = tree(node)
    need(type(node.value) in (int, float, str) and node.value not in (0, 1, -1, 2, "", " "))
    need(len(text) < 50 and text.count('"') <= 2 and text[0] in "'\"0123456789")
    need(not tree.inside(node, ast.JoinedStr, ast.arguments, ast.match_case, ast.Lambda))
    parent = tree.parents[node]
    need(not isinstance(parent, (ast.Expr, ast.JoinedStr, ast.arguments, ast.arg, ast.FunctionDef,
                                 ast.AsyncFunctionDef, ast.UnaryOp, ast.AnnAssign, ast.Attribute)))
    need(not any(node in ast.walk(one) for one in tree.function.decorator_list))
    same = [one for one in tree.of(ast.Constant) if one.value == node.value
            and type(one.value) is type(node.value)]
    need(len(same) == 1 and tree.text.count(text) == 1)
    need(kind == "number" or len(node.value) > 2 and not (
        isinstance(parent, ast.Call) and tree.source.text(parent.func).endswith("cast")))
    need(not isinstance(parent, ast.Assign) or parent not in tree.function.body)
    first = (tree.function.args.posonlyargs + tree.function.args.args)[:1]
    upper = numbers.choice(CONSTANTS[kind])
    if isinstance(parent, ast.keyword) and parent.arg:
        upper = parent.arg.upper()
    method = tree.function.decorator_list or first and first[0].arg in ("self", "cls", "mcs")
    words = {"value": text, "where": f" {text}", "kind": kind}
    if not method and upper not in tree.words:
        other = f"{upper} = {text}\n\n\n" + tree.put((node, upper))
        yield from both(tree, "extract_constant", "inline_constant", other, constant=upper, **words)
    lower = upper.lower()
    if lower not in tree.words and tree.function.body[0].lineno > tree.function.lineno:
        changed = read(tree.put((node, lower)))
        need(changed)  # not where the name is a keyword
        yield from both(tree, "extract_local", "inline_constant",
                        at_start(changed, f"{lower} = {text}\n"), constant=lower, **words)


def unpacked(tree: Tree, node: ast.Assign, numbers: random.Random) -> Iterator[Change]:
    """a, b = f() by index; a, b = b, a with a third variable."""
    target, value = node.targets[0], node.value
    need(isinstance(target, ast.Tuple) and len(node.targets) == 1 and len(target.elts) == 2)
    one, other = map(tree, target.elts)
    need(not any(isinstance(one, ast.Starred) for one in target.elts))
    if isinstance(value, ast.Tuple):
        need(len(value.elts) == 2 and not isinstance(value.elts[0], ast.Starred))
        first, second = map(tree, value.elts)
        if (first, second) == (other, one):
            name = tree.fresh("temp", "tmp", "old")
            text = f"{name} = {one}\n{one} = {other}\n{other} = {name}\n"
            yield from both(tree, "swap_by_temp", "swap_by_tuple", tree.swap(node, node, text),
                            first=one, second=other, temp=name)
            return
        need(not re.search(rf"\b{re.escape(one)}\b", second))
        yield from both(tree, "two_lines", "one_line", tree.swap(
            node, node, f"{one} = {first}\n{other} = {second}\n"), first=one, second=other,
            where=f" to {one} and {other}")
        return
    name = tree.fresh("pair", "both", "parts", "result")
    text = f"{name} = {tree(value)}\n{one} = {name}[0]\n{other} = {name}[1]\n"
    yield from both(tree, "", "use_unpacking", tree.swap(node, node, text), pair=name,
                    where=f" of {name}", first=one, second=other)


NAMINGS: tuple[Maker, ...] = tuple(maker(*row) for row in (
    (inline, ast.Assign), (extract, ast.If, ast.Return), (constant, ast.Constant),
    (unpacked, ast.Assign), (names, ast.FunctionDef, ast.AsyncFunctionDef),
    (attribute, ast.FunctionDef, ast.AsyncFunctionDef)))

TEMPLATES: dict[str, tuple[str, ...]] = {
    "rename_function": (
        "Rename the function {old} to {new}", "Rename {old} to {new}", "Call the function {new}",
        "{old} -> {new}", "The function should be called {new} instead of {old}",
        "Change the function's name to {new}"),
    "make_public": (
        "Make {private} public: {public}", "Remove the leading underscore from {private}",
        "Rename {private} to {public}", "{private} should be public",
        "Drop the underscore of {private}", "Others need {private}, make it public",
        "{private} -> {public}"),
    "make_private": (
        "Make {public} private with a leading underscore", "Prefix {public} with an underscore",
        "Mark {public} as private", "{public} is internal, call it {private}",
        "Rename {public} to {private}"),
    "snake_case": (
        "Use snake_case for the function name: {new}", "Rename {old} to snake_case",
        "{old} should be in snake case", "Make the function name PEP 8 conformant",
        "{old} -> {new}", "The function name is camelCase, make it snake_case",
        "Use PEP 8 naming for {old}", "Name the function {new} as PEP 8 wants"),
    "camel_case": (
        "Use camelCase for the function name: {new}", "Rename {old} to camelCase",
        "{old} should be in camel case", "{old} -> {new}", "We use camelCase: {new}",
        "Name {old} in camelCase, like the rest of the API"),
    "rename_attribute": (
        "Rename the attribute {old} to {new}", "self.{old} -> self.{new}",
        "Call the attribute {new} instead of {old}", "Use self.{new} for self.{old}",
        "Rename self.{old} to self.{new}", "The attribute {old} should be called {new}",
        "self.{new}, not self.{old}"),
    "private_attribute": (
        "Make the attribute {public} private: {private}", "self.{public} should be private",
        "Prefix the attribute {public} with an underscore",
        "Rename self.{public} to self.{private}", "{public} is internal, use self.{private}",
        "Mark the attribute {public} as private"),
    "public_attribute": (
        "Make the attribute {private} public: {public}", "self.{private} should be public",
        "Remove the underscore of self.{private}", "Rename self.{private} to self.{public}",
        "Others may use {private}: self.{public}", "No underscore for the attribute {private}"),
    "swap_by_tuple": (
        "Swap {first} and {second} without {temp}", "Swap {first} and {second} by tuple assignment",
        "No temporary variable for the swap", "Pythonic swap of {first} and {second}",
        "{first}, {second} = {second}, {first}", "The swap does not need {temp}"),
    "swap_by_temp": (
        "Swap {first} and {second} with a variable {temp}",
        "Use a temporary variable {temp} for the swap", "No tuple swap: use {temp}",
        "Write the swap of {first} and {second} out with {temp}",
        "Three lines and {temp} to swap {first} and {second}"),
    "two_lines": (
        "Split the assignment{where} into two lines", "Assign {first} and {second} separately",
        "One assignment a line: {first}, then {second}", "No tuple assignment{where}",
        "{first} and {second} each on a line of their own",
        "Separate statements for {first} and {second}"),
    "one_line": (
        "Assign {first} and {second} in one line",
        "Combine the assignments{where} into one tuple assignment",
        "{first}, {second} = ... in one statement", "Tuple assignment for {first} and {second}",
        "Join the two assignments{where}", "Set {first} and {second} together"),
    "use_unpacking": (
        "Unpack into {first}, {second} instead of indexing {pair}", "Use tuple unpacking{where}",
        "No {pair}[0] and {pair}[1]: unpack to {first} and {second}",
        "{first}, {second} = ... instead of {pair}",
        "Unpack the result directly: {first}, {second}", "{pair} is not needed, unpack"),
    "inline_variable": (
        "Inline the variable {variable}",
        "Remove the variable {variable} and use its value directly", "inline {variable}",
        "{variable} is used once, inline it", "No need for {variable}",
        "Get rid of the temporary variable {variable}"),
    "extract_variable": (
        "Store `{expression}` in a variable {variable} first",
        "Extract `{expression}` into a variable {variable}",
        "Introduce a variable {variable} for `{expression}`",
        "Give `{expression}` the name {variable}",
        "{variable} = {expression} on a line of its own, then use {variable}"),
    "extract_constant": (
        "Extract {value} into a module constant {constant} above the function",
        "Make {value} a constant {constant}", "Introduce the constant {constant} for {value}",
        "No magic {kind} {value}: define {constant} before the function",
        "Name {value}: {constant}, at module level",
        "{value} should be a constant called {constant}"),
    "extract_local": (
        "Put {value} into a variable {constant} at the start of the function",
        "Introduce a local variable {constant} for {value} at the top of {name}",
        "Begin with {constant} = {value} and use {constant}",
        "Define {constant} = {value} first and use it",
        "{value} should be a local variable {constant} defined first",
        "No magic {kind} {value}: local {constant} at the top of {name}",
        "Name {value} {constant}, as a local at the beginning"),
    "inline_constant": (
        "Inline {constant}", "Replace {constant} by its value {value}",
        "Remove {constant} and write {value}", "No need for {constant}, use {value}",
        "{constant} is used once, write {value} there", "Put {value} where {constant} is used",
        "Drop the name {constant}, the value is {value}"),
}

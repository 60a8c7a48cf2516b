"""Rewrites of Python's simple statements: added, moved, doubled, useless, returned at the end."""

from __future__ import annotations

import ast
import random
import re
from typing import Iterator

from training.pairs.changes import NAMES, Change, Maker
from training.pairs.python_code import Tree, arguments, at_start, both, is_text, maker, need, rank


def useless(tree: Tree, node: ast.FunctionDef, numbers: random.Random) -> Iterator[Change]:
    """What nobody needs, put in to be taken out."""
    need(node is tree.function and not re.search(r"\b(?:locals|vars|eval)\(", tree.text))
    name = tree.fresh(*numbers.sample(NAMES, 5))
    value = numbers.choice(("None", "0", "[]", "{}", '""', "False", "1", "time.time()", "set()"))
    params = [one.arg for one, _ in arguments(tree)]
    if params and numbers.random() < 0.4:
        value = numbers.choice(("{}", "len({})", "str({})", "list({})")).format(params[0])
    yield Change("remove_unused", at_start(tree, f"{name} = {value}\n"), tree.text,
                 {"variable": name, "where": f" {name}"})
    last = node.body[-1]
    if isinstance(last, (ast.Return, ast.Raise)):
        indent = " " * last.col_offset
        extra = numbers.choice(('print("done")', "return None", "pass", f"{name} = None",
                                f"return {name}", "raise AssertionError"))
        yield Change("remove_unreachable", tree.text + f"{indent}{extra}\n", tree.text, {})
    elif not any(isinstance(one, (ast.Return, ast.Yield)) and one.value for one in tree.nodes):
        indent = " " * last.col_offset
        extra = numbers.choice(("return", "return None", "pass"))
        yield Change("remove_useless_end", tree.text + f"{indent}{extra}\n", tree.text,
                     {"statement": extra})
        if not any(isinstance(one, (ast.Return, ast.YieldFrom)) for one in tree.nodes) and \
                node.args.args and node.args.args[0].arg == "self" and node.returns is None and \
                not node.name.startswith("__") and not isinstance(last, ast.Raise):
            yield from both(tree, "return_self", "not_return_self",
                            tree.text + f"{indent}return self\n")


def statements(tree: Tree, node: ast.Expr | ast.Assign, numbers: random.Random) -> Iterator[Change]:
    """A simple statement: twice, added, or in the wrong order with the next one."""
    need(node.lineno == node.end_lineno and node.lineno not in tree.commented)
    need(not is_text(node.value) and not isinstance(node.value, (ast.Yield, ast.YieldFrom)))
    tree.alone(node, node)
    siblings, place = tree.place(node)
    need(place + 1 < len(siblings))
    text, line = tree(node), tree.lines[node.lineno - 1]
    following = siblings[place + 1]
    need(following.lineno == node.lineno + 1 and tree.text.count(text) == 1)
    other = "".join(tree.lines[:node.lineno] + [line] + tree.lines[node.lineno:])
    yield Change("remove_duplicate", other, tree.text, {"statement": text, "where": f" `{text}`"})
    head = tree.lines[following.lineno - 1].strip()
    need(tree.text.count(head) == 1 and place > 0)
    other = "".join(tree.lines[:node.lineno - 1] + tree.lines[node.lineno:])
    if siblings[place - 1].end_lineno == node.lineno - 1:
        yield Change("add_statement", other, tree.text, {"statement": text, "next": head})
    need(isinstance(following, (ast.Expr, ast.Assign)) and following.end_lineno == following.lineno)
    need(following.lineno not in tree.commented and not is_text(following.value))
    swapped = "".join(tree.lines[:node.lineno - 1] + [tree.lines[node.lineno], line]
                      + tree.lines[node.lineno + 1:])
    yield Change("move_statement", swapped, tree.text, {"statement": text, "next": head})


def returned_at_end(tree: Tree, node: ast.Return, numbers: random.Random) -> Iterator[Change]:
    """The result, which was forgotten."""
    need(node is tree.function.body[-1] and node.value is not None and len(tree.function.body) > 2)
    need(isinstance(node.value, (ast.Name, ast.Attribute, ast.Tuple)))
    need(len(tree.of(ast.Return)) == 1 and node.lineno not in tree.commented)
    text = "".join(tree.lines[:node.lineno - 1]).rstrip() + "\n"
    need(node.lineno == node.end_lineno == len(tree.lines) and "\n\n\n" not in text)
    need(node.lineno - 1 not in tree.commented and tree.lines[-2].strip())
    yield from both(tree, "", "add_return", text, value=tree(node.value))


def also_returned(tree: Tree, node: ast.Return, numbers: random.Random) -> Iterator[Change]:
    """A last value returned besides the others."""
    need(isinstance(node.value, ast.Tuple) and len(node.value.elts) in (2, 3))
    need(len(tree.of(ast.Return)) == 1 and tree.function.returns is None)
    parts = [tree(one) for one in node.value.elts]
    need(all(isinstance(one, (ast.Name, ast.Attribute, ast.Constant)) for one in node.value.elts))
    rest = parts[0] if len(parts) == 2 else tree(node.value).rsplit(",", 1)[0] + (
        ")" if tree(node.value).startswith("(") else "")
    yield from both(tree, "return_less", "also_return", tree.put((node.value, rest)),
                    value=parts[-1])


def super_call(tree: Tree, node: ast.Call, numbers: random.Random) -> Iterator[Change]:
    """The call of the base class at the beginning or the end."""
    statement = tree.parents[node]
    need(isinstance(statement, ast.Expr) and statement in tree.body() and len(tree.body()) > 1)
    text = tree(statement)
    need(text.startswith("super()."))
    tree.alone(statement, statement)
    need(statement.lineno not in tree.commented)
    where = "first" if statement is tree.body()[0] else \
        "last" if statement is tree.body()[-1] else ""
    number = statement.end_lineno
    while number < len(tree.lines) and not tree.lines[number].strip() and where == "first":
        number += 1
    need(where)
    other = "".join(tree.lines[:statement.lineno - 1] + tree.lines[number:]).rstrip() + "\n"
    yield from both(tree, "remove_super", f"call_super_{where}", other, call=text)


def augmented(tree: Tree, node: ast.AugAssign, numbers: random.Random) -> Iterator[Change]:
    """x += y, spelled out."""
    need(isinstance(node.target, (ast.Name, ast.Attribute)))
    need(not isinstance(node.value, (ast.List, ast.Set, ast.ListComp, ast.Tuple)))
    name, sign = tree(node.target), tree(node)[len(tree(node.target)):].split("=")[0].strip()
    loose = isinstance(node.value, ast.UnaryOp) and rank(node.value) == 5 or sign in "+-" and \
        isinstance(node.value, ast.BinOp) and isinstance(node.value.op, (ast.Mult, ast.Div))
    value = tree.at(node.value, 5 if loose else 6)
    other = tree.swap(node, node, f"{name} = {name} {sign} {value}\n")
    yield from both(tree, "not_augmented", "augmented", other, variable=name, sign=sign,
                    where=f" for {name}")


def not_augmented(tree: Tree, node: ast.Assign, numbers: random.Random) -> Iterator[Change]:
    """x = x + y, as people wrote it, as x += y."""
    value = node.value
    need(isinstance(value, ast.BinOp) and len(node.targets) == 1)
    name = tree(node.targets[0])
    need(tree(value.left) == name and isinstance(node.targets[0], (ast.Name, ast.Attribute)))
    signs = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.BitOr: "|", ast.Mod: "%",
             ast.FloorDiv: "//", ast.BitAnd: "&"}
    need(type(value.op) in signs)
    sign = signs[type(value.op)]
    right = tree(value.right)
    yield Change("augmented", tree.text, tree.swap(node, node, f"{name} {sign}= {right}\n"),
                 {"variable": name, "sign": sign, "where": f" for {name}"})


STATEMENTS: tuple[Maker, ...] = tuple(maker(*row) for row in (
    (statements, ast.Expr, ast.Assign), (returned_at_end, ast.Return), (also_returned, ast.Return),
    (super_call, ast.Call), (augmented, ast.AugAssign), (not_augmented, ast.Assign),
    (useless, ast.FunctionDef, ast.AsyncFunctionDef)))

TEMPLATES: dict[str, tuple[str, ...]] = {
    "remove_unused": (
        "Remove the unused variable{where}", "Delete the variable{where} that is never used",
        "Clean up: {variable} is not used", "Drop {variable}, it is unused",
        "There is an unused variable{where}, remove it", "unused variable {variable}"),
    "remove_unreachable": (
        "Remove the unreachable code", "Delete the dead code at the end",
        "The last line never runs, remove it",
        "Remove the code after the end of {name} that cannot be reached", "dead code, remove"),
    "remove_useless_end": (
        "Remove the useless `{statement}` at the end", "The last line has no effect, remove it",
        "Delete the redundant {statement}", "The final {statement} is not needed",
        "Drop the pointless {statement} at the end", "The trailing `{statement}` does nothing",
        "Clean up the end: {statement} is superfluous"),
    "return_self": (
        "Return self at the end", "Return self so that calls can be chained",
        "Make {name} chainable", "Let {name} return self", "fluent interface: return self"),
    "not_return_self": (
        "Do not return self", "Remove `return self`", "{name} should return nothing",
        "No chaining: don't return self", "Drop the return of self",
        "Remove the last line, it need not return self"),
    "remove_duplicate": (
        "Remove the duplicate line{where}", "The line{where} is there twice, remove one",
        "Delete the repeated statement{where}", "Drop the duplicated{where}",
        "dedupe `{statement}`"),
    "add_statement": (
        "Before `{next}`, add `{statement}`", "Add `{statement}` above `{next}`",
        "Insert the line `{statement}` before `{next}`", "First `{statement}`, then `{next}`",
        "`{statement}` is missing before `{next}`", "Do `{statement}` first, just before `{next}`",
        "Put `{statement}` on the line before `{next}`", "Right before `{next}`: {statement}"),
    "move_statement": (
        "Move `{statement}` above `{next}`", "Do `{statement}` before `{next}`",
        "Swap the lines `{next}` and `{statement}`",
        "Wrong order: `{statement}` must come before `{next}`",
        "Put `{next}` after `{statement}`"),
    "add_return": (
        "Return {value} at the end", "The function should return {value}",
        "Add the missing return of {value}", "return {value}", "{name} forgets to return {value}",
        "It returns nothing, it should return {value}"),
    "call_super_first": (
        "First, call `{call}`", "Add `{call}` at the beginning",
        "Call the base class at the start: {call}", "Begin with {call}",
        "It must call super at the start: `{call}`", "`{call}` should come first",
        "The base class must be called first, {call}"),
    "call_super_last": (
        "At the end, call `{call}`", "Add `{call}` as the last statement", "Finish with {call}",
        "Call the base class last: {call}", "It must call super at the end: `{call}`",
        "`{call}` should come last", "Finally call {call}"),
    "remove_super": (
        "Remove the call of super", "Do not call super", "Drop `{call}`",
        "The super call is not needed", "No `{call}`", "Delete the line with {call}"),
    "augmented": (
        "Use {sign}={where}", "Use augmented assignment{where}",
        "Shorten the assignment{where} with {sign}=", "{variable} {sign}= ... please",
        "Make the assignment{where} {sign}=", "{variable} is on both sides, use {sign}=",
        "shorter with {sign}={where}"),
    "not_augmented": (
        "Do not use {sign}={where}, write the assignment out",
        "Replace {sign}={where} by a plain assignment",
        "{variable} = {variable} {sign} ... instead of {sign}=", "Expand {sign}={where}",
        "No augmented assignment{where}", "Write {variable} on both sides instead of {sign}="),
    "also_return": (
        "Also return {value}", "Return {value} as well, last", "{name} should also return {value}",
        "Add {value} to what is returned", "Callers need {value} too, return it as the last item"),
    "return_less": (
        "Do not return {value}", "Leave {value} out of the result",
        "{name} need not return {value}", "Drop {value} from the return",
        "{value} need not be returned", "Remove {value} from the returned tuple"),
}

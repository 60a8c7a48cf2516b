"""Rewrites of Python's conditions: comparisons, and, or, not, truth, and what stands for an if."""

from __future__ import annotations

import ast
import random
from typing import Iterator

from training.pairs.changes import Change, Maker
from training.pairs.python_code import MAX_LINE, SIMPLE, Tree, Unfit, both, loads, maker, need


def compared(tree: Tree, node: ast.Compare, numbers: random.Random) -> Iterator[Change]:
    """Of a single comparison: its negation, type() for isinstance; of a chain: its links."""
    text = tree(node)
    if len(node.ops) == 2:
        middle = tree(node.comparators[0])
        need(isinstance(node.comparators[0], SIMPLE))
        at = tree.source.span(node.comparators[0])[1]
        new = f" and {middle}"
        if not isinstance(tree.parents[node], (ast.If, ast.While, ast.Return, ast.Assign,
                                               ast.Assert)):
            raise Unfit
        yield from both(tree, "split_chain", "use_chain", tree.put(((at, at), new)), chain=text,
                        where=f" of {middle}")
        return
    left, right, op = node.left, node.comparators[0], node.ops[0]
    if isinstance(op, (ast.Eq, ast.Is)) and isinstance(left, ast.Call) and \
            tree.source.text(left.func) == "type" and len(left.args) == 1:
        need(isinstance(right, ast.Name))
        value, kind = tree(left.args[0]), tree(right)
        need(kind[:1].isupper() or kind in ("str", "int", "list", "dict", "tuple", "float", "bytes",
                                            "set", "bool"))
        yield Change("use_isinstance", tree.text, tree.put((node, f"isinstance({value}, {kind})")),
                     {"value": value, "type": kind, "where": f" for {value}"})
    parent = tree.parents[node]
    signs = {ast.NotEq: "==", ast.IsNot: "is", ast.NotIn: "in"}
    if type(op) in signs and isinstance(parent, (ast.If, ast.While, ast.Return, ast.BoolOp)):
        old = f"not {tree.at(left, 5)} {signs[type(op)]} {tree.at(right, 5)}"
        yield Change("simplify_not", tree.put((node, old)), tree.text,
                     {"old": old, "new": text, "where": f" `{old}`"})


def is_instance(tree: Tree, node: ast.Call, numbers: random.Random) -> Iterator[Change]:
    """isinstance, as a comparison of types."""
    need(tree.source.text(node.func) == "isinstance" and len(node.args) == 2)
    value, kind = map(tree, node.args)
    need(isinstance(node.args[1], (ast.Name, ast.Attribute)))
    need(isinstance(tree.parents[node], (ast.If, ast.BoolOp, ast.Return, ast.IfExp)))
    words = {"value": value, "type": kind, "where": f" for {value}"}
    other = tree.put((node, f"type({value}) == {kind}"))
    yield Change("use_isinstance", other, tree.text, words)
    yield from both(tree, "use_type", "use_isinstance",
                    tree.put((node, f"type({value}) is {kind}")), **words)


def alternatives(tree: Tree, node: ast.BoolOp, numbers: random.Random) -> Iterator[Change]:
    """x == a or x == b; the same with isinstance, startswith and endswith; and De Morgan."""
    union = isinstance(node.op, ast.Or)
    values = node.values
    if all(isinstance(one, ast.UnaryOp) and isinstance(one.op, ast.Not) for one in values):
        inner = (" and " if union else " or ").join(tree.at(one.operand, 2 if union else 1)
                                                    for one in values)
        need(tree.rank_fits(node))
        yield from both(tree, "one_not", "de_morgan", tree.put((node, f"not ({inner})")),
                        where=f" `not ({inner})`", old=tree(node))
        return
    if all(isinstance(one, ast.Compare) and len(one.ops) == 1 for one in values):
        kind = ast.Eq if union else ast.NotEq
        need(all(isinstance(one.ops[0], kind) for one in values))
        lefts = {tree(one.left) for one in values}
        need(len(lefts) == 1 and all(isinstance(one.comparators[0], SIMPLE) for one in values))
        choices = ", ".join(tree(one.comparators[0]) for one in values)
        value, sign = lefts.pop(), "in" if union else "not in"
        other = tree.put((node, f"{value} {sign} ({choices})"))
        yield from both(tree, "use_in", "no_in", other, value=value, where=f" of {value}",
                        sign=sign)
        return
    need(union and all(isinstance(one, ast.Call) and len(one.args) in (1, 2) and not one.keywords
                       for one in values))
    heads = {tree(one.func) + (tree(one.args[0]) if len(one.args) == 2 else "") for one in values}
    need(len(heads) == 1 and all(isinstance(one.args[-1], SIMPLE) for one in values))
    function = tree(values[0].func)
    name = function.split(".")[-1]
    need(name in ("isinstance", "startswith", "endswith"))
    choices = ", ".join(tree(one.args[-1]) for one in values)
    first = tree(values[0].args[0]) + ", " if name == "isinstance" else ""
    other = tree.put((node, f"{function}({first}({choices}))"))
    yield from both(tree, "one_call", "no_tuple", other, function=name, where=f" of {function}")


def choices(tree: Tree, node: ast.Compare | ast.Call, numbers: random.Random) -> Iterator[Change]:
    """x in (a, b), and calls with a tuple, as people wrote them."""
    if isinstance(node, ast.Compare):
        need(len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)))
        options, value = node.comparators[0], node.left
        need(isinstance(value, SIMPLE))
    else:
        need(isinstance(node.func, (ast.Name, ast.Attribute)) and not node.keywords and node.args)
        options, value = node.args[-1], node.func
        name = tree(node.func).split(".")[-1]
        need(len(node.args) == 1 + (name == "isinstance"))
        need(name in ("isinstance", "startswith", "endswith"))
    need(isinstance(options, ast.Tuple) and 2 <= len(options.elts) <= 3)
    need(all(isinstance(one, SIMPLE) for one in options.elts) and tree.rank_fits(node))
    items = [tree(one) for one in options.elts]
    if isinstance(node, ast.Call):
        first = tree(node.args[0]) + ", " if name == "isinstance" else ""
        text = " or ".join(f"{tree(value)}({first}{one})" for one in items)
        kinds, words = ("no_tuple", "one_call"), {"function": name}
    else:
        sign, glue = ("==", " or ") if isinstance(node.ops[0], ast.In) else ("!=", " and ")
        text = glue.join(f"{tree(value)} {sign} {one}" for one in items)
        word = "in" if isinstance(node.ops[0], ast.In) else "not in"
        kinds, words = ("no_in", "use_in"), {"value": tree(value), "sign": word}
    yield from both(tree, *kinds, tree.put((node, text)), where=f" of {tree(value)}", **words)


def connected(tree: Tree, node: ast.BoolOp, numbers: random.Random) -> Iterator[Change]:
    """and for or, the other way round; the operands in the other order."""
    need(len(node.values) == 2 and isinstance(tree.parents[node], (ast.If, ast.While, ast.Return)))
    one, other = node.values
    text = tree(node)
    need(not isinstance(one, ast.BoolOp) and not isinstance(other, ast.BoolOp))
    first, second = tree.source.span(one), tree.source.span(other)
    between = tree.source.raw[first[1]:second[0]].decode()
    old, new = ("or", "and") if isinstance(node.op, ast.Or) else ("and", "or")
    need(between.strip() == old)
    changed = tree.put(((first[1], second[0]), between.replace(old, new)))
    yield from both(tree, "other_connective", "", changed, old=old, new=new, condition=text)
    need(not any(isinstance(part, ast.NamedExpr) for part in ast.walk(node)))
    yield from both(tree, "swap_operands", "", tree.put((one, tree(other)), (other, tree(one))),
                    first=tree(one), second=tree(other))
    # One condition more or less.
    yield from both(tree, f"drop_{old}", f"add_{old}", tree.put((node, tree(one))),
                    condition=tree(one), extra=tree(other))


def truth(tree: Tree, node: ast.If, numbers: random.Random) -> Iterator[Change]:
    """if x: and if x is not None:"""
    test, sign = node.test, "is not"
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, sign = test.operand, "is"
    if isinstance(test, (ast.Name, ast.Attribute)):
        name = tree(test)
        other = tree.put((node.test, f"{name} {sign} None"))
        kinds = ("explicit_none", "truthiness")
    else:
        need(isinstance(test, ast.Compare) and len(test.ops) == 1)
        need(isinstance(test.ops[0], (ast.Is, ast.IsNot)) and test is node.test)
        need(tree(test.comparators[0]) == "None" and isinstance(test.left, (ast.Name,
                                                                            ast.Attribute)))
        name = tree(test.left)
        sign = "is not" if isinstance(test.ops[0], ast.IsNot) else "is"
        other = tree.put((test, name if sign == "is not" else f"not {name}"))
        kinds = ("truthiness", "explicit_none")
    yield from both(tree, *kinds, other, value=name, comparison=f"{name} {sign} None",
                    plain=name if sign == "is not" else f"not {name}", where=f" of {name}")


def walrus(tree: Tree, node: ast.If, numbers: random.Random) -> Iterator[Change]:
    """x = f() and if x: as if x := f():"""
    test = node.test
    first = test.left if isinstance(test, ast.Compare) else test
    if isinstance(first, ast.NamedExpr):
        name, value = tree(first.target), tree(first.value)
        span = tree.source.span(first)
        raw = tree.source.raw
        if raw[span[0] - 1:span[0]] == b"(" and raw[span[1]:span[1] + 1] == b")":
            span = span[0] - 1, span[1] + 1
        tree.alone(node, node)
        at = tree.source.starts[node.lineno - 1]
        other = tree.put((span, name), ((at, at), f"{' ' * node.col_offset}{name} = {value}\n"))
        yield from both(tree, "no_walrus", "use_walrus", other, variable=name,
                        where=f" for {name}")
        return
    siblings, place = tree.place(node)
    need(place and isinstance(first, ast.Name))
    before = siblings[place - 1]
    need(isinstance(before, ast.Assign) and len(before.targets) == 1)
    need(loads(first.id)(before.targets[0]) and before.lineno == node.lineno - 1)
    need(isinstance(before.value, (ast.Call, ast.Subscript)))
    need(before.lineno not in tree.commented)
    tree.alone(before, before)
    text = f"{first.id} := {tree(before.value)}"
    text = f"({text})" if isinstance(test, ast.Compare) else text
    line = tree.source.starts[before.lineno - 1], tree.source.starts[node.lineno - 1]
    need(len(tree.lines[node.lineno - 1]) + len(text) <= MAX_LINE)
    yield from both(tree, "use_walrus", "no_walrus", tree.put((first, text), (line, "")),
                    variable=first.id, where=f" for {first.id}")


def or_default(tree: Tree, node: ast.BoolOp, numbers: random.Random) -> Iterator[Change]:
    """x or y as a conditional expression."""
    need(isinstance(node.op, ast.Or) and len(node.values) == 2)
    statement = tree.parents[node]
    need(isinstance(statement, (ast.Assign, ast.Return)) and isinstance(node.values[0], SIMPLE))
    one, other = tree(node.values[0]), tree.at(node.values[1], 1)
    yield from both(tree, "no_or", "use_or", tree.put((node, f"{one} if {one} else {other}")),
                    value=one, fallback=other, where=f" for {one}")


def larger(tree: Tree, node: ast.Call, numbers: random.Random) -> Iterator[Change]:
    """max(a, b) as a conditional expression, and as an if."""
    need(isinstance(node.func, ast.Name) and node.func.id in ("max", "min"))
    need(len(node.args) == 2 and not node.keywords)
    need(all(isinstance(one, SIMPLE) for one in node.args))
    one, other = map(tree, node.args)
    sign = ">" if node.func.id == "max" else "<"
    text = f"{one} if {one} {sign} {other} else {other}"
    parent = tree.parents[node]
    text = text if isinstance(parent, (ast.Assign, ast.Return)) else f"({text})"
    need(isinstance(parent, (ast.Assign, ast.Return, ast.BinOp, ast.Compare)))
    yield from both(tree, "no_max", "use_max", tree.put((node, text)), function=node.func.id,
                    where=f" for {one} and {other}")


CONDITIONS: tuple[Maker, ...] = tuple(maker(*row) for row in (
    (compared, ast.Compare), (is_instance, ast.Call), (alternatives, ast.BoolOp),
    (choices, ast.Compare, ast.Call), (connected, ast.BoolOp), (truth, ast.If), (walrus, ast.If),
    (or_default, ast.BoolOp), (larger, ast.Call)))

TEMPLATES: dict[str, tuple[str, ...]] = {
    "use_max": (
        "Use {function}{where}", "Replace the conditional expression{where} by {function}",
        "{function}() instead of comparing{where}", "The builtin {function} does this{where}",
        "Shorten the comparison{where} to {function}", "x if x ... else y is {function}{where}"),
    "no_max": (
        "Use a conditional expression instead of {function}{where}",
        "Replace {function}{where} by a comparison in one expression",
        "No {function}{where}: x if ... else",
        "Compare{where} by hand instead of calling {function}",
        "Write {function}{where} as a conditional expression",
        "Inline {function}{where}: ... if ... else ..."),
    "use_chain": (
        "Chain the comparison{where}", "Use a chained comparison{where}", "Write it as `{chain}`",
        "Combine both comparisons{where} into one chain", "`{chain}` is shorter",
        "One chained comparison instead of and{where}"),
    "split_chain": (
        "Split the chained comparison{where} with and", "Do not chain comparisons{where}, use and",
        "Write `{chain}` as two comparisons with and", "Break `{chain}` up with and",
        "Two comparisons joined by and{where}", "No chained comparison{where}"),
    "use_isinstance": (
        "Use isinstance{where}", "isinstance({value}, {type}) instead of comparing types",
        "Accept subclasses of {type}{where}: isinstance", "Compare no types{where}, use isinstance",
        "The type check{where} should use isinstance", "isinstance rather than type(){where}",
        "Replace the comparison of the type of {value} by isinstance"),
    "use_type": (
        "Test the exact type{where} with `type(...) is`",
        "Use type({value}) is {type} instead of isinstance",
        "No subclasses of {type}{where}: compare the type with is",
        "Only {type} itself, no subclasses{where}", "type(...) is {type} for {value}",
        "Replace isinstance{where} by an exact type comparison"),
    "simplify_not": (
        "Simplify the negation{where}", "Write `{new}` instead of `{old}`",
        "Use the negated operator{where}", "`{old}` is awkward, simplify it",
        "Get rid of the not{where}"),
    "de_morgan": (
        "Apply De Morgan{where}", "Push the not inside{where}",
        "Expand{where} with De Morgan's law", "Write it as `{old}`", "Distribute the not{where}",
        "No parentheses after not{where}: negate each part"),
    "one_not": (
        "Use a single not instead of `{old}`", "Factor the not out of `{old}`",
        "Apply De Morgan to `{old}`", "Pull the negation out of `{old}`",
        "One not with parentheses for `{old}`", "Combine the negations in `{old}`"),
    "use_in": (
        "Use `{sign}` with a tuple instead of the repeated comparisons{where}",
        "Use `{value} {sign} (...)`", "Combine the comparisons{where} with {sign}",
        "Simplify the comparisons{where}: {sign} a tuple",
        "{value} is compared several times, use {sign}"),
    "no_in": (
        "Use separate comparisons instead of the tuple{where}",
        "Compare {value} with each value, no tuple",
        "Expand the membership test{where} into comparisons",
        "Write `{sign}` with the tuple{where} out as comparisons",
        "Comparisons of {value} one by one", "No tuple{where}, compare explicitly"),
    "one_call": (
        "Use one call{where} with a tuple", "Combine the calls{where} into one with a tuple",
        "Merge the {function} calls", "{function} takes a tuple, use that",
        "One {function} instead of several"),
    "no_tuple": (
        "Use a call{where} for each item of the tuple, joined by or",
        "Split the call{where} into several with or", "No tuple in {function}: use or",
        "One {function} call per item, with or", "Expand the tuple{where} into separate calls",
        "{function} several times instead of with a tuple"),
    "use_walrus": (
        "Use the walrus operator{where}", "Assign {variable} in the condition with :=",
        "Combine the assignment{where} and the if by :=", "if {variable} := ...", "walrus{where}"),
    "no_walrus": (
        "Do not use the walrus operator{where}",
        "Assign {variable} on a line of its own before the if", "No :={where}",
        "Python 3.7 has no walrus, assign {variable} first",
        "{variable} := -> a separate assignment before the if",
        "Split the condition: first assign {variable}"),
    "use_or": (
        "Use or{where} instead of the conditional expression",
        "Simplify the conditional{where} with or", "{value} or {fallback}",
        "Shorten `{value} if {value} else` to or", "or{where}, not if and else",
        "x if x else y is just or{where}", "Default with or: {value} or {fallback}"),
    "no_or": (
        "Use a conditional expression instead of or{where}", "Write the or{where} as x if x else y",
        "{value} if {value} else {fallback}", "if/else expression in place of or{where}",
        "Make the or{where} explicit", "Spell the default{where} out as a conditional expression"),
    "explicit_none": (
        "Compare {value} with None instead of testing its truth", "Test `{comparison}`",
        "Only None counts, not empty values: `{comparison}`", "Use `{comparison}` in the if",
        "Explicit None check{where}", "0 and empty are valid for {value}, check for None"),
    "truthiness": (
        "Test the truth of {value} instead of comparing with None", "Use `if {plain}`",
        "`if {plain}` instead of `{comparison}`", "Treat empty {value} like None",
        "Also cover empty values of {value}, not just None"),
    "other_connective": (
        "Use {new} instead of {old} in `{condition}`",
        "It should be {new}, not {old}: `{condition}`", "Replace {old} by {new} in `{condition}`",
        "`{condition}`: {new} rather than {old}", "Wrong connective in `{condition}`: {new}",
        "`{condition}`: change {old} to {new}"),
    "swap_operands": (
        "Check `{second}` before `{first}`", "Swap `{first}` and `{second}` in the condition",
        "Put `{second}` first in the condition", "Test `{second}` first",
        "`{first}` should be tested after `{second}`",
        "`{second}` is cheaper, check it before `{first}`",
        "The other order: `{second}`, then `{first}`"),
    "add_and": (
        "Also require {extra} in the condition `{condition}`", "`{condition}` and {extra}",
        "Only if {extra} too: `{condition}`", "Add `and {extra}` to `{condition}`",
        "Extend the condition `{condition}`: {extra} must hold as well"),
    "add_or": (
        "Or {extra}: extend the condition `{condition}`", "`{condition}` or {extra}",
        "Also when {extra}, besides `{condition}`", "Add `or {extra}` to `{condition}`",
        "Accept {extra} as well as `{condition}`"),
    "drop_and": (
        "Do not require {extra}", "Remove `{extra}` from the condition",
        "Only check `{condition}`, not `{extra}`", "Drop `and {extra}`",
        "`{condition}` is enough, without `{extra}`", "The check `{extra}` is not needed",
        "Take `{extra}` out of the condition"),
    "drop_or": (
        "Remove `{extra}` from the condition", "Only check `{condition}`, not `{extra}`",
        "Drop `or {extra}`", "`{extra}` alone is not enough, remove it",
        "Just `{condition}`, without `{extra}`", "`{extra}` should not count any more",
        "Take `{extra}` out of the condition"),
}

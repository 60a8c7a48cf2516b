"""Rewrites of Python's loops and expressions into other idioms, by the rules of python_rewrites."""

from __future__ import annotations

import ast
import random
import re
from typing import Callable, Iterator

from training.pairs import masking
from training.pairs.changes import NAMES, Change, Maker
from training.pairs.python_rewrites import (EXITS, MAX_LINE, Tree, Unfit, at_start, both, indented,
                                            is_text, maker, need, note_bare, rank, read)

SIMPLE = (ast.Name, ast.Attribute, ast.Constant)


def targets(tree: Tree, target: ast.expr) -> list[str]:
    """The names that a loop sets, which have to be names."""
    found = [target] if isinstance(target, ast.Name) else getattr(target, "elts", [])
    need(found and all(isinstance(one, ast.Name) for one in found))
    return [one.id for one in found]


def clauses(tree: Tree, generators: list[ast.comprehension], last: str) -> str:
    """The loops of a comprehension around the statement `last`."""
    lines, depth = [], 0
    for one in generators:
        need(not one.is_async)
        lines.append("    " * depth + f"for {tree(one.target)} in {tree(one.iter)}:")
        depth += 1
        if one.ifs:
            tests = [tree.at(test, 2 if len(one.ifs) > 1 else 0) for test in one.ifs]
            lines.append("    " * depth + f"if {' and '.join(tests)}:")
            depth += 1
    return "\n".join(lines + ["    " * depth + last]) + "\n"


def own_names(tree: Tree, node: ast.AST, generators: list[ast.comprehension]) -> None:
    """What the loops set is used nowhere else in the function."""
    need(len(generators) <= 2)
    for one in generators:
        need(all(tree.only_in(name, node) for name in targets(tree, one.target)))


def comprehension(tree: Tree, node: ast.ListComp, numbers: random.Random) -> Iterator[Change]:
    """[f(x) for x in xs if c], assigned or returned, as a loop."""
    own_names(tree, node, node.generators)
    statement = tree.parents[node]
    if isinstance(statement, ast.Return):
        name, end = tree.fresh("result", "results", "found", "collected"), True
    else:
        need(isinstance(statement, ast.Assign) and len(statement.targets) == 1)
        name, end = targets(tree, statement.targets[0])[0], False
        need(isinstance(statement.targets[0], ast.Name) and not tree.uses(name, node))
    if isinstance(node, ast.DictComp):
        shape, empty, step = "dict", "{}", f"{name}[{tree(node.key)}] = {tree(node.value)}"
    else:
        shape, empty, call = ("list", "[]", "append") if isinstance(node, ast.ListComp) else \
            ("set", "set()", "add")
        step = f"{name}.{call}({tree(node.elt)})"
    new = f"{name} = {empty}\n" + clauses(tree, node.generators, step) + \
        (f"return {name}\n" if end else "")
    kinds = ("return_loop", "return_comprehension") if end else ("from_comprehension",
                                                                 "to_comprehension")
    yield from both(tree, *kinds, tree.swap(statement, statement, new), shape=shape, variable=name,
                    where=f" for {name}" if not end else "")


def unwrapped(node: ast.For) -> tuple[list[ast.stmt], ast.stmt, list[ast.For]]:
    """The loops and ifs that each hold one statement only, that one, and the loops among them."""
    parts, loops, inner = [], [], node
    while isinstance(inner, (ast.For, ast.If)):
        need(len(inner.body) == 1 and not inner.orelse)
        parts.append(inner)
        if isinstance(inner, ast.For):
            loops.append(inner)
        inner = inner.body[0]
    need(len(loops) <= 2 and len(parts) - len(loops) <= 1)
    return parts, inner, loops


def clause_text(tree: Tree, parts: list) -> list[str]:
    return [f"for {tree(one.target)} in {tree.at(one.iter, 1)}" if isinstance(one, ast.For)
            else f"if {tree.at(one.test, 1)}" for one in parts]


def layout(head: str, opening: str, element: str, parts: list[str], closing: str, column: int
           ) -> str:
    """On one line, or over several where that is too long."""
    line = f"{head}{opening}{element} {' '.join(parts)}{closing}"
    if len(line) + column <= MAX_LINE:
        return line + "\n"
    return f"{head}{opening}\n" + indented("\n".join([element, *parts])) + f"\n{closing}\n"


def append_loop(tree: Tree, node: ast.For, numbers: random.Random) -> Iterator[Change]:
    """A loop that people wrote, as a comprehension, or as extend where the list is not new."""
    parts, step, loops = unwrapped(node)
    need(not any(isinstance(one, (ast.Await, ast.Yield)) for one in ast.walk(node)))
    need(all(tree.only_in(name, node) for loop in loops for name in targets(tree, loop.target)))
    siblings, place = tree.place(node)
    texts = clause_text(tree, parts)
    if isinstance(step, ast.Assign):
        target = step.targets[0]
        need(len(step.targets) == 1 and isinstance(target, ast.Subscript))
        need(isinstance(target.value, ast.Name) and not isinstance(target.slice, ast.Slice))
        variable, shape = target.value.id, "dict"
        element = f"{tree(target.slice)}: {tree.at(step.value, 1)}"
        empties, marks = ("{}", "dict()"), "{}"
    else:
        call = getattr(step, "value", None)
        need(isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute))
        need(call.func.attr in ("append", "add") and isinstance(call.func.value, ast.Name))
        need(len(call.args) == 1 and not isinstance(call.args[0], ast.Starred))
        variable, element = call.func.value.id, tree(call.args[0])
        shape, empties, marks = ("list", ("[]", "list()"), "[]") \
            if call.func.attr == "append" else ("set", ("set()",), "{}")
    copies = len(parts) == 1 and element == tree(node.target)
    need(tree.uses(variable, node) == 1)
    before = siblings[place - 1] if place else None
    if not (isinstance(before, ast.Assign) and tree.source.text(before.value) in empties and
            isinstance(before.targets[0], ast.Name) and before.targets[0].id == variable):
        need(shape == "list" and place and len(parts) < 3)
        new = f"{variable}.extend({tree(node.iter)})\n" if copies else \
            layout(f"{variable}.extend", "(", element, texts, ")", node.col_offset)
        yield from both(tree, "use_extend", "from_extend", tree.swap(node, node, new),
                        variable=variable, where=f" on {variable}")
        return
    need(not copies)
    after = siblings[place + 1] if place + 1 < len(siblings) else None
    returned = isinstance(after, ast.Return) and after.value is not None and \
        tree.source.text(after.value) == variable and tree.uses(variable, tree.function) == 3
    head = "return " if returned else f"{variable} = "
    new = layout(head, marks[0], element, texts, marks[1], node.col_offset)
    kinds = ("return_comprehension", "return_loop") if returned else ("to_comprehension",
                                                                      "from_comprehension")
    yield from both(tree, *kinds, tree.swap(before, after if returned else node, new), shape=shape,
                    variable=variable, where=f" for {variable}" if not returned else "")


def any_all(tree: Tree, node: ast.Return, numbers: random.Random) -> Iterator[Change]:
    call = node.value
    need(isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and len(call.args) == 1)
    name, inner = call.func.id, call.args[0]
    need(name in ("any", "all") and isinstance(inner, ast.GeneratorExp))
    own_names(tree, node, inner.generators)
    test = tree(inner.elt) if name == "any" else tree.negated(inner.elt)
    found, rest = ("True", "False") if name == "any" else ("False", "True")
    new = clauses(tree, inner.generators, f"if {test}:").rstrip("\n")
    depth = len(new.splitlines()[-1]) - len(new.splitlines()[-1].lstrip()) + 4
    new += "\n" + " " * depth + f"return {found}\nreturn {rest}\n"
    yield from both(tree, "any_loop", "use_any", tree.swap(node, node, new), builtin=name)


def search_loop(tree: Tree, node: ast.For, numbers: random.Random) -> Iterator[Change]:
    """A loop that returns at the first that fits: any, all or next."""
    need(len(node.body) == 1 and not node.orelse and isinstance(node.body[0], ast.If))
    branch, (siblings, place) = node.body[0], tree.place(node)
    need(place + 1 < len(siblings) and len(branch.body) == 1 and not branch.orelse)
    one, last = branch.body[0], siblings[place + 1]
    need(isinstance(one, ast.Return) and isinstance(last, ast.Return) and one.value and last.value)
    names = targets(tree, node.target)
    need(all(tree.only_in(name, node) for name in names))
    need(not any(isinstance(part, ast.Await) for part in ast.walk(node)))
    head = f"for {tree(node.target)} in {tree.at(node.iter, 1)}"
    values = tree(one.value), tree(last.value)
    if values in (("True", "False"), ("False", "True")):
        name = "any" if values[0] == "True" else "all"
        test = tree.at(branch.test, 1) if name == "any" else tree.negated(branch.test)
        new = layout(f"return {name}", "(", test, [head], ")", node.col_offset)
        yield from both(tree, "use_any", "any_loop", tree.swap(node, last, new), builtin=name)
    elif isinstance(last.value, ast.Constant):
        new = layout("return next(", "(", values[0], [head, f"if {tree.at(branch.test, 1)}"],
                     f"), {values[1]})", node.col_offset)
        need(new.count("\n") == 1)
        yield from both(tree, "use_next", "next_loop", tree.swap(node, last, new),
                        default=values[1])


def yielded(tree: Tree, node: ast.For, numbers: random.Random) -> Iterator[Change]:
    """for x in xs: yield x"""
    step = node.body[0]
    need(len(node.body) == 1 and not node.orelse and isinstance(step, ast.Expr))
    need(isinstance(step.value, ast.Yield) and isinstance(node.target, ast.Name))
    need(isinstance(step.value.value, ast.Name) and step.value.value.id == node.target.id)
    need(tree.only_in(node.target.id, node))
    yield from both(tree, "yield_from", "yield_loop",
                    tree.swap(node, node, f"yield from {tree(node.iter)}\n"), item=node.target.id,
                    where=f" over {tree(node.iter)}")


def yield_loop(tree: Tree, node: ast.YieldFrom, numbers: random.Random) -> Iterator[Change]:
    statement = tree.parents[node]
    need(isinstance(statement, ast.Expr))
    name = tree.fresh("item", "element", "one")
    new = f"for {name} in {tree(node.value)}:\n    yield {name}\n"
    yield from both(tree, "yield_loop", "yield_from", tree.swap(statement, statement, new),
                    item=name, where=f" over {tree(node.value)}")


def generator(tree: Tree, node: ast.FunctionDef, numbers: random.Random) -> Iterator[Change]:
    """A list that is built and returned, yielded instead; and back."""
    need(node is tree.function and not node.decorator_list and node.returns is None)
    need(not any(isinstance(one, (ast.FunctionDef, ast.Lambda, ast.Try, ast.With))
                 for one in tree.nodes[1:]))
    last = node.body[-1]
    yields = tree.of(ast.Yield)
    if yields:
        need(not tree.of(ast.YieldFrom) and not tree.of(ast.Return) and len(yields) <= 3)
        need(all(isinstance(tree.parents[one], ast.Expr) and one.value for one in yields))
        need(all(not isinstance(one.test, ast.Constant) for one in tree.of(ast.While)))
        name = tree.fresh("result", "results", "items", "found")
        first = tree.body()[0]
        edits = [(one, f"{name}.append({tree.at(one.value, 1)})") for one in yields]
        at = tree.source.starts[tree.begin(first) - 1]
        need(tree.begin(first) - 1 not in tree.commented)
        edits.append(((at, at), f"    {name} = []\n"))
        need(first.col_offset == 4)
        other = tree.put(*edits) + f"    return {name}\n"
        yield from both(tree, "to_list", "to_generator", other, variable=name)
        return
    need(isinstance(last, ast.Return) and isinstance(last.value, ast.Name))
    name = last.value.id
    need(len(tree.of(ast.Return)) == 1 and not {last.lineno} & tree.commented)
    made = [one for one in node.body if isinstance(one, ast.Assign) and
            tree.source.text(one) == f"{name} = []"]
    steps = [one for one in tree.of(ast.Call) if tree.source.text(one.func) == f"{name}.append"
             and isinstance(tree.parents[one], ast.Expr) and tree.inside(one, ast.For, ast.While)]
    need(len(made) == 1 and steps and tree.uses(name, node) == len(steps) + 2)
    need(made[0].lineno not in tree.commented)
    number = made[0].lineno
    blank = made[0] is tree.body()[0] and not tree.lines[number].strip()
    lines = [(tree.source.starts[number - 1], tree.source.starts[number + blank]),
             (tree.source.starts[last.lineno - 1], tree.source.starts[last.end_lineno])]
    edits = [(one, f"yield {tree(one.args[0])}") for one in steps]
    other = tree.put(*edits, *((line, "") for line in lines)).rstrip("\n") + "\n"
    yield from both(tree, "to_generator", "to_list", other, variable=name)


def replaced(tree: Tree, inside: list[ast.AST], place: Callable[[ast.AST], bool], new: str
             ) -> list[tuple]:
    """Edits that put `new` in all those places."""
    return [(node, new) for one in inside for node in ast.walk(one) if place(node)]


def loads(name: str) -> Callable[[ast.AST], bool]:
    return lambda node: isinstance(node, ast.Name) and node.id == name


def only_read(tree: Tree, names: list[str], inside: list[ast.AST]) -> None:
    for one in inside:
        for node in ast.walk(one):
            need(not (isinstance(node, ast.Name) and node.id in names and
                      not isinstance(node.ctx, ast.Load)))
            # Braces of an f-string are rewritten as well, but quotes could clash.
            need(not isinstance(node, ast.JoinedStr) or not any(
                loads(name)(part) for name in names for part in ast.walk(node)))


def paired_loop(tree: Tree, node: ast.For, numbers: random.Random) -> Iterator[Change]:
    """enumerate, items and zip, and the loops over an index or keys that do the same."""
    call = node.iter
    need(isinstance(call, ast.Call) and isinstance(node.target, ast.Tuple) and not call.keywords)
    names = targets(tree, node.target)
    need(len(names) == 2 and "_" not in names)
    only_read(tree, names, node.body)
    one, other = names
    target, head = tree(node.target), tree(call.func)
    if head == "enumerate" and len(call.args) == 1 and isinstance(call.args[0], SIMPLE):
        sequence = tree(call.args[0])
        need(tree.only_in(other, node))
        edits = [(node.target, one), (call, f"range(len({sequence}))")]
        text = tree.put(*edits, *replaced(tree, node.body, loads(other), f"{sequence}[{one}]"))
        yield Change("use_enumerate", text, tree.text, {
            "item": other, "index": one, "sequence": sequence, "where": f" over {sequence}"})
    elif head == "zip" and len(call.args) == 2 and all(isinstance(x, SIMPLE) for x in call.args):
        index = tree.fresh("i", "index", "n", "k")
        first, second = map(tree, call.args)
        need(tree.only_in(one, node) and tree.only_in(other, node))
        edits = [(node.target, index), (call, f"range(len({first}))")]
        edits += replaced(tree, node.body, loads(one), f"{first}[{index}]")
        edits += replaced(tree, node.body, loads(other), f"{second}[{index}]")
        yield Change("use_zip", tree.put(*edits), tree.text, {
            "target": target, "first": first, "second": second, "where": f" over {first}"})
    elif head.endswith(".items") and not call.args and isinstance(call.func.value, SIMPLE):
        mapping = tree(call.func.value)
        need(tree.only_in(other, node))
        edits = [(node.target, one), (call, mapping)]
        text = tree.put(*edits, *replaced(tree, node.body, loads(other), f"{mapping}[{one}]"))
        yield from both(tree, "use_keys", "use_items", text, key=one, value=other, mapping=mapping,
                        where=f" over {mapping}")


def indexed_loop(tree: Tree, node: ast.For, numbers: random.Random) -> Iterator[Change]:
    """for i in range(len(xs)) that people wrote; for i in range(n) as a while loop."""
    call = node.iter
    need(isinstance(call, ast.Call) and isinstance(node.target, ast.Name) and not node.orelse)
    need(tree.source.text(call.func) == "range" and len(call.args) == 1)
    index, end = node.target.id, call.args[0]
    only_read(tree, [index], node.body)
    if isinstance(end, ast.Call) and tree.source.text(end.func) == "len":
        sequence = tree(end.args[0])
        found = [one for part in node.body for one in ast.walk(part)
                 if isinstance(one, ast.Subscript) and
                 tree.source.text(one) == f"{sequence}[{index}]"]
        need(found and all(isinstance(one.ctx, ast.Load) for one in found))
        need(not re.search(rf"\b{re.escape(sequence)}\.(?:append|pop|insert|remove)",
                           tree.source.text(node)))
        need(not any(isinstance(one, ast.JoinedStr) for part in node.body
                     for one in ast.walk(part)))
        first, extra = node.body[0], []
        if isinstance(first, ast.Assign) and first.value in found:
            item = targets(tree, first.targets[0])[0]  # the loop sets it itself
            need(isinstance(first.targets[0], ast.Name) and len(node.body) > 1)
            only_read(tree, [item], node.body[1:])
            tree.alone(first, first)
            need(first.lineno not in tree.commented and first.end_lineno == first.lineno)
            extra = [((tree.source.starts[first.lineno - 1], tree.source.starts[first.lineno]), "")]
        else:
            item = tree.fresh("item", "value", "element", "entry")
        rest = sum(isinstance(one, ast.Name) and one.id == index for part in node.body
                   for one in ast.walk(part)) - len(found)
        edits = extra + [(one, item) for one in found if not extra or one is not first.value]
        words = {"item": item, "index": index, "sequence": sequence, "where": f" over {sequence}"}
        if rest:
            yield Change("use_enumerate", tree.text, tree.put(
                *edits, (node.target, f"{index}, {item}"), (call, f"enumerate({sequence})")), words)
        else:
            yield Change("loop_over_items", tree.text, tree.put(
                *edits, (node.target, item), (call, sequence)), words)
    need(isinstance(end, (ast.Name, ast.Constant, ast.Call)))
    if isinstance(end, ast.Call):
        need(tree.source.text(end.func) == "len" and isinstance(end.args[0], SIMPLE))
        need(not re.search(rf"\b{re.escape(tree(end.args[0]))}(?:\.\w+\(| ?[+*]?= )",
                           tree.source.text(node)))
    elif isinstance(end, ast.Name):
        only_read(tree, [end.id], node.body)
    need(not any(isinstance(one, ast.Continue) for one in ast.walk(node)) and index != "_")
    need(tree.only_in(index, node) and not isinstance(node.body[-1], EXITS))
    new = f"{index} = 0\nwhile {index} < {tree(end)}:\n" + indented(tree.block(node.body)) + \
        f"    {index} += 1\n"
    yield from both(tree, "while_loop", "for_range", tree.swap(node, node, new, (node.body,)),
                    index=index, end=tree(end), where=f" over {index}")


def summed(tree: Tree, node: ast.Call, numbers: random.Random) -> Iterator[Change]:
    """sum, max and min of what a loop goes over."""
    statement = tree.parents[node]
    need(isinstance(node.func, ast.Name) and len(node.args) == 1 and not node.keywords)
    name, argument = node.func.id, node.args[0]
    if isinstance(statement, ast.Return):
        variable = tree.fresh("total", "result") if name == "sum" else tree.fresh("best", "result")
        end = f"return {variable}\n"
    else:
        need(isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name))
        variable, end = tree(statement.targets[0]), ""
        need(not tree.uses(variable, node))
    words = {"variable": variable, "function": name, "where": f" for {variable}"}
    if name == "sum" and isinstance(argument, ast.GeneratorExp):
        own_names(tree, node, argument.generators)
        new = f"{variable} = 0\n" + clauses(tree, argument.generators,
                                            f"{variable} += {tree(argument.elt)}")
    elif name == "sum" and isinstance(argument, SIMPLE):
        item = tree.fresh("value", "item", "x")
        new = f"{variable} = 0\nfor {item} in {tree(argument)}:\n    {variable} += {item}\n"
    else:
        need(name in ("max", "min") and isinstance(argument, SIMPLE))
        item, sign = tree.fresh("value", "item", "x"), ">" if name == "max" else "<"
        sequence = tree(argument)
        new = f"{variable} = {sequence}[0]\nfor {item} in {sequence}:\n" \
            f"    if {item} {sign} {variable}:\n        {variable} = {item}\n"
    yield from both(tree, "total_loop", "use_total", tree.swap(statement, statement, new + end),
                    **words)


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


def opened(tree: Tree, node: ast.With, numbers: random.Random) -> Iterator[Change]:
    """with, and what it stands for."""
    need(len(node.items) == 1 and not isinstance(node, ast.AsyncWith))
    item, name = node.items[0].context_expr, node.items[0].optional_vars
    head, body = tree(item), tree.block(node.body)
    if isinstance(name, ast.Name) and re.match(r"(?:\w+\.)*open\(", head):
        safe = f"{name.id} = {head}\ntry:\n{indented(body)}finally:\n    {name.id}.close()\n"
        yield from both(tree, "open_close", "use_with", tree.swap(node, node, safe, (node.body,)),
                        file=name.id)
        if not any(isinstance(one, EXITS) for part in node.body for one in ast.walk(part)):
            plain = f"{name.id} = {head}\n{body}{name.id}.close()\n"
            yield Change("use_with", tree.swap(node, node, plain, (node.body,)), tree.text,
                         {"file": name.id})
    elif name is None and re.fullmatch(r"[\w.]*(?:lock|mutex|sem|condition)", head, re.I):
        safe = f"{head}.acquire()\ntry:\n{indented(body)}finally:\n    {head}.release()\n"
        yield from both(tree, "acquire_release", "with_lock",
                        tree.swap(node, node, safe, (node.body,)), lock=head)


# Dictionaries


def got(tree: Tree, node: ast.Call, numbers: random.Random) -> Iterator[Change]:
    """d.get(k, default), d.setdefault and d.pop without them."""
    need(isinstance(node.func, ast.Attribute) and not node.keywords and node.args)
    mapping, key, statement = node.func.value, node.args[0], tree.parents[node]
    need(isinstance(mapping, SIMPLE) and isinstance(key, SIMPLE))
    d, k, name = tree(mapping), tree(key), node.func.attr
    default = tree(node.args[1]) if len(node.args) > 1 else "None"
    if name == "get" and isinstance(statement, (ast.Assign, ast.Return)):
        head = "return" if isinstance(statement, ast.Return) else \
            f"{tree(statement.targets[0])} ="
        need(isinstance(statement, ast.Return) or len(statement.targets) == 1)
        words = {"mapping": d, "key": k, "default": default, "where": f" for {k}"}
        text = f"if {k} in {d}:\n    {head} {d}[{k}]\nelse:\n    {head} {default}\n"
        yield from both(tree, "no_get", "use_get", tree.swap(statement, statement, text), **words)
        text = f"{head} {d}[{k}] if {k} in {d} else {default}\n"
        yield Change("use_get", tree.swap(statement, statement, text), tree.text, words)
        text = f"try:\n    {head} {d}[{k}]\nexcept KeyError:\n    {head} {default}\n"
        yield from both(tree, "get_by_try", "use_get", tree.swap(statement, statement, text),
                        **words)
    elif name == "setdefault" and isinstance(statement, ast.Attribute) and \
            isinstance(tree.parents[statement], ast.Call):
        call = tree.parents[statement]
        line = tree.parents[call]
        need(isinstance(line, ast.Expr) and statement.attr in ("append", "add", "extend", "update"))
        rest = tree(line)[len(tree(node)):]
        text = f"if {k} not in {d}:\n    {d}[{k}] = {default}\n{d}[{k}]{rest}\n"
        yield from both(tree, "no_setdefault", "use_setdefault", tree.swap(line, line, text),
                        mapping=d, where=f" on {d}")
    elif name == "pop" and isinstance(statement, ast.Expr) and len(node.args) == 2:
        text = f"if {k} in {d}:\n    del {d}[{k}]\n"
        yield from both(tree, "no_pop", "use_pop", tree.swap(statement, statement, text),
                        mapping=d, key=k, where=f" of {k}")


def looked_up(tree: Tree, node: ast.IfExp, numbers: random.Random) -> Iterator[Change]:
    """d[k] if k in d else default, as people wrote it."""
    test = node.test
    need(isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.In) and len(test.ops) == 1)
    k, d = tree(test.left), tree(test.comparators[0])
    need(isinstance(node.body, ast.Subscript) and tree(node.body) == f"{d}[{k}]")
    default = tree(node.orelse)
    new = f"{d}.get({k})" if default == "None" else f"{d}.get({k}, {default})"
    yield Change("use_get", tree.text, tree.put((node, new)), {
        "mapping": d, "key": k, "default": default, "where": f" for {k}"})


def missing_key(tree: Tree, node: ast.If, numbers: random.Random) -> Iterator[Change]:
    """if k not in d: d[k] = []; d[k].append(x), as people wrote it."""
    test, (siblings, place) = node.test, tree.place(node)
    need(isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.NotIn) and not node.orelse)
    k, d = tree(test.left), tree(test.comparators[0])
    need(len(node.body) == 1 and isinstance(node.body[0], ast.Assign))
    made, place = node.body[0], place + 1
    need(tree(made.targets[0]) == f"{d}[{k}]" and place < len(siblings))
    line, item = siblings[place], f"{d}[{k}]"
    text = tree(line)
    need(isinstance(line, ast.Expr))
    need(re.match(re.escape(item) + r"\.(append|add|extend)\(", text))
    need(text.count(item) == 1)
    new = f"{d}.setdefault({k}, {tree(made.value)}){text[len(item):]}\n"
    yield from both(tree, "use_setdefault", "no_setdefault", tree.swap(node, line, new), mapping=d,
                    where=f" on {d}")


# Expressions


def augmented(tree: Tree, node: ast.AugAssign, numbers: random.Random) -> Iterator[Change]:
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


def in_order(statement: ast.stmt, place: ast.expr, value: ast.expr) -> None:
    """Nothing is called in the statement before the place, if the value calls something."""
    begin = place.lineno, place.col_offset
    need(not any(isinstance(one, ast.Call) for one in ast.walk(value)) or
         not any(isinstance(one, ast.Call) and (one.end_lineno, one.end_col_offset) <= begin
                 for one in ast.walk(statement)))


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


def sorting(tree: Tree, node: ast.Call, numbers: random.Random) -> Iterator[Change]:
    """sorted and sort: their key and order."""
    name = tree.source.text(node.func).split(".")[-1]
    need(name in ("sorted", "sort") and not any(one.arg is None for one in node.keywords))
    begin, end = tree.source.span(node)
    need(tree.source.raw[end - 1:end] == b")" and node.lineno == node.end_lineno)
    inner = tree(node)[len(tree(node.func)) + 1:-1]
    need(not any(isinstance(one, ast.GeneratorExp) for one in node.args) or node.keywords)
    where = f" of `{tree(node)}`"
    if any(one.arg == "reverse" for one in node.keywords):
        need(re.search(r", reverse=True$|^reverse=True$", inner))
        text = re.sub(r"(?:, )?reverse=True$", "", inner)
        kinds = ("sort_ascending", "sort_descending")
    else:
        text = (inner + ", " if inner else "") + "reverse=True"
        kinds = ("sort_descending", "sort_ascending")
    yield from both(tree, *kinds, tree.put((node, f"{tree(node.func)}({text})")), where=where)
    keys = [one for one in node.keywords if one.arg == "key"]
    need(len(keys) == 1 == len(node.keywords) and "key=" in inner)
    text = inner[:inner.index("key=")].rstrip(", ")
    yield from both(tree, "no_sort_key", "sort_key", tree.put((node, f"{tree(node.func)}({text})")),
                    key=tree(keys[0].value), where=where)


def sorted_loop(tree: Tree, node: ast.For, numbers: random.Random) -> Iterator[Change]:
    call = node.iter
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and len(call.args) == 1 and \
            call.func.id in ("sorted", "reversed", "list") and not call.keywords:
        text, name = tree(call.args[0]), call.func.id
        need(len(re.findall(rf" in (?:\w+\()?{re.escape(text)}\)?:", tree.text)) == 1)
        yield from both(tree, f"loop_not_{name}", f"loop_{name}", tree.put((call, text)),
                        items=text)
    elif isinstance(call, SIMPLE) or isinstance(call, ast.Call) and re.fullmatch(
            r"[\w.]+\.(?:items|keys|values)\(\)", tree.source.text(call)):
        name = numbers.choice(("sorted", "reversed", "list"))
        need(name != "reversed" or re.search(r"[a-rt-z]s(?:\(\))?$", tree(call)))
        text = tree(call)
        need(len(re.findall(rf" in (?:\w+\()?{re.escape(text)}\)?:", tree.text)) == 1)
        yield from both(tree, f"loop_{name}", f"loop_not_{name}",
                        tree.put((call, f"{name}({text})")), items=text)


METHODS = {"strip": "Strip whitespace from", "lower": "Lower-case", "upper": "Upper-case",
           "rstrip": "Strip trailing whitespace from", "lstrip": "Strip leading whitespace from",
           "title": "Title-case", "copy": "Copy", "casefold": "Case-fold",
           "capitalize": "Capitalize", "decode": "Decode", "encode": "Encode"}
WRAPPERS = {"str": "a string", "int": "an int", "list": "a list", "tuple": "a tuple",
            "set": "a set", "float": "a float", "bool": "a bool", "abs": "its absolute value",
            "round": "a rounded number", "sorted": "a sorted list", "dict": "a dict",
            "repr": "its repr", "bytes": "bytes", "frozenset": "a frozenset"}


def converted(tree: Tree, node: ast.Call, numbers: random.Random) -> Iterator[Change]:
    """A method or a conversion of an expression, asked for and taken away."""
    need(not node.keywords and not isinstance(tree.parents[node], (ast.Expr, ast.Await)))
    if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS and not node.args:
        value = tree.at(node.func.value, 6)
        words = {"method": node.func.attr, "what": METHODS[node.func.attr], "value": value}
        kinds = "no_method", "call_method"
    else:
        need(isinstance(node.func, ast.Name) and node.func.id in WRAPPERS and len(node.args) == 1)
        need(not isinstance(node.args[0], (ast.GeneratorExp, ast.Starred, ast.Constant)))
        value = tree(node.args[0])
        words = {"method": node.func.id, "what": WRAPPERS[node.func.id], "value": value}
        kinds = "not_converted", "convert"
    parent = tree.parents[node]
    need(not isinstance(parent, ast.Assign) or tree(parent.targets[0]) != value)
    need(len(re.findall(rf"(?<![\w.]){re.escape(value)}(?!\w)", tree.text)) == 1 or
         isinstance(tree.parents[node], (ast.Return, ast.Assign)))
    statement = node
    while not isinstance(statement, ast.stmt):
        statement = tree.parents[statement]
    line = tree.lines[statement.lineno - 1].strip().rstrip(":(")
    need(value.isidentifier() or "." in value or "(" in value or "[" in value)
    need(tree.lines[node.lineno - 1].count(value) == 1 or
         isinstance(tree.parents[node], (ast.Return, ast.Assign)))
    other = tree.put((node, value if not isinstance(tree.parents[node], ast.Attribute)
                      else tree.at(node.args[0], 6) if node.args else value))
    head = re.match(r"return|[\w.]+(?= =)|if|for|while|raise|assert|[\w.]+(?=\()", line)
    need(head)
    place = f" in the {head[0]}" if head[0] in ("return", "if", "for", "while", "raise", "assert") \
        else f" in the line of {head[0]}"
    yield from both(tree, *kinds, other, where=place, **words)


def keyword_argument(tree: Tree, node: ast.Call, numbers: random.Random) -> Iterator[Change]:
    """A keyword argument: added, removed, with another value."""
    function = tree(node.func)
    need(len(function) < 50)
    same = [one for one in tree.of(ast.Call) if tree.source.text(one.func) == function]
    need(len(same) == 1 and node.keywords and (node.args or len(node.keywords) > 1))
    last = node.keywords[-1]
    need(last.arg is not None and not any(one.arg is None for one in node.keywords))
    items = sorted(node.args + node.keywords, key=lambda one: (one.lineno, one.col_offset))
    need(items[-1] is last and last.lineno not in tree.commented)
    begin, end = tree.source.span(items[-2])[1], tree.source.span(last)[1]
    need(begin < tree.source.span(last)[0])
    between = tree.source.raw[begin:tree.source.span(last)[0]].decode()
    need(re.fullmatch(r",\s*", between))
    other = tree.put(((begin, end), ""))
    words = {"argument": tree(last), "key": last.arg, "function": function,
             "value": tree(last.value)}
    yield from both(tree, "remove_keyword", "add_keyword", other, **words)
    if isinstance(last.value, ast.Constant):
        old = tree(last.value)
        new = {"True": "False", "False": "True"}.get(old)
        if type(last.value.value) is int:
            new = numbers.choice([one for one in ("1", "5", "10", "30", "100", "2") if one != old])
        elif type(last.value.value) is float:
            new = numbers.choice([one for one in ("0.5", "1.0", "0.1", "2.5") if one != old])
        elif is_text(last.value):
            new = numbers.choice(('""', '"default"', "None", '"utf-8"', '"main"'))
        if new and new != old:
            yield from both(tree, "change_keyword", "", tree.put((last.value, new)),
                            new=new, old=old, **words)


def encoding(tree: Tree, node: ast.Call, numbers: random.Random) -> Iterator[Change]:
    """encoding="utf-8" for files that are opened as text."""
    need(tree.source.text(node.func) in ("open", "io.open", "codecs.open") and node.args)
    mode = node.args[1] if len(node.args) > 1 else None
    need(mode is None or is_text(mode) and "b" not in mode.value)
    need(len(node.args) <= 2 and all(one.arg in ("mode", "encoding") for one in node.keywords))
    need(all(one.arg != "mode" or is_text(one.value) and "b" not in one.value.value
             for one in node.keywords) and node.lineno == node.end_lineno)
    text = tree(node)
    if any(one.arg == "encoding" for one in node.keywords):
        match = re.search(r", encoding=((?:\"|')[\w-]+(?:\"|'))\)$", text)
        need(match)
        yield from both(tree, "no_encoding", "add_encoding",
                        tree.put((node, text[:match.start()] + ")")), encoding=match[1])
        return
    value = numbers.choice(('"utf-8"', '"utf-8"', '"ascii"', '"latin-1"'))
    yield from both(tree, "add_encoding", "no_encoding",
                    tree.put((node, f"{text[:-1]}, encoding={value})")), encoding=value)


# Strings


PLAIN_VALUE = re.compile(r"[\w.\[\]()]+")  # what may stand in any f-string


def f_string(tree: Tree, node: ast.JoinedStr, numbers: random.Random) -> Iterator[Change]:
    """f"a {x}" as % and as a sum."""
    text = tree(node)
    match = re.fullmatch(r"""f(["'])((?:[^"'{}\\%]|\{[\w.\[\]()]+(?:!r)?\})*)\1""", text)
    need(match and "{" in match[2] and not tree.inside(node, ast.JoinedStr))
    parent = tree.parents[node]
    need(isinstance(parent, (ast.Call, ast.Assign, ast.Return, ast.keyword)))
    quote, body = match[1], match[2]
    values = re.findall(r"\{([\w.\[\]()]+)(?:!r)?\}", body)
    form = re.sub(r"\{[\w.\[\]()]+(!r)?\}", lambda one: "%r" if one[1] else "%s", body)
    arguments = values[0] if len(values) == 1 and not values[0].isidentifier() else \
        f"({values[0]},)" if len(values) == 1 else f"({', '.join(values)})"
    where = f" with {values[0]}"
    words = {"where": where}
    percent = f"{quote}{form}{quote} % {arguments}"
    alone = percent.replace(f"({values[0]},)", values[0]) if len(values) == 1 else percent
    yield Change("percent_to_f", tree.put((node, alone)), tree.text, words)
    yield Change("f_to_percent", tree.text, tree.put((node, percent)), words)
    need("!r" not in body and len(values) <= 3)
    pieces = []
    for part in re.split(r"(\{[^{}]+\})", body):
        if part:
            pieces.append(f"str({part[1:-1]})" if part[0] == "{" else f"{quote}{part}{quote}")
    need(len(pieces) > 1)
    other = tree.put((node, " + ".join(pieces)))
    yield from both(tree, "f_to_sum", "sum_to_f", other, **words)
    call = tree.parents[node]
    if isinstance(call, ast.Call) and re.fullmatch(
            r"(?:\w+\.)*_?log(?:ger|ging)?\.(?:debug|info|warning|error|exception|critical)",
            tree.source.text(call.func), re.I) and call.args == [node]:
        other = tree.put((node, f"{quote}{form}{quote}, {', '.join(values)}"))
        yield from both(tree, "lazy_log", "f_log", other, where=f" in {tree(call.func)}")


def percent(tree: Tree, node: ast.BinOp, numbers: random.Random) -> Iterator[Change]:
    """ "..." % x as people wrote it."""
    need(isinstance(node.op, ast.Mod) and is_text(node.left))
    text = tree(node.left)
    match = re.fullmatch(r"""(["'])((?:[^"'{}\\%]|%[srd])*)\1""", text)
    need(match and not tree.inside(node, ast.JoinedStr))
    values = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
    found = re.findall(r"%[srd]", match[2])
    need(len(values) == len(found) and not isinstance(node.right, ast.Dict))
    need(isinstance(node.right, (ast.Tuple, ast.Name, ast.Attribute, ast.Call, ast.Subscript)))
    texts = [tree(one) for one in values]
    need(all(PLAIN_VALUE.fullmatch(one) and not one[0].isdigit() for one in texts))
    fill = iter(texts)
    body = re.sub("%[srd]", lambda one: "{" + next(fill) + ("!r" if one[0] == "%r" else "") + "}",
                  match[2])
    whole = tree(node)
    where = f" of {whole}" if len(whole) < 40 else f" with {texts[0]}"
    yield Change("percent_to_f", tree.text, tree.put((node, f"f{match[1]}{body}{match[1]}")),
                 {"where": where})
    form = re.sub("%[srd]", lambda one: "{!r}" if one[0] == "%r" else "{}", match[2])
    yield Change("percent_to_format", tree.text, tree.put(
        (node, f"{match[1]}{form}{match[1]}.format({', '.join(texts)})")), {"where": where})


def text_sum(tree: Tree, node: ast.BinOp, numbers: random.Random) -> Iterator[Change]:
    """ "a" + x as people wrote it."""
    need(isinstance(node.op, ast.Add) and not isinstance(tree.parents[node], ast.BinOp))
    parts, one = [], node
    while isinstance(one, ast.BinOp) and isinstance(one.op, ast.Add):
        parts.append(one.right)
        one = one.left
    parts = [one, *reversed(parts)]
    need(sum(map(is_text, parts)) and len(parts) < 7 and tree(node))
    body, quote = "", '"' if '"' in tree(node) else "'"
    need(not ('"' in tree(node) and "'" in tree(node)) and "\\" not in tree(node))
    for part in parts:
        text = tree(part)
        if is_text(part):
            need(text[0] == quote and not set("{}") & set(text) and text.count(quote) == 2)
            body += text[1:-1]
            continue
        if isinstance(part, ast.Call) and text.startswith("str(") and len(part.args) == 1:
            text = tree(part.args[0])
        need(PLAIN_VALUE.fullmatch(text) and not text[0].isdigit())
        body += "{" + text + "}"
    need(body.count("{") and not any(isinstance(one, ast.Constant) and not is_text(one)
                                     for one in parts))
    whole = tree(node)
    where = f" of `{whole}`" if len(whole) < 50 else f" with {tree(parts[1])}"
    yield Change("sum_to_f", tree.text, tree.put((node, f"f{quote}{body}{quote}")),
                 {"where": where})


def quotes(tree: Tree, node: ast.FunctionDef, numbers: random.Random) -> Iterator[Change]:
    """All strings of the function in the other quotes."""
    need(node is tree.function)
    marks = masking.kinds(tree.text, "python")
    found = []
    for match in re.finditer(f"{masking.STRING}+", marks):
        text = tree.text[match.start():match.end()]
        if '"""' in text or "'''" in text:
            continue
        one = re.fullmatch(r"""([rbuRBU]{0,2})(["'])([^"'\\]*)\2""", text)
        need(one)
        found.append((match.span(), one))
    styles = {one[2] for _, one in found}
    need(len(styles) == 1 and tree.text.isascii())
    new = "'" if styles == {'"'} else '"'
    other = tree.put(*((span, f"{one[1]}{new}{one[3]}{new}") for span, one in found))
    kinds = ("single_quotes", "double_quotes") if new == "'" else ("double_quotes", "single_quotes")
    yield from both(tree, *kinds, other)


LEVELS = ("debug", "info", "warning", "error")


def logged(tree: Tree, node: ast.FunctionDef, numbers: random.Random) -> Iterator[Change]:
    """print and log calls."""
    need(node is tree.function)
    calls = [one for one in tree.of(ast.Call) if isinstance(tree.parents[one], ast.Expr)]
    prints = [one for one in calls if tree.source.text(one.func) == "print"]
    if prints and all(len(one.args) == 1 and not one.keywords and not isinstance(
            one.args[0], ast.Starred) for one in prints) and len(prints) < 5:
        logger = numbers.choice(("logger.", "logging.", "log.", "self.logger.")) + \
            numbers.choice(LEVELS)
        if not logger.startswith("self") or node.args.args[:1] and \
                node.args.args[0].arg == "self":
            other = tree.put(*((one.func, logger) for one in prints))
            yield from both(tree, "print_to_log", "log_to_print", other, logger=logger)
    for one in calls:
        match = re.fullmatch(r"((?:\w+\.)*_?log(?:ger|ging)?)\.(debug|info|warning|error)",
                             tree.source.text(one.func), re.I)
        if match and len(re.findall(re.escape(match[0]) + r"\(", tree.text)) == 1:
            level = numbers.choice([level for level in LEVELS if level != match[2]])
            yield from both(tree, "log_level", "", tree.put((one.func, f"{match[1]}.{level}")),
                            old=match[2], level=level)
            if len(one.args) == 1 and not one.keywords and match[0] not in (
                    "log.msg", "log.err") and "print" not in tree.words:
                yield from both(tree, "log_to_print", "print_to_log", tree.put((one.func, "print")),
                                logger=match[0])
            return


# Layout and literals


def long_call(tree: Tree, node: ast.Call, numbers: random.Random) -> Iterator[Change]:
    """One line, or a line for each argument."""
    items = sorted(node.args + node.keywords, key=lambda one: (one.lineno, one.col_offset)) \
        if isinstance(node, ast.Call) else node.elts
    need(len(items) > 1)
    name = tree(node.func) if isinstance(node, ast.Call) else None
    need(name or isinstance(node, ast.List))
    texts = [tree(one) for one in items]
    begin, end = tree.source.span(node)
    opening, closing = (name + "(", ")") if name else ("[", "]")
    words = {"what": f"the call of {name}" if name else f"the list {texts[0]}, ...",
             "where": f" of {name}" if name else ""}
    need(not set(range(node.lineno, node.end_lineno + 1)) & tree.commented)
    one_line = f"{opening}{', '.join(texts)}{closing}"
    line = tree.lines[node.lineno - 1]
    column = len(line) - len(line.lstrip())
    indent = "\n" + " " * (column + 4)
    split = opening + indent + f",{indent}".join(texts) + ",\n" + " " * column + closing
    if tree.inside(node, ast.JoinedStr):
        raise Unfit
    if node.lineno == node.end_lineno:
        need(len(line) > 60 and tree(node) == one_line and len(one_line) > 40)
        statement = node
        while not isinstance(statement, ast.stmt):
            statement = tree.parents[statement]
        need(statement.lineno == statement.end_lineno)
        yield from both(tree, "split_call", "join_call", tree.put((node, split)), **words)
    else:
        need(tree.source.text(node) == split)
        length = len(line.rstrip("\n")) - len(opening) + len(one_line)
        need(length <= MAX_LINE)
        yield from both(tree, "join_call", "split_call", tree.put((node, one_line)), **words)


def list_items(tree: Tree, node: ast.List | ast.Tuple | ast.Set | ast.Dict, numbers: random.Random
               ) -> Iterator[Change]:
    """Of a literal: sorted; with one more or less at the end."""
    parent = tree.parents[node]
    need(not set(range(node.lineno, node.end_lineno + 1)) & tree.commented)
    need(isinstance(getattr(node, "ctx", None) or ast.Load(), ast.Load))
    need(not isinstance(parent, ast.BinOp) or not isinstance(parent.op, ast.Mod))
    target = f" {tree(parent.targets[0])}" if isinstance(parent, ast.Assign) else ""
    name = type(node).__name__.lower()
    if isinstance(node, ast.Dict):
        need(len(node.keys) > 1 and all(node.keys))
        items = [(one, value) for one, value in zip(node.keys, node.values)]
        texts = [f"{tree(one)}: {tree(value)}" for one, value in items]
        spans = [(tree.source.span(one)[0], tree.source.span(value)[1]) for one, value in items]
    else:
        need(len(node.elts) > 2 and all(isinstance(one, SIMPLE) for one in node.elts))
        texts = [tree(one) for one in node.elts]
        spans = [tree.source.span(one) for one in node.elts]
    where = f" of the {name}{target}" if target else f" of the {name} with {texts[0]}"
    between = tree.source.raw[spans[-2][1]:spans[-1][0]].decode()
    need(re.fullmatch(r",\s*", between) and tree.text.count(texts[-1]) == 1)
    other = tree.put(((spans[-2][1], spans[-1][1]), ""))
    yield from both(tree, "remove_item", "add_item", other, item=texts[-1],
                    place=f"the {name}{target}" if target else f"the {name} that begins with "
                    f"{texts[0]}", where=where)
    if not isinstance(node, ast.Dict):
        need(all(is_text(one) for one in node.elts))
    else:
        need(all(is_text(one) for one in node.keys))
    ordered = sorted(texts, key=lambda one: one.strip("'\""))
    if texts == ordered:
        mixed = texts[:]
        numbers.shuffle(mixed)
        before = tree.put(*zip(spans, mixed))
        yield Change("sort_items", before, tree.text, {"place": f"the {name}{target}",
                                                      "where": where})
    else:
        yield Change("sort_items", tree.text, tree.put(*zip(spans, ordered)),
                     {"place": f"the {name}{target}", "where": where})


# Old and new ways


PATH_CALLS = {"exists": ".exists()", "isfile": ".is_file()", "isdir": ".is_dir()",
              "basename": ".name", "abspath": ".resolve()", "expanduser": ".expanduser()",
              "getsize": ".stat().st_size", "dirname": ".parent"}


def paths(tree: Tree, node: ast.FunctionDef, numbers: random.Random) -> Iterator[Change]:
    """os.path calls as pathlib; all of the function's."""
    need(node is tree.function)
    calls = [one for one in tree.of(ast.Call)
             if tree.source.text(one.func).startswith("os.path.")]
    need(calls and len(calls) == tree.text.count("os.path") and len(calls) < 4)
    edits = []
    for one in calls:
        name = one.func.attr
        need(not one.keywords and not any(other is not one and other in ast.walk(one)
                                          for other in calls))
        # What takes a path as well as a string.
        user = tree.parents[one]
        consumer = isinstance(user, ast.Call) and bool(re.fullmatch(
            r"(?:io\.)?open|(?:os|shutil)\.\w+|Path|print", tree.source.text(user.func)))
        if name == "join" and len(one.args) > 1:
            need(not any(isinstance(part, ast.Starred) for part in one.args))
            rest = "".join(f" / {tree.at(part, 6)}" for part in one.args[1:])
            text = f"Path({tree(one.args[0])}){rest}"
            text = f"({text})" if isinstance(user, (ast.Attribute, ast.BinOp)) else text
        else:
            need(name in PATH_CALLS and len(one.args) == 1)
            consumer = consumer or not PATH_CALLS[name].endswith((")", "parent")) or \
                name in ("exists", "isfile", "isdir")
            text = f"Path({tree(one.args[0])}){PATH_CALLS[name]}"
        need(consumer)
        edits.append((one, text))
    yield from both(tree, "use_pathlib", "use_os_path", tree.put(*edits))


def mapped(tree: Tree, node: ast.ListComp, numbers: random.Random) -> Iterator[Change]:
    """[f(x) for x in xs] and list(map(f, xs)); lists of comprehensions for those of calls."""
    if isinstance(node, ast.Call):
        name = tree.source.text(node.func)
        need(len(node.args) == 1 and not node.keywords)
        inner = node.args[0]
        if name == "list" and isinstance(inner, ast.Call) and tree.source.text(inner.func) == "map":
            need(len(inner.args) == 2)
            function, items = inner.args
            if isinstance(function, ast.Lambda):
                need(len(function.args.args) == 1 and not function.args.defaults)
                item, text = function.args.args[0].arg, tree.at(function.body, 1)
            else:
                item = tree.fresh("item", "x", "value")
                text = f"{tree.at(function, 6)}({item})"
            other = tree.put((node, f"[{text} for {item} in {tree.at(items, 1)}]"))
            yield from both(tree, "map_to_comprehension", "to_map", other, item=item,
                            function=tree(function))
        elif name in ("set", "list") and isinstance(inner, (ast.GeneratorExp, ast.ListComp)):
            text = tree(inner)[1:-1] if tree(inner)[0] in "([" else tree(inner)
            marks = "{}" if name == "set" else "[]"
            yield from both(tree, "direct_comprehension", "", tree.put(
                (node, marks[0] + text + marks[1])), shape=name)
        return
    need(len(node.generators) == 1 and not node.generators[0].ifs)
    one = node.generators[0]
    if isinstance(node, ast.SetComp):
        yield Change("direct_comprehension", tree.put((node, f"set([{tree(node)[1:-1]}])")),
                     tree.text, {"shape": "set"})
        return
    need(isinstance(one.target, ast.Name) and isinstance(node.elt, ast.Call) and not one.is_async)
    need(len(node.elt.args) == 1 and not node.elt.keywords)
    need(loads(one.target.id)(node.elt.args[0]) and isinstance(node.elt.func, (ast.Name,
                                                                               ast.Attribute)))
    need(tree.uses(one.target.id, node) == 2)
    function = tree(node.elt.func)
    other = tree.put((node, f"list(map({function}, {tree(one.iter)}))"))
    yield from both(tree, "to_map", "map_to_comprehension", other, item=one.target.id,
                    function=function)


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


def small(tree: Tree, node: ast.AST, numbers: random.Random) -> Iterator[Change]:
    """Small things that have a plainer form."""
    text = tree(node)
    if isinstance(node, ast.Call):
        name = tree.source.text(node.func)
        if name in ("dict", "list", "tuple") and not node.args and not node.keywords:
            literal = {"dict": "{}", "list": "[]", "tuple": "()"}[name]
            yield from both(tree, "use_literal", "", tree.put((node, literal)), call=text,
                            literal=literal)
        elif name == "dict" and not node.args and node.keywords and all(
                one.arg for one in node.keywords) and len(node.keywords) < 5:
            items = ", ".join(f'"{one.arg}": {tree(one.value)}' for one in node.keywords)
            yield from both(tree, "dict_literal", "dict_call", tree.put((node, f"{{{items}}}")),
                            where=f" with {node.keywords[0].arg}")
        elif name == "range" and len(node.args) == 2 and tree(node.args[0]) == "0":
            yield Change("plain_range", tree.text, tree.put((node, f"range({tree(node.args[1])})")),
                         {})
        elif name == "range" and len(node.args) == 1:
            yield Change("plain_range", tree.put((node, f"range(0, {tree(node.args[0])})")),
                         tree.text, {})
        elif name == "open" and len(node.args) == 1 and not node.keywords:
            yield Change("no_read_mode", tree.put((node, f'{text[:-1]}, "r")')), tree.text, {})
    elif isinstance(node, ast.Subscript):
        need(isinstance(node.slice, ast.UnaryOp) and isinstance(node.value, (ast.Name,
                                                                             ast.Attribute)))
        value, index = tree(node.value), tree(node.slice)
        need(re.fullmatch(r"-\d", index))
        yield Change("negative_index", tree.put((node, f"{value}[len({value}) - {index[1:]}]")),
                     tree.text, {"value": value, "new": text, "where": f" for {value}"})
    elif isinstance(node, (ast.List, ast.Dict)):
        need(text in ("[]", "{}") and isinstance(getattr(node, "ctx", ast.Load()), ast.Load))
        call = "list()" if text == "[]" else "dict()"
        need(not tree.inside(node, ast.arguments) and isinstance(tree.parents[node], ast.Assign))
        need(call not in tree.text)
        need(sum(tree.source.text(one) == text for one in tree.of(type(node))) == 1)
        yield Change("use_literal", tree.put((node, call)), tree.text,
                     {"call": call, "literal": text})


def parentheses(tree: Tree, node: ast.stmt, numbers: random.Random) -> Iterator[Change]:
    """Around a condition or a result: none needed."""
    part = node.value if isinstance(node, ast.Return) else node.test
    need(part is not None and not isinstance(part, (ast.Tuple, ast.GeneratorExp)))
    text, (begin, end) = tree(part), tree.source.span(part)
    raw = tree.source.raw
    need(raw[begin - 1:begin] == b" " and raw[end:end + 1] in (b":", b"\n"))
    word = "return" if isinstance(node, ast.Return) else "while" if isinstance(node, ast.While) \
        else "if"
    yield Change("no_parentheses", tree.put((part, f"({text})")), tree.text,
                 {"word": word, "text": text, "where": f" around `{text}`"})


# Arguments, keys and tests


def indexed(tree: Tree, node: ast.AST, numbers: random.Random) -> Iterator[Change]:
    """d["k"] and d.get("k"); x.y and getattr(x, "y", None)."""
    if isinstance(node, ast.Subscript):
        need(isinstance(node.ctx, ast.Load) and is_text(node.slice))
        need(isinstance(node.value, (ast.Name, ast.Attribute, ast.Subscript)))
        need(not tree.inside(node, ast.JoinedStr, ast.arguments, ast.AnnAssign, ast.Delete))
        mapping, key = tree(node.value), tree(node.slice)
        need(tree.text.count(f"{mapping}[{key}]") == 1 and f"{key} in {mapping}" not in tree.text)
        need("environ" not in mapping or mapping == "os.environ")
        need(not isinstance(tree.parents[node], (ast.Subscript, ast.Attribute, ast.Call)) or
             node in getattr(tree.parents[node], "args", []))
        default = numbers.choice(("", "", ', ""', ", 0", ", []", ", False"))
        yield from both(tree, "index_to_get", "get_to_index",
                        tree.put((node, f"{mapping}.get({key}{default})")), mapping=mapping,
                        key=key, default=default[2:] or "None", where=f" for {key}")
        return
    need(not node.keywords and not isinstance(tree.parents[node], ast.Expr))
    name = tree.source.text(node.func)
    if name == "getattr" and len(node.args) == 3 and is_text(node.args[1]):
        need(node.args[1].value.isidentifier() and not tree.inside(node, ast.JoinedStr))
        value = f"{tree.at(node.args[0], 6)}.{node.args[1].value}"
        yield from both(tree, "no_getattr", "use_getattr", tree.put((node, value)), value=value,
                        attribute=node.args[1].value, default=tree(node.args[2]),
                        where=f" for {value}")
    elif name.endswith(".get") and len(node.args) in (1, 2) and is_text(node.args[0]):
        mapping, key = name[:-4], tree(node.args[0])
        need(tree.text.count(f"{mapping}.get({key}") == 1 and "\n" not in mapping)
        need(isinstance(node.func.value, (ast.Name, ast.Attribute, ast.Subscript)))
        default = tree(node.args[1]) if len(node.args) == 2 else "None"
        yield from both(tree, "get_to_index", "index_to_get",
                        tree.put((node, f"{mapping}[{key}]")), mapping=mapping, key=key,
                        default=default, where=f" for {key}")


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


def ordinal(count: str) -> dict[str, str]:
    return {"count": count, "first": f"first {count} of" if count != "1" else "first of",
            "last": f"last {count} of" if count != "1" else "last of"}


def loop_part(tree: Tree, node: ast.For, numbers: random.Random) -> Iterator[Change]:
    """The first few, all but the first; counting from one; the last first."""
    items = node.iter
    if isinstance(items, ast.Subscript) and isinstance(items.slice, ast.Slice):
        text, part = tree(items.value), tree(items.slice)
        match = re.fullmatch(r":(\w+)|(\d+):|:-(\d+)", part)
        need(match and isinstance(items.value, SIMPLE))
        kind = "loop_first" if match[1] else "loop_skip_first" if match[2] else "loop_without_last"
        yield from both(tree, "loop_all", kind, tree.put((items, text)), items=text,
                        slice=part, **ordinal(match[1] or match[2] or match[3]))
    elif isinstance(items, (ast.Name, ast.Attribute)):
        count = numbers.choice(("3", "5", "10", "100", "limit", "2"))
        kind, part = numbers.choice((("loop_first", f":{count}"), ("loop_skip_first", "1:"),
                                     ("loop_without_last", ":-1")))
        text = tree(items)
        need(re.search(r"[a-rt-z]s$", text))  # several of something: no file, no iterator
        yield from both(tree, kind, "loop_all", tree.put((items, f"{text}[{part}]")), items=text,
                        slice=part, **ordinal(count if kind == "loop_first" else "1"))
    elif isinstance(items, ast.Call) and tree.source.text(items.func) == "enumerate":
        text = tree(items)
        if len(items.args) == 1 and not items.keywords:
            yield from both(tree, "count_from_one", "count_from_zero",
                            tree.put((items, f"{text[:-1]}, start=1)")), items=tree(items.args[0]))
        else:
            need(re.search(r", (?:start=)?1\)$", text))
            other = re.sub(r", (?:start=)?1\)$", ")", text)
            yield Change("count_from_zero", tree.text, tree.put((items, other)),
                         {"items": tree(items.args[0])})


def skipped(tree: Tree, node: ast.For | ast.While, numbers: random.Random) -> Iterator[Change]:
    """A guard with continue at the beginning of a loop."""
    first = node.body[0]
    need(len(node.body) > 1 and first.lineno == (node.iter if isinstance(node, ast.For)
                                                 else node.test).end_lineno + 1)
    head = tree.lines[first.lineno - 2].strip()
    need(len(head) < 70)
    if isinstance(first, ast.If) and not first.orelse and isinstance(first.body[0], ast.Continue):
        tree.alone(first, first)
        need(not {first.lineno, first.end_lineno} & tree.commented)
        end = first.end_lineno
        while not tree.lines[end].strip():
            end += 1
        other = "".join(tree.lines[:first.lineno - 1] + tree.lines[end:])
        yield from both(tree, "remove_skip", "add_skip", other, condition=tree(first.test),
                        loop=head)
        return
    need(isinstance(node, ast.For) and isinstance(node.target, ast.Name))
    need(not tree.source.text(node.iter).startswith("range("))
    tree.alone(first, first)
    name = node.target.id
    need(first.lineno not in tree.commented and name != "_" and not is_text(first))
    condition = numbers.choice((f"not {name}", f"{name} is None"))
    if name in ("line", "name", "key", "path", "word", "filename"):
        sign = numbers.choice("#_.")
        condition = f'{name}.startswith("{sign}")'
    indent = " " * first.col_offset
    at = tree.source.starts[tree.begin(first) - 1]
    other = tree.put(((at, at), f"{indent}if {condition}:\n{indent}    continue\n"))
    yield from both(tree, "add_skip", "remove_skip", other, condition=condition, loop=head)


def also_returned(tree: Tree, node: ast.Return, numbers: random.Random) -> Iterator[Change]:
    need(isinstance(node.value, ast.Tuple) and len(node.value.elts) in (2, 3))
    need(len(tree.of(ast.Return)) == 1 and tree.function.returns is None)
    parts = [tree(one) for one in node.value.elts]
    need(all(isinstance(one, (ast.Name, ast.Attribute, ast.Constant)) for one in node.value.elts))
    rest = parts[0] if len(parts) == 2 else tree(node.value).rsplit(",", 1)[0] + (
        ")" if tree(node.value).startswith("(") else "")
    yield from both(tree, "return_less", "also_return", tree.put((node.value, rest)),
                    value=parts[-1])


def arguments_of(tree: Tree, node: ast.Call, numbers: random.Random) -> Iterator[Change]:
    """A last positional argument; another function or method called."""
    function = tree(node.func)
    need(isinstance(node.func, (ast.Name, ast.Attribute)) and len(function) < 40)
    need(sum(tree.source.text(one.func) == function for one in tree.of(ast.Call)) == 1)
    need(not tree.inside(node, ast.JoinedStr) and function not in (
        "super", "isinstance", "getattr", "setattr", "hasattr", "range", "zip", "min", "max"))
    if len(node.args) > 1 and not node.keywords and isinstance(node.args[-1], SIMPLE):
        last, before = node.args[-1], node.args[-2]
        begin, end = tree.source.span(before)[1], tree.source.span(last)[1]
        between = tree.source.raw[begin:tree.source.span(last)[0]].decode()
        need(re.fullmatch(r",\s*", between) and not isinstance(before, ast.Starred))
        yield from both(tree, "remove_argument", "add_argument", tree.put(((begin, end), "")),
                        argument=tree(last), function=function)
    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
    verb, _, rest = name.strip("_").partition("_")
    need(rest and name.islower() and tree.text.count(function + "(") == 1)
    new = numbers.choice([one for one in ("get", "load", "create", "update", "find", "parse",
                                          "check", "run", "fetch", "make") if one != verb])
    place = tree.source.span(node.func)[1] - len(name)
    yield from both(tree, "call_other", "", tree.put((
        (place, place + len(name)), name.replace(verb, new, 1))), old=name,
        new=name.replace(verb, new, 1))


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


def formatted(tree: Tree, node: ast.JoinedStr, numbers: random.Random) -> Iterator[Change]:
    """How an f-string shows a value."""
    text = tree(node)
    found = list(re.finditer(r"(?<!\{)\{([\w.\[\]()]+)(!r|:[^{}]+)\}(?!\})", text))
    need(found)
    match = numbers.choice(found)
    need(tree.text.count(match[0]) == 1 and tree.text.count("{" + match[1] + "}") == 0)
    other = tree.put((node, text.replace(match[0], f"{{{match[1]}}}")))
    words = {"value": match[1], "text": match[0]}
    if match[2] == "!r":
        yield from both(tree, "no_repr", "show_repr", other, **words)
        return
    decimals = re.fullmatch(r":\.(\d)f", match[2])
    words["format"] = match[2][1:]
    words["how"] = f"with {decimals[1]} decimals" if decimals else f"formatted as {match[2][1:]}"
    yield from both(tree, "no_format_spec", "format_spec", other, **words)


def little_calls(tree: Tree, node: ast.Call, numbers: random.Random) -> Iterator[Change]:
    """print to stderr; the mode of open."""
    name, text = tree.source.text(node.func), tree(node)
    if name == "print" and node.args:
        same = sum(tree.source.text(one.func) == "print" for one in tree.of(ast.Call))
        need(same == 1 and text.endswith(")"))
        if not node.keywords:
            extra = numbers.choice(("file=sys.stderr", "flush=True", 'end=""', 'sep=""'))
            yield from both(tree, "print_with", "print_without",
                            tree.put((node, f"{text[:-1]}, {extra})")), option=extra)
        elif len(node.keywords) == 1 and node.keywords[0].arg:
            option = tree(node.keywords[0])
            need(text.endswith(f", {option})"))
            yield from both(tree, "print_without", "print_with",
                            tree.put((node, text[:-len(option) - 3] + ")")), option=option)
    elif name == "open" and len(node.args) > 1 and is_text(node.args[1]):
        mode, old = node.args[1], node.args[1].value
        need(old in ("w", "a", "x", "wb", "ab", "xb"))
        new = numbers.choice([one for one in "wax" if one != old[0]]) + old[1:]
        quote = tree(mode)[0]
        yield from both(tree, "open_mode", "", tree.put((mode, quote + new + quote)), old=old,
                        new=new, where=f" in `{text}`")


def change_text(tree: Tree, node: ast.Constant, numbers: random.Random) -> Iterator[Change]:
    """Another text in a string; a typing error in one."""
    need(is_text(node) and not tree.inside(node, ast.JoinedStr))
    text, value = tree(node), node.value
    need(re.fullmatch(r"""[rb]?(["'])[^"'\\\n{}]*\1""", text) and 3 < len(value) < 50)
    need(tree.text.count(text) == 1)
    words = [word for word in re.findall(r"[A-Za-z]+", value) if len(word) > 4]
    if " " in value and words:
        word = numbers.choice(words)
        at = numbers.randrange(1, len(word) - 2)
        wrong = numbers.choice((word[:at] + word[at + 1] + word[at] + word[at + 2:],
                                word[:at] + word[at + 1:], word[:at] + word[at] + word[at:]))
        need(tree.text.count(word) == 1 and wrong != word and wrong not in tree.text)
        before = tree.text.replace(word, wrong)
        yield Change("fix_typo", before, tree.text, {"wrong": wrong, "right": word,
                                                    "where": f" in {text.replace(word, wrong)}"})
    else:
        new = numbers.choice(NAMES)
        need(re.fullmatch(r"\w+", value) and new not in tree.text)
        quoted = text.replace(value, new)
        yield from both(tree, "change_string", "", tree.put((node, quoted)), old=text, new=quoted)


PYTHON_IDIOMS: tuple[Maker, ...] = tuple(maker(*row) for row in (
    (comprehension, ast.ListComp, ast.SetComp, ast.DictComp), (append_loop, ast.For),
    (any_all, ast.Return), (search_loop, ast.For), (yielded, ast.For), (yield_loop, ast.YieldFrom),
    (generator, ast.FunctionDef), (paired_loop, ast.For), (indexed_loop, ast.For),
    (summed, ast.Call), (larger, ast.Call), (opened, ast.With), (got, ast.Call),
    (looked_up, ast.IfExp), (missing_key, ast.If), (augmented, ast.AugAssign),
    (not_augmented, ast.Assign), (compared, ast.Compare), (is_instance, ast.Call),
    (alternatives, ast.BoolOp), (choices, ast.Compare, ast.Call), (unpacked, ast.Assign),
    (inline, ast.Assign), (extract, ast.If, ast.Return), (constant, ast.Constant),
    (sorting, ast.Call), (sorted_loop, ast.For), (converted, ast.Call),
    (keyword_argument, ast.Call), (encoding, ast.Call), (f_string, ast.JoinedStr),
    (percent, ast.BinOp), (text_sum, ast.BinOp), (long_call, ast.Call, ast.List),
    (list_items, ast.List, ast.Tuple, ast.Set, ast.Dict), (mapped, ast.ListComp, ast.SetComp,
                                                          ast.Call),
    (walrus, ast.If), (or_default, ast.BoolOp),
    (small, ast.Call, ast.Subscript, ast.List, ast.Dict),
    (parentheses, ast.If, ast.While, ast.Return), (indexed, ast.Subscript, ast.Call),
    (truth, ast.If), (loop_part, ast.For), (skipped, ast.For, ast.While),
    (also_returned, ast.Return), (arguments_of, ast.Call), (connected, ast.BoolOp),
    (formatted, ast.JoinedStr), (little_calls, ast.Call), (change_text, ast.Constant),
    *((rule, ast.FunctionDef, ast.AsyncFunctionDef) for rule in (quotes, logged, paths))))

TEMPLATES: dict[str, tuple[str, ...]] = {
    "to_comprehension": (
        "Build {variable} with a {shape} comprehension", "Use a {shape} comprehension{where}",
        "Replace the loop{where} by a comprehension",
        "Turn the for loop{where} into a {shape} comprehension",
        "comprehension instead of loop{where}",
        "Can you write the loop{where} as a {shape} comprehension?",
        "The loop{where} is too long-winded, make it a comprehension"),
    "from_comprehension": (
        "Use a for loop instead of the {shape} comprehension{where}",
        "Expand the comprehension{where} into a loop",
        "Build {variable} with a loop, not a comprehension",
        "Write the {shape} comprehension{where} as an ordinary loop",
        "The comprehension{where} is hard to read, use a for loop"),
    "return_comprehension": (
        "Return a {shape} comprehension instead of building {variable} in a loop",
        "Use a {shape} comprehension", "Replace the loop by returning a {shape} comprehension",
        "Turn the loop into a comprehension and return it",
        "One return with a comprehension, without {variable}",
        "Shorten: return a {shape} comprehension"),
    "return_loop": (
        "Use a loop that collects into {variable} instead of returning a {shape} comprehension",
        "Expand the returned comprehension into a loop, with the variable {variable}",
        "Replace the comprehension by a for loop ({variable})",
        "No comprehension: collect the {shape} {variable} in a loop and return it",
        "A plain loop with {variable} instead of the {shape} comprehension",
        "Easier to debug: build {variable} in a loop, then return it"),
    "use_extend": (
        "Use extend{where} instead of append in a loop",
        "Replace the append loop{where} by {variable}.extend with a generator",
        "{variable}.extend(...) instead of the loop",
        "Simplify the loop that appends to {variable} with extend",
        "Append to {variable} in one go with extend", "{variable}: extend, no loop"),
    "from_extend": (
        "Use a loop with append instead of extend{where}",
        "Expand {variable}.extend into a for loop with append",
        "No extend{where}: append in a loop", "Append to {variable} one by one in a for loop",
        "Write {variable}.extend as a for loop", "loop and append for {variable}"),
    "use_any": (
        "Use {builtin} instead of the loop", "Replace the loop by {builtin}()",
        "Return {builtin}(...)", "This loop is just {builtin}", "Simplify with {builtin}",
        "Can {builtin} do this instead of a loop?"),
    "any_loop": (
        "Use a loop instead of {builtin}", "Replace {builtin} by a for loop that returns early",
        "Expand {builtin}() into a loop with return True and return False",
        "Write {builtin}(...) out as a for loop", "A plain loop rather than {builtin}()",
        "No {builtin}, loop over it and return early"),
    "use_next": (
        "Use next with the default {default} instead of the loop",
        "Return next(...) with a generator and {default} as default",
        "Replace the search loop by next", "Simplify the loop with next()",
        "next with a generator expression rather than a loop ({default} if there is none)",
        "Shorten the search with next(..., {default})"),
    "next_loop": (
        "Use a for loop instead of next",
        "Expand next(...) into a loop that returns the first match and {default} after it",
        "No next(): loop and return", "A plain loop rather than next, {default} at the end",
        "Search with a for loop and return early, {default} otherwise"),
    "yield_from": (
        "Use yield from{where}", "Replace the yield loop{where} by yield from",
        "yield from instead of the loop{where}", "Delegate with yield from{where}",
        "The loop{where} only yields, use yield from", "Shorten with yield from{where}"),
    "yield_loop": (
        "Use a loop that yields each {item} instead of yield from{where}",
        "Expand the yield from{where} into a for loop over {item}",
        "No yield from{where}: for {item}, yield {item}",
        "Yield one {item} at a time in a loop{where}", "Write yield from{where} out, with {item}",
        "for {item}: yield {item}, instead of yield from{where}"),
    "to_generator": (
        "Make it a generator: yield instead of collecting in {variable}",
        "Turn {name} into a generator", "yield the items instead of returning a list",
        "Use yield, no {variable} list", "{name} should be lazy: yield",
        "Do not build the list {variable}, yield its items"),
    "to_list": (
        "Collect in a list {variable} and return it instead of yielding",
        "Return a list {variable} instead of being a generator",
        "No generator: append to {variable} and return it",
        "{name} should return a list (call it {variable})",
        "Build the list {variable} and return it, no yield",
        "Eager instead of lazy: fill {variable} and return it"),
    "use_enumerate": (
        "Use enumerate{where}, with the item called {item}",
        "Loop with enumerate{where}: {index}, {item}",
        "Replace range(len({sequence})) by enumerate and {item}",
        "enumerate instead of indexing {sequence} ({index}, {item})",
        "for {index}, {item} in enumerate, please"),
    "loop_over_items": (
        "Loop over {sequence} directly, with the item called {item}",
        "for {item} in {sequence} instead of the index {index}",
        "No index needed: iterate over {sequence} as {item}",
        "Replace range(len({sequence})) by a loop over the items ({item})",
        "{index} is only used to index {sequence}, use {item} directly",
        "Iterate {sequence} by {item}, without range(len())"),
    "use_zip": (
        "Use zip over {first} and {second}: for {target}", "Loop with zip{where}: {target}",
        "zip({first}, {second}) instead of an index, as {target}",
        "Iterate over {first} and {second} together as {target}",
        "Parallel iteration with zip: {target} from {first} and {second}",
        "No range(len({first})): zip, with {target}"),
    "use_items": (
        "Use items(){where}: {key}, {value}", "Loop over {mapping}.items() as {key}, {value}",
        "items() instead of looking {key} up in {mapping}, call the value {value}",
        "for {key}, {value} in {mapping}.items()",
        "Iterate {mapping} with items, names {key} and {value}",
        "Avoid {mapping}[{key}]: items() with {value}"),
    "use_keys": (
        "Loop over the keys of {mapping} only and look up {mapping}[{key}]",
        "Do not use items(){where}, use {mapping}[{key}]",
        "for {key} in {mapping}, and {mapping}[{key}] instead of {value}",
        "Iterate the keys of {mapping} and index it",
        "Replace {mapping}.items() by a loop over {key} alone", "No {value}: {mapping}[{key}]"),
    "for_range": (
        "Use for and range instead of the while loop{where}",
        "Replace the while loop{where} by for {index} in range",
        "for loop instead of counting {index} by hand", "Turn the while{where} into a for loop",
        "range({end}) instead of while"),
    "while_loop": (
        "Use a while loop instead of range{where}",
        "Write the for loop{where} as while, counting {index}",
        "while {index} < {end} instead of for", "Replace for and range{where} by a while loop",
        "Count {index} by hand in a while loop", "for and range{where} -> while"),
    "use_total": (
        "Use {function}{where} instead of the loop", "Compute {variable} with {function}",
        "Replace the loop{where} by {function}()", "The builtin {function} can do this{where}",
        "No loop{where}: {function}", "simplify with {function}"),
    "total_loop": (
        "Compute {variable} in a loop instead of with {function}",
        "Use a for loop instead of {function}{where}",
        "Replace {function}() by a loop that updates {variable}",
        "No {function}{where}, write the loop out",
        "Loop explicitly to get {variable}, without {function}",
        "Write out what {function} does{where}"),
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
    "use_with": (
        "Open {file} in a with statement", "Use with for the file {file}",
        "Use a context manager instead of closing {file} by hand", "with open(...) as {file}",
        "{file} is not closed on errors, use with", "Close {file} automatically"),
    "open_close": (
        "Use try and finally with {file}.close() instead of with",
        "No with: open {file}, try, and close it in finally",
        "Replace the with statement by an explicit {file}.close() in a finally block",
        "Manage {file} by hand: try, finally, {file}.close()", "with -> try/finally for {file}",
        "Close {file} explicitly in finally, no with statement"),
    "with_lock": (
        "Use with {lock} instead of acquire and release", "Hold {lock} in a with statement",
        "Replace acquire/release of {lock} by with", "with {lock}:",
        "The lock {lock} as a context manager",
        "Simplify the locking of {lock} with a with statement"),
    "acquire_release": (
        "Acquire {lock} before a try and release it in finally instead of with",
        "Use {lock}.acquire() and {lock}.release() with try/finally, no with",
        "Expand `with {lock}` into acquire, try, finally, release",
        "Lock by hand: {lock}.acquire() and release in finally",
        "No with for {lock}: acquire and release explicitly"),
    "use_get": (
        "Use {mapping}.get{where}", "Use get with the default {default}{where}",
        "{mapping}.get({key}, ...) instead of checking", "Simplify the lookup{where} with dict.get",
        "Replace the check{where} by get"),
    "no_get": (
        "Use an if with `{key} in {mapping}` and else instead of get{where}",
        "No get{where}: test `{key} in {mapping}` in an if",
        "Expand {mapping}.get{where} into if and else",
        "if {key} in {mapping}, take it, else {default}",
        "Spell {mapping}.get out with if and else{where}",
        "Check for {key} first instead of get, in an if statement"),
    "get_by_try": (
        "Use try and except KeyError instead of get{where}",
        "Look up {mapping}[{key}] in a try and use {default} on KeyError",
        "EAFP: no get{where}, catch KeyError", "Catch KeyError for {key} rather than use get",
        "try {mapping}[{key}], except KeyError: {default}",
        "Rewrite {mapping}.get{where} as try/except"),
    "use_setdefault": (
        "Use setdefault{where}", "{mapping}.setdefault instead of the check",
        "Replace the test for a missing key{where} by setdefault",
        "Simplify with setdefault{where}", "The missing key{where}: setdefault handles it",
        "One line with {mapping}.setdefault"),
    "no_setdefault": (
        "Use an if instead of setdefault{where}",
        "Expand setdefault{where}: if the key is not in {mapping}, set it first",
        "No setdefault{where}, check with not in", "Spell {mapping}.setdefault out",
        "First create the entry of {mapping} if it is missing, then use it",
        "not in check rather than setdefault{where}"),
    "use_pop": (
        "Use pop with the default None{where}", "{mapping}.pop({key}, None) instead of if and del",
        "Delete {key} from {mapping} with pop", "Replace if and del{where} by pop",
        "Shorten the deletion{where} to pop", "pop with None for {key}"),
    "no_pop": (
        "Use if and del instead of pop{where}", "Replace {mapping}.pop{where} by a check and del",
        "if {key} in {mapping}, delete it; no pop", "Check that {key} is in {mapping} and del it",
        "Spell out the pop{where}", "del {mapping}[{key}], if it is there, instead of pop"),
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
    "sort_descending": (
        "Sort in descending order{where}", "Reverse the order{where}", "Add reverse=True{where}",
        "Largest first, please", "Sort the other way round: descending"),
    "sort_ascending": (
        "Sort in ascending order{where}", "Remove reverse=True{where}", "Smallest first",
        "Do not sort in reverse", "Sort the other way round: ascending", "Lowest first{where}",
        "Normal sort order, please"),
    "sort_key": (
        "Sort by the key {key}", "Add key={key}{where}", "Use {key} as the key for sorting",
        "Sort with key={key}", "The order should be by {key}", "Pass {key} as the sort key",
        "Order by {key}"),
    "no_sort_key": (
        "Sort without a key{where}", "Remove the sort key{where}",
        "No key for sorting, use the natural order", "Drop key= from the sort{where}",
        "Plain sort{where}", "The key is not needed for sorting{where}"),
    "loop_sorted": (
        "Loop over sorted {items}", "Go through {items} in sorted order",
        "Sort {items} in the loop",
        "Make the order of the loop over {items} deterministic with sorted",
        "for ... in sorted({items})", "Visit {items} in order",
        "Wrap {items} in sorted() in the for"),
    "loop_reversed": (
        "Loop over {items} in reverse", "Iterate backwards over {items}",
        "Use reversed for {items}", "Go through {items} from the end",
        "for ... in reversed({items})", "Last of {items} first",
        "Wrap {items} in reversed() in the for"),
    "loop_list": (
        "Loop over a copy of {items} with list()", "Iterate over list({items})",
        "{items} may change in the loop, iterate over a list of it", "for ... in list({items})",
        "Snapshot {items} before the loop with list", "Wrap {items} in list() in the for"),
    "loop_not_sorted": (
        "Do not sort {items} in the loop", "Loop over {items} unsorted",
        "Remove sorted from the loop", "The order of {items} does not matter, no sorted",
        "Take sorted off {items}"),
    "loop_not_reversed": (
        "Loop over {items} forwards", "No reversed in the loop", "Iterate over {items} in order",
        "Take reversed off {items}", "{items} from first to last"),
    "loop_not_list": (
        "Loop over {items} without making a list", "Remove the needless list() around {items}",
        "Do not copy {items} in the loop", "Take list() off {items}",
        "No copy of {items} for the loop"),
    "call_method": (
        "{what} {value}{where}", "Call {method}() on {value}{where}",
        "Use {value}.{method}(){where}", "Add .{method}() to {value}{where}",
        "{value}{where} needs .{method}()", "Apply {method}() to {value}{where}"),
    "no_method": (
        "Remove the {method}() call of {value}{where}", "Do not call {method} on {value}{where}",
        "Drop .{method}(){where}", "Use {value} as it is{where}, without {method}()",
        "Take .{method}() off {value}{where}", "{value} needs no {method}{where}"),
    "convert": (
        "Convert {value} with {method}(){where}", "Wrap {value} in {method}(){where}",
        "Make {value} {what}{where}", "Use {method}({value}){where}",
        "{value}{where} should go through {method}()", "Put {method}() around {value}{where}"),
    "not_converted": (
        "Remove the {method}() around {value}{where}",
        "Do not convert {value} with {method}{where}", "Use {value} without {method}(){where}",
        "{value} needs no {method}(){where}", "Drop {method}() around {value}{where}",
        "Take {method}() off {value}{where}"),
    "add_keyword": (
        "Pass {argument} to {function} as the last argument",
        "Add {argument} to the call of {function}", "Call {function} with {argument}",
        "{function} should get {argument}", "Set {key} to {value} in the {function} call"),
    "remove_keyword": (
        "Do not pass {key} to {function}", "Remove the argument {key} from the call of {function}",
        "Drop {argument} from {function}", "Call {function} without {key}",
        "{function} does not need {key}", "Omit {key} in the call of {function}",
        "{key} should have its default in {function}"),
    "change_keyword": (
        "Pass {key}={new} to {function} instead of {old}",
        "Set {key} to {new} in the call of {function}", "{key} should be {new}", "Use {key}={new}",
        "Change {key} from {old} to {new}"),
    "add_encoding": (
        "Open the file with encoding={encoding}", "Add encoding={encoding} to open",
        "Pass the encoding {encoding} to open", "Specify the encoding {encoding}",
        "Do not depend on the locale: encoding={encoding}"),
    "no_encoding": (
        "Remove the encoding argument of open", "Open the file without encoding",
        "Use the default encoding", "open without encoding=", "No explicit encoding",
        "Drop encoding={encoding}"),
    "percent_to_f": (
        "Use an f-string{where}", "Use an f-string instead of %{where}",
        "Replace the % formatting{where} by an f-string",
        "Convert the % format{where} to an f-string", "No % formatting{where}, f-string please"),
    "percent_to_format": (
        "Use str.format instead of %{where}", "Replace % formatting{where} by format",
        "Convert the % format{where} to .format()", "format() rather than the % operator{where}",
        "No %{where}, use format", "Convert the string formatting{where} from % to str.format"),
    "f_to_percent": (
        "Use % formatting instead of the f-string{where}", "Replace the f-string{where} by %",
        "No f-string{where}, use the % operator", "Old-style % formatting{where}",
        "Python 2 compatible: % instead of the f-string{where}",
        "Turn the f-string{where} into % formatting"),
    "sum_to_f": (
        "Use an f-string{where}", "Use an f-string instead of concatenation{where}",
        "Replace the + of strings{where} by an f-string",
        "No string concatenation{where}: f-string", "Format the string{where} with an f-string"),
    "f_to_sum": (
        "Use + and str() instead of the f-string{where}",
        "Concatenate with + rather than the f-string{where}",
        "Replace the f-string{where} by concatenation with str()",
        "Concatenate{where} instead of an f-string", "Plain + with str(){where}, no f-string",
        "Build the string{where} with + and str()"),
    "lazy_log": (
        "Use lazy % arguments{where} instead of the f-string",
        "Do not format the message{where} with an f-string, pass arguments",
        "Let logging format the message{where}: %s and arguments",
        "No f-string{where}: lazy logging", "The log call{where} should format lazily",
        "Pass the values as arguments{where}, with %s"),
    "f_log": (
        "Use an f-string{where} instead of % arguments",
        "Format the log message{where} with an f-string", "f-string{where} in place of %s",
        "Interpolate the log message{where} with an f-string", "No %s arguments{where}: f-string",
        "Turn the arguments of the log call{where} into an f-string"),
    "single_quotes": (
        "Use single quotes", "Replace double quotes by single quotes",
        "single quotes for all strings", "Make the quotes single", "' instead of \"",
        "Our style is single quotes", "Change the quotes to single quotes"),
    "double_quotes": (
        "Use double quotes", "Replace single quotes by double quotes",
        "double quotes for all strings", "Change the quotes to double quotes, as black does",
        "\" instead of '", "Our style is double quotes", "Make the quotes double"),
    "print_to_log": (
        "Use {logger} instead of print", "Replace print by {logger}",
        "Log with {logger}, do not print", "Turn the print into {logger}", "No print: {logger}"),
    "log_to_print": (
        "Use print instead of {logger}", "Replace {logger} by print", "Print instead of logging",
        "Just print it, no {logger}", "print rather than {logger}", "{logger} -> print",
        "No logger here, print"),
    "log_level": (
        "Log with level {level} instead of {old}", "Change the log level from {old} to {level}",
        "Use {level} instead of {old} for the log message",
        "The message should be logged as {level}", "This is not {old}, log it as {level}"),
    "split_call": (
        "Put each argument{where} on a line of its own", "Split {what} over several lines",
        "One item a line for {what}", "Break {what} up, one item a line",
        "The line with {what} is too long, split it"),
    "join_call": (
        "Put {what} on one line", "Join {what} into one line", "{what} fits on one line",
        "One line for {what}", "Collapse {what} into a single line",
        "{what} need not be split over lines", "No line breaks in {what}"),
    "add_item": (
        "Add {item} at the end of {place}", "Append {item} to {place}", "Add {item} to {place}",
        "{place} should also have {item}", "Extend {place} by {item}"),
    "remove_item": (
        "Remove {item} from {place}", "Delete {item}", "Drop {item} from {place}",
        "{place} should not have {item}", "{item} should not be in {place}",
        "Get rid of {item} in {place}", "{place} without {item}"),
    "sort_items": (
        "Sort the entries{where} alphabetically", "Put the items{where} in alphabetical order",
        "Alphabetize the entries{where}", "Order the entries{where} by name",
        "sort the items{where}"),
    "use_pathlib": (
        "Use pathlib instead of os.path", "Replace os.path by pathlib.Path", "Use Path",
        "Convert to pathlib", "No os.path, use Path objects", "Path instead of os.path"),
    "use_os_path": (
        "Use os.path instead of pathlib", "Replace Path by os.path functions",
        "No pathlib: os.path", "os.path functions rather than Path objects", "Go back to os.path",
        "Path -> os.path"),
    "map_to_comprehension": (
        "Use a list comprehension over {item} instead of map",
        "Replace map by a comprehension (for {item})", "No map: list comprehension with {item}",
        "Comprehension instead of list(map({function}, ...)), call the item {item}",
        "Comprehension with {item} rather than list(map(...))",
        "list(map({function}, ...)) -> [... for {item} in ...]"),
    "to_map": (
        "Use list(map({function}, ...)) instead of the comprehension",
        "Replace the comprehension by map", "map {function} over the items, as a list",
        "list(map({function}, ...))", "Use map with {function}",
        "The comprehension is just a map of {function}"),
    "direct_comprehension": (
        "Use a {shape} comprehension instead of calling {shape}()",
        "Replace {shape}(...) by a {shape} comprehension",
        "Unnecessary {shape}() call, use a {shape} comprehension",
        "A {shape} comprehension is simpler here", "Make it a {shape} comprehension directly",
        "No {shape}() around the comprehension"),
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
    "use_literal": (
        "Use the literal {literal} instead of {call}", "Replace {call} by {literal}",
        "{literal} instead of {call}", "Use a literal, not {call}", "{call} -> {literal}",
        "{call} is slower than {literal}", "An empty literal {literal}, please"),
    "dict_literal": (
        "Use a dict literal instead of dict(){where}",
        "Replace the dict() call{where} by a literal with string keys",
        "Curly braces instead of dict(){where}", "dict(...){where} -> {...}",
        "No dict() call{where}", "Write the dict{where} with braces"),
    "dict_call": (
        "Use dict() with keywords instead of the literal{where}",
        "Replace the dict literal{where} by a dict() call",
        "Keywords and dict(){where} rather than braces", "dict(...) in place of the literal{where}",
        "Write the dict{where} as dict(key=value)"),
    "plain_range": (
        "Remove the needless 0 from range", "range without the start 0",
        "range starts at 0 anyway, drop it", "Simplify the range", "range(0, n) is range(n)",
        "No explicit 0 as the start of range"),
    "no_read_mode": (
        "Remove the default mode \"r\" from open", "open without the mode r, it is the default",
        "Drop the redundant \"r\"", "\"r\" is the default mode, drop it", "open needs no \"r\"",
        "Remove the mode argument of open"),
    "negative_index": (
        "Use a negative index{where}", "Write {new} instead of using len", "{new}",
        "Index {value} from the end", "No len({value}) for the index, use a negative one"),
    "no_parentheses": (
        "Remove the needless parentheses{where}", "No parentheses after {word}{where}",
        "The parentheses{where} are redundant", "Drop the parentheses{where}",
        "Unnecessary parentheses{where}", "`{text}` needs no parentheses",
        "Clean up: no parentheses around `{text}`", "parentheses{where} off"),
    "index_to_get": (
        "Use {mapping}.get for {key}, with the default {default}",
        "Do not fail if {key} is missing in {mapping}: use {default}",
        "get instead of indexing{where}, default {default}",
        "{key} may be missing, default to {default}",
        "{mapping}[{key}] should be {default} when there is no such key"),
    "get_to_index": (
        "Use {mapping}[{key}] instead of get", "Index {mapping} instead of calling get{where}",
        "Fail if {key} is missing: {mapping}[{key}]", "{key} is always there, no get",
        "A missing {key} is an error: {mapping}[{key}]", "KeyError is fine, use {mapping}[{key}]"),
    "use_getattr": (
        "Use getattr with the default {default}{where}",
        "{value} may not exist, use getattr with {default}",
        "getattr for {attribute}, default {default}",
        "Do not fail if there is no attribute {attribute}: {default}",
        "getattr(..., \"{attribute}\", {default}) instead of {value}",
        "{attribute} is optional, default to {default}"),
    "no_getattr": (
        "Use {value} instead of getattr", "Access {attribute} directly, no getattr",
        "{attribute} always exists, write {value}",
        "getattr is not needed for {attribute}: {value}", "Plain attribute access: {value}",
        "Replace getattr by {value}"),
    "explicit_none": (
        "Compare {value} with None instead of testing its truth", "Test `{comparison}`",
        "Only None counts, not empty values: `{comparison}`", "Use `{comparison}` in the if",
        "Explicit None check{where}", "0 and empty are valid for {value}, check for None"),
    "truthiness": (
        "Test the truth of {value} instead of comparing with None", "Use `if {plain}`",
        "`if {plain}` instead of `{comparison}`", "Treat empty {value} like None",
        "Also cover empty values of {value}, not just None"),
    "loop_first": (
        "Only loop over the {first} {items}", "Go through {items}[{slice}] only",
        "Limit the loop over {items} to {count}", "Just the {first} {items}",
        "Stop the loop over {items} after {count}, by slicing"),
    "loop_skip_first": (
        "Skip the {first} {items} in the loop", "Loop over {items}[{slice}]",
        "Start the loop over {items} at index {count}", "Leave out the {first} {items}",
        "{items}[{slice}] in the for", "Ignore the {first} {items}"),
    "loop_without_last": (
        "Leave out the {last} {items} in the loop", "Loop over {items}[{slice}]",
        "All of {items} but the {last} it", "{items}[{slice}] in the for",
        "Stop before the {last} {items}", "Ignore the {last} {items}"),
    "loop_all": (
        "Loop over all of {items}", "No slice: go through all {items}",
        "Use the whole of {items} in the loop", "for all of {items}, not only {items}[{slice}]",
        "Remove the slice [{slice}] of {items}", "{items}[{slice}] -> {items}"),
    "count_from_one": (
        "Count from 1 in the enumerate of {items}", "enumerate {items} with start=1",
        "Start counting {items} at 1", "The numbers of {items} should begin with 1",
        "Number {items} from 1", "1-based enumerate for {items}"),
    "count_from_zero": (
        "Count from 0 in the enumerate of {items}", "enumerate {items} without start",
        "Start counting {items} at 0", "Number {items} from 0", "0-based enumerate for {items}",
        "Remove start=1 from the enumerate of {items}"),
    "add_skip": (
        "In `{loop}`, continue if {condition}", "Skip the iteration of `{loop}` if {condition}",
        "At the start of the loop `{loop}`: if {condition}, continue",
        "{condition}: skip these in `{loop}`", "Ignore it in `{loop}` when {condition}"),
    "remove_skip": (
        "In `{loop}`, do not skip when {condition}", "Remove the continue on `{condition}`",
        "Do not skip {condition}", "Drop the check `{condition}` from the loop",
        "No continue for {condition} in `{loop}`", "{condition} should not be skipped"),
    "also_return": (
        "Also return {value}", "Return {value} as well, last", "{name} should also return {value}",
        "Add {value} to what is returned", "Callers need {value} too, return it as the last item"),
    "return_less": (
        "Do not return {value}", "Leave {value} out of the result",
        "{name} need not return {value}", "Drop {value} from the return",
        "{value} need not be returned", "Remove {value} from the returned tuple"),
    "add_argument": (
        "Pass {argument} to {function} as the last argument", "Also pass {argument} to {function}",
        "{function} needs {argument} too", "Call {function} with {argument} at the end",
        "Add the argument {argument} to the {function} call"),
    "remove_argument": (
        "Do not pass {argument} to {function}", "Remove the last argument of {function}",
        "Drop {argument} from the {function} call", "{function} does not take {argument} any more",
        "{argument} should not be passed to {function}", "Call {function} without {argument}",
        "Remove {argument} from the call of {function}"),
    "call_other": (
        "Call {new} instead of {old}", "Use {new} rather than {old}", "Replace {old} with {new}",
        "{old} is now called {new}", "{new}, not {old}"),
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
    "show_repr": (
        "Show the repr of {value} in the f-string", "Use !r for {value}",
        "{value} should be quoted with repr in the message", "Format {value} with !r",
        "repr of {value} in the message", "Put {value} in quotes with !r", "!r for {value}"),
    "no_repr": (
        "Show {value} without repr", "Remove the !r of {value}", "No !r for {value}",
        "Plain {value} in the message, no repr", "Drop !r from {value}",
        "{value} without quotes in the f-string"),
    "format_spec": (
        "Show {value} {how}", "Format {value} with :{format}",
        "Use the format {format} for {value}", "In the f-string, {value} {how}",
        "{value} should be shown {how}", "Add the format spec {format} to {value}",
        "{value}: {how}"),
    "no_format_spec": (
        "Show {value} without a format", "Remove the format {format} of {value}",
        "No :{format} for {value}", "Drop :{format} from {value}", "Plain {value} in the f-string",
        "{value} should be shown as it is, without {format}"),
    "print_with": (
        "Print with {option}", "Add {option} to the print call", "Pass {option} to print",
        "print needs {option}", "{option} for the print", "Give print {option}",
        "The print should have {option}"),
    "print_without": (
        "Print without {option}", "Remove {option} from print", "No {option} in the print call",
        "Drop {option} from the print call", "print should not have {option}",
        "Plain print, no {option}"),
    "open_mode": (
        "Open the file in mode {new} instead of {old}{where}",
        "Use the mode \"{new}\", not \"{old}\"{where}",
        "Change the mode{where} from {old} to {new}", "open with \"{new}\"{where}",
        "mode {old} -> {new}{where}", "The file should be opened with \"{new}\"{where}",
        "\"{new}\" rather than \"{old}\"{where}"),
    "fix_typo": (
        "Fix the typo{where}: {right}", "Correct the spelling of {wrong}",
        "{wrong} should be {right}", "Fix the typo {wrong}", "There is a typo{where}",
        "typo: {wrong} -> {right}"),
    "change_string": (
        "Change {old} to {new}", "Use {new} instead of {old}", "Replace the string {old} by {new}",
        "{new}, not {old}", "It should say {new} instead of {old}"),
}

note_bare(TEMPLATES)

"""Rewrites between Python's loops and what says the same at once: comprehensions, any, yield."""

from __future__ import annotations

import ast
import random
from typing import Iterator

from training.pairs.changes import Change, Maker
from training.pairs.python_code import (MAX_LINE, SIMPLE, Tree, both, indented, loads, maker, need,
                                        targets)


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
        need(all(tree.only_in(name, node) for name in targets(one.target)))


def comprehension(tree: Tree, node: ast.ListComp, numbers: random.Random) -> Iterator[Change]:
    """[f(x) for x in xs if c], assigned or returned, as a loop."""
    own_names(tree, node, node.generators)
    statement = tree.parents[node]
    if isinstance(statement, ast.Return):
        name, end = tree.fresh("result", "results", "found", "collected"), True
    else:
        need(isinstance(statement, ast.Assign) and len(statement.targets) == 1)
        name, end = targets(statement.targets[0])[0], False
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
    """Each loop and if as a clause of a comprehension."""
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
    need(all(tree.only_in(name, node) for loop in loops for name in targets(loop.target)))
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
    """any and all, returned, as loops."""
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
    names = targets(node.target)
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
    """yield from, as a loop."""
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


COMPREHENSIONS: tuple[Maker, ...] = tuple(maker(*row) for row in (
    (comprehension, ast.ListComp, ast.SetComp, ast.DictComp), (append_loop, ast.For),
    (any_all, ast.Return), (search_loop, ast.For), (yielded, ast.For), (yield_loop, ast.YieldFrom),
    (generator, ast.FunctionDef), (summed, ast.Call),
    (mapped, ast.ListComp, ast.SetComp, ast.Call)))

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
}

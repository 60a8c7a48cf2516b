"""Rewrites of Python's loops: what they go over, their index, what they skip and where they end."""

from __future__ import annotations

import ast
import random
import re
from typing import Callable, Iterator

from training.pairs.changes import Change, Maker
from training.pairs.python_code import (EXITS, SIMPLE, Tree, both, indented, is_text, loads, maker,
                                        need, targets)


def replaced(inside: list[ast.AST], place: Callable[[ast.AST], bool], new: str) -> list[tuple]:
    """Edits that put `new` in all those places."""
    return [(node, new) for one in inside for node in ast.walk(one) if place(node)]


def only_read(names: list[str], inside: list[ast.AST]) -> None:
    """Unfit where the nodes set one of the names, or use it in an f-string."""
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
    names = targets(node.target)
    need(len(names) == 2 and "_" not in names)
    only_read(names, node.body)
    one, other = names
    target, head = tree(node.target), tree(call.func)
    if head == "enumerate" and len(call.args) == 1 and isinstance(call.args[0], SIMPLE):
        sequence = tree(call.args[0])
        need(tree.only_in(other, node))
        edits = [(node.target, one), (call, f"range(len({sequence}))")]
        text = tree.put(*edits, *replaced(node.body, loads(other), f"{sequence}[{one}]"))
        yield Change("use_enumerate", text, tree.text, {
            "item": other, "index": one, "sequence": sequence, "where": f" over {sequence}"})
    elif head == "zip" and len(call.args) == 2 and all(isinstance(x, SIMPLE) for x in call.args):
        index = tree.fresh("i", "index", "n", "k")
        first, second = map(tree, call.args)
        need(tree.only_in(one, node) and tree.only_in(other, node))
        edits = [(node.target, index), (call, f"range(len({first}))")]
        edits += replaced(node.body, loads(one), f"{first}[{index}]")
        edits += replaced(node.body, loads(other), f"{second}[{index}]")
        yield Change("use_zip", tree.put(*edits), tree.text, {
            "target": target, "first": first, "second": second, "where": f" over {first}"})
    elif head.endswith(".items") and not call.args and isinstance(call.func.value, SIMPLE):
        mapping = tree(call.func.value)
        need(tree.only_in(other, node))
        edits = [(node.target, one), (call, mapping)]
        text = tree.put(*edits, *replaced(node.body, loads(other), f"{mapping}[{one}]"))
        yield from both(tree, "use_keys", "use_items", text, key=one, value=other, mapping=mapping,
                        where=f" over {mapping}")


def indexed_loop(tree: Tree, node: ast.For, numbers: random.Random) -> Iterator[Change]:
    """for i in range(len(xs)) that people wrote; for i in range(n) as a while loop."""
    call = node.iter
    need(isinstance(call, ast.Call) and isinstance(node.target, ast.Name) and not node.orelse)
    need(tree.source.text(call.func) == "range" and len(call.args) == 1)
    index, end = node.target.id, call.args[0]
    only_read([index], node.body)
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
            item = targets(first.targets[0])[0]  # the loop sets it itself
            need(isinstance(first.targets[0], ast.Name) and len(node.body) > 1)
            only_read([item], node.body[1:])
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
        only_read([end.id], node.body)
    need(not any(isinstance(one, ast.Continue) for one in ast.walk(node)) and index != "_")
    need(tree.only_in(index, node) and not isinstance(node.body[-1], EXITS))
    new = f"{index} = 0\nwhile {index} < {tree(end)}:\n" + indented(tree.block(node.body)) + \
        f"    {index} += 1\n"
    yield from both(tree, "while_loop", "for_range", tree.swap(node, node, new, (node.body,)),
                    index=index, end=tree(end), where=f" over {index}")


def sorted_loop(tree: Tree, node: ast.For, numbers: random.Random) -> Iterator[Change]:
    """sorted, reversed or list around what a loop goes over."""
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


def ordinal(count: str) -> dict[str, str]:
    """The words for how many of the first or last."""
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


def loop_break(tree: Tree, node: ast.Break, numbers: random.Random) -> Iterator[Change]:
    """break after the last statement of an if, taken out and added."""
    parent = tree.parents[node]
    need(isinstance(parent, ast.If) and node is parent.body[-1] and len(parent.body) > 1)
    tree.alone(node, node)
    need(node.lineno not in tree.commented and len(tree.of(ast.Break)) == 1)
    above = tree(parent.body[-2])
    need(tree.text.count(above) == 1 and parent.body[-2].end_lineno == node.lineno - 1)
    other = "".join(tree.lines[:node.lineno - 1] + tree.lines[node.lineno:])
    yield from both(tree, "remove_break", "add_break", other, above=above,
                    condition=tree(parent.test))


LOOPS: tuple[Maker, ...] = tuple(maker(*row) for row in (
    (paired_loop, ast.For), (indexed_loop, ast.For), (sorted_loop, ast.For), (loop_part, ast.For),
    (skipped, ast.For, ast.While), (loop_break, ast.Break)))

TEMPLATES: dict[str, tuple[str, ...]] = {
    "add_break": (
        "Leave the loop after `{above}`", "Break after `{above}`",
        "Stop the loop once {condition}: break after {above}", "Add a break below `{above}`",
        "Stop at the first match, after `{above}`"),
    "remove_break": (
        "Do not leave the loop after `{above}`", "Remove the break",
        "Go through all of the loop, no break", "Keep looping after `{above}`",
        "Do not stop at the first match", "The loop should go on, drop the break"),
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
}

"""Rewrites of Python's dictionaries and lists: look-ups, keys that are missing, their entries."""

from __future__ import annotations

import ast
import random
import re
from typing import Iterator

from training.pairs.changes import Change, Maker
from training.pairs.python_code import SIMPLE, Tree, both, is_text, maker, need


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


CONTAINERS: tuple[Maker, ...] = tuple(maker(*row) for row in (
    (got, ast.Call), (looked_up, ast.IfExp), (missing_key, ast.If),
    (indexed, ast.Subscript, ast.Call), (list_items, ast.List, ast.Tuple, ast.Set, ast.Dict),
    (small, ast.Call, ast.Subscript, ast.List, ast.Dict)))

TEMPLATES: dict[str, tuple[str, ...]] = {
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
}

"""Rewrites of how a Python function is defined: its decorators, async, stubs and lambdas."""

from __future__ import annotations

import ast
import random
import re
from typing import Iterator

from training.pairs import masking
from training.pairs.changes import Change, Maker
from training.pairs.python_code import Tree, both, maker, need


def decorator(tree: Tree, node: ast.FunctionDef, numbers: random.Random) -> Iterator[Change]:
    """A decorator, taken off and added; self of what is static."""
    need(node is tree.function)
    if len(node.decorator_list) == 1:
        text = tree(node.decorator_list[0])
        need(node.decorator_list[0].lineno == 1 and node.lineno == 2)
        other = "".join(tree.lines[1:])
        word = text.split("(")[0].split(".")[-1]
        special = {"property": "make_property", "classmethod": "make_classmethod",
                   "contextmanager": "make_contextmanager", "lru_cache": "cache_results",
                   "cache": "cache_results", "abstractmethod": "make_abstract"}
        if text != "staticmethod":
            yield from both(tree, "remove_decorator", "add_decorator", other, decorator=text)
            if word in special:
                yield Change(special[word], other, tree.text, {"decorator": text})
            return
        begin = tree.source.raw.index(b"(", tree.source.raw.index(b"def ")) + 1
        need("self" not in tree.words and tree.source.raw[begin:begin + 1] not in b"\n")
        first = "self" if tree.source.raw[begin:begin + 1] == b")" else "self, "
        method = tree.put(((begin, begin), first), ((0, tree.source.starts[1]), ""))
        yield from both(tree, "not_static", "make_static", method)
        return
    need(not node.decorator_list and node.args.args and not node.name.startswith("__"))
    need(isinstance(node, ast.FunctionDef))
    begin, end = tree.source.span(node.args.args[0])
    if node.args.args[0].arg == "self":
        if tree.uses("self", node) == 1 and "super" not in tree.words:
            match = re.compile(rb",\s*").match(tree.source.raw, end)
            other = "@staticmethod\n" + tree.put(((begin, match.end() if match else end), ""))
            need("self" not in re.findall(r"\w+", other))
            yield from both(tree, "make_static", "not_static", other)
        if len(node.args.args) == 1 and not node.args.kwonlyargs and \
                not node.args.vararg and not node.args.kwarg and any(
                isinstance(one, ast.Return) and one.value for one in tree.nodes):
            yield Change("make_property", tree.text, "@property\n" + tree.text,
                         {"decorator": "property"})
    elif node.args.args[0].arg != "cls" and node.lineno == 1 and any(
            isinstance(one, ast.Return) and one.value for one in tree.nodes):
        text = numbers.choice(("functools.cache", "functools.lru_cache(maxsize=None)", "lru_cache",
                               "lru_cache(maxsize=128)", "cache"))
        yield from both(tree, "cache_results", "remove_decorator", f"@{text}\n{tree.text}",
                        decorator=text)


def coroutine(tree: Tree, node: ast.AsyncFunctionDef, numbers: random.Random) -> Iterator[Change]:
    """async and await taken off and asked for."""
    need(node is tree.function and not re.match("__a|a(?!dd|pply|pp|ssert|uth|rg|ll)", node.name))
    code = masking.code_only(tree.text, "python")
    need(not re.search(r"\basync for\b|__a\w+__|\basyncio\b|\banyio\b|\.aclose\b", code))
    need(tree.text.isascii() and code.count("async def") == 1)
    calls = [tree(one.value.func) for one in tree.of(ast.Await) if isinstance(one.value, ast.Call)]
    need(calls and len(calls) == len(tree.of(ast.Await)) == len(re.findall(r"\bawait\b", code)))
    spans = [match.span() for match in re.finditer(r"\b(?:async|await) ", code)]
    plain = tree.put(*((span, "") for span in spans))
    everywhere = [tree.source.text(one.func) for one in tree.of(ast.Call)]
    unique = list(dict.fromkeys(calls))
    need(len(unique) < 5 and all(everywhere.count(call) == calls.count(call) for call in unique))
    named = unique[0] if len(unique) == 1 else ", ".join(unique[:-1]) + " and " + unique[-1]
    with_also = [tree(one.items[0].context_expr) for one in tree.of(ast.AsyncWith)]
    if with_also:
        named += " (and use async with)"
    yield from both(tree, "make_sync", "make_async", plain, calls=named)
    if len(calls) <= 2:
        yield Change("make_async_open", plain, tree.text, {})


def stub(tree: Tree, node: ast.Pass, numbers: random.Random) -> Iterator[Change]:
    """A body that does nothing."""
    need(node is tree.function.body[-1] and len(tree.body()) == 1)
    yield from both(tree, "not_implemented", "pass_instead",
                    tree.put((node, "raise NotImplementedError")))
    yield from both(tree, "ellipsis", "pass_for_ellipsis", tree.put((node, "...")))


def named_lambda(tree: Tree, node: ast.Assign, numbers: random.Random) -> Iterator[Change]:
    """f = lambda x: y as a function."""
    need(isinstance(node.value, ast.Lambda) and isinstance(node.targets[0], ast.Name))
    name = tree(node.targets[0])
    match = re.match(r"lambda ?([^:]*):", tree(node.value))
    need(match and len(node.targets) == 1)
    new = f"def {name}({match[1].strip()}):\n    return {tree(node.value.body)}\n"
    yield from both(tree, "lambda_to_def", "def_to_lambda", tree.swap(node, node, new),
                    function=name)


def inner_function(tree: Tree, node: ast.FunctionDef, numbers: random.Random) -> Iterator[Change]:
    """A local function of one return as a lambda; functools.wraps on a wrapper."""
    need(node is not tree.function)
    wraps = [one for one in node.decorator_list if re.match(r"(?:functools\.)?wraps\(",
                                                           tree.source.text(one))]
    if wraps:
        need(len(node.decorator_list) == 1 and wraps[0].lineno == node.lineno - 1)
        need(node.lineno - 1 not in tree.commented)
        other = "".join(tree.lines[:node.lineno - 2] + tree.lines[node.lineno - 1:])
        yield from both(tree, "no_wraps", "use_wraps", other, decorator=tree(wraps[0]),
                        inner=node.name)
        return
    need(not node.decorator_list and len(node.body) == 1 and isinstance(node.body[0], ast.Return))
    need(node.body[0].value and node.returns is None and not isinstance(
        tree.parents[node], ast.ClassDef))
    need(not any(one.annotation for one in node.args.args) and node.name not in (
        one.id for one in ast.walk(node) if isinstance(one, ast.Name)))
    match = re.match(rf"def {node.name}\(([^()\n]*)\):\n", tree.source.text(node))
    need(match)
    parameters_ = f" {match[1]}" if match[1].strip() else ""
    new = f"{node.name} = lambda{parameters_}: {tree.at(node.body[0].value, 1)}\n"
    yield from both(tree, "def_to_lambda", "lambda_to_def", tree.swap(node, node, new),
                    function=node.name)


DEFINITIONS: tuple[Maker, ...] = tuple(maker(*row) for row in (
    (coroutine, ast.AsyncFunctionDef), (stub, ast.Pass), (named_lambda, ast.Assign),
    (inner_function, ast.FunctionDef), (decorator, ast.FunctionDef, ast.AsyncFunctionDef)))

TEMPLATES: dict[str, tuple[str, ...]] = {
    "remove_decorator": (
        "Remove the decorator {decorator}", "Remove @{decorator}",
        "Drop the @{decorator} decorator", "Remove the decorator",
        "{name} should not be decorated"),
    "add_decorator": (
        "Add the decorator @{decorator}", "Decorate {name} with @{decorator}",
        "Decorate it with {decorator}", "Put @{decorator} on {name}",
        "use the {decorator} decorator"),
    "make_property": (
        "Make {name} a property", "Turn this method into a property", "Add @property",
        "{name} should be a property", "use the property decorator",
        "I want to access {name} without calling it"),
    "make_classmethod": (
        "Make {name} a class method", "Add @classmethod", "{name} should be a classmethod",
        "Mark it as a class method", "Turn {name} into a classmethod",
        "It takes cls, so add @classmethod", "classmethod please"),
    "make_contextmanager": (
        "Make {name} a context manager with @{decorator}",
        "Add the {decorator} decorator so that it works in a with statement",
        "Use {name} in with: decorate it with @{decorator}",
        "Turn the generator {name} into a context manager: @{decorator}", "Add @{decorator}",
        "with {name}() should work, use @{decorator}"),
    "cache_results": (
        "Cache the results with @{decorator}", "Memoize {name} with {decorator}", "Add {decorator}",
        "Decorate {name} with @{decorator} so that results are cached",
        "{name} is slow, cache it with @{decorator}"),
    "make_abstract": (
        "Make {name} abstract with @{decorator}", "Mark it as abstract: @{decorator}",
        "Add the decorator {decorator}", "{name} should be abstract (@{decorator})",
        "Subclasses must implement {name}: @{decorator}", "Add @{decorator} to {name}",
        "abstract method ({decorator})"),
    "make_static": (
        "Make {name} a static method", "Turn {name} into a staticmethod, without self",
        "self is not used, make it static", "Add @staticmethod and drop self",
        "It does not need self: static method", "Make this a static method"),
    "not_static": (
        "Make {name} an ordinary method with self", "Remove @staticmethod and take self",
        "Turn the static method into an instance method",
        "{name} should take self and not be static", "No staticmethod: add self",
        "Make it a normal method", "We will need self in {name}"),
    "make_async": (
        "Make {name} async and await {calls}", "Turn it into a coroutine that awaits {calls}",
        "async version: await {calls}", "Convert {name} to async/await; {calls} must be awaited",
        "Make this function asynchronous, awaiting {calls}"),
    "make_async_open": (
        "Make {name} async", "Turn this into an async function", "Convert to async/await",
        "Make {name} a coroutine", "Use async and await"),
    "make_sync": (
        "Make {name} synchronous", "Remove async and await",
        "No async: make it an ordinary function",
        "Convert the coroutine {name} into a normal function", "Turn {name} into a sync function"),
    "not_implemented": (
        "Raise NotImplementedError instead of pass", "raise NotImplementedError",
        "It is not implemented: raise NotImplementedError rather than do nothing",
        "Subclasses must override it: raise NotImplementedError",
        "It should fail with NotImplementedError", "Replace pass by a NotImplementedError"),
    "pass_instead": (
        "Do nothing instead of raising NotImplementedError", "pass instead of NotImplementedError",
        "Replace the raise by pass", "It should silently do nothing: pass",
        "No NotImplementedError, just pass", "Make the body pass"),
    "ellipsis": (
        "Use ... instead of pass", "Replace pass by ...", "An ellipsis as the body",
        "... as the placeholder", "Write the empty body as ...", "ellipsis, not pass"),
    "pass_for_ellipsis": (
        "Use pass instead of ...", "Replace ... by pass", "pass as the body",
        "Write the empty body as pass", "pass, not an ellipsis", "No ..., use pass"),
    "lambda_to_def": (
        "Make the lambda {function} a function with def", "def {function} instead of a lambda",
        "Do not assign a lambda to {function}, use def",
        "Replace the lambda {function} by a proper function", "{function} should be a def",
        "PEP 8: no lambda assignment for {function}"),
    "def_to_lambda": (
        "Make {function} a lambda", "{function} = lambda ... instead of def",
        "Use a lambda for {function}", "Shorten {function} to a lambda",
        "One line for {function}: lambda", "{function} is trivial, a lambda will do"),
    "use_wraps": (
        "Decorate {inner} with @{decorator}", "Add @{decorator} to the wrapper",
        "The wrapper {inner} loses the name of the function, use @{decorator}",
        "Use {decorator} on {inner}", "Preserve the metadata: @{decorator} on {inner}",
        "Put @{decorator} above {inner}"),
    "no_wraps": (
        "Remove @{decorator} from {inner}", "Drop the decorator {decorator} of {inner}",
        "{inner} needs no {decorator}", "Do not use {decorator} on {inner}",
        "Take @{decorator} off"),
}

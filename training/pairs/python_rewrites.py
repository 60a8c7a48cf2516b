"""Rewrites of Python's statements and signatures, by the syntax tree: branches, exceptions,
parameters, decorators, async. python_idioms has those of loops and expressions.

A rule looks at one node and yields the changes that can be made there, or raises Unfit. What a
rule's change does not touch stays as it was written.
"""

from __future__ import annotations

import ast
import collections
import functools
import keyword
import random
import re
import textwrap
from typing import Callable, Iterator

from training.pairs import masking
from training.pairs.changes import NAMES, Change, Maker
from training.pairs.python_changes import EXCEPTIONS, Source, _function
from training.pairs.regions import Region

MAX_LINE = 92  # of a line that a rule writes
MAX_WORD = 90  # of what an instruction quotes
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
EXITS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
INVERSE = {ast.Eq: "!=", ast.NotEq: "==", ast.Is: "is not", ast.IsNot: "is", ast.In: "not in",
           ast.NotIn: "in", ast.Lt: ">=", ast.LtE: ">", ast.Gt: "<=", ast.GtE: "<"}


class Unfit(Exception):
    """The place is not one that the rule can change."""


def need(condition: object) -> None:
    if not condition:
        raise Unfit


class Tree:
    """A function's nodes, with their places in its text."""

    def __init__(self, text: str, function: ast.FunctionDef):
        self.text, self.function, self.source = text, function, Source(text)
        self.lines = text.splitlines(keepends=True)
        self.nodes = list(ast.walk(function))
        self.parents = {child: node for node in self.nodes
                        for child in ast.iter_child_nodes(node)}
        self.by_type: dict[type, list] = collections.defaultdict(list)
        for node in self.nodes:
            self.by_type[type(node)].append(node)
        self.words = set(re.findall(r"\w+", text))
        marks, at = masking.kinds(text, "python"), 0
        self.commented = set()
        for number, line in enumerate(self.lines, 1):
            if masking.COMMENT in marks[at:at + len(line)]:
                self.commented.add(number)
            at += len(line)

    def of(self, *types: type) -> list:
        return [node for one in types for node in self.by_type[one]]

    def __call__(self, node: ast.AST) -> str:
        """The node's text, which must be on one line."""
        need(node.lineno == node.end_lineno)
        return self.source.text(node)

    def at(self, node: ast.AST, level: int) -> str:
        """The node's text, in parentheses where it binds less than `level` (see `rank`)."""
        return self(node) if rank(node) >= level else f"({self(node)})"

    def negated(self, node: ast.AST) -> str:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self(node.operand)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return f"{self.at(node.left, 5)} {INVERSE[type(node.ops[0])]} " \
                f"{self.at(node.comparators[0], 5)}"
        return f"not {self.at(node, 3)}"

    def put(self, *edits: tuple) -> str:
        """The text with (node or span, new text) edits made."""
        raw = self.source.raw
        places = [(self.source.span(place) if isinstance(place, ast.AST) else place, new)
                  for place, new in edits]
        for (begin, end), new in sorted(places, reverse=True):
            raw = raw[:begin] + new.encode() + raw[end:]
        return raw.decode()

    def begin(self, statement: ast.stmt) -> int:
        """The number of its first line, decorators included."""
        return min([statement.lineno] + [one.lineno for one in
                                         getattr(statement, "decorator_list", [])])

    def alone(self, first: ast.stmt, last: ast.stmt) -> None:
        """The statements have their lines to themselves."""
        before = self.source.raw[self.source.starts[self.begin(first) - 1]:]
        after = self.source.raw[self.source.span(last)[1]:].split(b"\n", 1)[0].decode()
        need(not before[:first.col_offset].strip())
        need(not before.startswith(b"elif", first.col_offset))
        need(not after.strip() or after.lstrip().startswith("#"))

    def extent(self, statements: list[ast.stmt]) -> tuple[int, int]:
        """First and last line, with the comments that stand directly above and below."""
        self.alone(statements[0], statements[-1])
        first, last = self.begin(statements[0]), statements[-1].end_lineno
        column = statements[0].col_offset
        while first > 2 and re.match(" " * column + "#", self.lines[first - 2]):
            first -= 1
        while last < len(self.lines) and re.match(" " * column + "#", self.lines[last]):
            last += 1
        return first, last

    def block(self, statements: list[ast.stmt]) -> str:
        """The statements' lines without their indentation; no strings of several lines."""
        first, last = self.extent(statements)
        for statement in statements:
            for node in ast.walk(statement):
                need(not isinstance(node, (ast.Constant, ast.JoinedStr))
                     or node.lineno == node.end_lineno)
        column = statements[0].col_offset
        lines = self.lines[first - 1:last]
        need(all(not line[:column].strip() for line in lines))
        return "".join(line[column:] if line.strip() else line for line in lines)

    def swap(self, first: ast.stmt, last: ast.stmt, new: str,
             keep: tuple[list[ast.stmt], ...] = ()) -> str:
        """The text with `new` (dedented) for the statements from first to last. `keep` are those
        that `new` holds: comments elsewhere make the place unfit."""
        self.alone(first, last)
        begin, end = self.begin(first), last.end_lineno
        kept: set[int] = set()
        for statements in keep:
            one, other = self.extent(statements)
            kept |= set(range(one, other + 1))
            end = max(end, other)
        need(not (self.commented - kept) & set(range(begin, end + 1)))
        column = first.col_offset
        need(all(len(line) + column <= max(MAX_LINE, max(map(len, self.lines)) - 1)
                 for line in new.splitlines()))
        text = textwrap.indent(new if new.endswith("\n") or not new else new + "\n", " " * column)
        return "".join(self.lines[:begin - 1]) + text + "".join(self.lines[end:])

    def place(self, statement: ast.stmt) -> tuple[list[ast.stmt], int]:
        """The list of statements that it is in, and where."""
        parent = self.parents.get(statement)
        for field in ("body", "orelse", "finalbody"):
            found = getattr(parent, field, None)
            if isinstance(found, list) and statement in found:
                return found, found.index(statement)
        raise Unfit

    def uses(self, name: str, *nodes: ast.AST) -> int:
        return sum(isinstance(node, ast.Name) and node.id == name or
                   isinstance(node, ast.arg) and node.arg == name or
                   isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names or
                   isinstance(node, ast.ExceptHandler) and node.name == name
                   for one in nodes for node in ast.walk(one))

    def only_in(self, name: str, *nodes: ast.AST) -> bool:
        return self.uses(name, self.function) == self.uses(name, *nodes)

    def fresh(self, *names: str) -> str:
        for name in names:
            if name not in self.words:
                return name
        raise Unfit

    def body(self) -> list[ast.stmt]:
        """The function's, after its docstring and on lines of its own."""
        body = self.function.body[ast.get_docstring(self.function) is not None:]
        need(body and self.function.body[0].lineno > self.function.lineno)
        self.alone(body[0], body[0])
        return body

    def rank_fits(self, node: ast.AST) -> bool:
        """An `or` or `not` may stand in the node's place without parentheses."""
        return isinstance(self.parents[node], (ast.If, ast.While, ast.Return, ast.Assign,
                                               ast.Assert, ast.keyword))

    def inside(self, node: ast.AST, *types: type) -> bool:
        while (node := self.parents.get(node)) is not None and node is not self.function:
            if isinstance(node, types):
                return True
        return False


def rank(node: ast.AST) -> int:
    """How tightly it binds: 1 or, 2 and, 3 not, 4 comparison, 5 arithmetic, 6 what needs none."""
    if isinstance(node, (ast.Lambda, ast.IfExp, ast.NamedExpr, ast.Yield, ast.YieldFrom,
                         ast.Starred, ast.Tuple)):
        return 0
    if isinstance(node, ast.BoolOp):
        return 1 if isinstance(node.op, ast.Or) else 2
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return 3
    return 4 if isinstance(node, ast.Compare) else \
        5 if isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Await)) else 6


@functools.lru_cache(maxsize=4)  # all makers are asked about one function before the next
def read(text: str) -> Tree | None:
    function = None if "\t" in text or "\f" in text else _function(Region("python", "", text))
    return Tree(text, function) if function else None


# Words that do not tell one place from another.
VAGUE = {"name", "shape", "sign", "kind", "word", "encoding", "level", "default", "builtin"}
BARE: set[str] = set()  # kinds with an instruction that tells no place: made where there is one


def note_bare(templates: dict[str, tuple[str, ...]]) -> None:
    BARE.update(kind for kind, texts in templates.items()
                if any(not set(re.findall(r"\{(\w+)\}", text)) - VAGUE for text in texts))


Rule = Callable[[Tree, ast.AST, random.Random], Iterator[Change]]


def maker(rule: Rule, *types: type) -> Maker:
    """One change of each kind that the rule makes, at any of the places that are fit. The word
    `where` tells which place is meant, and is left out at times where there is only one."""
    def make(region: Region, numbers: random.Random) -> Iterator[Change]:
        tree = read(region.text)
        if tree is None:
            return
        # Of what is inside an f-string, ast has no reliable places before Python 3.12.
        sites = [changes for node in tree.of(*types) if not tree.inside(node, ast.JoinedStr)
                 and (changes := _attempt(rule, tree, node, numbers))]
        kinds: dict[str, list[Change]] = collections.defaultdict(list)
        for changes in sites:
            for change in changes:
                kinds[change.kind].append(change)
        for changes in kinds.values():
            change = numbers.choice(changes)
            blank_end = change.before.endswith("\n\n") or change.after.endswith("\n\n")
            if blank_end or len(sites) > 1 and change.kind in BARE:
                continue
            words = {"name": region.name, **change.words}
            if len(sites) == 1 and numbers.random() < 0.7:
                words["where"] = ""
            # A word may hold braces, but must not read as another word's place.
            if all("\n" not in word and len(word) <= MAX_WORD and not any(
                    f"{{{key}}}" in word for key in words) for word in words.values()):
                yield change._replace(words=words)
    return make


def _attempt(rule: Rule, tree: Tree, node: ast.AST, numbers: random.Random) -> list[Change]:
    changes = []
    try:
        for change in rule(tree, node, numbers):
            changes.append(change)
    except Unfit:
        pass
    return changes


def both(tree: Tree, there: str, back: str, other: str, **words: str) -> Iterator[Change]:
    """From the text to `other` and back."""
    if there:
        yield Change(there, tree.text, other, words)
    if back:
        yield Change(back, other, tree.text, words)


def indented(text: str) -> str:
    return textwrap.indent(text, "    ")


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_boolean(node: ast.AST) -> bool:
    """Its value is True or False."""
    if isinstance(node, ast.BoolOp):
        return all(map(is_boolean, node.values))
    name = node.func if isinstance(node, ast.Call) else None
    word = name.id if isinstance(name, ast.Name) else getattr(name, "attr", "")
    return isinstance(node, ast.Compare) or \
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) or \
        word in ("isinstance", "issubclass", "hasattr", "callable", "any", "all", "bool",
                 "startswith", "endswith", "isdigit", "exists", "isfile", "isdir", "is_file",
                 "is_dir", "issubset", "isidentifier", "isalpha", "isupper", "islower")


# Branches


def return_condition(tree: Tree, node: ast.Return, numbers: random.Random) -> Iterator[Change]:
    """return COND as a branch."""
    need(node.value is not None and is_boolean(node.value))
    test, first, second = tree(node.value), "True", "False"
    if isinstance(node.value, ast.UnaryOp):
        test, first, second = tree(node.value.operand), second, first
    words = {"condition": test, "where": f" of `{test}`"}
    plain = f"if {test}:\n    return {first}\n"
    other = tree.swap(node, node, plain + f"return {second}\n")
    yield from both(tree, "return_if", "return_condition", other, **words)
    other = tree.swap(node, node, plain + f"else:\n    return {second}\n")
    yield from both(tree, "return_if_else", "return_condition", other, **words)


def return_branch(tree: Tree, node: ast.If, numbers: random.Random) -> Iterator[Change]:
    """The same, where people wrote the branch."""
    siblings, place = tree.place(node)
    last = node.orelse[0] if node.orelse else siblings[place + 1:place + 2]
    last = last if isinstance(last, ast.AST) else (last or [None])[0]
    values = [getattr(getattr(one, "value", None), "value", None)
              for one in (node.body[0], last) if isinstance(one, ast.Return)]
    need(len(node.body) == 1 and len(node.orelse) < 2 and is_boolean(node.test))
    need(len(values) == 2 and all(isinstance(value, bool) for value in values))
    need(values[0] != values[1])
    new = tree(node.test) if values[0] else tree.negated(node.test)
    end = node if node.orelse else last
    yield Change("return_condition", tree.text, tree.swap(node, end, f"return {new}"),
                 {"condition": tree(node.test), "where": f" of `{tree(node.test)}`"})


def plain_else(tree: Tree, node: ast.If) -> int:
    """The line of the else that the branch has."""
    need(node.orelse)
    for number in range(node.body[-1].end_lineno, node.orelse[0].lineno):
        if re.fullmatch(r" *else:\s*", tree.lines[number]):
            return number + 1
    raise Unfit


def needless_else(tree: Tree, node: ast.If, numbers: random.Random) -> Iterator[Change]:
    need(isinstance(node.body[-1], EXITS))
    siblings, place = tree.place(node)
    test = tree(node.test)
    words = {"condition": test, "where": f" after `if {test}`"}
    if node.orelse:
        line = plain_else(tree, node)
        tree.alone(node, node)
        text = textwrap.indent(tree.block(node.orelse), " " * node.col_offset)
        first, last = tree.extent(node.orelse)
        need(first == line + 1)
        other = "".join(tree.lines[:line - 1]) + text + "".join(tree.lines[last:])
        yield from both(tree, "drop_else", "add_else", other, **words)
    elif 0 < len(siblings) - place - 1 <= 4:
        rest = siblings[place + 1:]
        tree.alone(node, node)
        first, last = tree.extent(rest)
        need(not any(isinstance(one, SCOPES) for one in rest))
        need(all(not line.strip() for line in tree.lines[node.end_lineno:first - 1]))
        text = textwrap.indent("else:\n" + indented(tree.block(rest)), " " * node.col_offset)
        other = "".join(tree.lines[:node.end_lineno]) + text + "".join(tree.lines[last:])
        yield from both(tree, "add_else", "drop_else", other, **words)


def early_exit(tree: Tree, node: ast.If, numbers: random.Random) -> Iterator[Change]:
    """A guard with an early return or continue, and the rest nested instead."""
    parent = tree.parents[node]
    loop = isinstance(parent, (ast.For, ast.While)) and node in parent.body
    need(loop or parent is tree.function)
    siblings, place = tree.place(node)
    need(not node.orelse)
    rest = siblings[place + 1:]
    word, kinds = ("continue", ("early_continue", "nest_loop")) if loop else \
        ("return", ("early_return", "nest_body"))
    if not rest:  # nested as written
        need(len(node.body) > 1 or node.end_lineno - node.body[0].lineno > 0)
        test = tree.negated(node.test)
        new = f"if {test}:\n    {word}\n\n" + tree.block(node.body)
        other = tree.swap(node, node, new, (node.body,))
        yield from both(tree, *kinds, other, condition=test, inner=tree(node.test), action=word)
        return
    action = tree(node.body[0])
    need(len(node.body) == 1 and action in (word, "return None"))
    need(len(rest) <= 8 and not any(isinstance(one, SCOPES) for one in rest))
    need(rest[-1].end_lineno > rest[0].lineno)
    test = tree.negated(node.test)
    new = f"if {test}:\n" + indented(tree.block(rest))
    other = tree.swap(node, rest[-1], new, (rest,))
    yield from both(tree, kinds[1], kinds[0], other, condition=tree(node.test), inner=test,
                    action=action)


def swap_branches(tree: Tree, node: ast.If, numbers: random.Random) -> Iterator[Change]:
    plain_else(tree, node)
    tree.alone(node, node)
    test = tree(node.test)
    new = f"if {tree.negated(node.test)}:\n{indented(tree.block(node.orelse))}" \
        f"else:\n{indented(tree.block(node.body))}"
    other = tree.swap(node, node, new, (node.body, node.orelse))
    negated = tree.negated(node.test)
    yield Change("swap_branches", tree.text, other, {"condition": test, "negated": negated,
                                                    "where": f" of `if {test}`"})
    yield Change("swap_branches", other, tree.text, {"condition": negated, "negated": test,
                                                    "where": f" of `if {negated}`"})


def nested_ifs(tree: Tree, node: ast.If, numbers: random.Random) -> Iterator[Change]:
    """if a: if b: and if a and b:"""
    need(not node.orelse)
    inner = node.body[0]
    if isinstance(inner, ast.If) and len(node.body) == 1 and not inner.orelse:
        test = f"{tree.at(node.test, 2)} and {tree.at(inner.test, 2)}"
        other = tree.swap(node, node, f"if {test}:\n{indented(tree.block(inner.body))}",
                          (inner.body,))
        words = {"first": tree(node.test), "second": tree(inner.test)}
        kinds = ("merge_ifs", "split_if")
    else:
        need(isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.And))
        need(len(node.test.values) == 2)
        words = {"first": tree(node.test.values[0]), "second": tree(node.test.values[1])}
        new = "if {first}:\n    if {second}:\n".format(**words) + \
            indented(indented(tree.block(node.body)))
        other = tree.swap(node, node, new, (node.body,))
        kinds = ("split_if", "merge_ifs")
    yield from both(tree, *kinds, other, where=f" of `{words['first']}` and `{words['second']}`",
                    **words)


def conditional(tree: Tree, node: ast.IfExp, numbers: random.Random) -> Iterator[Change]:
    """x = a if c else b as a branch; so too returned."""
    statement = tree.parents[node]
    need(isinstance(statement, (ast.Assign, ast.Return)))
    begin = tree.source.span(statement)[0]
    head = tree.source.raw[begin:tree.source.span(node)[0]].decode()
    need("\n" not in head)
    head = head.rstrip(" (") + " "
    new = f"if {tree(node.test)}:\n    {head}{tree(node.body)}\n" \
        f"else:\n    {head}{tree(node.orelse)}\n"
    other = tree.swap(statement, statement, new)
    what = head.strip(" =")
    where = f" for {what}" if what != "return" else f" on `{tree(node.test)}`"
    yield from both(tree, "conditional_branch", "conditional_expression", other, where=where)


def conditional_from(tree: Tree, node: ast.If, numbers: random.Random) -> Iterator[Change]:
    plain_else(tree, node)
    one, two = node.body[0], node.orelse[0]
    need(len(node.body) == len(node.orelse) == 1 and type(one) is type(two))
    if isinstance(one, ast.Assign):
        need(len(one.targets) == len(two.targets) == 1)
        head = tree(one.targets[0]) + " ="
        need(head == tree(two.targets[0]) + " =")
        where = f" for {tree(one.targets[0])}"
    else:
        need(isinstance(one, ast.Return) and one.value and two.value)
        head, where = "return", f" on `{tree(node.test)}`"
    need(not isinstance(one.value, ast.Constant) or not isinstance(one.value.value, bool))
    new = f"{head} {tree.at(one.value, 1)} if {tree.at(node.test, 1)} else {tree.at(two.value, 1)}"
    yield from both(tree, "conditional_expression", "conditional_branch",
                    tree.swap(node, node, new), where=where)


def use_match(tree: Tree, node: ast.If, numbers: random.Random) -> Iterator[Change]:
    """A chain of x == constant as match."""
    tree.alone(node, node)
    new, keep, subject, one = "", [], "", node
    while True:
        test = one.test
        need(isinstance(test, ast.Compare) and len(test.ops) == 1)
        need(isinstance(test.ops[0], ast.Eq) and isinstance(test.comparators[0], ast.Constant))
        need(isinstance(test.left, (ast.Name, ast.Attribute)))
        subject = subject or tree(test.left)
        need(subject == tree(test.left))
        new += f"    case {tree(test.comparators[0])}:\n" + indented(indented(tree.block(one.body)))
        keep.append(one.body)
        if len(one.orelse) == 1 and isinstance(one.orelse[0], ast.If) and \
                one.orelse[0].col_offset == node.col_offset:
            one = one.orelse[0]
            continue
        break
    need(len(keep) > 1)
    if one.orelse:
        new += "    case _:\n" + indented(indented(tree.block(one.orelse)))
        keep.append(one.orelse)
    other = tree.swap(node, node, f"match {subject}:\n{new}", tuple(keep))
    yield from both(tree, "use_match", "no_match", other, subject=subject,
                    where=f" on {subject}")


def other_branch(tree: Tree, node: ast.If, numbers: random.Random) -> Iterator[Change]:
    """An else of one line, added and removed."""
    line = plain_else(tree, node)
    need(len(node.orelse) == 1 and node.orelse[0].lineno == node.orelse[0].end_lineno == line + 1)
    need(not {line, line + 1} & tree.commented)
    other = "".join(tree.lines[:line - 1] + tree.lines[line + 1:]).rstrip("\n") + "\n"
    condition = tree(node.test)
    yield from both(tree, "remove_else_branch", "add_else_branch", other, condition=condition,
                    action=tree(node.orelse[0]), where=f" of `if {condition}`")


def elif_case(tree: Tree, node: ast.If, numbers: random.Random) -> Iterator[Change]:
    """A case of a chain, added and removed."""
    begin = tree.source.span(node)[0]
    need(tree.source.raw.startswith(b"elif", begin))
    need(len(node.body) == 1 and tree(node.body[0]) and node.body[0].lineno == node.lineno + 1)
    need(not {node.lineno, node.lineno + 1} & tree.commented)
    before = tree.parents[node]
    other = "".join(tree.lines[:node.lineno - 1] + tree.lines[node.lineno + 1:])
    yield from both(tree, "remove_case", "add_case", other, condition=tree(node.test),
                    action=tree(node.body[0]), previous=tree(before.test))


# Exceptions


def handled(tree: Tree, node: ast.ExceptHandler, numbers: random.Random) -> Iterator[Change]:
    """What a handler catches."""
    line = tree.lines[node.lineno - 1]
    if node.type is None:
        other = tree.text.replace(line, line.replace("except:", "except Exception:"))
        need(tree.text.count(line) == 1 and "except:" in line)
        yield from both(tree, "no_bare_except", "", other)
        return
    caught = tree(node.type)
    words = {"old": caught, "where": f" of the handler of {caught}"}
    if caught == "Exception" and not node.name:
        yield Change("no_bare_except", tree.put((node.type, "")).replace("except :", "except:"),
                     tree.text, words)
    new = numbers.choice([error for error in EXCEPTIONS if error not in tree.words])
    same = [one for one in tree.of(ast.ExceptHandler) if one.type and tree(one.type) == caught]
    need(len(same) == 1)
    if isinstance(node.type, ast.Tuple):
        need(not line.count(caught + ":") == 0 and len(node.type.elts) < 5)
        errors = [tree(one) for one in node.type.elts]
        lost = numbers.choice(errors[1:] or errors)
        rest = [error for error in errors if error != lost]
        need(rest and errors[-1:] == [lost])
        other = tree.put((node.type, rest[0] if len(rest) == 1 else f"({', '.join(rest)})"))
        yield from both(tree, "catch_less", "catch_also", other, new=lost, old=", ".join(rest))
    elif new != "Exception" and caught not in ("Exception", "BaseException"):
        yield from both(tree, "catch_other", "", tree.put((node.type, new)), new=new, **words)
        other = tree.put((node.type, f"({caught}, {new})"))
        yield from both(tree, "catch_also", "catch_less", other, new=new, **words)


def handler_body(tree: Tree, node: ast.ExceptHandler, numbers: random.Random) -> Iterator[Change]:
    """What a handler does with the error."""
    need(node.type is not None)
    caught, first = tree(node.type), node.body[0]
    where = f" of {caught}"
    last = node.body[-1]
    if isinstance(last, ast.Raise) and last.exc is None and len(node.body) > 1:
        other = tree.swap(last, last, "")
        yield from both(tree, "swallow_error", "reraise", other, where=where, error=caught)
    elif not isinstance(last, EXITS) and isinstance(last, ast.Expr):
        tree.alone(last, last)
        other = tree.put(((tree.source.span(last)[1],) * 2, "\n" + " " * last.col_offset + "raise"))
        yield from both(tree, "reraise", "swallow_error", other, where=where, error=caught)
    if isinstance(first, ast.Pass) and not node.name and "error" not in tree.words:
        tree.alone(first, first)
        header = tree.lines[node.lineno - 1]
        need(header.rstrip().endswith(f"{caught}:") and first.lineno == node.lineno + 1)
        call = numbers.choice(('logger.warning("{0} failed: %s", error)', "print(error)",
                               'logging.error("{0}: %s", error)',
                               'logger.debug("ignored", exc_info=error)',
                               'print(f"{0} failed: {{error}}")', "logger.exception(error)"))
        call = call.format(tree.function.name)
        other = tree.put((first, call), ((tree.source.span(node.type)[1],) * 2, " as error"))
        yield from both(tree, "report_error", "", other, call=call, where=where, caught=caught)
    if not node.name and not any(isinstance(one, ast.Name) and one.id == "error"
                                 for one in tree.nodes) and isinstance(first, ast.Raise) and \
            first.exc is not None and first.cause is None and len(node.body) == 1:
        other = tree.put(((tree.source.span(node.type)[1],) * 2, " as error"),
                         ((tree.source.span(first)[1],) * 2, " from error"))
        yield from both(tree, "raise_from_new", "", other, error=tree(first.exc.func)
                        if isinstance(first.exc, ast.Call) else tree(first.exc))


def raised(tree: Tree, node: ast.Raise, numbers: random.Random) -> Iterator[Change]:
    need(node.exc is not None)
    name = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    error = tree(name)
    if isinstance(node.cause, ast.Name):
        cause = f" from {node.cause.id}"
        text = tree.source.text(node)
        need(text.endswith(cause))
        end = tree.source.span(node)[1]
        other = tree.put(((end - len(cause.encode()), end), ""))
        yield from both(tree, "no_raise_from", "raise_from", other, error=error,
                        cause=node.cause.id, where=f" {error}")
    need(re.fullmatch(r"\w+", error) and error[0].isupper())
    same = [one for one in tree.of(ast.Raise)
            if one.exc is not None and error in tree.source.text(one)]
    need(len(same) == 1)
    new = numbers.choice([one for one in EXCEPTIONS[:6] if one != error])
    yield from both(tree, "raise_other", "", tree.put((name, new)), old=error, new=new)
    need(isinstance(tree.parents[node], ast.If) and tree.function.returns is None)
    need(not any(isinstance(one, (ast.Yield, ast.YieldFrom)) for one in tree.nodes))
    value = "None" if tree.function.name == "__init__" else \
        numbers.choice(("None", "False", "[]", '""', "{}"))
    tree.alone(node, node)
    other = tree.put((node, f"return {value}"))
    yield from both(tree, "return_not_raise", "raise_not_return" if other.count(
        f"return {value}") == 1 else "", other, error=error, value=value,
        raised=tree.source.text(node)[len("raise "):])


def changed_return(tree: Tree, node: ast.Return, numbers: random.Random) -> Iterator[Change]:
    need(isinstance(node.value, (ast.Constant, ast.List, ast.Dict)))
    need(tree.function.returns is None)
    old = tree(node.value)
    need(old in ("None", "False", "[]", "{}", "True", "0", '""', "-1"))
    need(sum(isinstance(one, ast.Return) and one.value is not None and
             tree.source.text(one.value) == old for one in tree.nodes) == 1)
    new = numbers.choice([one for one in ("None", "False", "[]", "{}", "0", '""') if one != old])
    yield from both(tree, "change_return", "", tree.put((node.value, new)), old=old, new=new)


def finally_block(tree: Tree, node: ast.Try, numbers: random.Random) -> Iterator[Change]:
    need(len(node.finalbody) == 1)
    statement = tree(node.finalbody[0])
    if not node.handlers and not node.orelse:
        need(not any(isinstance(one, EXITS) for part in node.body for one in ast.walk(part)))
        new = f"{tree.block(node.body)}{statement}\n"
        yield from both(tree, "no_finally", "use_finally", tree.swap(node, node, new, (node.body,)),
                        statement=statement, first=tree.lines[node.body[0].lineno - 1].strip())
        return
    need(node.finalbody[0].lineno - 2 == (node.orelse or node.handlers)[-1].end_lineno)
    first, last = node.finalbody[0].lineno - 1, node.finalbody[0].lineno
    need(not {first, last} & tree.commented)
    other = "".join(tree.lines[:first - 1] + tree.lines[last:])
    yield from both(tree, "remove_finally", "add_finally", other, statement=statement)


def add_finally(tree: Tree, node: ast.Try, numbers: random.Random) -> Iterator[Change]:
    need(not node.finalbody)
    tree.alone(node, node)
    names = [one.id for one in tree.of(ast.Name) if isinstance(one.ctx, ast.Store) and
             re.search("file|conn|sock|stream|lock|session|handle|^f$|^fp$", one.id)]
    statement = f"{names[0]}.close()" if names else numbers.choice(
        ("self.close()", "self.cleanup()", "logger.debug(\"done\")", "lock.release()", "cleanup()"))
    indent = " " * node.col_offset
    other = "".join(tree.lines[:node.end_lineno]) + f"{indent}finally:\n{indent}    {statement}\n" \
        + "".join(tree.lines[node.end_lineno:])
    yield from both(tree, "add_finally", "remove_finally", other, statement=statement)


def suppress(tree: Tree, node: ast.Try, numbers: random.Random) -> Iterator[Change]:
    need(len(node.handlers) == 1 and not node.orelse and not node.finalbody)
    handler = node.handlers[0]
    need(handler.type and not handler.name and isinstance(handler.body[0], ast.Pass))
    need(isinstance(handler.type, (ast.Name, ast.Attribute, ast.Tuple)))
    errors = tree(handler.type).strip("()")
    new = f"with contextlib.suppress({errors}):\n{indented(tree.block(node.body))}"
    yield from both(tree, "use_suppress", "no_suppress", tree.swap(node, node, new, (node.body,)),
                    error=errors, where=f" of {errors}")


def assertion(tree: Tree, node: ast.Assert, numbers: random.Random) -> Iterator[Change]:
    need(not isinstance(node.test, (ast.Constant, ast.Tuple)))
    error = numbers.choice(("ValueError", "TypeError", "RuntimeError", "AssertionError"))
    message = f"({tree(node.msg)})" if node.msg else ""
    test = tree(node.test)
    other = tree.swap(node, node, f"if {tree.negated(node.test)}:\n    raise {error}{message}\n")
    yield from both(tree, "assert_to_raise", "raise_to_assert", other, error=error,
                    where=f" `{test}`", condition=test)


def raise_to_assert(tree: Tree, node: ast.If, numbers: random.Random) -> Iterator[Change]:
    need(not node.orelse and len(node.body) == 1 and isinstance(node.body[0], ast.Raise))
    error = node.body[0].exc
    need(isinstance(error, ast.Call) and len(error.args) == 1 and not error.keywords)
    need(node.body[0].cause is None and not isinstance(error.args[0], ast.Starred))
    test = tree.negated(node.test)
    other = tree.swap(node, node, f"assert {test}, {tree.at(error.args[0], 1)}\n")
    yield from both(tree, "raise_to_assert", "assert_to_raise", other, error=tree(error.func),
                    where=f" `{test}`", condition=test)


# Signatures


def arguments(tree: Tree) -> list[tuple[ast.arg, ast.expr | None]]:
    """The positional ones with their defaults, without self and cls."""
    args = tree.function.args
    pairs = args.posonlyargs + args.args
    defaults = [None] * (len(pairs) - len(args.defaults)) + args.defaults
    return [(one, default) for one, default in zip(pairs, defaults)
            if one.arg not in ("self", "cls", "mcs")]


def parameter_span(tree: Tree, argument: ast.arg, default: ast.expr | None) -> tuple[int, int]:
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
    spans = [match.span() for match in re.finditer(rf"(?<![\w.]){old}\b(?!\s*=(?!=))", code)]
    need(len(re.findall(rf"\b{old}\b", tree.text)) == tree.uses(old, tree.function) ==
         len(re.findall(rf"\b{old}\b", code)) and tree.text.isascii())
    # A keyword of a call, or an attribute, of this name is another's.
    need(not any(isinstance(one, ast.keyword) and one.arg == old or
                 isinstance(one, ast.Attribute) and one.attr == old for one in tree.nodes))
    spans = [match.span() for match in re.finditer(rf"\b{old}\b", code)]
    yield from both(tree, "rename_parameter", "", tree.put(*((span, new) for span in spans)),
                    old=old, new=new)


def decorator(tree: Tree, node: ast.FunctionDef, numbers: random.Random) -> Iterator[Change]:
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


# Statements


def at_start(tree: Tree, text: str) -> str:
    """With `text` (dedented lines) before the function's first statement."""
    first = tree.body()[0]
    number = tree.begin(first) - 1
    while number > 1 and re.match(" *#", tree.lines[number - 1]):
        number -= 1
    return "".join(tree.lines[:number]) + textwrap.indent(text, " " * first.col_offset) + \
        "".join(tree.lines[number:])


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


def super_call(tree: Tree, node: ast.Call, numbers: random.Random) -> Iterator[Change]:
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


def loop_break(tree: Tree, node: ast.Break, numbers: random.Random) -> Iterator[Change]:
    parent = tree.parents[node]
    need(isinstance(parent, ast.If) and node is parent.body[-1] and len(parent.body) > 1)
    tree.alone(node, node)
    need(node.lineno not in tree.commented and len(tree.of(ast.Break)) == 1)
    above = tree(parent.body[-2])
    need(tree.text.count(above) == 1 and parent.body[-2].end_lineno == node.lineno - 1)
    other = "".join(tree.lines[:node.lineno - 1] + tree.lines[node.lineno:])
    yield from both(tree, "remove_break", "add_break", other, above=above,
                    condition=tree(parent.test))


# Annotations, docstrings and comments


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


def docstring_layout(tree: Tree, node: ast.FunctionDef, numbers: random.Random
                     ) -> Iterator[Change]:
    """A docstring on one line or three; with a full stop; a comment instead of one."""
    need(node is tree.function and ast.get_docstring(node) is not None and len(node.body) > 1)
    place = node.body[0]
    text, indent = tree.source.text(place), " " * place.col_offset
    tree.alone(place, place)
    match = re.fullmatch(r'"""\s*([^\n"\\]+?)\s*"""', text)
    need(match and place.lineno > node.lineno)
    words = match[1]
    if "\n" not in text:
        need(text == f'"""{words}"""')
        other = tree.put((place, f'"""\n{indent}{words}\n{indent}"""'))
        yield from both(tree, "docstring_lines", "docstring_line", other)
        if re.search(r"\w\.$", words):
            yield from both(tree, "docstring_no_stop", "docstring_stop",
                            tree.put((place, f'"""{words[:-1]}"""')))
        elif re.search(r"\w$", words):
            yield from both(tree, "docstring_stop", "docstring_no_stop",
                            tree.put((place, f'"""{words}."""')))
        yield from both(tree, "docstring_to_comment", "comment_to_docstring",
                        tree.put((place, f"# {words}")), text=words)
    elif len(words) + len(indent) + 6 <= MAX_LINE:
        yield from both(tree, "docstring_line", "docstring_lines",
                        tree.put((place, f'"""{words}"""')))


def beside(tree: Tree, node: ast.stmt, numbers: random.Random) -> Iterator[Change]:
    """A comment beside its line or above it."""
    need(node.lineno == node.end_lineno and tree.commented & {node.lineno, node.lineno - 1})
    tree.alone(node, node)
    line, above, indent = tree.lines[node.lineno - 1], tree.lines[node.lineno - 2], \
        " " * node.col_offset
    text = tree(node)
    need(tree.text.count(text) == 1)
    if node.lineno in tree.commented:
        comment = line[node.col_offset + len(text):].strip()
        need(re.match("# (?!noqa|type:|pragma|pylint|mypy|nosec)", comment))
        new, first = [f"{indent}{comment}\n", f"{indent}{text}\n"], node.lineno - 1
        kinds = ("comment_above", "comment_beside")
        need(node.lineno - 1 not in tree.commented and text.isascii())
    else:
        comment, first = above.strip(), node.lineno - 2
        need(comment.startswith("# ") and first not in tree.commented)
        need(len(line) + len(comment) < MAX_LINE and above.startswith(indent + "#"))
        new = [f"{indent}{text}  {comment}\n"]
        kinds = ("comment_beside", "comment_above")
    other = "".join(tree.lines[:first] + new + tree.lines[node.lineno:])
    yield from both(tree, *kinds, other, line=text)


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


PYTHON_REWRITES: tuple[Maker, ...] = tuple(maker(*row) for row in (
    (return_condition, ast.Return), (return_branch, ast.If), (needless_else, ast.If),
    (early_exit, ast.If), (swap_branches, ast.If), (nested_ifs, ast.If),
    (conditional, ast.IfExp), (conditional_from, ast.If), (use_match, ast.If),
    (other_branch, ast.If), (elif_case, ast.If), (handled, ast.ExceptHandler),
    (handler_body, ast.ExceptHandler), (raised, ast.Raise), (changed_return, ast.Return),
    (finally_block, ast.Try), (add_finally, ast.Try), (suppress, ast.Try),
    (assertion, ast.Assert), (raise_to_assert, ast.If), (returned_at_end, ast.Return),
    (super_call, ast.Call), (loop_break, ast.Break), (statements, ast.Expr, ast.Assign),
    (coroutine, ast.AsyncFunctionDef),
    *((rule, ast.FunctionDef, ast.AsyncFunctionDef) for rule in (
        defaults, mutable_default, keyword_only, stored_parameter, names, parameters, decorator,
        useless, checks, typing_names, docstring_layout, attribute, passed_on)),
    (hints, ast.arg, ast.FunctionDef, ast.AsyncFunctionDef), (stub, ast.Pass),
    (beside, ast.Assign, ast.Expr, ast.Return, ast.AugAssign, ast.Raise),
    (named_lambda, ast.Assign), (inner_function, ast.FunctionDef)))

TEMPLATES: dict[str, tuple[str, ...]] = {
    "return_condition": (
        "Return the condition{where} directly instead of True or False",
        "Simplify: return the condition{where} itself",
        "No need for if with return True and return False{where}, return the expression",
        "return the boolean{where} directly",
        "This if{where} only returns True or False, make it one return",
        "Can you shorten the True/False return{where} to one line?"),
    "return_if": (
        "Instead of returning the condition{where}, use an if with return True or False, no else",
        "Return True or False in an if{where}, and the other one after it",
        "Expand the boolean return{where} into an if without else",
        "Write out the returned condition{where} as an if with True and False, without else",
        "no direct return of the condition{where}: if, return True or False, then the opposite",
        "Make the boolean result{where} explicit with an if statement and no else"),
    "return_if_else": (
        "Instead of returning the condition{where}, use if and else with True and False",
        "Expand the boolean return{where} into if/else",
        "Write the return{where} as if ... else with True and False",
        "Make the boolean result{where} explicit with if and else",
        "if/else with True and False rather than returning the expression{where}",
        "Spell out the returned condition{where} as if and else"),
    "drop_else": (
        "Remove the unnecessary else{where}", "Drop the else{where} and dedent its body",
        "no else after return{where}", "The else{where} is not needed, unindent it",
        "Get rid of the needless else{where}", "Flatten the else branch{where}",
        "Can you remove the redundant else{where}?"),
    "add_else": (
        "Put what follows the if{where} into an else branch",
        "Use an explicit else{where} for the rest", "Add an else{where} around the remaining code",
        "Make the rest of the block the else{where}", "I prefer an explicit else{where}",
        "else{where}, with all that follows in it",
        "Nest the code that follows under else{where}"),
    "early_return": (
        "Return early: if {condition}, {action}, and unindent the rest",
        "Use a guard clause instead of nesting the body in `if {inner}`",
        "Too nested, return early", "Replace the wrapping if by an early return",
        "Invert the condition `{inner}` and return early", "Flatten {name} with an early return",
        "reduce nesting with a guard clause", "Don't wrap the body in an if, leave early instead"),
    "nest_body": (
        "Instead of returning early on `{condition}`, nest the rest in `if {inner}`",
        "No early return: put the body into `if {inner}`",
        "Wrap the rest of {name} in `if {inner}` rather than returning early",
        "Single exit please: turn the guard `if {condition}` into an if around the rest",
        "I want no early exit: `if {inner}` around the rest",
        "Replace the early exit on `{condition}` with a nested block `if {inner}`"),
    "early_continue": (
        "In the loop, continue if {condition} and unindent the rest",
        "Use continue instead of nesting the loop body in `if {inner}`",
        "Invert `if {inner}` in the loop and continue early",
        "Reduce the nesting in the loop: skip with continue when {condition}",
        "Loop body with `if {inner}` is too nested, use continue"),
    "nest_loop": (
        "Instead of continue on `{condition}`, nest the rest of the loop in `if {inner}`",
        "Get rid of the continue: wrap the rest of the loop body in `if {inner}`",
        "No continue: put what follows it under `if {inner}`",
        "Use `if {inner}` in the loop rather than continue",
        "The loop should not use continue for `{condition}`, nest the code under `if {inner}`"),
    "swap_branches": (
        "Swap the branches{where} and negate the condition to `{negated}`",
        "Invert the if{where}: test `{negated}` and swap if and else",
        "Turn `if {condition}` around: `if {negated}` first, the other in else",
        "Swap the if and else branches of `{condition}`",
        "Put the else case of `if {condition}` first"),
    "merge_ifs": (
        "Merge the nested ifs{where} into one condition with and",
        "Combine the two ifs{where} into one", "Collapse the nested if{where}",
        "Use `and` in place of the nested if{where}", "One if instead of two{where}",
        "The nested ifs{where} can be a single if"),
    "split_if": (
        "Split the condition{where} into two nested ifs",
        "Use nested ifs instead of and{where}: first {first}, then {second}",
        "Nest `if {second}` in `if {first}`", "Break the and{where} up into nested ifs",
        "One condition per if{where}", "Check `{first}` first and `{second}` inside",
        "Two ifs instead of the and{where}"),
    "conditional_expression": (
        "Use a conditional expression{where}", "Make the if/else{where} a one-liner",
        "Use a ternary{where}", "Collapse the if and else{where} into x if c else y",
        "Replace the if/else{where} by a conditional expression",
        "Write the if/else{where} in one line"),
    "conditional_branch": (
        "Use an if statement with else instead of the conditional expression{where}",
        "Expand the ternary{where} into if/else", "No ternary{where}, use a normal if and else",
        "Replace the inline if{where} by an if/else block",
        "The one-line if/else{where} is hard to read, split it"),
    "use_match": (
        "Use a match statement{where} instead of the if chain",
        "Replace the if/elif chain{where} by match", "match {subject} instead of elif",
        "Rewrite the comparisons of {subject} as match and case",
        "Use structural pattern matching{where}"),
    "no_match": (
        "Use if and elif instead of match{where}",
        "Replace the match statement{where} by an if/elif chain",
        "No match{where}: it must run on Python 3.9", "if/elif on {subject} instead of match",
        "Rewrite match{where} with comparisons",
        "Turn the match on {subject} back into if, elif and else"),
    "remove_else_branch": (
        "Remove the else branch{where}", "Delete the else{where} with its body",
        "Drop the else case{where}", "No else{where}", "The else part{where} should go",
        "Do nothing otherwise: remove the else{where}", "Get rid of the else clause{where}"),
    "add_else_branch": (
        "Add an else branch to `if {condition}`: {action}", "Otherwise (not {condition}), {action}",
        "If not {condition}, {action}: add an else",
        "Add `else: {action}` to the if on `{condition}`",
        "Give `if {condition}` an else with `{action}`"),
    "remove_case": (
        "Remove the case `{condition}`", "Delete the branch elif {condition}",
        "Drop the elif for {condition}", "Do not treat {condition} specially",
        "We don't need the case {condition} any more", "Get rid of the elif `{condition}`",
        "{condition} should no longer be handled"),
    "add_case": (
        "After the case `{previous}`, add `elif {condition}: {action}`",
        "Add a branch for {condition} after {previous}: {action}",
        "When {condition}, {action}: put it after the case {previous}",
        "Add an elif {condition} with {action} below the branch {previous}",
        "Handle {condition} too, after {previous}: {action}",
        "Another branch: elif {condition}, {action} (below {previous})"),
    "no_bare_except": (
        "Catch Exception instead of everything", "Use except Exception", "No bare except",
        "Replace the bare except with `except Exception`",
        "Don't catch KeyboardInterrupt and SystemExit: except Exception",
        "The bare except is bad style, catch Exception"),
    "catch_other": (
        "Catch {new} instead of {old}", "except {new}, not {old}", "Handle {new} rather than {old}",
        "Replace {old} by {new} in the except clause",
        "Change the caught exception from {old} to {new}"),
    "catch_also": (
        "Also catch {new}", "Handle {new} the same way as {old}", "Catch {new} too",
        "Add {new} to the caught exceptions", "except should include {new} as well as {old}",
        "{new} should be handled like {old}"),
    "catch_less": (
        "Do not catch {new}", "Let {new} through", "Stop catching {new}",
        "Catch {old} only, not {new}", "Remove {new} from the caught exceptions"),
    "reraise": (
        "Re-raise the error at the end of the handler{where}",
        "Raise {error} again after handling it", "Don't swallow {error}, re-raise it",
        "Reraise in the except block{where}",
        "The handler{where} should pass the error on: raise"),
    "swallow_error": (
        "Do not re-raise {error}", "Remove the raise from the handler{where}",
        "Swallow {error} after handling it", "Don't raise {error} again",
        "{error} should not be raised again", "Take out the re-raise of {error}",
        "After handling {error}, go on instead of raising"),
    "report_error": (
        "Instead of ignoring {caught}, bind it as error and {call}",
        "Don't swallow {caught}: `except {caught} as error` with `{call}`",
        "Report {caught} with `{call}` instead of pass",
        "In the handler{where}, `{call}` instead of pass",
        "Do not silently ignore {caught}, call {call}"),
    "raise_from": (
        "Raise{where} from {cause}", "Chain the exception{where}: from {cause}",
        "Keep the cause when raising{where}: from {cause}",
        "Add `from {cause}` to the raise of {error}", "Use raise ... from {cause} for {error}"),
    "no_raise_from": (
        "Remove `from {cause}` from the raise{where}", "Raise{where} without `from {cause}`",
        "Do not chain {error} to {cause}", "The {error} needs no cause, drop `from {cause}`",
        "Take out `from {cause}`", "Just raise {error}, not from {cause}"),
    "raise_from_new": (
        "Chain the raised {error} to the caught exception: as error, from error",
        "Use raise ... from error for {error}, binding the exception as error",
        "Raise {error} from the original error (call it error)",
        "Keep the original exception as the cause of {error}, named error",
        "Bind the exception as error and raise {error} from it",
        "{error} should have the caught exception (error) as its cause",
        "Don't lose the traceback: raise {error} from error"),
    "raise_other": (
        "Raise {new} instead of {old}", "raise {new}, not {old}",
        "It should raise a {new} rather than a {old}", "Replace {old} with {new}",
        "Use {new} for this error instead of {old}"),
    "return_not_raise": (
        "Return {value} instead of raising {error}", "Don't raise {error}, return {value}",
        "return {value} rather than raise {error}",
        "No exception: return {value} where {error} is raised",
        "Instead of {error}, return {value}", "Make it return {value} and not fail with {error}",
        "Replace the raise of {error} by `return {value}`",
        "{error} is too harsh, return {value}"),
    "raise_not_return": (
        "Instead of returning {value}, raise {raised}",
        "Raise {raised} instead of `return {value}`", "Do not return {value}, raise {raised}",
        "Replace `return {value}` by `raise {raised}`",
        "Returning {value} hides the problem: raise {raised}",
        "It should fail: raise {raised}, not return {value}",
        "raise {raised} rather than return {value}"),
    "change_return": (
        "Return {new} instead of {old}", "return {new}, not {old}",
        "Make it return {new} where it returns {old}", "Replace `return {old}` with `return {new}`",
        "The result should be {new} rather than {old}", "The result {old} is wrong, return {new}",
        "Instead of {old}, return {new}"),
    "use_finally": (
        "Put the lines from `{first}` on into a try and `{statement}` into its finally",
        "Make sure that `{statement}` runs even if something from `{first}` on fails",
        "try from `{first}` on, and finally {statement}",
        "{statement} must happen in any case, use finally; the try begins with `{first}`",
        "Clean up safely: the code from `{first}` on in a try, `{statement}` in finally",
        "Guard `{statement}` with try/finally, where the try starts at `{first}`"),
    "no_finally": (
        "Remove the try and finally: run `{statement}` after the body",
        "No try/finally, just call {statement} at the end",
        "Unwrap the try and keep `{statement}` after it",
        "Drop the try/finally, {statement} simply comes last",
        "Flatten the try: first its body, then {statement}",
        "try and finally are not needed, do {statement} afterwards"),
    "add_finally": (
        "Add a finally block with `{statement}`", "finally, {statement}",
        "In a finally clause, {statement}", "Always {statement} at the end of the try",
        "Run `{statement}` in a finally"),
    "remove_finally": (
        "Remove the finally block", "Delete the finally clause with `{statement}`", "Drop finally",
        "No finally", "Do not run `{statement}` in finally", "Take the finally part out"),
    "use_suppress": (
        "Use contextlib.suppress instead of try and pass{where}",
        "Replace the try/except/pass{where} by contextlib.suppress",
        "contextlib.suppress({error}) instead of except and pass",
        "Ignore {error} with contextlib.suppress",
        "Shorten the try that ignores {error} with contextlib.suppress",
        "with contextlib.suppress({error}): ..."),
    "no_suppress": (
        "Use try and except with pass instead of contextlib.suppress{where}",
        "Replace contextlib.suppress{where} by try/except/pass",
        "Write suppress{where} as a try statement", "try/except {error}/pass rather than suppress",
        "Ignore {error} with a plain try statement", "contextlib.suppress{where} should be a try"),
    "assert_to_raise": (
        "Raise {error} instead of the assert{where}",
        "Replace the assert{where} by an if that raises {error}",
        "asserts can be switched off, use if and raise {error}{where}",
        "Turn the assertion{where} into a proper check that raises {error}",
        "if and raise {error} in place of assert{where}"),
    "raise_to_assert": (
        "Use an assert{where} instead of raising {error}",
        "Assert{where} rather than raise {error}",
        "Replace the check that raises {error} by `assert {condition}`",
        "Make the {error} check{where} an assert", "assert {condition} instead of if and raise",
        "This is an internal check, use assert{where} and not {error}",
        "Shorten the if and raise{where} to an assert"),
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
    "swap_parameters": (
        "Swap the parameters {first} and {second}", "Put {second} before {first} in the parameters",
        "The order should be {second}, {first}",
        "Exchange the arguments {first} and {second} in the signature",
        "Reorder the parameters: {second} first, then {first}"),
    "rename_parameter": (
        "Rename the parameter {old} to {new}", "Rename {old} to {new}",
        "Call the argument {new} instead of {old}", "parameter {old} -> {new}",
        "The parameter {old} should be called {new}"),
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
    "add_break": (
        "Leave the loop after `{above}`", "Break after `{above}`",
        "Stop the loop once {condition}: break after {above}", "Add a break below `{above}`",
        "Stop at the first match, after `{above}`"),
    "remove_break": (
        "Do not leave the loop after `{above}`", "Remove the break",
        "Go through all of the loop, no break", "Keep looping after `{above}`",
        "Do not stop at the first match", "The loop should go on, drop the break"),
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
    "docstring_lines": (
        "Put the docstring on three lines", "Put the quotes of the docstring on lines of their own",
        "Multi-line docstring", "Spread the docstring over three lines",
        "Start the docstring on a new line",
        "The opening and closing quotes of the docstring should stand alone"),
    "docstring_line": (
        "Put the docstring on one line", "One-line docstring", "The docstring fits on one line",
        "Collapse the docstring", "Join the docstring into one line",
        "Shorten the docstring to a single line"),
    "docstring_stop": (
        "End the docstring with a full stop", "Add a period to the docstring",
        "The docstring should end with a period", "docstring: full stop at the end",
        "Punctuate the docstring", "The docstring lacks its period"),
    "docstring_no_stop": (
        "Remove the full stop of the docstring", "No period at the end of the docstring",
        "Drop the period that ends the docstring", "The docstring should not end with a period",
        "docstring without the final full stop"),
    "docstring_to_comment": (
        "Turn the docstring into a comment", "Make the docstring a comment",
        "Use a comment instead of the docstring", "It should be a comment, not a docstring",
        "Replace the docstring by a comment with the same text", "docstring -> comment"),
    "comment_to_docstring": (
        "Turn the first comment into a docstring", "Make the comment \"{text}\" the docstring",
        "Use a docstring instead of the comment \"{text}\"",
        "The comment \"{text}\" should be a docstring",
        "Make a docstring of the comment \"{text}\"", "comment \"{text}\" -> docstring"),
    "comment_above": (
        "Put the comment of `{line}` above the line",
        "Move the comment beside `{line}` onto a line of its own above it",
        "Comment above `{line}`, not beside it", "`{line}`: its comment belongs on the line above",
        "Give the comment of `{line}` its own line",
        "No trailing comment after `{line}`, put it above"),
    "comment_beside": (
        "Put the comment above `{line}` at the end of the line",
        "Move the comment of `{line}` beside it", "Comment beside `{line}`, not above it",
        "Make the comment above `{line}` a trailing one", "`{line}` and its comment on one line",
        "Append the comment to the line `{line}`"),
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

note_bare(TEMPLATES)

"""What the rewrites of Python read of a function, by its syntax tree, and how rules become makers.

A rule looks at one node and yields the changes that can be made there, or raises Unfit. What a
rule's change does not touch stays as it was written.
"""

from __future__ import annotations

import ast
import collections
import functools
import random
import re
import textwrap
from typing import Callable, Iterator

from training.pairs import masking
from training.pairs.changes import Change, Maker, both_ways
from training.pairs.python_changes import Source, _function
from training.pairs.regions import Region

MAX_LINE = 92  # of a line that a rule writes
MAX_WORD = 90  # of what an instruction quotes
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
EXITS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
SIMPLE = (ast.Name, ast.Attribute, ast.Constant)
INVERSE = {ast.Eq: "!=", ast.NotEq: "==", ast.Is: "is not", ast.IsNot: "is", ast.In: "not in",
           ast.NotIn: "in", ast.Lt: ">=", ast.LtE: ">", ast.Gt: "<=", ast.GtE: "<"}


class Unfit(Exception):
    """The place is not one that the rule can change."""


def need(condition: object) -> None:
    """Unfit where the condition does not hold."""
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
        """The nodes of these types, in the order of the tree."""
        return [node for one in types for node in self.by_type[one]]

    def __call__(self, node: ast.AST) -> str:
        """The node's text, which must be on one line."""
        need(node.lineno == node.end_lineno)
        return self.source.text(node)

    def at(self, node: ast.AST, level: int) -> str:
        """The node's text, in parentheses where it binds less than `level` (see `rank`)."""
        return self(node) if rank(node) >= level else f"({self(node)})"

    def negated(self, node: ast.AST) -> str:
        """The text of the opposite condition."""
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
        """How often the nodes use the name, in any way."""
        return sum(isinstance(node, ast.Name) and node.id == name or
                   isinstance(node, ast.arg) and node.arg == name or
                   isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names or
                   isinstance(node, ast.ExceptHandler) and node.name == name
                   for one in nodes for node in ast.walk(one))

    def only_in(self, name: str, *nodes: ast.AST) -> bool:
        """The function uses the name nowhere but in these nodes."""
        return self.uses(name, self.function) == self.uses(name, *nodes)

    def fresh(self, *names: str) -> str:
        """The first of the names that the function does not have yet."""
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
        """It stands in a node of one of these types, within the function."""
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
    """The function's tree; None where the text is no single function, or has tabs."""
    function = None if "\t" in text or "\f" in text else _function(Region("python", "", text))
    return Tree(text, function) if function else None


# Words that do not tell one place from another.
VAGUE = {"name", "shape", "sign", "kind", "word", "encoding", "level", "default", "builtin"}
BARE: set[str] = set()  # kinds with an instruction that tells no place: made where there is one


def note_bare(templates: dict[str, tuple[str, ...]]) -> None:
    """Adds to BARE the kinds that have a template which tells no place."""
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
    """The changes at one place, up to where the rule finds it unfit."""
    changes = []
    try:
        for change in rule(tree, node, numbers):
            changes.append(change)
    except Unfit:
        pass
    return changes


def both(tree: Tree, there: str, back: str, other: str, **words: str) -> Iterator[Change]:
    """From the text to `other` and back."""
    return both_ways(there, back, tree.text, other, words)


def indented(text: str) -> str:
    """One level deeper."""
    return textwrap.indent(text, "    ")


def is_text(node: ast.AST) -> bool:
    """It is a string constant."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def targets(target: ast.expr) -> list[str]:
    """The names that a loop sets, which have to be names."""
    found = [target] if isinstance(target, ast.Name) else getattr(target, "elts", [])
    need(found and all(isinstance(one, ast.Name) for one in found))
    return [one.id for one in found]


def loads(name: str) -> Callable[[ast.AST], bool]:
    """Whether a node is this name."""
    return lambda node: isinstance(node, ast.Name) and node.id == name


def arguments(tree: Tree) -> list[tuple[ast.arg, ast.expr | None]]:
    """The positional ones with their defaults, without self and cls."""
    args = tree.function.args
    pairs = args.posonlyargs + args.args
    defaults = [None] * (len(pairs) - len(args.defaults)) + args.defaults
    return [(one, default) for one, default in zip(pairs, defaults)
            if one.arg not in ("self", "cls", "mcs")]


def at_start(tree: Tree, text: str) -> str:
    """With `text` (dedented lines) before the function's first statement."""
    first = tree.body()[0]
    number = tree.begin(first) - 1
    while number > 1 and re.match(" *#", tree.lines[number - 1]):
        number -= 1
    return "".join(tree.lines[:number]) + textwrap.indent(text, " " * first.col_offset) + \
        "".join(tree.lines[number:])

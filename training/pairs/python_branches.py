"""Rewrites of Python's branches: early exits, else, nested ifs, conditional expressions, match."""

from __future__ import annotations

import ast
import random
import re
import textwrap
from typing import Iterator

from training.pairs.changes import Change, Maker
from training.pairs.python_code import EXITS, SCOPES, Tree, Unfit, both, indented, maker, need


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
    """else after a branch that leaves, taken off; and added."""
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
    """The branches in the other order, the condition negated."""
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
    """A branch, as people wrote it, as a conditional expression."""
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


BRANCHES: tuple[Maker, ...] = tuple(maker(*row) for row in (
    (return_condition, ast.Return), (return_branch, ast.If), (needless_else, ast.If),
    (early_exit, ast.If), (swap_branches, ast.If), (nested_ifs, ast.If), (conditional, ast.IfExp),
    (conditional_from, ast.If), (use_match, ast.If), (other_branch, ast.If), (elif_case, ast.If)))

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
}

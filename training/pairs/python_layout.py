"""Rewrites of Python's layout: docstrings, comments, long calls, quotes, needless parentheses."""

from __future__ import annotations

import ast
import random
import re
from typing import Iterator

from training.pairs import masking
from training.pairs.changes import Change, Maker
from training.pairs.python_code import MAX_LINE, Tree, Unfit, both, maker, need


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


LAYOUT: tuple[Maker, ...] = tuple(maker(*row) for row in (
    (beside, ast.Assign, ast.Expr, ast.Return, ast.AugAssign, ast.Raise),
    (long_call, ast.Call, ast.List), (parentheses, ast.If, ast.While, ast.Return),
    (docstring_layout, ast.FunctionDef, ast.AsyncFunctionDef),
    (quotes, ast.FunctionDef, ast.AsyncFunctionDef)))

TEMPLATES: dict[str, tuple[str, ...]] = {
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
    "single_quotes": (
        "Use single quotes", "Replace double quotes by single quotes",
        "single quotes for all strings", "Make the quotes single", "' instead of \"",
        "Our style is single quotes", "Change the quotes to single quotes"),
    "double_quotes": (
        "Use double quotes", "Replace single quotes by double quotes",
        "double quotes for all strings", "Change the quotes to double quotes, as black does",
        "\" instead of '", "Our style is double quotes", "Make the quotes double"),
    "split_call": (
        "Put each argument{where} on a line of its own", "Split {what} over several lines",
        "One item a line for {what}", "Break {what} up, one item a line",
        "The line with {what} is too long, split it"),
    "join_call": (
        "Put {what} on one line", "Join {what} into one line", "{what} fits on one line",
        "One line for {what}", "Collapse {what} into a single line",
        "{what} need not be split over lines", "No line breaks in {what}"),
    "no_parentheses": (
        "Remove the needless parentheses{where}", "No parentheses after {word}{where}",
        "The parentheses{where} are redundant", "Drop the parentheses{where}",
        "Unnecessary parentheses{where}", "`{text}` needs no parentheses",
        "Clean up: no parentheses around `{text}`", "parentheses{where} off"),
}

"""Rewrites of Python's strings: how values are put in, what they say, and what is logged."""

from __future__ import annotations

import ast
import random
import re
from typing import Iterator

from training.pairs.changes import NAMES, Change, Maker
from training.pairs.python_code import Tree, both, is_text, maker, need

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


STRINGS: tuple[Maker, ...] = tuple(maker(*row) for row in (
    (f_string, ast.JoinedStr), (percent, ast.BinOp), (text_sum, ast.BinOp),
    (formatted, ast.JoinedStr), (change_text, ast.Constant),
    (logged, ast.FunctionDef, ast.AsyncFunctionDef)))

TEMPLATES: dict[str, tuple[str, ...]] = {
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
    "fix_typo": (
        "Fix the typo{where}: {right}", "Correct the spelling of {wrong}",
        "{wrong} should be {right}", "Fix the typo {wrong}", "There is a typo{where}",
        "typo: {wrong} -> {right}"),
    "change_string": (
        "Change {old} to {new}", "Use {new} instead of {old}", "Replace the string {old} by {new}",
        "{new}, not {old}", "It should say {new} instead of {old}"),
}

"""Rewrites of Python's calls: arguments, conversions, sorting, files and paths."""

from __future__ import annotations

import ast
import random
import re
from typing import Iterator

from training.pairs.changes import Change, Maker
from training.pairs.python_code import SIMPLE, Tree, both, is_text, maker, need

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


CALLS: tuple[Maker, ...] = tuple(maker(*row) for row in (
    (converted, ast.Call), (keyword_argument, ast.Call), (arguments_of, ast.Call),
    (encoding, ast.Call), (little_calls, ast.Call), (sorting, ast.Call),
    (paths, ast.FunctionDef, ast.AsyncFunctionDef)))

TEMPLATES: dict[str, tuple[str, ...]] = {
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
    "use_pathlib": (
        "Use pathlib instead of os.path", "Replace os.path by pathlib.Path", "Use Path",
        "Convert to pathlib", "No os.path, use Path objects", "Path instead of os.path"),
    "use_os_path": (
        "Use os.path instead of pathlib", "Replace Path by os.path functions",
        "No pathlib: os.path", "os.path functions rather than Path objects", "Go back to os.path",
        "Path -> os.path"),
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
}

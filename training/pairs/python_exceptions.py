"""Rewrites of Python's exceptions: what is raised, caught, asserted, and done in any case."""

from __future__ import annotations

import ast
import random
import re
from typing import Iterator

from training.pairs.changes import Change, Maker
from training.pairs.python_changes import EXCEPTIONS
from training.pairs.python_code import EXITS, Tree, both, indented, maker, need


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
    """Another error, or a result, in place of what is raised; its cause."""
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
    """Another constant returned."""
    need(isinstance(node.value, (ast.Constant, ast.List, ast.Dict)))
    need(tree.function.returns is None)
    old = tree(node.value)
    need(old in ("None", "False", "[]", "{}", "True", "0", '""', "-1"))
    need(sum(isinstance(one, ast.Return) and one.value is not None and
             tree.source.text(one.value) == old for one in tree.nodes) == 1)
    new = numbers.choice([one for one in ("None", "False", "[]", "{}", "0", '""') if one != old])
    yield from both(tree, "change_return", "", tree.put((node.value, new)), old=old, new=new)


def finally_block(tree: Tree, node: ast.Try, numbers: random.Random) -> Iterator[Change]:
    """A finally of one statement, taken off."""
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
    """A finally of one statement, added."""
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
    """A handler that passes, as contextlib.suppress."""
    need(len(node.handlers) == 1 and not node.orelse and not node.finalbody)
    handler = node.handlers[0]
    need(handler.type and not handler.name and isinstance(handler.body[0], ast.Pass))
    need(isinstance(handler.type, (ast.Name, ast.Attribute, ast.Tuple)))
    errors = tree(handler.type).strip("()")
    new = f"with contextlib.suppress({errors}):\n{indented(tree.block(node.body))}"
    yield from both(tree, "use_suppress", "no_suppress", tree.swap(node, node, new, (node.body,)),
                    error=errors, where=f" of {errors}")


def assertion(tree: Tree, node: ast.Assert, numbers: random.Random) -> Iterator[Change]:
    """assert c, m as an if that raises."""
    need(not isinstance(node.test, (ast.Constant, ast.Tuple)))
    error = numbers.choice(("ValueError", "TypeError", "RuntimeError", "AssertionError"))
    message = f"({tree(node.msg)})" if node.msg else ""
    test = tree(node.test)
    other = tree.swap(node, node, f"if {tree.negated(node.test)}:\n    raise {error}{message}\n")
    yield from both(tree, "assert_to_raise", "raise_to_assert", other, error=error,
                    where=f" `{test}`", condition=test)


def raise_to_assert(tree: Tree, node: ast.If, numbers: random.Random) -> Iterator[Change]:
    """An if that raises, as people wrote it, as an assertion."""
    need(not node.orelse and len(node.body) == 1 and isinstance(node.body[0], ast.Raise))
    error = node.body[0].exc
    need(isinstance(error, ast.Call) and len(error.args) == 1 and not error.keywords)
    need(node.body[0].cause is None and not isinstance(error.args[0], ast.Starred))
    test = tree.negated(node.test)
    other = tree.swap(node, node, f"assert {test}, {tree.at(error.args[0], 1)}\n")
    yield from both(tree, "raise_to_assert", "assert_to_raise", other, error=tree(error.func),
                    where=f" `{test}`", condition=test)


def opened(tree: Tree, node: ast.With, numbers: random.Random) -> Iterator[Change]:
    """with, and what it stands for."""
    need(len(node.items) == 1 and not isinstance(node, ast.AsyncWith))
    item, name = node.items[0].context_expr, node.items[0].optional_vars
    head, body = tree(item), tree.block(node.body)
    if isinstance(name, ast.Name) and re.match(r"(?:\w+\.)*open\(", head):
        safe = f"{name.id} = {head}\ntry:\n{indented(body)}finally:\n    {name.id}.close()\n"
        yield from both(tree, "open_close", "use_with", tree.swap(node, node, safe, (node.body,)),
                        file=name.id)
        if not any(isinstance(one, EXITS) for part in node.body for one in ast.walk(part)):
            plain = f"{name.id} = {head}\n{body}{name.id}.close()\n"
            yield Change("use_with", tree.swap(node, node, plain, (node.body,)), tree.text,
                         {"file": name.id})
    elif name is None and re.fullmatch(r"[\w.]*(?:lock|mutex|sem|condition)", head, re.I):
        safe = f"{head}.acquire()\ntry:\n{indented(body)}finally:\n    {head}.release()\n"
        yield from both(tree, "acquire_release", "with_lock",
                        tree.swap(node, node, safe, (node.body,)), lock=head)


ERRORS: tuple[Maker, ...] = tuple(maker(*row) for row in (
    (handled, ast.ExceptHandler), (handler_body, ast.ExceptHandler), (raised, ast.Raise),
    (changed_return, ast.Return), (finally_block, ast.Try), (add_finally, ast.Try),
    (suppress, ast.Try), (assertion, ast.Assert), (raise_to_assert, ast.If), (opened, ast.With)))

TEMPLATES: dict[str, tuple[str, ...]] = {
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
    "use_with": (
        "Open {file} in a with statement", "Use with for the file {file}",
        "Use a context manager instead of closing {file} by hand", "with open(...) as {file}",
        "{file} is not closed on errors, use with", "Close {file} automatically"),
    "open_close": (
        "Use try and finally with {file}.close() instead of with",
        "No with: open {file}, try, and close it in finally",
        "Replace the with statement by an explicit {file}.close() in a finally block",
        "Manage {file} by hand: try, finally, {file}.close()", "with -> try/finally for {file}",
        "Close {file} explicitly in finally, no with statement"),
    "with_lock": (
        "Use with {lock} instead of acquire and release", "Hold {lock} in a with statement",
        "Replace acquire/release of {lock} by with", "with {lock}:",
        "The lock {lock} as a context manager",
        "Simplify the locking of {lock} with a with statement"),
    "acquire_release": (
        "Acquire {lock} before a try and release it in finally instead of with",
        "Use {lock}.acquire() and {lock}.release() with try/finally, no with",
        "Expand `with {lock}` into acquire, try, finally, release",
        "Lock by hand: {lock}.acquire() and release in finally",
        "No with for {lock}: acquire and release explicitly"),
}

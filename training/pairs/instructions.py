"""How people ask for each kind of change. Words in braces come from the change; the first template
of a kind is the benchmark's, which has to leave one answer only."""

from __future__ import annotations

import random

from training.pairs import (brace_rewrites, entries, guards, line_changes, python_rewrites,
                            word_changes)
from training.pairs.changes import Change

Templates = dict[str, tuple[str, ...]]
BENCHMARK: Templates = {
    "rename": ("Rename the variable {old} to {new}", "Rename {old} to {new}",
               "rename {old} -> {new}", "Call the variable {new} instead of {old}",
               "Replace the name {old} by {new}",
               "Use the name {new} for {old}", "Change the variable name {old} to {new}"),
    "change_value": ("Change {old} to {new}", "Use {new} instead of {old}",
                     "Replace {old} with {new}", "Set the value {old} to {new}",
                     "The number {old} should be {new}",
                     "Make it {new}, not {old}"),
    "fix_comparison": ("Use {right} instead of {wrong} in `{line}`",
                       "Fix the off-by-one error in `{line}`: the comparison should be {right}",
                       "The comparison in `{line}` is wrong, it should use {right}",
                       "Fix the comparison: {wrong} should be {right}",
                       "Change {wrong} to {right} in the line `{line}`"),
    "remove_comments": ("Remove the comments", "Delete all comments", "Strip the comments",
                        "Remove the comments from {name}", "Take the comments out"),
    "add_comment": ("Add the comment \"{text}\" above the line `{line}`",
                    "Above `{line}`, add the comment \"{text}\"",
                    "Put a comment that says \"{text}\" before `{line}`",
                    "Comment the line `{line}`: \"{text}\""),
    "remove_debug": ("Remove the debug output", "Remove the debug print",
                     "Delete the debugging line", "Remove the logging statement",
                     "Take out the debug statement in {name}",
                     "Clean up the debug output"),
    "add_log": ("Add `{statement}` as the first statement of {name}",
                "At the start of {name}, print \"{text}\"",
                "Print \"{text}\" at the beginning of {name}",
                "Insert `{statement}` at the top of the function",
                "Begin the function with `{statement}`"),
    "negate": ("Negate the condition `{condition}`", "Invert the condition `{condition}`",
               "The condition `{condition}` is the wrong way round, negate it",
               "Negate `{condition}`"),
    "remove_statement": ("Remove the call of {call}", "Delete the line that calls {call}",
                         "Do not call {call}", "Remove the {call} call", "Drop the call to {call}"),
    "add_type_hints": ("Add type hints: {facts}", "Annotate the types: {facts}",
                       "Add type annotations to {name}: {facts}", "Add types, {facts}"),
    "infer_type_hints": ("Add type hints", "Add type annotations to {name}", "Annotate the types",
                         "Add type hints to the parameters and the result"),
    "remove_type_hints": ("Remove the type hints", "Strip the type annotations from {name}",
                          "Delete all type hints", "Drop the annotations"),
    "remove_docstring": ("Remove the docstring", "Delete the docstring of {name}",
                         "Strip the docstring", "Drop the docstring"),
    "add_docstring": ("Add the docstring \"{text}\"", "Add a docstring to {name}: \"{text}\"",
                      "Document {name} with the docstring \"{text}\"",
                      "Give {name} the docstring \"{text}\""),
    "write_docstring": ("Add a docstring", "Write a docstring for {name}", "Document {name}",
                        "Add a docstring to {name}"),
    "add_error_handling": ("Wrap the body of {name} in try; on {error}, {handler}",
                           "Catch {error} in {name} and {handler}",
                           "Add error handling to {name}: on {error} {handler}",
                           "Handle {error}: {handler}", "Put the body in a try block, on {error} "
                           "{handler}"),
    "remove_error_handling": ("Remove the error handling", "Remove the try block and keep its body",
                              "Unwrap the try statement in {name}", "Let errors through: no try"),
    "add_parameter": ("Add a last parameter {parameter} with the default {default}",
                      "Add the parameter {parameter}={default} to {name}",
                      "Give {name} a parameter {parameter} that defaults to {default}",
                      "{name} should take {parameter}, by default {default}"),
    "add_typed_parameter": ("Add a last parameter {parameter} of type {default}",
                            "Add a parameter {parameter} ({default}) to {name}",
                            "Give {name} a parameter {parameter} of type {default}",
                            "{name} should also take {parameter}, a {default}"),
    "remove_parameter": ("Remove the parameter {parameter}",
                         "Drop the unused parameter {parameter}",
                         "{name} does not need {parameter}, remove it",
                         "Delete the {parameter} argument of {name}"),
    "add_guard": ("At the start, if {condition}, {action}",
                  "Return early from {name}: if {condition}, {action}",
                  "Add a guard to {name}: `if {condition}` then `{action}`",
                  "If {condition}, {action} at once",
                  "Begin with a check: when {condition}, {action}"),
    "add_guard_after": ("After `{line}`, add a check: if {condition}, {action}",
                        "Add a guard after `{line}`: when {condition}, {action}",
                        "Below `{line}`, {action} if {condition}"),
    "remove_guard": ("Remove the check `{condition}`", "Delete the early return on `{condition}`",
                     "Drop the guard for {condition}"),
    "use_f_strings": ("Use f-strings", "Use f-strings instead of format", "Convert to f-strings",
                      "Replace str.format by f-strings", "Use an f-string"),
    "use_format": ("Use str.format in place of f-strings", "Replace the f-strings by format calls",
                   "No f-strings: use format"),
    "check_error": ("Check the error of {call}: if it is not nil, {action}",
                    "Handle the error that {call} returns: {action}",
                    "After calling {call}, if err is set, {action}"),
    "modernise": ("{what}", "{what} here", "{what}, please", "Clean up: {what}"),
    "release_replace": ("Replace `{old}` with `{new}`", "Change `{old}` to `{new}`",
                        "Instead of `{old}` it should say `{new}`"),
    "release_remove": ("Remove the line `{text}`", "Delete `{text}`", "Drop the line `{text}`"),
    "release_add": ("After `{line}`, add `{text}`", "Add `{text}` below `{line}`",
                    "Insert `{text}` after the line `{line}`"),
    "release_note": ("{note}",),
}


def _merged(*tables: Templates) -> Templates:
    merged: Templates = {}
    for table in tables:
        twice = set(merged) & set(table)
        if twice:
            raise ValueError(f"two kinds are named {sorted(twice)[0]}")
        merged |= table
    return merged


TEMPLATES = _merged(BENCHMARK, line_changes.TEMPLATES, word_changes.TEMPLATES, entries.TEMPLATES,
                    guards.TEMPLATES, python_rewrites.TEMPLATES, brace_rewrites.TEMPLATES)
# With many right answers: learnt, but no cases of the benchmark.
OPEN = ("infer_type_hints", "write_docstring", "release_note")
OPENINGS = ("please ", "Please ", "can you ", "Can you ", "could you ", "I want you to ",
            "we should ", "let's ")
LITERALS = ("None", "True", "False", "I", "Self")  # that mean something else when small
# Only what begins with one of these can follow an opening.
VERBS = set("""
accept add allocate allow annotate append apply ask assert assign avoid begin bind break build cache
call cap capitalise cast catch chain change check clamp clean close collapse collect combine comment
compare compute convert copy correct count create declare decorate dedent dedupe default define
delete destructure disable divide do document drop enable end exchange expand export extend extract
fail fall filter find finish fix flatten follow force format forward free get give group guard
handle hold ignore include indent initialise initialize inline insert introduce invert iterate join
keep leave let limit load lock log loop lowercase make mark memoize merge modernise move name negate
nest number open order pad pass pick preallocate prepend preserve print protect put raise read
reduce refuse reject remove rename reorder repeat replace report require reraise reset return
reverse reword rewrite round run save say separate set shorten show simplify skip sort spell split
spread square start stop store strip sum support swallow swap switch take test throw treat trim try
turn uncomment unexport unpack unwrap use validate verify wait warn wrap write yield
zero-pad""".split())


def instruction(change: Change, numbers: random.Random | None = None) -> str:
    """The benchmark's without `numbers`, else any of the kind's, as one of many would say it."""
    templates = TEMPLATES[change.kind]
    template = templates[0] if numbers is None else numbers.choice(templates)
    if numbers is not None and numbers.random() < 0.3:
        template = template.replace("`", "")
    text = template
    for name, word in change.words.items():  # words may hold braces themselves
        text = text.replace("{" + name + "}", word)
    return text if numbers is None else in_a_voice(text, numbers)


def in_a_voice(text: str, numbers: random.Random) -> str:
    """Of people who begin small, who ask, who end with a full stop."""
    first = text.split(" ", 1)[0]
    shape = numbers.random()
    if shape < 0.06 and first.lower() in VERBS:
        opening = numbers.choice(OPENINGS)
        text = opening + text[0].lower() + text[1:]
        return text + ("?" if opening.lower().startswith(("can", "could")) else "")
    if shape < 0.26 and first.isalpha() and first.istitle() and first not in LITERALS:
        text = text[0].lower() + text[1:]
    return text + ("." if numbers.random() < 0.25 else "")


def in_function(name: str, text: str, numbers: random.Random) -> str:
    """A wish that says which of several functions it is about."""
    if name in text:
        return text
    small = text[0].lower() + text[1:] if text.split(" ", 1)[0].lower() in VERBS else text
    plain = text.rstrip(".")
    return numbers.choice((f"In {name}, {small}", f"{name}: {small}", f"{plain} in {name}",
                           f"in {name}: {small}", f"{plain} (in {name})"))


def joined(first: str, second: str, numbers: random.Random) -> str:
    """Two wishes in one."""
    first = first.rstrip(".?")
    small = second[0].lower() + second[1:] if second.split(" ", 1)[0].istitle() else second
    return numbers.choice((f"{first} and {small}", f"{first}, then {small}", f"{first}. {second}",
                           f"{first}; {small}", f"{first}, and {small}"))

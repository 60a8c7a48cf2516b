"""How people ask for the rewrites of TypeScript."""

from __future__ import annotations

from training.pairs.brace_code import instead

TYPESCRIPT: dict[str, tuple[str, ...]] = {
    "ts_generic_array": instead("Array<T>", "T[]"),
    "ts_short_array": instead("T[]", "Array<T>"),
    "ts_readonly_short": instead("readonly T[]", "ReadonlyArray<T>"),
    "ts_readonly_long": instead("ReadonlyArray<T>", "readonly T[]"),
    "ts_no_assertion": (
        "Use optional chaining instead of the non-null assertion",
        "No non-null assertions, use ?.", "Replace ! by ?.", "?. instead of !."),
    "ts_drop_assertion": (
        "Remove the non-null assertion from `{old}`", "Remove the non-null assertion", "No !",
        "Drop the ! after `{g1}`"),
    "ts_assert_present": (
        "Add a non-null assertion: `{new}`", "`{g1}` is never null here, assert it with !",
        "Write `{new}` in place of `{old}`",
        "TypeScript thinks that `{g1}` may be undefined, use !"),
    "ts_unknown": instead("unknown", "any"),
    "ts_any": instead("any", "unknown"),
    "ts_cast": (
        "Cast `{g1}` to {g2}: `{new}`", "Assert that `{g1}` is {g2} with as",
        "Write `{new}` instead of `{old}`", "Add `as {g2}` to `{g1}`"),
    "ts_drop_cast": (
        "Remove the cast of `{g1}` to {g2}", "Drop `as {g2}` from `{g1}`",
        "The assertion `{old}` is needless", "No cast for `{g1}`"),
    "ts_add_modifier": (
        "Make {name} {modifier}", "Add {modifier} to {name}", "{modifier} please",
        "The method should be {modifier}", "Declare {name} as {modifier}"),
    "ts_drop_modifier": (
        "Remove {modifier} from {name}", "{name} should not be {modifier}", "Drop {modifier}"),
    "ts_change_modifier": (
        "Make {name} {modifier} instead of {old}", "{modifier}, not {old}",
        "Change {old} to {modifier}", "{name} should be {modifier}"),
    "ts_result_type": (
        "Add the return type `{type}`", "{name} returns `{type}`, say so",
        "Annotate the return type: `{type}`", "return type {type}",
        "Declare that {name} returns {type}", "The result should be typed as {type}"),
    "ts_no_result_type": (
        "Remove the return type", "Let the return type be inferred",
        "Drop the return type of {name}", "No explicit return type"),
    "ts_change_result_type": (
        "Change the return type from {old} to `{type}`", "Return `{type}` instead of {old}",
        "No {old}: {name} returns {type}", "The return type should be {type}, not {old}"),
    "ts_parameter_type": (
        "Give {parameter} the type `{type}`", "Type the parameter {parameter} as `{type}`",
        "{parameter}: {type}", "Annotate {parameter} with {type}",
        "{parameter} is an implicit any, it should be `{type}`",
        "Add the missing type of {parameter} ({type})"),
    "ts_no_parameter_type": (
        "Remove the type of the parameter {parameter}", "Drop the annotation of {parameter}",
        "No type for {parameter}", "Let the type of {parameter} be inferred"),
    "ts_parameter_types": (
        "Add types to the parameters: {facts}", "Type the parameters of {name}: {facts}",
        "Annotate the parameters, {facts}"),
    "ts_change_type": (
        "Change the type of {parameter} from {old} to `{type}`",
        "{parameter} should be `{type}`, not {old}",
        "Type {parameter} as {type} instead of {old}",
        "{parameter} is wrongly typed, it is a `{type}`", "Use {type} for {parameter}"),
    "ts_optional": (
        "Make the parameter {parameter} optional", "{parameter} is optional",
        "Make {parameter} optional", "Add ? to {parameter}", "Callers need not pass {parameter}"),
    "ts_required": (
        "Make the parameter {parameter} required", "{parameter} is not optional",
        "Remove the ? of {parameter}", "Callers have to pass {parameter}"),
    "ts_annotate": (
        "Give the variable {var} the type `{type}`", "Annotate {var} as {type}", "{var}: {type}",
        "Add the type {type} to {var}", "Declare {var} with the type `{type}`"),
    "ts_drop_annotation": (
        "Remove the type annotation of {var}", "Let the type of {var} be inferred",
        "{var} needs no type", "Drop `: {type}` from {var}"),
}

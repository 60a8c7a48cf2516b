"""How people ask for the rewrites that all brace languages have. The first template of a kind
leaves one answer only.
"""

from __future__ import annotations

COMMON: dict[str, tuple[str, ...]] = {
    "brace_early_return": (
        "If `{opposite}`, return early instead of nesting the rest of {name} in the if",
        "Return early", "Use an early return", "use a guard clause",
        "Too nested: return early instead", "Invert the if and return early",
        "Reduce the nesting in {name} with an early return", "Flatten {name}",
        "Can you get rid of the nesting under `{condition}`?",
        "Turn the if around `{condition}` into a guard clause",
        "I don't like that the whole rest is indented, return early"),
    "brace_early_return_bare": (
        "If `{opposite}`, return early instead of nesting the rest, without braces around the "
        "return", "Return early when `{opposite}` (no braces)", "Use an early return, no braces",
        "Too nested: add a guard clause without braces",
        "Replace the outer if by an early return without braces"),
    "brace_nest": (
        "Replace the early return on `{condition}` by an if around the rest",
        "No early return: put the rest of {name} in `if {opposite}`",
        "Wrap the code after the guard in an if instead of returning early",
        "Only one exit: invert the guard `{condition}` and nest the rest",
        "Do the rest only if `{opposite}`, without the early return"),
    "brace_drop_else": (
        "Remove the else after the return and unindent its body", "Remove the needless else",
        "No else after return", "drop the else, it is not needed after a return",
        "The else is redundant, remove it", "Unnest the else branch", "Get rid of the else",
        "else is superfluous after `{condition}` leaves", "Flatten the else block in {name}"),
    "brace_drop_else_blank": (
        "Remove the else after the return, unindent its body and leave an empty line before it",
        "No else after return, put an empty line instead",
        "Drop the redundant else and leave a blank line after the if",
        "Remove the needless else; separate the rest by an empty line"),
    "brace_use_else": (
        "Put what follows the `if {condition}` into an else branch",
        "Use an else branch for the rest",
        "Write if/else instead of the early exit on `{condition}`",
        "Make the rest of {name} the else of `{condition}`",
        "Add an explicit else around the rest", "I prefer an explicit else after `{condition}`"),
    "brace_merge_if": (
        "Merge the nested ifs `{a}` and `{b}` into one condition", "Merge the nested ifs",
        "Combine the two ifs with &&", "use && instead of a nested if",
        "One if is enough, join the conditions", "Collapse the nested if statements in {name}",
        "Can these two ifs be one?", "Flatten the if inside the if"),
    "brace_split_if": (
        "Split `{a} && {b}` into two nested ifs",
        "Use nested ifs instead of && for `{a}` and `{b}`",
        "Check `{a}` first and `{b}` in an if inside of it",
        "Split the condition into nested ifs", "Nest the check of `{b}` in the one of `{a}`"),
    "brace_add_braces": (
        "Put braces around the bodies of the ifs", "Add braces", "Always use braces",
        "add braces to the single-line ifs", "The ifs should have braces",
        "Use curly braces for the if bodies in {name}", "No if without braces please",
        "Our style guide wants braces around every if body"),
    "brace_remove_braces": (
        "Remove the braces around single-statement if bodies", "Remove the needless braces",
        "No braces for one statement", "drop the braces around one-line bodies",
        "Single statements need no braces",
        "Braces are not needed around one statement, remove them"),
    "brace_ternary_to_if_else": (
        "Write the ternary on `{condition}` as if and else", "Replace the ternary by an if/else",
        "use if/else instead of ?:", "No ternary please, use if and else",
        "Expand the conditional expression into if/else",
        "The ternary is hard to read, use if/else",
        "Turn `{condition} ? {a} : {b}` into an if statement with else"),
    "brace_ternary_to_early_return": (
        "Write the ternary as an if that returns {a}, followed by the return of {b}",
        "Replace the ternary by an early return of {a}",
        "Instead of the ternary, return {a} if `{condition}` and return {b} after it",
        "No ternary: return early when `{condition}`, no else"),
    "brace_if_to_ternary": (
        "Use a ternary instead of the if/else on `{condition}`", "Use a ternary",
        "Use a conditional expression", "Make the if/else a one-liner with ?:",
        "Shorten the if/else to a ternary", "Replace if and else by ?:",
        "Can the if/else on `{condition}` be a ternary?", "simplify with the conditional operator"),
    "brace_return_condition": (
        "Return `{condition}` directly instead of true and false", "Return the condition directly",
        "Simplify the if that returns true or false", "No if for true and false",
        "return the comparison itself", "The end of {name} can be one line",
        "if (x) return true; return false; is silly, simplify it"),
    "brace_expand_condition": (
        "Instead of returning `{condition}`, return true if it holds, and false after the if",
        "Write the last return as an if that returns true, followed by a return of false",
        "Expand `{condition}` into an if with return true, then return false"),
    "brace_add_else": (
        "Add an else branch to `if {condition}` with the statement `{statement}`",
        "Otherwise (not `{condition}`), do `{statement}`", "If not `{condition}`, `{statement}`",
        "else `{statement}` for `{condition}`",
        "Handle the other case of `{condition}`: `{statement}`",
        "When `{condition}` is false, {name} should run `{statement}`"),
    "brace_remove_else": (
        "Remove the else branch of `{condition}`", "Delete the else branch with `{statement}`",
        "Drop the else of `if {condition}`", "Do nothing if `{condition}` is false",
        "The else branch (`{statement}`) can go"),
    "brace_rename_function": (
        "Rename the function {old} to {new}", "Rename {old} to {new}", "rename to {new}",
        "Call the function {new}", "{old} -> {new}", "The function should be named {new}",
        "Change the name of this function from {old} to {new}",
        "{new} is a better name than {old}"),
    "brace_rename_parameter": (
        "Rename the parameter {old} to {new}", "Rename {old} to {new}", "rename {old} => {new}",
        "Call the parameter {new} instead of {old}",
        "The argument {old} of {name} should be called {new}", "{old} is a bad name, use {new}",
        "Change the parameter name {old} to {new}"),
    "brace_swap_parameters": (
        "Swap the parameters {a} and {b}", "Swap {a} and {b}",
        "Exchange the order of {a} and {b}", "swap the arguments {a} and {b} of {name}",
        "{b} and {a} should change places in the signature",
        "Put {b} where {a} is and {a} where {b} is in the parameter list"),
    "brace_first_parameter": (
        "Make {a} the first parameter", "Move {a} to the front of the parameter list",
        "{name} should take {a} first", "put {a} first", "The first argument should be {a}",
        "Reorder the parameters so that {a} comes first"),
    "brace_remove_unused": (
        "Remove the unused variable {var}", "Remove unused variables",
        "Delete {var}, it is never used", "{var} is unused, remove it",
        "Clean up: there is an unused variable", "get rid of {var}",
        "The compiler says that {var} is unused", "Drop the unused local in {name}"),
    "brace_return_value": (
        "Return {new} instead of {old} at the end", "At the end return {new}, not {old}",
        "The final return should be {new}", "{name} should return {new} at the end",
        "Make the last return value {new}", "change the last return from {old} to {new}",
        "By default return {new} rather than {old}"),
    "brace_store_result": (
        "Store the returned value in a variable {var} and return that",
        "Put the result in {var} before returning it", "Name the returned expression {var}",
        "Introduce a variable {var} for `{expression}` and return it",
        "assign it to {var} first, then return {var}",
        "I want to set a breakpoint: keep the result in {var} before it is returned",
        "Extract the return value into {var}"),
    "brace_return_directly": (
        "Return the expression directly, without the variable {var}", "Inline {var}",
        "Return directly", "{var} is needless, return the value directly",
        "Remove the temporary {var}", "No need for {var}",
        "get rid of the intermediate variable {var}",
        "Simplify the end of {name}: return it without storing it in {var}"),
    "brace_inline": (
        "Inline the variable {var}", "Inline {var}", "{var} is used once, inline it",
        "Remove the temporary {var}", "Get rid of {var}", "replace {var} with its value",
        "Don't store `{expression}` in {var}, use it directly", "No variable for {var} please"),
    "brace_extract_variable": (
        "Store `{expression}` in a variable {var} first", "Extract `{expression}` into {var}",
        "Introduce a variable {var} for `{expression}`",
        "Extract variable: {var} = `{expression}`",
        "Put `{expression}` into a local named {var} on the line before",
        "Give `{expression}` the name {var}"),
    "brace_extract_constant": (
        "Extract {value} into a constant {const} at the top of the function",
        "Introduce a constant {const} for {value}",
        "Replace the magic value {value} by a constant {const}",
        "No magic values: name {value} {const}", "Give {value} a name: {const}",
        "{value} should be a constant {const} at the start of {name}",
        "Make {value} a named constant, {const}", "extract constant {const} = {value}"),
    "brace_inline_constant": (
        "Inline the constant {const}", "Use {value} directly in place of {const}",
        "Remove the constant {const} and write {value}", "{const} is used once, inline its value",
        "get rid of {const}", "No constant for {value} please"),
    "brace_add_case": (
        "After the case `{previous}`, add a case `{case}` with `{body}`",
        "Add the case `{case}` after `{previous}`: `{body}`",
        "Handle `{case}` too, below `{previous}`: `{body}`",
        "Add a branch for `{case}` that does `{body}` behind the one for `{previous}`",
        "`{case}` should give `{body}`, put it after `{previous}`",
        "{name} does not handle `{case}`: add `{body}` for it after `{previous}`"),
    "brace_remove_case": (
        "Remove the case `{case}`", "Drop the case for `{case}`", "Delete the branch `{case}`",
        "{name} should not handle `{case}`", "`{case}` is no longer needed, remove it",
        "Don't treat `{case}` specially"),
    "brace_add_and": (
        "In `{rest}`, also require `{part}`", "Also check that `{part}` after `{rest}`",
        "Add `&& {part}` to the condition `{rest}`", "Only if also `{part}` (condition `{rest}`)",
        "The condition `{rest}` should also demand `{part}`",
        "Extend the if `{rest}` by `{part}`", "do it only when `{rest}` and `{part}`"),
    "brace_remove_and": (
        "Remove `{part}` from the condition `{whole}`", "Do not check `{part}`",
        "Drop the check `{part}`", "The condition `{whole}` need not test `{part}`",
        "`{rest}` alone is enough in `{whole}`", "Only check `{rest}` there"),
    "brace_add_or": (
        "Also enter the branch `{rest}` if `{part}`", "Add `|| {part}` to the condition `{rest}`",
        "The same should happen if `{part}` as on `{rest}`",
        "Extend the condition `{rest}` with or `{part}`",
        "do it for `{part}` too, not only for `{rest}`",
        "In the if on `{rest}`, also accept `{part}`"),
    "brace_remove_or": (
        "Remove `{part}` from the condition `{whole}`", "Drop the alternative `{part}`",
        "Only test `{rest}`, not `{part}`", "Do not check `{part}`",
        "`{whole}` should only be `{rest}`"),
    "brace_long_assignment": (
        "Write out the compound assignment: `{new}`",
        "Use a plain assignment in place of `{old}`", "No compound assignment operators",
        "Write `{new}` instead of `{old}`", "Expand the compound assignments"),
    "brace_compound_assignment": (
        "Use compound assignment: `{new}`", "Use compound assignment operators",
        "Shorten `{old}`", "Use an augmented assignment", "Write `{new}` instead of `{old}`",
        "simplify the assignments like `{old}`", "Use the short assignment operators in {name}"),
    "brace_add_one": (
        "Use += 1 in place of ++", "Use += instead of the increment operator", "No ++",
        "Write `{new}` instead of `{old}`", "Replace ++ with += 1",
        "++ is not allowed by our linter"),
    "brace_increment": (
        "Use ++ in place of += 1", "Use the increment operator",
        "Write `{new}` instead of `{old}`", "Replace += 1 with ++", "Increment with ++",
        "shorten `{old}`"),
    "brace_subtract_one": (
        "Use -= 1 in place of --", "No --", "Replace -- with -= 1",
        "Write `{new}` instead of `{old}`", "Use -= instead of the decrement operator"),
    "brace_decrement": (
        "Use -- in place of -= 1", "Use the decrement operator",
        "Write `{new}` instead of `{old}`", "Replace -= 1 with --", "Decrement with --"),
    "brace_for_ever": (
        "Use `for (;;)` for the endless loop", "Use for (;;)", "Write `{new}` instead of `{old}`",
        "for (;;) instead of a while with a constant condition",
        "The linter complains about the constant condition, use for (;;)"),
    "brace_while_true": (
        "Use `{new}` instead of `{old}`", "Use while for the endless loop: `{new}`",
        "Make the endless loop a `{new}`", "Replace `{old}` with `{new}`"),
    "brace_while_one": (
        "Use `while (1)` instead of `for (;;)`", "Use while (1)", "while (1) for endless loops",
        "Replace for (;;) by while (1)"),
    "brace_pre_increment": (
        "Use the prefix increment in the for loop", "Use pre-increment",
        "Write ++ before the variable in the loop header", "Prefer ++x to x++ in loops",
        "pre-increment in the for header please"),
    "brace_post_increment": (
        "Use the postfix increment in the for loop", "Use post-increment",
        "Write ++ after the variable in the loop header", "Prefer x++ to ++x in loops"),
    "brace_other_call": (
        "Call {new} instead of {old}", "Use {new} instead of {old}", "{new}, not {old}",
        "Replace the call of {old} by {new}", "It should be {new} rather than {old}",
        "Wrong function: {old} should be {new}", "Switch {old} to {new}",
        "change {old} to {new} in {name}"),
    "brace_change_message": (
        "Change the message \"{old}\" to \"{new}\"", "The error message should be \"{new}\"",
        "Say \"{new}\" instead of \"{old}\"", "Make the message \"{new}\"",
        "Better error text: \"{new}\" in place of \"{old}\"",
        "Replace the text \"{old}\" with \"{new}\"",
        "the message \"{old}\" is unclear, use \"{new}\""),
    "brace_pass_argument": (
        "Pass {argument} as the last argument of {call}", "Also pass {argument} to {call}",
        "Add the argument {argument} to the call of {call}",
        "{call} needs {argument} as its last argument",
        "Append {argument} to the arguments of {call}", "call {call} with {argument} at the end"),
    "brace_drop_argument": (
        "Remove the last argument {argument} from the call of {call}",
        "Do not pass {argument} to {call}", "{call} no longer takes {argument}",
        "Drop {argument} from the {call} call", "Call {call} without {argument}"),
    "brace_insert_after": (
        "After `{line}`, add `{statement}`", "Add `{statement}` after `{line}`",
        "Insert `{statement}` below `{line}`", "Put `{statement}` right after `{line}`",
        "The line `{statement}` is missing after `{line}`",
        "`{line}` should be followed by `{statement}`"),
    "brace_insert_before": (
        "Before `{line}`, add `{statement}`", "Add `{statement}` before `{line}`",
        "Insert `{statement}` above `{line}`", "Put `{statement}` in front of `{line}`",
        "`{statement}` is missing above `{line}`", "Do `{statement}` before `{line}`"),
    "brace_move_line": (
        "Move `{first}` above `{second}`", "Put `{first}` before `{second}`",
        "Swap the lines `{second}` and `{first}`", "`{first}` must come before `{second}`",
        "Wrong order: first `{first}`, then `{second}`", "Do `{first}` before `{second}`"),
}

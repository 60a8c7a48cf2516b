"""How people ask for the rewrites of C."""

from __future__ import annotations

from training.pairs.brace_code import instead

C: dict[str, tuple[str, ...]] = {
    "c_arrow": (
        *instead("->", "(*p)."), "Write `{new}` for member access", "Use the arrow operator"),
    "c_fprintf": (
        "Print to stderr instead of stdout: fprintf(stderr, ...)",
        "Use fprintf(stderr, ...) instead of printf", "Output should go to stderr",
        "printf -> fprintf(stderr)"),
    "c_printf": (
        "Use printf instead of fprintf(stderr, ...)", "Print to stdout with printf",
        "printf, not fprintf(stderr)"),
    "c_stdout": (
        "Print to stdout instead of stderr, still with fprintf", "Replace stderr by stdout",
        "fprintf(stdout, ...)"),
    "c_stderr": (
        "Print to stderr instead of stdout", "Replace stdout by stderr", "fprintf(stderr, ...)",
        "This is an error, it belongs on stderr"),
    "c_sprintf": (
        "Use sprintf instead of snprintf", "sprintf, without the size"),
    "c_snprintf": (
        "Use snprintf with sizeof instead of sprintf", "Use snprintf",
        "sprintf may overflow the buffer, use snprintf", "Bound the sprintf calls with sizeof",
        "Fix the possible buffer overflow: snprintf"),
    "c_calloc": (
        *instead("calloc", "malloc"), "The memory must be zeroed",
        "malloc of a product may overflow, use calloc"),
    "c_malloc": (
        *instead("malloc", "calloc"), "Zeroing is not needed, use malloc"),
    "c_no_malloc_cast": (
        "Do not cast the result of malloc", "Remove the cast of the allocation",
        "No cast, this is C"),
    "c_malloc_cast": (
        "Cast the result of the allocation: `{new}`", "C++ needs a cast here: `{new}`",
        "Write `{new}`"),
    "c_strcmp_equal": (
        "Compare the result of {g1} with 0 instead of using !",
        "Write `{new}` instead of `{old}`", "== 0 instead of ! for {g1}",
        "!{g1} is misleading, compare with 0"),
    "c_not_strcmp": (
        "Use ! instead of == 0 for {g1}", "Write `{new}` instead of `{old}`", "!{g1}(...)"),
    "c_not_zero": (
        "Use ! instead of comparing with 0", "Write `{new}` instead of `{old}`",
        "! instead of == 0"),
    "c_equals_zero": (
        "Compare with 0 instead of using !", "Write `{new}` instead of `{old}`",
        "== 0 instead of !"),
    "c_truthy": (
        "Test pointers without != NULL", "Write `{new}` instead of `{old}`",
        "!= NULL is not needed", "Drop != NULL"),
    "c_not_equal_null": (
        "Compare with NULL explicitly: != NULL", "Write `{new}` instead of `{old}`",
        "Explicit != NULL please"),
    "c_zero_pointer": instead("0", "NULL"),
    "c_null_pointer": (
        *instead("NULL", "0"), "It is a pointer: NULL, not 0"),
    "c_index": (
        "Use array indexing instead of pointer arithmetic", "Write `{new}` instead of `{old}`",
        "Index with []", "Use []"),
    "c_plain_return": (
        "Remove the parentheses around the returned values",
        "return is not a function, no parentheses", "No parentheses after return",
        "Write `{new}` instead of `{old}`"),
    "c_return_parentheses": (
        "Put parentheses around the returned values", "return (...) in BSD style",
        "Write `{new}` instead of `{old}`", "KNF: parenthesize return values"),
    "c_unsigned": instead("unsigned", "unsigned int"),
    "c_unsigned_int": (
        *instead("unsigned int", "plain unsigned"), "Write unsigned int in full"),
    "c_uint8": instead("uint8_t", "unsigned char"),
    "c_unsigned_char": instead("unsigned char", "uint8_t"),
    "c_bool_words": (
        *instead("true", "1"), "Return true instead of 1"),
    "c_no_const": (
        "Remove const from the {g1} pointers", "Drop const",
        "The {g1} pointers should not be const"),
    "c_const": (
        "Make the {g1} pointers const", "const {g1} *", "Add const to the {g1} pointers",
        "Use const {g1} * where {g1} * is", "const correctness: the {g1} pointers"),
    "c_no_void_parameter": (
        "Use an empty parameter list instead of void", "() instead of (void)"),
    "c_void_parameter": (
        "Write (void) for the empty parameter list", "(void) instead of ()",
        "Declare that {name} takes no arguments: (void)",
        "-Wstrict-prototypes: fix the parameter list"),
    "c_drop_unused_mark": (
        "Remove `(void){g1};`", "{g1} is used now, remove the (void)",
        "Drop the unused marker of {g1}"),
    "c_unused_mark": (
        "Mark {g1} as unused at the top of the function with `{new}`",
        "Silence the unused parameter warning for {g1}", "Add `{new}` as the first statement",
        "{g1} is unused, add `{new}` first"),
    "c_no_cast": (
        "Remove the cast of {g2}", "No cast for {g2}", "`{old}`: drop the cast",
        "The cast of {g2} is needless"),
    "c_sizeof_type": (
        "Use sizeof without parentheses in memset", "sizeof {g1} instead of sizeof({g1})"),
    "c_sizeof_variable": (
        "Use sizeof with parentheses in memset", "sizeof({g1})", "Put parentheses after sizeof"),
    "c_bzero": instead("bzero", "memset"),
    "c_memset": (
        *instead("memset", "bzero"), "bzero is deprecated"),
    "c_static": (
        "Make {name} static", "static", "{name} is only used in this file, make it static",
        "Give {name} internal linkage", "Add static to {name}"),
    "c_no_static": (
        "Make {name} not static", "Remove static", "{name} is used in other files, drop static",
        "Give {name} external linkage"),
    "c_inline": (
        "Make {name} inline", "static inline", "Add inline to {name}",
        "Inline {name} please: mark it inline"),
    "c_no_inline": (
        "Remove inline from {name}", "{name} should not be inline", "Drop inline"),
    "c_result_type": (
        "Change the return type from {old} to `{type}`",
        "{name} should return `{type}`, not {old}", "Return `{type}` instead of `{old}`",
        "The return type should be {type}"),
    "c_variable_type": (
        "Change the type of {var} from {old} to {type}", "Make {var} a {type}",
        "{var} should be a {type}, not {old}", "Declare {var} as {type}", "Use {type} for {var}",
        "{type} {var} instead of {old}"),
    "c_parameter_type": (
        "Change the type of the parameter {parameter} from `{old}` to `{type}`",
        "{parameter} should be `{type}`", "Take {parameter} as `{type}`",
        "Use {type} for the parameter {parameter}",
        "The parameter {parameter} is a `{type}`, not `{old}`"),
    "c_const_parameter": (
        "Make the parameter {parameter} point to const",
        "{parameter} is not changed, make it const", "const {parameter}",
        "Add const to {parameter}", "{name} should take a const {parameter}"),
    "c_check_allocation": (
        "Check the result of {call}: if `{condition}`, {action}",
        "Check that {call} did not fail ({condition}), else {action}",
        "Handle failure of {call}: if `{condition}`, {action}",
        "After {call}, {action} if `{condition}`",
        "{call} may return NULL: `{action}` then, testing `{condition}`"),
    "c_split_condition": (
        "Assign {var} on a line of its own before the if", "No assignment in the condition",
        "Move the call out of the if", "Split the if: first assign {var}, then test it",
        "Assignments in conditions are hard to read"),
    "c_assign_in_condition": (
        "Assign {var} inside the condition of the if", "Put the assignment of {var} into the if",
        "Merge the assignment of {var} and the check", "if (({var} = ...)) in one line"),
    "c_initialize": (
        "Initialize {var} where it is declared", "Merge declaration and assignment of {var}",
        "Declare {var} with its value", "Join the declaration of {var} with its initialization",
        "No separate assignment of {var}", "{var} should be initialized at its declaration"),
    "c_declare_first": (
        "Declare {var} first and assign {value} on the next line",
        "Separate the declaration of {var} from its initialization",
        "Assign {value} to {var} after the declaration, not in it"),
    "c_for_loop": (
        "Use a for loop over {var} instead of while", "Use a for loop",
        "Turn the while into a for loop", "for instead of while",
        "Put start, condition and step of {var} into a for", "Simplify the loop over {var}"),
    "c_while_loop": (
        "Use a while loop instead of the first for, over {var}",
        "Turn the for loop over {var} into a while loop", "while instead of for ({var})",
        "Replace for by while, set {var} before it"),
}

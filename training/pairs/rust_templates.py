"""How people ask for the rewrites of Rust."""

from __future__ import annotations

from training.pairs.brace_code import instead

RUST: dict[str, tuple[str, ...]] = {
    "rust_str": (
        *instead("&str", "&String"), "clippy::ptr_arg", "Take string slices"),
    "rust_owned_string_ref": instead("&String", "&str"),
    "rust_slice": (
        *instead("a slice", "&Vec"), "clippy::ptr_arg", "Take a slice of {g1}",
        "Write `{new}` instead of `{old}`"),
    "rust_vec_ref": (
        *instead("&Vec", "a slice"), "Write `{new}` instead of `{old}`"),
    "rust_clone": (
        "Clone `{g1}`: write `{new}`", "Use a clone of {g1}", "Pass {new}",
        "{g1} is still needed, clone it"),
    "rust_no_clone": (
        "Do not clone {g1}", "Remove the needless clone", "Drop .clone() from {g1}",
        "{g1} need not be cloned", "Avoid the clone", "clippy::redundant_clone"),
    "rust_ref_loop": (
        "Loop over &{g2} instead of calling iter()", "No .iter() in the for loop",
        "for {g1} in &{g2}", "clippy::explicit_iter_loop"),
    "rust_iter_loop": (
        "Loop over {g2}.iter() instead of &{g2}", "Call iter() in the for loop",
        "for {g1} in {g2}.iter()"),
    "rust_ref_mut_loop": (
        "Loop over &mut {g2} instead of calling iter_mut()", "No .iter_mut() in the for loop",
        "for {g1} in &mut {g2}", "clippy::explicit_iter_loop"),
    "rust_iter_mut_loop": (
        "Loop over {g2}.iter_mut() instead of &mut {g2}", "Call iter_mut() in the for loop",
        "for {g1} in {g2}.iter_mut()"),
    "rust_into_iter": (
        "Call into_iter() in the for loop over {g2}", "Loop over {g2}.into_iter()",
        "Write `{new}`"),
    "rust_no_into_iter": (
        "Remove the needless into_iter() from the for loop", "for {g1} in {g2}",
        "clippy::explicit_into_iter_loop", "No into_iter"),
    "rust_vec_new": instead("Vec::new()", "vec![]"),
    "rust_vec_macro": instead("vec![]", "Vec::new()"),
    "rust_to_string": (
        *instead("to_string()", "`{old}`"), "Convert literals to String with to_string",
        "Write `{new}` instead of `{old}`"),
    "rust_string_from": (
        *instead("String::from", "to_string()"), "Write `{new}` instead of `{old}`"),
    "rust_string_into": (
        *instead("into()", "to_string()"), "Write `{new}` instead of `{old}`"),
    "rust_to_owned": (
        *instead("to_owned()", "to_string()"), "Write `{new}` instead of `{old}`"),
    "rust_function_item": (
        "Pass the function itself to map instead of a closure", "Replace the closure by a path",
        "clippy::redundant_closure", "No closure in map: `{new}`", "Simplify `{old}`"),
    "rust_closure": (
        "Use a closure with the parameter x in map instead of the path",
        "Write `{new}` instead of `{old}`", "Make it a closure: `{new}`"),
    "rust_find": (
        *instead("find", "filter and next"), "clippy::filter_next"),
    "rust_filter_next": (
        "Use filter and next instead of find", "Replace find by filter(...).next()",
        "Write `{new}`"),
    "rust_eprintln": (
        *instead("eprintln!", "println!"), "Print to stderr"),
    "rust_println": (
        *instead("println!", "eprintln!"), "Print to stdout"),
    "rust_assert": (
        *instead("assert! with ==", "assert_eq!"), "Write `{new}` instead of `{old}`"),
    "rust_assert_eq": (
        *instead("assert_eq!", "assert! with =="), "Better failure messages: use assert_eq!"),
    "rust_assert_no_debug": (
        *instead("assert!", "debug_assert!"), "The asserts should run in release builds too"),
    "rust_debug_assert": (
        *instead("debug_assert!", "assert!"), "Only assert in debug builds"),
    "rust_first": (
        *instead("first()", "get(0)"), "clippy::get_first"),
    "rust_get_zero": instead("get(0)", "first()"),
    "rust_cloned": (
        *instead("cloned()", "map with clone"), "clippy::map_clone"),
    "rust_map_clone": (
        "Use map with a closure that clones x instead of cloned()",
        "Write `{new}` instead of `{old}`", "Replace cloned() by `{new}`"),
    "rust_copied": (
        *instead("copied()", "map(|&x| x)"), "clippy::map_clone"),
    "rust_map_deref": instead("map(|&x| x)", "copied()"),
    "rust_for_in": (
        "Use a for loop instead of while let", "for {g1} in {g2}",
        "clippy::while_let_on_iterator", "Loop over {g2} with for",
        "Replace while let Some by for"),
    "rust_unwrap_default": (
        *instead("unwrap()", "unwrap_or_default()"), "It must be there, panic otherwise"),
    "rust_or_default": (
        *instead("unwrap_or_default()", "unwrap()"), "Do not panic, use the default"),
    "rust_unwrap_no_fallback": (
        "Use unwrap() instead of unwrap_or({g1})", "No fallback {g1}, unwrap",
        "Panic instead of falling back to {g1}"),
    "rust_unwrap_or": (
        "Fall back to {g1} instead of unwrapping", "Use unwrap_or({g1})",
        "unwrap_or({g1}) instead of unwrap()", "Don't panic, default to {g1}",
        "If there is nothing, use {g1}", "{g1} is the default, no unwrap"),
    "rust_eager_default": (
        "Use unwrap_or instead of unwrap_or_else", "No closure for the default: `{new}`",
        "clippy::unnecessary_lazy_evaluations", "Write `{new}` instead of `{old}`",
        "Simplify `{old}`"),
    "rust_lazy_default": (
        "Use unwrap_or_else instead of unwrap_or", "Compute the default lazily",
        "clippy::or_fun_call", "Write `{new}` instead of `{old}`"),
    "rust_plain_unwrap": (
        "Use unwrap() instead of expect", "unwrap, no message", "Replace expect by unwrap",
        "Drop the message {g1}, just unwrap"),
    "rust_expect": (
        "Use expect with the message {g1} instead of unwrap", "expect({g1}) instead of unwrap()",
        "Give the unwrap a message: {g1}", "Panic with {g1} if it fails",
        "No bare unwrap, say {g1}"),
    "rust_ok_or": (
        "Turn the None into the error {g1} with ok_or", "Use ok_or({g1})?",
        "If it is None, return the error {g1}", "Add .ok_or({g1}) before the ?"),
    "rust_ok_or_missing": (
        "Remove ok_or({g1}) and use ? directly", "Drop the ok_or, just ?",
        "{name} returns an Option now: no ok_or"),
    "rust_annotate": (
        "Give {g2} the type `{g3}`", "Annotate {g2} as {g3}", "let {g2}: {g3}",
        "Add the type of {g2}: {g3}", "Type inference fails for {g2}, it is {g3}"),
    "rust_drop_annotation": (
        "Remove the type annotation of {g2}", "Let the compiler infer the type of {g2}",
        "{g2} needs no type", "Drop `: {g3}` from {g2}"),
    "rust_mut": (
        "Make {g1} mutable", "{g1} must be mut", "let mut {g1}",
        "Fix: cannot borrow `{g1}` as mutable", "Declare {g1} as mutable"),
    "rust_no_mut": (
        "Remove the needless mut", "{g1} need not be mutable", "Make {g1} immutable",
        "warning: variable does not need to be mutable", "{g1} is never changed, drop mut"),
    "rust_true": (
        "Compare the conditions with true explicitly", "Write `{new}` instead of `{old}`",
        "Use == true"),
    "rust_no_true": (
        "Do not compare with true", "== true is needless", "Simplify `{old}`",
        "clippy::bool_comparison", "Write `{new}` instead of `{old}`"),
    "rust_false": (
        "Compare with false instead of negating", "Use == false instead of !",
        "Write `{new}` instead of `{old}`"),
    "rust_no_false": (
        "Use ! instead of comparing with false", "Do not compare with false", "Simplify `{old}`",
        "clippy::bool_comparison", "No == false"),
    "rust_as": (
        *instead("as", "from"), "Cast with as", "Write `{new}` instead of `{old}`"),
    "rust_from": (
        *instead("from", "as"), "clippy::cast_lossless", "Write `{new}` instead of `{old}`"),
    "rust_while_true": instead("while true", "loop"),
    "rust_loop": (
        *instead("loop", "while true"), "Rust has loop for that"),
    "rust_len_zero": instead("len() == 0", "is_empty()"),
    "rust_is_empty": (
        *instead("is_empty()", "len() == 0"), "clippy::len_zero"),
    "rust_not_empty": (
        *instead("!is_empty()", "len() > 0"), "clippy::len_zero"),
    "rust_len_positive": instead("len() > 0", "!is_empty()"),
    "rust_exclusive": (
        "Use an exclusive range: `{new}`", "Write `{new}` instead of `{old}`",
        "clippy::range_minus_one", "Simplify the range `{old}`"),
    "rust_map_err_path": (
        "Pass the function itself to map_err instead of a closure", "clippy::redundant_closure",
        "No closure in map_err", "Simplify `{old}`"),
    "rust_map_err_closure": (
        "Use a closure with the parameter e in map_err", "Write `{new}` instead of `{old}`"),
    "rust_is_some": (
        "Use is_some() instead of if let Some(_)", "clippy::redundant_pattern_matching",
        "Simplify `{old}`", "is_some"),
    "rust_is_none": (
        "Use is_none() instead of if let None", "clippy::redundant_pattern_matching",
        "Simplify `{old}`", "is_none"),
    "rust_tail": (
        "Use a tail expression instead of return", "Remove the needless return",
        "No return at the end", "clippy::needless_return", "The last expression needs no return",
        "Idiomatic Rust: no return at the end of {name}", "drop the return keyword at the end"),
    "rust_return": (
        "Return the last expression with return", "Write `return {expression};`",
        "Use an explicit return at the end", "Add return to the tail expression",
        "Explicit return please"),
    "rust_if_let": (
        "Use if let instead of match", "Use if let {pattern}",
        "Replace the match on {source} by if let", "The arm for {other} does nothing, use if let",
        "clippy::single_match", "A match is too much for one arm",
        "Simplify the match on `{source}`"),
    "rust_match": (
        "Use a match on `{source}` instead of if let, with `{other} => {}`",
        "Replace if let by match with the arms {pattern} and {other}",
        "Write it as a match over {pattern} and {other}", "match instead of if let"),
    "rust_public": (
        "Make {name} public", "Make {name} pub", "pub", "{name} should be public",
        "Export {name} from the crate", "{name} is private, make it public"),
    "rust_private": (
        "Make {name} private", "Remove the visibility of {name}",
        "{name} should not be visible outside", "No pub", "{name} is internal, make it private"),
    "rust_crate": (
        "Make {name} pub(crate)", "{name} should only be visible inside the crate",
        "pub(crate) for {name}", "Restrict the visibility of {name} to the crate",
        "Use pub(crate)"),
    "rust_attribute": (
        "Add the attribute {attribute}", "Mark {name} {attribute}", "{attribute}",
        "Put {attribute} above {name}", "{name} should be {attribute}",
        "Annotate the function with {attribute}"),
    "rust_no_attribute": (
        "Remove the attribute {attribute}", "Remove {attribute}",
        "{name} should not be {attribute}", "Drop the attribute above {name}",
        "Delete {attribute}"),
    "rust_qualifier": (
        "Make {name} {word}", "Make it a {word} fn", "{word} fn {name}",
        "Declare {name} as {word}", "{name} should be {word}"),
    "rust_no_qualifier": (
        "Remove {word} from {name}", "{name} should not be {word}", "Drop {word}", "No {word} fn",
        "{name} need not be {word}"),
    "rust_self": (
        "Take {new} instead of {old}", "{new} rather than {old}", "The receiver should be {new}",
        "{name} should take {new}", "Change {old} to {new} in the signature"),
    "rust_inline_arguments": (
        "Use inline format arguments", "Put the variables into the format string",
        "clippy::uninlined_format_args", "Inline the format arguments",
        "Capture the variables in the format string"),
    "rust_positional_arguments": (
        "Pass the values after the format string instead of inlining them",
        "No inline format arguments", "Use {} with arguments",
        "Our MSRV has no captured format arguments, pass them"),
    "rust_change_type": (
        "Change the type of {parameter} from {old} to `{type}`",
        "{parameter} should be `{type}`, not {old}", "Take {parameter} as {type}",
        "Use {type} instead of {old} for {parameter}", "{parameter}: {type}",
        "The parameter {parameter} has the wrong type, it is `{type}`"),
    "rust_change_result": (
        "Change the return type from {old} to `{type}`", "Return `{type}` instead of {old}",
        "{name} should return `{type}`", "-> {type}", "The result type is `{type}`, not {old}"),
    "rust_impl_parameter": (
        "Use impl {bound} in the parameter instead of the type parameter {letter}",
        "impl {bound} instead of generics", "Replace {letter} by impl {bound}",
        "Drop the type parameter {letter}, use impl Trait"),
    "rust_generic_parameter": (
        "Use a type parameter {letter}: {bound} instead of impl {bound}",
        "Make {name} generic over {letter}: {bound}",
        "Replace impl {bound} by a generic {letter}",
        "No impl Trait in the parameter, use {letter}"),
    "rust_where": (
        "Move the bound of {letter} into a where clause", "Use a where clause",
        "where clause for {letter}: {bound}", "Put the bounds of {name} into a where clause"),
}

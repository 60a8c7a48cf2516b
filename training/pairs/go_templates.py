"""How people ask for the rewrites of Go."""

from __future__ import annotations

from training.pairs.brace_code import instead

GO: dict[str, tuple[str, ...]] = {
    "go_range_index": (
        "Use range instead of the counting loop", "Use range", "range over {g2}",
        "Simplify the for loop with range", "for {g1} := range {g2}", "Modernize the loop"),
    "go_counted_index": (
        "Use a counting loop instead of range: `{new}`",
        "Replace range by a loop with a condition", "Write `{new}` instead of `{old}`",
        "Count {g1} explicitly instead of ranging over {g2}"),
    "go_range_value": (
        "Range over the values of {g2} directly, without an index",
        "Use the value variable of range: for _, {g1} := range {g2}",
        "No index needed, range over the values", "Let range give {g1}",
        "Simplify the loop over {g2}"),
    "go_errors_is": (
        *instead("errors.Is", "=="), "The error may be wrapped, use errors.Is",
        "Compare wrapped errors correctly"),
    "go_error_equals": instead("==", "errors.Is"),
    "go_zero_slice": (
        "Use an empty slice literal instead of a nil slice: `{new}`",
        "Write `{new}` instead of `{old}`", "It must not be nil: `{new}`",
        "Initialize the slices as empty, not nil"),
    "go_nil_slice": (
        "Declare the slice with var instead of an empty literal", "Use a nil slice",
        "Write `{new}` instead of `{old}`", "var declarations for empty slices",
        "Prefer nil slices to empty literals"),
    "go_short_int": (
        "Use := 0 instead of var for ints", "Short declarations instead of var: `{new}`",
        "Write `{new}` instead of `{old}`"),
    "go_var_int": (
        "Declare the zero ints with var", "Write `{new}` instead of `{old}`",
        "Use var for zero values"),
    "go_short_string": (
        "Use := \"\" instead of var for strings", "Write `{new}` instead of `{old}`",
        "Short declaration for the empty string"),
    "go_var_string": (
        "Declare the empty strings with var", "Write `{new}` instead of `{old}`",
        "Use var for the empty string"),
    "go_short_bool": (
        "Use := false instead of var for bools", "Write `{new}` instead of `{old}`",
        "Short declaration for the bool"),
    "go_var_bool": (
        "Declare the false bools with var", "Write `{new}` instead of `{old}`",
        "Use var for the bool"),
    "go_map_literal": (
        *instead("map literals", "make"), "Write `{new}` instead of `{old}`"),
    "go_make_map": (
        *instead("make", "an empty map literal"), "Write `{new}` instead of `{old}`"),
    "go_new": (
        *instead("new", "the address of an empty literal"), "Write `{new}`"),
    "go_address_literal": (
        "Use the address of a literal instead of new", "Write `{new}` instead of `{old}`",
        "No new, use &T{}", "Replace new by a composite literal"),
    "go_itoa": (
        *instead("strconv.Itoa", "fmt.Sprintf"), "fmt.Sprintf is slow here, use strconv"),
    "go_sprintf_number": instead("fmt.Sprintf", "strconv.Itoa"),
    "go_contains": (
        *instead("strings.Contains", "strings.Index"), "Simplify `{old}`"),
    "go_index_contains": instead("strings.Index", "strings.Contains"),
    "go_empty_string": (
        "Compare strings with \"\" instead of looking at their length",
        "Write `{new}` instead of `{old}`", "Use \"\" to test for the empty string",
        "No len for empty strings"),
    "go_empty_length": (
        "Test strings for emptiness with len", "Write `{new}` instead of `{old}`",
        "Use len instead of comparing with \"\""),
    "go_since": (
        *instead("time.Since", "time.Now().Sub"), "Simplify `{old}`"),
    "go_now_sub": instead("time.Now().Sub", "time.Since"),
    "go_io": (
        *instead("io.{g1}", "ioutil"), "ioutil is deprecated"),
    "go_os": (
        *instead("os.{g1}", "ioutil"), "ioutil is deprecated"),
    "go_ioutil": (
        *instead("ioutil.{g1}", "`{old}`"), "Use ioutil.{g1}, we are on an old Go"),
    "go_replace_all": (
        *instead("strings.ReplaceAll", "strings.Replace with -1"), "Simplify `{old}`"),
    "go_replace": instead("strings.Replace with -1", "strings.ReplaceAll"),
    "go_bytes_equal": instead("bytes.Equal", "bytes.Compare"),
    "go_compare_bytes": instead("bytes.Compare", "bytes.Equal"),
    "go_drop_blank": (
        "Drop the blank second variable of range", "Remove the needless `, _`",
        "Simplify the range clause", "golint: omit the second value from range", "Write `{new}`"),
    "go_true": (
        "Compare the conditions with true explicitly", "Write `{new}` instead of `{old}`",
        "Use == true"),
    "go_no_true": (
        "Do not compare with true", "== true is needless", "Simplify `{old}`", "Remove == true",
        "gosimple: omit the comparison to bool constant", "Write `{new}` instead of `{old}`"),
    "go_false": (
        "Compare with false instead of negating", "Use == false instead of !",
        "Write `{new}` instead of `{old}`"),
    "go_no_false": (
        "Use ! instead of comparing with false", "Do not compare with false", "Simplify `{old}`",
        "No == false", "Negate instead of comparing with false"),
    "go_log_fatal": (
        *instead("log.Fatal", "panic"), "Do not panic, use log.Fatal"),
    "go_panic": (
        *instead("panic", "log.Fatal"), "Panic with err instead of exiting"),
    "go_errors_wrap": (
        *instead("fmt.Errorf with %w", "errors.Wrap"),
        "We no longer use pkg/errors, wrap with fmt.Errorf"),
    "go_errorf_wrap": (
        *instead("errors.Wrap", "fmt.Errorf with %w"), "Wrap with errors.Wrap of pkg/errors"),
    "go_errorf": (
        *instead("t.Errorf", "t.Fatalf"), "Don't stop the test at the first failure"),
    "go_fatalf": (
        *instead("t.Fatalf", "t.Errorf"), "Stop the test when this fails"),
    "go_wrap_error": (
        "Wrap {err} with the message \"{message}\" before returning it: fmt.Errorf with %w",
        "Wrap the error: \"{message}\"", "Wrap the returned error with \"{message}: %w\"",
        "Add the context \"{message}\" to the error",
        "return fmt.Errorf(\"{message}: %w\", {err}) instead of {err}",
        "The error should say \"{message}\" and wrap the cause",
        "Don't return a bare {err}, prefix it with \"{message}\""),
    "go_return_bare": (
        "Return {err} as it is, without wrapping it in \"{message}\"", "Do not wrap the error",
        "Return {err} unwrapped", "Drop the message \"{message}\" and return the error itself",
        "No fmt.Errorf, just return {err}"),
    "go_percent_w": (
        "Wrap the error with %w instead of %v", "Use %w",
        "errors.Is should work on the result: use %w", "%v loses the error, wrap it",
        "Wrap the error properly in \"{message}\""),
    "go_return_call": (
        "Return the result of {call} directly instead of checking it", "Return {call} directly",
        "The check of err before return nil is needless", "Simplify the end of {name}",
        "No need to check err, just return {call}(...)"),
    "go_check_call": (
        "Check the error of {call} in an if and return nil at the end",
        "Don't return {call} directly: return err if it is not nil, else nil",
        "Make the error check of {call} explicit, with err scoped to the if"),
    "go_scope_err": (
        "Put the call of {call} into the if statement",
        "Scope err to the if: if err := {call}(...); err != nil",
        "Merge the assignment of err into the if", "Declare err in the if statement",
        "Use the short form if err := ...; err != nil", "One line for call and check of {call}"),
    "go_split_err": (
        "Call {call} on a line of its own before checking err",
        "Split the if: first call {call}, then check err", "No assignment in the if statement",
        "Move err := {call}(...) out of the if", "Assign err before the if"),
    "go_scope_ok": (
        "Put the lookup `{expression}` into the if statement", "Scope ok to the if",
        "Merge the assignment into the if", "Use the if with a short statement for `{expression}`"),
    "go_split_ok": (
        "Assign `{expression}` on a line of its own before the if",
        "No assignment in the if, do it on the line before",
        "Split the if: first `{expression}`, then check ok"),
    "go_add_context": (
        "Add a first parameter ctx context.Context", "Take a context as the first parameter ctx",
        "{name} should take a context.Context", "Pass a ctx into {name}",
        "Add ctx context.Context", "Make {name} accept a context", "add a context parameter"),
    "go_drop_context": (
        "Remove the parameter ctx", "{name} needs no context", "Drop the unused ctx",
        "Delete the context parameter of {name}", "ctx is unused, remove it"),
    "go_pointer_receiver": (
        "Use a pointer receiver", "Make the receiver a pointer",
        "{name} should have a pointer receiver", "Define {name} on *{type}",
        "pointer receiver please", "The receiver must not be copied: use *{type}"),
    "go_value_receiver": (
        "Use a value receiver", "Make the receiver a value, not a pointer",
        "Define {name} on {type} instead of *{type}", "No pointer receiver", "value receiver"),
    "go_rename_receiver": (
        "Rename the receiver {old} to {new}", "Call the receiver {new}",
        "Receiver {old} -> {new}", "Use {new} as the name of the receiver",
        "The receiver should be named {new}, not {old}"),
    "go_export": (
        "Export {name}: call it {other}", "Export {name}", "Make {name} public",
        "{name} should be usable from other packages", "Capitalize {name} so that it is exported"),
    "go_unexport": (
        "Unexport {name}: call it {other}", "Unexport {name}",
        "Make {name} private to the package", "{name} should not be exported",
        "Do not export {name}"),
    "go_defer": (
        "After `{line}`, defer {call} instead of calling it at the end",
        "Use defer for {call}, right after `{line}`", "Defer {call} below `{line}`",
        "Move {call} up into a defer after `{line}`",
        "{call} should also run on a panic: defer it after `{line}`"),
    "go_no_defer": (
        "Call {call} at the end instead of deferring it",
        "No defer for {call}, call it as the last statement",
        "Replace defer {call} by a call at the end of {name}",
        "defer is slow here: call {call} last"),
    "go_join_types": (
        "Combine parameters of the same type", "Write the type once for parameters that share it",
        "Shorten the parameter list", "Group the parameters of the same type",
        "No repeated types in the signature of {name}",
        "gofumpt style: join adjacent parameters of one type"),
    "go_each_type": (
        "Give each parameter its own type", "Write out the type of every parameter",
        "Don't group parameters by type", "Repeat the type for every parameter of {name}"),
    "go_name_results": (
        "Name the results {a} and {b}", "Use named results {a} and {b}",
        "Give the results the names {a} and {b}", "Document the results by names: {a}, {b}"),
    "go_unname_results": (
        "Remove the names of the results", "No named results",
        "Drop the result names {a} and {b}", "The result names {a}, {b} are not used"),
}

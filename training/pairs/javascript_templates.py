"""How people ask for the rewrites of JavaScript."""

from __future__ import annotations

from training.pairs.brace_code import instead

JAVASCRIPT: dict[str, tuple[str, ...]] = {
    "js_optional_chaining": (
        *instead("optional chaining", "&&"), "Use ?.", "Simplify `{old}` with ?."),
    "js_and_chaining": (
        *instead("&&", "optional chaining"), "No ?., our target does not support it",
        "Write `{new}` instead of `{old}`"),
    "js_optional_call": (
        "Call it with ?.: `{new}`", "Use an optional call", "Use ?.() instead of &&",
        "Replace `{old}` by an optional call"),
    "js_and_call": (
        "Write `{new}` instead of `{old}`", "Replace `{old}` with `{new}`",
        "Use && to guard the call: `{new}`"),
    "js_if_call": (
        "Use an if instead of && in `{old}`", "Write `{new}`", "No && as a statement, use an if",
        "Replace the short-circuit `{old}` by an if on the same line"),
    "js_nullish": (
        "Use ?? instead of ||", "Use nullish coalescing", "?? rather than ||",
        "Replace || by ??, 0 and empty strings are valid",
        "Only null and undefined should fall back to the default",
        "Use the nullish coalescing operator in {name}"),
    "js_or_default": (
        "Use || instead of ??", "|| rather than ??", "Replace ?? with ||",
        "Empty values should get the default too: use ||", "No ??, use ||"),
    "js_or_assignment": (
        "Use ||= in `{old}`", "Use logical assignment", "Shorten `{old}` with ||=",
        "Write `{new}`"),
    "js_or_assignment_back": (
        "Write `{new}` instead of `{old}`", "Do not use ||=",
        "Replace ||= by a plain assignment with ||"),
    "js_undefined": (
        "Compare with undefined directly instead of using typeof", "No typeof for undefined",
        "Write `{new}` instead of `{old}`",
        "Replace the typeof check by a comparison with undefined", "Simplify `{old}`"),
    "js_typeof_undefined": (
        "Check for undefined with typeof", "Use typeof instead of comparing with undefined",
        "Write `{new}` instead of `{old}`", "use typeof for the undefined checks"),
    "js_null_or_undefined": (
        "Write `{old}` as explicit comparisons with null and undefined by ===",
        "Use === with null and undefined instead of == null", "No == null: use `{new}`",
        "Make the null check strict, but keep undefined in it"),
    "js_equals_null": (
        "Use == null instead of comparing with null and undefined", "Shorten `{old}` to == null",
        "Write `{new}`", "One == null is enough"),
    "js_is_array": (
        *instead("Array.isArray", "instanceof Array"),
        "instanceof fails across frames, use Array.isArray"),
    "js_instanceof_array": instead("instanceof Array", "Array.isArray"),
    "js_assign_objects": (
        *instead("Object.assign", "object spread"), "Write `{new}`"),
    "js_spread_objects": (
        *instead("object spread", "Object.assign"), "Use the spread syntax", "Write `{new}`"),
    "js_concat_arrays": (
        *instead("concat", "array spread"), "Write `{new}`"),
    "js_spread_arrays": (
        *instead("array spread", "concat"), "Use the spread syntax", "Write `{new}`"),
    "js_array_from": instead("Array.from", "array spread"),
    "js_spread_copy": (
        *instead("array spread", "Array.from"), "Use the spread syntax"),
    "js_spread_copy_slice": (
        "Copy the array with spread instead of slice", "Use spread to copy: `{new}`",
        "Replace `{old}` by spread", "Write `{new}` instead of `{old}`"),
    "js_slice_copy": (
        "Copy the array with slice instead of spread", "Use slice() to copy",
        "Write `{new}` instead of `{old}`"),
    "js_spread_call": (
        *instead("spread", "apply"), "Use the spread syntax in the call", "Write `{new}`"),
    "js_apply": (
        *instead("apply", "spread in the call"), "Write `{new}`"),
    "js_power": (
        *instead("**", "Math.pow"), "Use the exponentiation operator"),
    "js_math_pow": instead("Math.pow", "**"),
    "js_array_literal": (
        *instead("array literals", "new Array()"), "Use []"),
    "js_object_literal": (
        *instead("object literals", "new Object()"), "Use {}"),
    "js_starts_with": (
        *instead("startsWith", "indexOf"), "Simplify `{old}`"),
    "js_index_of_start": instead("indexOf", "startsWith"),
    "js_includes": (
        *instead("includes", "indexOf"), "Simplify `{old}`"),
    "js_not_includes": (
        "Use includes instead of indexOf in `{old}`", "Use !includes", "Write `{new}`",
        "Replace the indexOf check by includes"),
    "js_index_of_missing": (
        "Use indexOf instead of includes: `{new}`", "Write `{new}` instead of `{old}`",
        "No includes, use indexOf === -1"),
    "js_index_of": instead("indexOf", "includes"),
    "js_at_last": (
        "Use at(-1) for the last element", "Use .at(-1)", "Write `{new}` instead of `{old}`",
        "Replace the length - 1 index by at", "Simplify `{old}`"),
    "js_last_index": (
        "Use an index in place of at(-1)", "Do not use .at, it is too new",
        "Write `{new}` instead of `{old}`", "Index with length - 1 instead of at(-1)"),
    "js_char_index": (
        "Use [] instead of charAt", "Index the string instead of calling charAt", "No charAt"),
    "js_char_at": (
        "Use charAt instead of []", "Use charAt", "Write `{new}` instead of `{old}`"),
    "js_boolean": (
        *instead("Boolean()", "!!"), "!! is cryptic, use Boolean"),
    "js_double_not": instead("!!", "Boolean()"),
    "js_radix": (
        "Pass the radix 10 to parseInt", "Add the radix to parseInt", "parseInt needs a radix",
        "Parse as decimal explicitly", "eslint radix: fix the parseInt call"),
    "js_no_radix": (
        "Remove the radix from parseInt", "parseInt needs no radix", "Drop the 10 from parseInt"),
    "js_number": (
        *instead("Number()", "the unary plus"), "Make the number conversion explicit with Number"),
    "js_unary_plus": instead("the unary plus", "Number()"),
    "js_string_call": (
        "Use String() instead of the template literal", "Convert with String()",
        "Write `{new}` instead of `{old}`", "A template with one value is just String()"),
    "js_template_string": (
        "Use a template literal instead of String()", "Write `{new}` instead of `{old}`",
        "Convert to a string with a template literal"),
    "js_own_call": (
        "Call hasOwnProperty by Object.prototype.hasOwnProperty.call",
        "Use Object.prototype.hasOwnProperty.call",
        "Do not call hasOwnProperty on the object itself, use "
        "Object.prototype.hasOwnProperty.call",
        "eslint no-prototype-builtins: use Object.prototype.hasOwnProperty.call"),
    "js_own_direct": (
        "Call hasOwnProperty on the object itself", "Write `{new}` instead of `{old}`",
        "Shorten the hasOwnProperty call"),
    "js_has_own": (
        "Use Object.hasOwn", "Object.hasOwn instead of Object.prototype.hasOwnProperty.call",
        "Replace hasOwnProperty.call by Object.hasOwn"),
    "js_number_is_nan": instead("Number.isNaN", "the global isNaN"),
    "js_global_is_nan": instead("the global isNaN", "Number.isNaN"),
    "js_date_now": (
        *instead("Date.now()", "new Date()"), "Simplify `{old}`"),
    "js_new_date": instead("new Date().getTime()", "Date.now()"),
    "js_not_length": (
        "Use !length instead of comparing length with 0", "Write `{new}` instead of `{old}`",
        "Test for emptiness with !", "Replace === 0 by ! for lengths"),
    "js_length_zero": (
        "Compare the length with 0 explicitly", "Write `{new}` instead of `{old}`",
        "Use length === 0 instead of !length", "Make the emptiness check explicit"),
    "js_truthy_length": (
        "Test the length without > 0", "Write `{new}` instead of `{old}`", "> 0 is not needed"),
    "js_length_positive": (
        "Compare the length with 0: length > 0", "Write `{new}` instead of `{old}`",
        "Make the length check explicit", "Use > 0"),
    "js_undefined_word": instead("undefined", "void 0"),
    "js_void_zero": instead("void 0", "undefined"),
    "js_bare_return": (
        "Use a bare return instead of return undefined", "Just `return;`",
        "Remove the needless undefined after return", "No `return undefined`"),
    "js_const_to_let": (
        "Use let instead of const", "Declare with let", "Replace const by let", "let, not const"),
    "js_let_to_const": (
        "Use const instead of let", "Use const for what is never reassigned",
        "Replace let by const", "const, not let", "prefer const",
        "These variables never change, declare them const"),
    "js_const_to_var": (
        "Use var instead of const", "Replace const with var", "ES5 please: var instead of const",
        "var, not const"),
    "js_var_to_const": (
        "Use const instead of var", "Replace var by const", "no var, use const",
        "Modernize: const instead of var", "Get rid of var, nothing is reassigned"),
    "js_keys_loop": (
        "Loop over Object.keys({g3}) with for...of instead of for...in",
        "Use Object.keys in the loop", "for...of over Object.keys instead of for...in",
        "Only iterate over own keys of {g3}: use Object.keys", "Replace for...in"),
    "js_in_loop": (
        "Use for...in instead of Object.keys", "Loop with for...in",
        "Write `{new}` instead of `{old}`", "for...in is enough here"),
    "js_type_error": (
        *instead("TypeError", "Error"), "Throw a TypeError"),
    "js_plain_error": (
        "Use a plain Error", "Throw a plain Error", "Just Error, no special class",
        "Write `{new}` in place of `{old}`", "Error is enough"),
    "js_range_error": (
        *instead("RangeError", "Error"), "Throw a RangeError"),
    "js_shorthand": (
        "Use shorthand properties", "Use the object shorthand", "Shorten `{old}` to `{new}`",
        "property shorthand please", "eslint object-shorthand",
        "Use ES6 shorthand in the object literal"),
    "js_no_shorthand": (
        "Write out the shorthand properties", "No shorthand properties",
        "Spell out key and value in the object", "Replace the property shorthand by key: value"),
    "js_to_arrow": (
        "Make {name} a const with an arrow function", "Convert {name} to an arrow function",
        "Use an arrow function", "arrow function please",
        "const {name} = (...) => instead of function", "Write {name} as an arrow function",
        "Turn the function declaration into an arrow function"),
    "js_to_function": (
        "Make {name} a function declaration",
        "Use a function declaration instead of an arrow function",
        "Convert {name} to a regular function", "function {name}(...) instead of const",
        "I want {name} to be hoisted: declare it with function", "No arrow function here",
        "turn the arrow function into a normal function"),
    "js_callback_arrow": (
        "Use arrow functions for the callbacks", "Use an arrow function for the callback",
        "arrow functions", "Replace the function expressions by arrow functions",
        "eslint prefer-arrow-callback", "Convert the callback to an arrow function",
        "Modernize the anonymous functions in {name}"),
    "js_callback_function": (
        "Use function expressions instead of arrow functions for the callbacks",
        "No arrow functions inside of {name}, use function",
        "Replace the inner arrow functions by function expressions",
        "The callbacks should be ordinary functions"),
    "js_concise": (
        "Use the concise body of the arrow function",
        "Drop the braces and return of the arrow function", "Shorten the arrow function",
        "The arrow function needs no block", "implicit return",
        "Use an expression body in the arrow function", "eslint arrow-body-style"),
    "js_block_arrow": (
        "Give the arrow function a block with an explicit return, on the same line",
        "Use an explicit return in the arrow function",
        "Use braces and return in the arrow function"),
    "js_template": (
        "Use template literals instead of adding strings", "Use a template literal",
        "Use template strings", "no string concatenation", "Replace the + by a template literal",
        "Use string interpolation", "Convert the concatenation to a template literal",
        "Prefer a template here"),
    "js_concatenation": (
        "Add the strings with + instead of using template literals", "No template literals",
        "Use string concatenation", "Replace the template literal by +",
        "ES5: concatenate instead of using backticks"),
    "js_await": (
        "Make {name} async and await the calls of {calls}",
        "{name} should be async and await {calls}", "Await {calls}",
        "{calls} now return promises, await them",
        "Convert to async/await ({calls} are asynchronous)",
        "make it async, {calls} return a promise", "Use async/await for {calls}",
        "Since {calls} became async, {name} has to await"),
    "js_no_async": (
        "Make {name} synchronous: no async, no await", "Remove async and await",
        "Drop async/await", "{name} should not be async, nothing has to be awaited",
        "Make it sync", "strip async and await from {name}"),
    "js_make_async": (
        "Make {name} async", "Make the function async", "Add async to {name}", "async please",
        "{name} should return a promise, add the async keyword", "Declare it async"),
    "js_needless_async": (
        "Remove the needless async", "{name} does not await anything, drop async", "No async",
        "Make {name} an ordinary function, not an async one"),
    "js_export": (
        "Export {name}", "Export the function", "Make {name} available to other modules",
        "add export", "{name} should be exported"),
    "js_default_export": (
        "Make {name} the default export", "Export {name} as default", "export default",
        "{name} should be the module's default export"),
    "js_no_export": (
        "Do not export {name}", "Remove the export", "{name} is internal, don't export it",
        "Make {name} private to the module", "drop the export keyword"),
    "js_single_quotes": (
        *instead("single quotes", "double quotes"), "Single quotes for the strings in {name}"),
    "js_double_quotes": (
        *instead("double quotes", "single quotes"), "Double quotes for the strings in {name}"),
    "js_for_of": (
        "Use for...of instead of forEach", "Loop with for...of", "for of",
        "Replace forEach by a for loop over {source}", "No forEach",
        "Convert the forEach to a for...of loop",
        "I want to break out of the loop later, so no forEach"),
    "js_for_each": (
        "Use forEach instead of for...of", "Use forEach",
        "Replace the for...of loop by {source}.forEach",
        "Convert the loop over {source} to forEach", "functional style: forEach"),
    "js_index_to_of": (
        "Use for...of instead of the index loop", "Loop over {source} with for...of",
        "No index needed, use for...of", "Simplify the loop over {source}", "for of",
        "Iterate directly over {source}", "The counter {index} is needless, use for...of"),
    "js_of_to_index": (
        "Loop over {source} with an index {index} instead of for...of",
        "Use an index loop with {index} and read {item} first",
        "Use a classic for loop with {index} over {source}",
        "Replace for...of by a counting loop, counter {index}"),
    "js_destructure": (
        "Destructure {names} from {source}", "Use destructuring",
        "Use object destructuring for {names}", "destructure {source}",
        "Replace the member accesses by destructuring", "eslint prefer-destructuring",
        "Take {names} out of {source} by destructuring"),
    "js_member_access": (
        "Read {names} from {source} one by one instead of destructuring", "No destructuring",
        "Replace the destructuring of {source} by a declaration for each of {names}",
        "Use plain member access for {names}"),
    "js_destructure_parameter": (
        "Destructure {source} in the parameter list", "Destructure the parameter directly",
        "Move the destructuring of {source} into the signature",
        "{name} should take { {names} } as its parameter"),
    "js_default_parameter": (
        "Give {parameter} the default {value} in the parameter list",
        "Use a default parameter for {parameter}", "Use a default parameter value",
        "Move the default of {parameter} into the signature", "default parameter",
        "Simplify the default value of {parameter}",
        "Replace the undefined check by a default parameter"),
    "js_default_value": (
        "Let {parameter} default to {value}", "{parameter} should be {value} by default",
        "Add the default {value} to the parameter {parameter}", "default {parameter} = {value}",
        "Make {parameter} optional with the default {value}"),
    "js_no_default": (
        "Remove the default of {parameter}", "{parameter} has no default",
        "{parameter} should be required, drop its default value"),
    "js_catch_nothing": (
        "Remove the unused catch variable {error}", "Use catch without a binding",
        "{error} is not used, use optional catch binding", "Drop ({error}) from the catch",
        "the catch parameter is unused"),
    "js_catch_name": (
        "Name the caught error {error}", "Bind the error in the catch clause to {error}",
        "catch ({error}) instead of a bare catch", "Add ({error}) to the catch"),
}

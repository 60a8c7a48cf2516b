"""What guards.py says and writes: conditions in words and in code, results in words and in code."""

from __future__ import annotations

from typing import NamedTuple


class Check(NamedTuple):
    """{p} is the parameter, {n} a number, {q} a name or a literal."""
    needs: str  # what the parameter has to be; SEEN: only where people wrote the check
    code: str
    words: tuple[str, ...]  # the condition
    must: str = ""  # the message: "{p} must not be negative"
    unless: str = ""  # its opposite in words
    wrong_type: bool = False


SEEN = "seen"
_NEGATIVE = ("{p} is negative", "{p} is less than zero", "{p} is below 0", "{p} < 0")
_ZERO = ("{p} is zero", "{p} is 0", "{p} equals zero")
_NOT_POSITIVE = ("{p} is not positive", "{p} is zero or negative", "{p} is zero or less")
_GREATER = ("{p} is greater than {n}", "{p} is over {n}", "{p} exceeds {n}", "{p} is above {n}")
_EMPTY = ("{p} is empty", "there is nothing in {p}", "{p} has no elements", "{p} has length 0")
_NO_TEXT = ("{p} is empty", "{p} is an empty string", "{p} has no characters")
_LONG = ("{p} is longer than {n} characters", "{p} has more than {n} characters")
_MANY = ("{p} has more than {n} elements", "there are more than {n} {p}", "{p} is longer than {n}")


def _numbers(equal: str = "==") -> tuple[Check, ...]:
    return (
        Check("number", "{p} < 0", _NEGATIVE, "{p} must not be negative",
              "{p} is zero or positive"),
        Check("count", "{p} %s 0" % equal, _ZERO, "{p} must not be zero"),
        Check("number", "{p} <= 0", _NOT_POSITIVE, "{p} must be positive", "{p} is positive"),
        Check("count", "{p} > {n}", _GREATER, "{p} must not be greater than {n}",
              "{p} is at most {n}"),
        Check(SEEN, "{p} < {n}", ("{p} is less than {n}", "{p} is below {n}", "{p} < {n}")),
        Check(SEEN, "{p} > 0", ("{p} is positive", "{p} is greater than zero")),
    )


_IN_PYTHON = (
    Check("any", "{p} is None", ("{p} is None", "{p} is missing", "no {p} is given",
                                 "there is no {p}"), "{p} must not be None", "{p} is not None"),
    Check("list", "not {p}", _EMPTY, "{p} must not be empty", "{p} has elements"),
    Check("text", "not {p}", _NO_TEXT, "{p} must not be empty"),
    Check("map", "not {p}", ("{p} is empty", "{p} has no keys", "there is nothing in {p}"),
          "{p} must not be empty"),
    Check("list", "len({p}) > {n}", _MANY, "{p} must not be longer than {n}"),
    Check("text", "len({p}) > {n}", _LONG, "{p} must not be longer than {n}"),
    Check("number", "not isinstance({p}, int)", ("{p} is not an integer", "{p} isn't an int"),
          "{p} must be an integer", "{p} is an integer", True),
    Check("text", "not isinstance({p}, str)", ("{p} is not a string", "{p} isn't a str"),
          "{p} must be a string", "{p} is a string", True),
    Check("list", "not isinstance({p}, list)", ("{p} is not a list", "{p} isn't a list"),
          "{p} must be a list", "{p} is a list", True),
    Check("map", "not isinstance({p}, dict)", ("{p} is not a dict", "{p} is no dictionary"),
          "{p} must be a dict", "{p} is a dictionary", True),
    Check("call", "not callable({p})", ("{p} is not callable", "{p} cannot be called",
                                        "{p} is not a function"),
          "{p} must be callable", "{p} is callable", True),
    Check("flag", "not {p}", ("{p} is false", "{p} is not set", "{p} is off"), "{p} must be set",
          "{p} is set"),
    Check("flag", "{p}", ("{p} is true", "{p} is set", "{p} is on"), "{p} must not be set"),
    Check(SEEN, "{p} is not None", ("{p} is not None", "{p} is given", "there is a {p}")),
    Check(SEEN, "not {p}", ("{p} is empty or None", "{p} is falsy")),
    Check(SEEN, "{p} in {q}", ("{p} is in {q}", "{q} contains {p}", "{p} is already in {q}")),
    Check(SEEN, "{p} not in {q}", ("{p} is not in {q}", "{p} is missing from {q}",
                                   "{q} does not contain {p}")),
    Check(SEEN, "{p} == {q}", ("{p} is {q}", "{p} equals {q}", "{p} is equal to {q}")),
    Check(SEEN, "{p} != {q}", ("{p} is not {q}", "{p} differs from {q}")),
    Check(SEEN, "len({p}) == 0", ("the length of {p} is 0", "len({p}) is zero")),
    Check(SEEN, "{p}.startswith({q})", ("{p} starts with {q}", "{p} begins with {q}")),
    Check(SEEN, "not {p}.startswith({q})", ("{p} does not start with {q}",)),
    Check(SEEN, "{p}.endswith({q})", ("{p} ends with {q}", "{p} ends in {q}")),
    Check(SEEN, "not os.path.exists({p})", ("{p} does not exist", "the path {p} does not exist")),
    Check(SEEN, "not {p}.exists()", ("{p} does not exist",)),
    Check(SEEN, "isinstance({p}, {q})", ("{p} is a {q}", "{p} is an instance of {q}")),
    Check(SEEN, "not isinstance({p}, {q})", ("{p} is not a {q}", "{p} isn't an instance of {q}")),
    Check(SEEN, "{p}", ("{p} is true", "{p} is set")),
) + _numbers()

_IN_JAVASCRIPT = (
    Check("any", "!{p}", ("{p} is missing", "there is no {p}", "{p} is falsy", "{p} is not given"),
          "{p} is required", "{p} is given"),
    Check("any", "{p} === undefined", ("{p} is undefined",), "{p} must not be undefined"),
    Check("any", "{p} === null", ("{p} is null",), "{p} must not be null"),
    Check("any", "{p} == null", ("{p} is null or undefined", "{p} is undefined or null"),
          "{p} must not be null or undefined"),
    Check("list", "{p}.length === 0", _EMPTY, "{p} must not be empty"),
    Check("list", "!Array.isArray({p})", ("{p} is not an array", "{p} isn't an array"),
          "{p} must be an array", "{p} is an array", True),
    Check("list", "{p}.length > {n}", _MANY, "{p} must not be longer than {n}"),
    Check("text", "{p} === ''", _NO_TEXT, "{p} must not be empty"),
    Check("text", "typeof {p} !== 'string'", ("{p} is not a string", "{p} isn't a string"),
          "{p} must be a string", "{p} is a string", True),
    Check("text", "{p}.length > {n}", _LONG, "{p} must not be longer than {n}"),
    Check("count", "typeof {p} !== 'number'", ("{p} is not a number", "{p} isn't a number"),
          "{p} must be a number", "{p} is a number", True),
    Check("number", "Number.isNaN({p})", ("{p} is NaN",), "{p} must not be NaN"),
    Check("call", "typeof {p} !== 'function'", ("{p} is not a function", "{p} isn't a function",
                                                "{p} cannot be called"),
          "{p} must be a function", "{p} is a function", True),
    Check(SEEN, "!{p}", ("{p} is not set", "{p} is falsy", "there is no {p}")),
    Check(SEEN, "{p} === {q}", ("{p} is {q}", "{p} equals {q}")),
    Check(SEEN, "{p} !== {q}", ("{p} is not {q}", "{p} differs from {q}")),
    Check(SEEN, "typeof {p} === {q}", ("the type of {p} is {q}", "{p} has the type {q}")),
    Check(SEEN, "typeof {p} !== {q}", ("the type of {p} is not {q}",)),
    Check(SEEN, "!{p}.length", ("{p} is empty", "{p} has no length")),
    Check(SEEN, "{p} instanceof {q}", ("{p} is a {q}", "{p} is an instance of {q}")),
    Check(SEEN, "{p}", ("{p} is set", "{p} is true", "there is a {p}")),
) + _numbers("===")

_IN_GO = (
    Check("pointer", "{p} == nil", ("{p} is nil", "there is no {p}", "{p} is missing"),
          "{p} must not be nil", "{p} is not nil"),
    Check("text", '{p} == ""', _NO_TEXT, "{p} must not be empty"),
    Check("list", "len({p}) == 0", _EMPTY, "{p} must not be empty"),
    Check("map", "{p} == nil", ("{p} is nil",), "{p} must not be nil"),
    Check("text", "len({p}) > {n}", ("{p} is longer than {n} bytes", "{p} has more than {n} bytes"),
          "{p} must not be longer than {n}"),
    Check("list", "len({p}) > {n}", _MANY, "{p} must not be longer than {n}"),
    Check("flag", "!{p}", ("{p} is false", "{p} is not set"), "{p} must be set", "{p} is set"),
    Check(SEEN, "{p} != nil", ("{p} is not nil", "there is a {p}")),
    Check(SEEN, "{p} == {q}", ("{p} is {q}", "{p} equals {q}")),
    Check(SEEN, "{p} != {q}", ("{p} is not {q}", "{p} differs from {q}")),
    Check(SEEN, "len({p}) < {n}", ("{p} is shorter than {n}", "{p} has fewer than {n} elements")),
    Check(SEEN, "!{p}", ("{p} is false", "{p} is not true")),
    Check(SEEN, "{p}", ("{p} is true", "{p} is set")),
) + _numbers()

_IN_RUST = (
    Check("text", "{p}.is_empty()", _NO_TEXT, "{p} must not be empty"),
    Check("list", "{p}.is_empty()", _EMPTY, "{p} must not be empty"),
    Check("option", "{p}.is_none()", ("{p} is None", "{p} is missing", "there is no {p}"),
          "{p} must be given", "{p} is given"),
    Check("text", "{p}.len() > {n}", ("{p} is longer than {n} bytes",
                                      "{p} has more than {n} bytes"),
          "{p} must not be longer than {n}"),
    Check("list", "{p}.len() > {n}", _MANY, "{p} must not be longer than {n}"),
    Check("flag", "!{p}", ("{p} is false", "{p} is not set"), "{p} must be set", "{p} is set"),
    Check(SEEN, "{p} == {q}", ("{p} is {q}", "{p} equals {q}")),
    Check(SEEN, "{p} != {q}", ("{p} is not {q}", "{p} differs from {q}")),
    Check(SEEN, "!{p}", ("{p} is false", "{p} is not true")),
    Check(SEEN, "{p}", ("{p} is true", "{p} is set")),
) + _numbers()

_IN_C = (
    Check("pointer", "{p} == NULL", ("{p} is NULL", "{p} is a null pointer", "there is no {p}"),
          "{p} must not be NULL", "{p} is not NULL"),
    Check("pointer", "!{p}", ("{p} is NULL", "{p} is a null pointer", "there is no {p}"),
          "{p} must not be NULL", "{p} is not NULL"),
    Check("text", "*{p} == '\\0'", _NO_TEXT, "{p} must not be empty"),
    Check(SEEN, "!{p}", ("{p} is not set", "{p} is null or zero", "there is no {p}")),
    Check(SEEN, "{p} == {q}", ("{p} is {q}", "{p} equals {q}")),
    Check(SEEN, "{p} != {q}", ("{p} is not {q}", "{p} differs from {q}")),
    Check(SEEN, "{p}", ("{p} is set", "{p} is not zero")),
) + _numbers()

CHECKS = {"python": _IN_PYTHON, "javascript": _IN_JAVASCRIPT, "typescript": _IN_JAVASCRIPT,
          "go": _IN_GO, "rust": _IN_RUST, "c": _IN_C}

NOTHING = ("do nothing", "return at once", "return early", "just return",
           "return without doing anything")
_FALSE, _TRUE = ("return false", "answer false"), ("return true", "answer true")
_LIST, _TEXT = ("return an empty list", "give back an empty list"), ("return an empty string",)
_MAP, _ZERO_VALUE = ("return an empty dict", "return an empty dictionary"), ("return 0",
                                                                           "return zero")
RESULTS: dict[str, dict[str, tuple[str, ...]]] = {  # a statement, and how people ask for it
    "python": {"return None": ("return None", "give back None"),
               "return False": ("return False", "answer False", "return false"),
               "return True": ("return True", "answer True"), "return []": _LIST + ("return []",),
               "return {}": _MAP + ("return {}",), "return 0": _ZERO_VALUE,
               "return -1": ("return -1",), 'return ""': _TEXT, "return ''": _TEXT,
               "return": NOTHING},
    "javascript": {"return null": ("return null",), "return false": _FALSE, "return true": _TRUE,
                   "return []": ("return an empty array", "return []"),
                   "return {}": ("return an empty object",), "return ''": _TEXT,
                   "return 0": _ZERO_VALUE, "return -1": ("return -1",),
                   "return undefined": ("return undefined",), "return": NOTHING},
    "go": {"return nil": ("return nil",), "return false": _FALSE, "return true": _TRUE,
           "return 0": _ZERO_VALUE, "return -1": ("return -1",), 'return ""': _TEXT,
           "return": NOTHING,
           "return nil, nil": ("return nil and no error", "return nil, nil"),
           "return nil, err": ("return nil and the error",), "return err": ("return the error",)},
    "rust": {"return None": ("return None",), "return false": _FALSE, "return true": _TRUE,
             "return 0": _ZERO_VALUE, "return -1": ("return -1",),
             "return Vec::new()": ("return an empty vector",),
             "return vec![]": ("return an empty vector",), "return Ok(())": ("return Ok",),
             "return String::new()": _TEXT, "return": NOTHING},
    "c": {"return -1": ("return -1",), "return 0": _ZERO_VALUE, "return NULL": ("return NULL",),
          "return false": _FALSE, "return true": _TRUE, "return 1": ("return 1",),
          "return": NOTHING, "return -EINVAL": ("return -EINVAL", "fail with -EINVAL")},
}
RESULTS["typescript"] = RESULTS["javascript"]

TEMPLATES: dict[str, tuple[str, ...]] = {}
for _kind in ("guard_nothing", "guard_value", "guard_error"):
    TEMPLATES[_kind] = (
        "{Action} if {condition}", "If {condition}, {action}", "{Action} when {condition}",
        "When {condition}, {action}", "{name} should {action} if {condition}",
        "Make {name} {action} when {condition}", "Add a check: if {condition}, {action}",
        "Add a guard to {name} so that it will {action} when {condition}", "In case {condition}, "
        "{action}", "First check whether {condition}, then {action}", "Make it {action} if "
        "{condition}", "Handle the case that {condition}: {action}")
for _kind in ("guard_nothing", "guard_value"):
    TEMPLATES[_kind] += ("It fails if {condition}: {action} then",
                         "{name} crashes when {condition}, it should {action} instead")
TEMPLATES |= {
    "guard_must": ("{must}: {action} otherwise", "{must}, else {action}",
                   "{must}, otherwise {action}", "Check that {must}, {action} if not",
                   "{name} should {action} otherwise: {must}"),
    "guard_assert": ("Assert that {holds}", "Add an assertion that {holds}",
                     "Assert at the start that {holds}", "Add an assert: {must}",
                     "{name} should assert that {holds}", "{must}, assert that"),
    "guard_unless": ("{Action} unless {unless}", "{name} should {action} unless {unless}",
                     "Make sure that {unless}, else {action}", "Check that {unless}, otherwise "
                     "{action}", "Verify that {unless}; if not, {action}",
                     "Require that {unless}: {action} otherwise"),
    "guard_remove": ("Remove the check whether {condition}", "Drop the check whether {condition}",
                     "No need to check whether {condition}", "Do not {action} if {condition}",
                     "Stop checking whether {condition}", "{name} should no longer {action} when "
                     "{condition}", "Take out the guard that will {action} if {condition}"),
    "loop_skip": ("In the loop, skip {item} if {condition}", "Skip {item} if {condition}",
                  "Ignore {item} when {condition}", "If {condition}, go on with the next one",
                  "Continue with the next one if {condition}",
                  "The loop should skip {item} when {condition}", "Don't process {item} if "
                  "{condition}"),
    "loop_skip_kind": ("Skip {what}", "Ignore {what}", "Leave out {what}", "{What} should be "
                       "skipped", "The loop should ignore {what}", "Do not process {what}"),
    "loop_stop": ("Stop the loop when {condition}", "Stop as soon as {condition}",
                  "Break out of the loop if {condition}", "End the loop once {condition}",
                  "Leave the loop if {condition}"),
    "default_when_missing": ("Use {value} if {name} is not given", "Default {name} to {value}",
                             "Fall back to {value} when {name} is missing", "If {name} is missing, "
                             "use {value}", "{name} should be {value} when it is not given",
                             "When there is no {name}, take {value}"),
    "clamp": ("Limit {name} to at most {limit}", "Clamp {name} to {limit}",
              "Cap {name} at {limit}", "{name} should never be more than {limit}: use {limit} then",
              "If {name} is greater than {limit}, use {limit}"),
    "clamp_below": ("Treat any {name} below {limit} as {limit}", "Use at least {limit} for {name}",
                    "{name} should be at least {limit}: raise it to {limit} otherwise",
                    "If {name} is less than {limit}, use {limit}"),
    "key_default": ("Use {value} for {target} if the key {key} is missing",
                    "Handle the KeyError of {key} with a try statement: {target} is {value} then",
                    "Catch the KeyError when {key} is missing and set {target} to {value}",
                    "Don't fail when {key} is missing, catch the KeyError and use {value}"),
    "log_and_return": ("Log the warning \"{message}\" and return if {condition}",
                       "If {condition}, warn \"{message}\" and return",
                       "When {condition}, log a warning \"{message}\" and do nothing",
                       "Warn with \"{message}\" and return early when {condition}"),
    "order_check": ("{Action} if {low} is greater than {high}", "{Action} when {high} is less than "
                    "{low}", "Check that {low} is not greater than {high}, else {action}",
                    "If {low} > {high}, {action}", "{low} must not be greater than {high}: "
                    "{action} otherwise"),
    "trim_first": ("Strip whitespace from {name} first", "Strip {name} at the start",
                   "Ignore whitespace around {name}", "Remove spaces around {name} before using "
                   "it", "First trim {name}"),
    "lower_first": ("Lowercase {name} first", "Convert {name} to lower case at the start",
                    "Ignore the case of {name}: make it lower case first",
                    "Make {name} lowercase before using it"),
}

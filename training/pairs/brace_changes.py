"""Changes of JavaScript, TypeScript, C, Go and Rust that are safe to make on their text."""

from __future__ import annotations

import random
import re
import textwrap
from typing import Iterator

from training.pairs import masking
from training.pairs.changes import Change, Maker, both_ways
from training.pairs.regions import Region

PARAMETERS = {
    "javascript": (("verbose = false", "verbose", "false"), ("timeout = 1000", "timeout", "1000"),
                   ("options = {}", "options", "{}"), ("strict = true", "strict", "true"),
                   ("depth = 0", "depth", "0"), ("callback = null", "callback", "null")),
    "c": (("int flags", "flags", "int"), ("size_t limit", "limit", "size_t"),
          ("bool verbose", "verbose", "bool"), ("void *user_data", "user_data", "void *")),
    "go": (("verbose bool", "verbose", "bool"), ("limit int", "limit", "int"),
           ("timeout time.Duration", "timeout", "time.Duration"),
           ("name string", "name", "string")),
    "rust": (("verbose: bool", "verbose", "bool"), ("limit: usize", "limit", "usize"),
             ("depth: u32", "depth", "u32"), ("name: &str", "name", "&str")),
}
PARAMETERS["typescript"] = (("verbose = false", "verbose", "false"), ("depth = 0", "depth", "0"),
                            ("strict: boolean = true", "strict", "true"),
                            ("timeout: number = 1000", "timeout", "1000"))
MODERN = {  # language: (what people write, its older form, the instruction that leads back)
    "javascript": (
        (r"\bconst (\w+) =", r"var \1 =", "Use const in place of var"),
        (r"\blet (\w+) =", r"var \1 =", "Use let in place of var"),
        (r" === ", " == ", "Compare with ==="), (r" !== ", " != ", "Compare with !=="),
        (r"\.includes\(([\w.'\"]+)\)", r".indexOf(\1) !== -1", "Use includes in place of indexOf"),
        (r"`([^`$\\\n]*)\$\{([\w.]+)\}`", r"'\1' + \2", "Use a template literal"),
    ),
    "c": (
        (r"\bif \(!(\w+)\)", r"if (\1 == NULL)", "Test pointers with ! in place of == NULL"),
        (r"\bif \((\w+) == NULL\)", r"if (!\1)", "Compare pointers with NULL"),
        (r"\bsizeof\(\*(\w+)\)", r"sizeof *\1", "Put parentheses around what sizeof measures"),
        (r"\b(\w+)\+\+;", r"\1 += 1;", "Use ++ to add one"),
        (r"\bconst char \*", r"char *", "Make the strings that are not written to const"),
    ),
    "go": (
        (r"\binterface\{\}", "any", "Write interface{} in place of any"),
        (r"\bany\b(?=[,) {])", "interface{}", "Use any in place of interface{}"),
        (r"\b(\w+)\+\+$", r"\1 += 1", "Use ++ to add one"),
        (r"\berrors\.New\((\"[^\"%]*\")\)", r"fmt.Errorf(\1)", "Use errors.New where nothing is "
         "formatted"),
        (r"\b(\w+) := ", r"var \1 = ", "Use short variable declarations"),
    ),
    "rust": (
        (r"\)\?;$", r").unwrap();", "Use ? in place of unwrap"),
        (r"\.unwrap\(\)", r'.expect("unexpected failure")', "Use unwrap in place of expect"),
        (r"\.is_empty\(\)", ".len() == 0", "Use is_empty in place of len"),
        (r"\.to_string\(\)", ".to_owned()", "Use to_string in place of to_owned"),
        (r"\bString::new\(\)", 'String::from("")', "Use String::new for an empty string"),
    ),
}
MODERN["typescript"] = MODERN["javascript"]
GUARD = {  # how an early return looks: what a person wrote, as a pattern
    "javascript": r"^([ \t]+)if \((.+)\) \{?\s*(return[^;\n]*;|throw [^;\n]*;)\s*(?:\}|(?<=;))\n",
    "c": r"^([ \t]+)if \((.+)\)\s*\{?\s*(return[^;\n]*;|goto \w+;)\s*(?:\}|(?<=;))\n",
    "go": r"^([ \t]+)if (.+) \{\n\s*(return[^\n]*|panic\([^\n]*\))\n[ \t]*\}\n",
    "rust": r"^([ \t]+)if (.+) \{\n\s*(return[^\n]*;)\n[ \t]*\}\n",
}
GUARD["typescript"] = GUARD["javascript"]


def guard(region: Region, numbers: random.Random) -> Iterator[Change]:
    """An early return that people wrote, taken out to be asked for."""
    found = [match for match in re.finditer(GUARD[region.language], region.text, re.MULTILINE)
             if len(match[2]) < 70 and match[2].count("(") == match[2].count(")")
             and not region.text[match.end():].lstrip().startswith("else")]
    if len(found) != 1:
        return
    match = found[0]
    rest = region.text[match.end():]
    if rest.startswith("\n") and region.text[:match.start()].rstrip().endswith("{"):
        rest = rest.lstrip("\n")
    before = region.text[:match.start()] + rest
    anchor = region.text[:match.start()].rstrip().split("\n")[-1].strip()
    if len(anchor) < 80:
        yield Change("add_guard_after", before, region.text, {
            "condition": match[2], "action": match[3].rstrip(";"), "name": region.name,
            "line": anchor})
        yield Change("remove_guard", region.text, before, {"condition": match[2]})


def parameter(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A last parameter, added or taken away."""
    code = masking.code_only(region.text, region.language)
    name_at = re.search(
        rf"\b{re.escape(region.name)}\b\s*(?:<[^>()]*>)?\s*(?:=\s*)?(?:async\s*)?\(", code)
    if name_at is None:
        return
    closing = code.find(")", name_at.end())
    inside = code[name_at.end():closing]
    declaration, name, default = numbers.choice(PARAMETERS[region.language])
    if "(" in inside or "\n" in inside or "..." in inside or inside.strip() == "void" or \
            inside.rstrip().endswith(",") or re.search(rf"\b{name}\b", region.text):
        return
    comma = ", " if inside.strip() else ""
    after = region.text[:closing] + comma + declaration + region.text[closing:]
    words = {"parameter": name, "default": default, "name": region.name}
    typed = region.language in ("c", "go", "rust")
    yield Change("add_typed_parameter" if typed else "add_parameter", region.text, after, words)
    yield Change("remove_parameter", after, region.text, words)


def error_handling(region: Region, numbers: random.Random) -> Iterator[Change]:
    """JavaScript: the whole body in a try statement."""
    lines = region.text.splitlines(keepends=True)
    if region.language not in ("javascript", "typescript") or not 3 <= len(lines) <= 25 or \
            "`" in region.text or not lines[0].rstrip().endswith("{"):
        return
    body = "".join(lines[1:-1])
    indent = re.match(r"[ \t]*", lines[1])[0]
    if not indent or not body.strip() or len(textwrap.dedent(body)) == len(body):
        return
    semicolon = ";" if ";" in body else ""
    action = numbers.choice(("return null", "throw error", "console.error(error)", "return false"))
    after = lines[0] + f"{indent}try {{\n" + textwrap.indent(body, indent) + \
        f"{indent}}} catch (error) {{\n{indent * 2}{action}{semicolon}\n{indent}}}\n" + lines[-1]
    words = {"error": "any error", "handler": action, "name": region.name}
    yield from both_ways("add_error_handling", "remove_error_handling", region.text, after, words)


def check_errors(region: Region, numbers: random.Random) -> Iterator[Change]:
    """Go: an error that is returned, taken out to be asked for."""
    if region.language != "go":
        return
    found = list(re.finditer(r"^[ \t]*\w+(?:, err|) :?= ([\w.]+)\([^\n]*\)\n"
                             r"([ \t]*)if err != nil \{\n\s*(return [^\n]*)\n[ \t]*\}\n",
                             region.text, re.MULTILINE))
    for match in found[:1]:
        begin = match.start(2)
        before = region.text[:begin] + region.text[match.end():]
        yield Change("check_error", before, region.text, {"call": match[1], "action": match[3]})


def modernise(region: Region, numbers: random.Random) -> Iterator[Change]:
    """What people wrote, from its older form."""
    marks = masking.kinds(region.text, region.language)
    for pattern, old, words in MODERN[region.language]:
        found = [match for match in re.finditer(pattern, region.text, re.MULTILINE)
                 if masking.COMMENT not in marks[match.start():match.end()]
                 and (marks[match.start()] == masking.CODE or "`" in pattern)]
        if not found or len(found) > 6:
            continue
        before = region.text
        for match in reversed(found):
            before = before[:match.start()] + match.expand(old) + before[match.end():]
        if re.search(pattern, before, re.MULTILINE) is None:
            yield Change("modernise", before, region.text, {"what": words})


BRACES: tuple[Maker, ...] = (guard, parameter, error_handling, check_errors, modernise)

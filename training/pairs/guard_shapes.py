"""What a function looks like to a check in it: its parameters and what they seem to be, where its
first statement stands, how its author writes.
"""

from __future__ import annotations

import ast
import functools
import re
from typing import NamedTuple

from training.pairs import masking
from training.pairs.regions import Region

_NUMBER_NAMES = set("count n size limit index timeout width height length depth offset num amount "
                    "age port delay seconds level total max_size min_size start end step capacity "
                    "retries max_retries interval pos position k radius priority".split())
TEXT_NAMES = set("name path text line key filename url label title message prefix suffix word "
                  "string s token host username password email query pattern file_path "
                  "fileName filePath description tag".split())
_CALL_NAMES = set("callback cb fn func handler listener predicate done next".split())
JAVASCRIPT = ("javascript", "typescript")
_STUB = re.compile(r"\s*(?:raise NotImplementedError|pass$|\.\.\.$|super\(\w)")


class Style(NamedTuple):
    """How the function's author writes."""
    language: str
    unit: str  # of indentation
    end: str  # of a statement
    quote: str
    braces: bool  # around one statement; with JavaScript and C a choice

    def check(self, indent: str, condition: str, actions: list[str]) -> str:
        """The lines of a check."""
        if self.language == "python":
            opening, closing = f"{indent}if {condition}:\n", ""
        elif self.language in ("go", "rust"):
            opening, closing = f"{indent}if {condition} {{\n", f"{indent}}}\n"
        elif self.braces or len(actions) > 1:
            opening, closing = f"{indent}if ({condition}) {{\n", f"{indent}}}\n"
        else:
            opening, closing = f"{indent}if ({condition})\n", ""
            if self.language in JAVASCRIPT:
                return f"{indent}if ({condition}) {actions[0]}{self.end}\n"
        body = "".join(f"{indent}{self.unit}{one}{self.end}\n" for one in actions)
        return opening + body + closing

    def string(self, text: str) -> str:
        return f"{self.quote}{text}{self.quote}"


def style_of(region: Region, indent: str) -> Style:
    text, language = region.text, region.language
    header = re.match(r"[ \t]*", text)[0]
    end = {"python": "", "go": ""}.get(language, ";")
    if language in JAVASCRIPT and not re.search(r";$", text, re.MULTILINE):
        end = ""
    single = text.count("'") > text.count('"') and language in ("python", *JAVASCRIPT)
    bare = re.search(r"\bif \(.*\)\n" if language == "c" else r"\bif \(.*\) \w[^{]*$", text,
                     re.MULTILINE)
    braced = re.search(r"\bif \(.*\) \{$", text, re.MULTILINE)
    braces = not bare if language != "c" else bool(braced) and not bare
    return Style(language, indent[len(header):] or "    ", end, "'" if single else '"', braces)


class Parameter(NamedTuple):
    name: str
    type: str
    default: str


class Shape(NamedTuple):
    """Of a function: what it takes, what it returns, where its first statement stands."""
    parameters: list[Parameter]
    result: str  # its type, "" where none is written
    start: int  # the index of the line
    lines: list[str]
    returns: bool  # a value somewhere
    yields: bool

    @property
    def indent(self) -> str:
        return re.match(r"[ \t]*", self.lines[self.start])[0]

    def with_text(self, extra: str) -> str:
        return "".join(self.lines[:self.start]) + extra + "".join(self.lines[self.start:])


def shape_of(region: Region) -> Shape | None:
    shape = _python_shape(region) if region.language == "python" else _brace_shape(region)
    if shape is None or shape.start >= len(shape.lines) or not shape.lines[shape.start].strip() or \
            not shape.indent or _STUB.match(shape.lines[shape.start]):
        return None
    return shape


@functools.lru_cache(64)  # many makers ask about one region
def _python_shape(region: Region) -> Shape | None:
    try:
        function = ast.parse(region.text).body[0]
    except (SyntaxError, ValueError, IndexError):
        return None
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    lines = region.text.splitlines(keepends=True)
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body or body[0].lineno == function.lineno or "\f" in region.text:
        return None
    start = min([body[0].lineno, *(one.lineno for one in getattr(body[0], "decorator_list", []))])
    start -= 1
    while lines[start - 1].lstrip().startswith("#"):
        start -= 1
    found = function.args.posonlyargs + function.args.args
    defaults = [""] * (len(found) - len(function.args.defaults)) + [
        ast.unparse(one) for one in function.args.defaults]
    parameters = [Parameter(one.arg, ast.unparse(one.annotation) if one.annotation else "", default)
                  for one, default in zip(found, defaults) if one.arg not in ("self", "cls")]
    inside = list(ast.walk(function))
    result = ast.unparse(function.returns) if function.returns else ""
    return Shape(parameters, result, start, lines,
                 any(isinstance(node, ast.Return) and node.value is not None for node in inside),
                 any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in inside))


def _brace_shape(region: Region) -> Shape | None:
    code = masking.code_only(region.text, region.language)
    pattern = rf"\b{re.escape(region.name)}\b\s*(?:<[^>()]*>)?\s*(?:=\s*)?(?:async\s*)?" \
              rf"(?:function\s*\w*\s*)?\("
    opening = re.search(pattern, code)
    if opening is None:
        return None
    closing = _closing(code, opening.end())
    body = re.compile(r"\{[ \t]*\n").search(code, closing)
    if closing < 0 or body is None or "}" in code[closing:body.start()].replace("interface{}", ""):
        return None
    lines = region.text.splitlines(keepends=True)
    start = code.count("\n", 0, body.end())
    result = code[closing + 1:body.start()].strip()
    if region.language == "c":
        result = code[:opening.start()].strip()
        declaration = re.compile(r"\s*(?:(?:const|static|struct|unsigned|enum) )*\w+\b[ \t*]+\w+"
                                 r"(?:\[[^]]*\])*(?:\s*=[^;]*|, [\w*, ]+)?;\s*$")
        while start < len(lines) and declaration.match(lines[start]) and \
                not lines[start].lstrip().startswith(("return", "goto")):
            start += 1
    while start < len(lines) and (not lines[start].strip() or
                                  re.match(r"\s*(['\"])use strict\1", lines[start])):
        start += 1
    if start >= len(lines) - 1:
        return None
    return Shape(_split(code[opening.end():closing], region.language), result, start, lines,
                 bool(re.search(r"\breturn [^;\s]", code)), "yield" in code)


def _closing(code: str, at: int) -> int:
    depth = 1
    for place in range(at, len(code)):
        depth += {"(": 1, ")": -1}.get(code[place], 0)
        if depth == 0:
            return place
    return -1


def _split(inside: str, language: str) -> list[Parameter]:
    if re.search(r"[({\[]" if language in JAVASCRIPT else r"[({]", inside):
        return []
    parts = [part.strip() for part in re.sub(r"<[^<>]*>", lambda m: m[0].replace(",", ";"), inside)
             .split(",")]
    patterns = {"c": r"(?P<t>.*[\s*])(?P<n>\w+)(?:\[\w*\])?$",
                "rust": r"(?P<n>\w+)\s*:\s*(?P<t>.+)$",
                "go": r"(?P<n>\w+)(?:\s+(?P<t>.+))?$"}
    pattern = patterns.get(language, r"(?P<n>\w+)(?:(?P<t>\??\s*:\s*[^=]+))?(?:\s*=\s*(?P<d>.+))?$")
    matches = [match for part in parts if (match := re.match(pattern, part, re.DOTALL))]
    found = []
    kind = ""
    for match in reversed(matches):  # in Go a type also holds for the names before it
        kind = (match.groupdict().get("t") or (kind if language == "go" else "")).strip()
        found.append(Parameter(match["n"], kind.lstrip(": "), match.groupdict().get("d") or ""))
    return found[::-1]


def needs(parameter: Parameter, region: Region) -> set[str]:
    """What the parameter is, as far as its type, its name or its use tells."""
    by_type = {"python": _python_type, "go": _go_type, "rust": _rust_type, "c": _c_type}.get(
        region.language, _typescript_type)(parameter)
    if region.language in ("go", "rust", "c") or parameter.type or by_type - {"any"}:
        return by_type
    return by_type | _by_use(parameter, masking.code_only(region.text, region.language))


def _python_type(parameter: Parameter) -> set[str]:
    name = parameter.type.strip("'\"")
    found = {"any"} if not name or "None" in name or "Optional" in name else set()
    bare = re.sub(r"Optional\[(.*)\]$|\s*\|\s*None", r"\1", name)
    table = {"int": {"number", "count"}, "float": {"number"}, "str": {"text"}, "bool": {"flag"}}
    if bare in table:
        return found | table[bare]
    kind = re.match(r"(?:typing\.|t\.)?(List|list|Sequence|Dict|dict|Mapping|Callable)\b", bare)
    if kind:
        kinds = {"list": "list", "sequence": "list", "dict": "map", "mapping": "map"}
        return found | {kinds.get(kind[1].lower(), "call")}
    return found | ({"flag"} if parameter.default in ("True", "False") else set())


def _typescript_type(parameter: Parameter) -> set[str]:
    table = {"number": {"number", "count"}, "string": {"text"}, "boolean": {"flag"},
             "Function": {"call"}}
    if parameter.type.endswith("[]") or parameter.type.startswith("Array<"):
        return {"list"}
    return table.get(parameter.type, {"any"})


def _go_type(parameter: Parameter) -> set[str]:
    kind = parameter.type
    if kind in ("string",):
        return {"text"}
    if re.fullmatch(r"int(?:8|16|32|64)?|float(?:32|64)|time\.Duration", kind):
        return {"number", "count"}
    if re.fullmatch(r"uint(?:8|16|32|64)?", kind):
        return {"count"}
    if kind == "bool":
        return {"flag"}
    if kind.startswith("[]"):
        return {"list"}
    if kind.startswith("map["):
        return {"map"}
    return {"pointer"} if kind.startswith(("*", "func(", "interface{}")) or \
        kind in ("error", "any", "io.Reader", "io.Writer") else set()


def _rust_type(parameter: Parameter) -> set[str]:
    kind = parameter.type.replace("'_ ", "").replace("'a ", "")
    if kind in ("&str", "String", "&String"):
        return {"text"}
    if re.fullmatch(r"i(?:8|16|32|64|size)", kind):
        return {"number", "count"}
    if re.fullmatch(r"u(?:8|16|32|64|size)", kind):
        return {"count"}
    if re.match(r"&(?:mut )?\[|&?Vec<", kind):
        return {"list"}
    return {"option"} if kind.startswith("Option<") else {"flag"} if kind == "bool" else set()


def _c_type(parameter: Parameter) -> set[str]:
    kind = parameter.type
    if "*" in kind:
        text = re.fullmatch(r"(?:const )?char \*", kind) and parameter.name in TEXT_NAMES
        return {"pointer", "text"} if text else {"pointer"}
    if re.fullmatch(r"(?:const )?(?:int|long|ssize_t|int\d+_t|double|float)", kind):
        return {"number", "count"}
    return {"count"} if re.fullmatch(r"size_t|unsigned(?: int| long)?|uint\d+_t", kind) else set()


def _by_use(parameter: Parameter, code: str) -> set[str]:
    name, found = parameter.name, set()
    p = rf"(?<![\w.]){re.escape(name)}\b"
    plain = not re.search(rf"{p}\s*[.\[(]", code)
    if plain and (name in _NUMBER_NAMES or re.search(
            rf"{p} (?:<=?|>=?|[-*/]) \d|\brange\({name}\)|\b\w+ (?:<|<=|>) {name}\b", code)):
        found |= {"number", "count"}
    methods = r"(?:strip|split|lower|upper|startswith|endswith|encode|splitlines|trim|" \
              r"toLowerCase|charAt|substr|substring|toUpperCase|charCodeAt)\("
    named = plain and name in TEXT_NAMES and "number" not in found
    if named or re.search(rf"{p}\.{methods}", code):
        found.add("text")
    elif re.search(rf"\bfor \w+ in {p}:|{p}\.(?:append|sort|extend|forEach|map|filter|push|reduce)"
                   rf"\(|\bof {p}\)|\blen\({name}\)", code):
        found.add("list")
    elif re.search(rf"{p}\.(?:items|keys|values|get)\(", code):
        found.add("map")
    if name in _CALL_NAMES and re.search(rf"{p}\(", code):
        found.add("call")
    if parameter.default.lower() in ("false", "true"):
        found = {"flag"}
    return found


def article(name: str) -> str:
    return "an" if name[0] in "AEIOU" else "a"


def sentence(words: dict[str, str]) -> dict[str, str]:
    words["Action"] = words["action"][0].upper() + words["action"][1:]
    return words

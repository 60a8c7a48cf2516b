"""Changes: each makes, of a function, the text before an edit, the text after it, and the words
that an instruction for it needs. The function itself is one of the two, so that people wrote what
is learnt, or what it starts from.
"""

from __future__ import annotations

import random
import re
from typing import Callable, Iterator, NamedTuple

from training.pairs import masking
from training.pairs.regions import Region


class Change(NamedTuple):
    kind: str  # a key of instructions.TEMPLATES
    before: str
    after: str
    words: dict[str, str]  # for the instruction


Maker = Callable[[Region, random.Random], Iterator[Change]]

NAMES = ("result value items count total index text data name entry source target buffer offset "
         "length current previous options settings record payload message response request node "
         "parent child key label prefix suffix limit start end position width height left right "
         "first last number amount status state context handler callback builder token line path "
         "folder file config params args output input pattern match size extra base").split()
DEBUG_LINES = {
    "python": ('print("{0}")', 'print("DEBUG:", {1})', 'print(f"{1} = {{{1}}}")'),
    "javascript": ('console.log("{0}");', "console.log({1});", 'console.debug("{0}", {1});'),
    "typescript": ('console.log("{0}");', "console.log({1});", 'console.debug("{0}", {1});'),
    "c": ('printf("{0}\\n");', 'fprintf(stderr, "{0}\\n");'),
    "go": ('fmt.Println("{0}")', 'fmt.Println("{0}", {1})', 'log.Printf("{1}: %v", {1})'),
    "rust": ('println!("{0}");', 'dbg!(&{1});', 'eprintln!("{0}");'),
}
LOG_WORDS = ("enter {}", "{} called", "start of {}", "in {}", "running {}", "{}: begin")
COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
LINE_COMMENT = {"python": "#"}
DECLARED = {  # names that a function declares, where a rename cannot reach outside it
    "javascript": r"\b(?:let|const|var)\s+([A-Za-z_]\w*)\s*=",
    "typescript": r"\b(?:let|const|var)\s+([A-Za-z_]\w*)\s*[:=]",
    "c": r"\b(?:int|char|size_t|long|double|float|ssize_t|void|unsigned|bool|\w+_t)\s+\**\s*"
         r"([a-z_]\w*)\s*(?:[=;,)]|\[)",
    "go": r"\b([a-z]\w*)\s*:=", "rust": r"\blet\s+(?:mut\s+)?([a-z_]\w*)\s*[:=]",
    "python": r"^[ ]+([a-z_]\w*)\s*=(?!=)",
}


def _code(region: Region) -> str:
    return masking.code_only(region.text, region.language)


def both_ways(there: str, back: str, before: str, after: str, words: dict[str, str]
              ) -> Iterator[Change]:
    """From `before` to `after` by the first kind, and back by the second; one may be ""."""
    if there:
        yield Change(there, before, after, words)
    if back:
        yield Change(back, after, before, words)


def indent_of(line: str) -> str:
    return line[:len(line) - len(line.lstrip())]


def _replace_spans(text: str, spans: list[tuple[int, int]], new: str) -> str:
    for begin, end in sorted(spans, reverse=True):
        text = text[:begin] + new + text[end:]
    return text


def _body_start(region: Region) -> int | None:
    """The index of the body's first line; None where it is not on a line of its own."""
    code = _code(region)
    if region.language == "python":
        header = re.search(r"^(?:async )?def [^\n]*?(?:\n[^\n]*?)*?:[ ]*$", code, re.MULTILINE)
    else:
        header = re.search(r"\{[ \t]*$", code, re.MULTILINE)
    return code.count("\n", 0, header.end()) + 1 if header else None


def rename(region: Region, numbers: random.Random) -> Iterator[Change]:
    code = _code(region)
    names = {name for name in re.findall(DECLARED[region.language], code, re.MULTILINE)
             if len(name) > 1 and name != "self"}
    for old in numbers.sample(sorted(names), min(2, len(names))):
        new = _other_name(old, numbers)
        spans = [match.span() for match in re.finditer(rf"\b{re.escape(old)}\b", code)]
        # A field, a key, an argument or a macro of that name is another's.
        unsafe = re.search(rf"(?:\.|->|::)\s*{old}\b|\b{old}\s*!|"
                           rf"[{{,(]\s*{old}\s*(?:[:=](?!=)|[,}}](?=[^()]*\}}))", code)
        if unsafe or len(spans) < 2 or re.search(rf"\b{old}\b", _strings(region)) or \
                re.search(rf"\b{new}\b", region.text):
            continue
        after = _replace_spans(region.text, spans, new)
        yield Change("rename", region.text, after, {"old": old, "new": new})


def _strings(region: Region) -> str:
    """Of strings that may hold code: templates and formats."""
    if region.language not in ("python", "javascript", "typescript"):
        return ""
    marks = masking.kinds(region.text, region.language)
    return "".join(char if mark == masking.STRING else " "
                   for char, mark in zip(region.text, marks))


def _other_name(old: str, numbers: random.Random) -> str:
    word = numbers.choice(NAMES)
    shape = numbers.random()
    if shape < 0.5:
        return word
    other = numbers.choice(NAMES)
    return f"{word}_{other}" if "_" in old or old.islower() and shape < 0.8 else \
        word + other.capitalize()


def change_value(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A number that occurs once becomes another."""
    code = _code(region)
    found = [match for match in re.finditer(r"(?<![\w.])\d+(?![\w.])", code)]
    unique = [match for match in found
              if len(re.findall(rf"(?<![\w.]){match[0]}(?![\w.])", region.text)) == 1]
    if unique:
        match = numbers.choice(unique)
        old = int(match[0])
        new = numbers.choice([n for n in (old + 1, old * 2, old * 10, old + 5, 100, 30, 3)
                              if n != old])
        after = _replace_spans(region.text, [match.span()], str(new))
        yield Change("change_value", region.text, after, {"old": match[0], "new": str(new)})


def fix_comparison(region: Region, numbers: random.Random) -> Iterator[Change]:
    code = _code(region)
    found = list(re.finditer(r"(?<=[\w)\]] )(<=|>=|<|>)(?= [\w(-])", code))
    if region.language in ("rust", "typescript"):  # there angles also enclose types
        found = [match for match in found if re.search(
            r"\b(?:if|while|return|for)\b[^\n]*$", code[:match.start()])]
    if not found:
        return
    match = numbers.choice(found)
    wrong = COMPARISONS[match[1]]
    before = _replace_spans(region.text, [match.span()], wrong)
    line = region.text[:match.start()].count("\n")
    condition = before.splitlines()[line].strip()
    if region.text.splitlines()[line].count(match[1]) == 1 and len(condition) < 80:
        yield Change("fix_comparison", before, region.text,
                     {"wrong": wrong, "right": match[1], "line": condition})


def comments(region: Region, numbers: random.Random) -> Iterator[Change]:
    """Whole-line comments: all taken away, or one put back."""
    lines = region.text.splitlines(keepends=True)
    sign = LINE_COMMENT.get(region.language, "//")
    places = [n for n, line in enumerate(lines) if line.lstrip().startswith(sign + " ")]
    if not places:
        return
    rest = [line for n, line in enumerate(lines) if n not in places]
    marks = masking.kinds("".join(rest), region.language)
    if masking.COMMENT not in marks:
        yield Change("remove_comments", region.text, "".join(rest), {"name": region.name})
    single = [n for n in places if n + 1 < len(lines) and n + 1 not in places
              and n - 1 not in places and lines[n + 1].strip()]
    if not single:
        return
    place = numbers.choice(single)
    comment, anchor = lines[place].strip()[len(sign):].strip(), lines[place + 1].strip()
    before = "".join(lines[:place] + lines[place + 1:])
    if len(comment) < 90 and len(anchor) < 80 and before.count(anchor) == 1:
        yield Change("add_comment", before, region.text, {"text": comment, "line": anchor})


def debug_output(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A line that prints something, put in to be taken out again, or asked for at the beginning."""
    start = _body_start(region)
    lines = region.text.splitlines(keepends=True)
    if start is None or start >= len(lines) - (region.language != "python"):
        return
    indent = indent_of(next((line for line in lines[start:] if line.strip()), ""))
    if not indent or (region.language == "python" and lines[start].lstrip().startswith(('"', "'"))):
        return
    names = re.findall(DECLARED[region.language], _code(region), re.MULTILINE) or ["value"]
    words = numbers.choice(LOG_WORDS).format(region.name)
    statement = numbers.choice(DEBUG_LINES[region.language]).format(words, numbers.choice(names))
    place = start
    if "value" not in names and numbers.random() < 0.5:
        ends = [n for n in range(start, len(lines)) if _ends_a_statement(lines, n, indent)]
        place = numbers.choice(ends) + 1 if ends else start
    before = lines[:place] + [f"{indent}{statement}\n"] + lines[place:]
    yield Change("remove_debug", "".join(before), region.text, {"name": region.name})
    log = DEBUG_LINES[region.language][0].format(words)
    after = lines[:start] + [f"{indent}{log}\n"] + lines[start:]
    yield Change("add_log", region.text, "".join(after),
                 {"statement": log.rstrip(";"), "text": words, "name": region.name})


def _ends_a_statement(lines: list[str], place: int, indent: str) -> bool:
    """Another may follow the line: it stands at `indent`, as does the next one, and leaves nothing
    open."""
    line = lines[place]
    return indent_of(line) == indent and line.rstrip().endswith((";", ")")) and \
        not line.strip().startswith("return") and \
        (place + 1 == len(lines) or indent_of(lines[place + 1]) == indent)


def negate(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A condition that was the wrong way round."""
    pattern = {"python": r"^\s*(?:if|elif|while) ([\w.]+(?:\([^()\n]*\))?):$",
               "go": r"\bif ([\w.]+(?:\([^()\n]*\))?) \{$",
               "rust": r"\bif ([\w.]+(?:\([^()\n]*\))?) \{$"}.get(
                   region.language, r"\bif \(([\w.]+(?:\([^()\n]*\))?)\)")
    found = list(re.finditer(pattern, _code(region), re.MULTILINE))
    if found:
        match = numbers.choice(found)
        sign = "not " if region.language == "python" else "!"
        condition = region.text[match.start(1):match.end(1)]
        after = _replace_spans(region.text, [match.span(1)], sign + condition)
        pair = (region.text, after) if numbers.random() < 0.5 else (after, region.text)
        words = condition if pair[0] == region.text else sign + condition
        yield Change("negate", *pair, {"condition": words})


def remove_statement(region: Region, numbers: random.Random) -> Iterator[Change]:
    """A call that stands on a line of its own, taken away."""
    lines = region.text.splitlines(keepends=True)
    code = _code(region).splitlines()
    call = re.compile(r"^\s+([\w.]+(?:->\w+)*)\([^\n]*\);?$")
    places = [n for n, line in enumerate(code) if (match := call.match(line))
              and sum(match[1] + "(" in other for other in code) == 1
              and 0 < n < len(code) - 1 and indent_of(code[n - 1]) == indent_of(line)
              and not code[n - 1].rstrip().endswith((",", "(", "\\", "="))]
    if places:
        place = numbers.choice(places)
        name = call.match(code[place])[1]
        yield Change("remove_statement", region.text, "".join(lines[:place] + lines[place + 1:]),
                     {"call": name})


COMMON: tuple[Maker, ...] = (rename, change_value, fix_comparison, comments, debug_output, negate,
                             remove_statement)

"""Where compilers refuse and our syntax check does not: small mutations of real files (tokens and
lines that go, come twice, change places or become keywords), each judged by the language's own
compiler (syntax_judges, script_judge.mjs) and by build/syntax_faults. Prints how many of the texts
that became wrong are accepted, by the compiler's message, with an example of each; and what is
refused though the compiler takes it. Status 1 only where a judge cannot be run.

  syntax_differential.py [--set held_out] [--language python] [--texts 2000] [--seed 1]
"""

import argparse
import collections
import difflib
import keyword
import pathlib
import random
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

from answers import Answers
from daemon import BUILD, CACHE
from edit_cases import read_set, set_names
from source_files import SourceFiles
from syntax_judges import SyntaxJudges

TOKEN = re.compile(rb"[A-Za-z_]\w*|\d[\w.]*|\"(?:\\.|[^\"\\\n])*\"|[-+*/=<>!&|:.]+|\S")
WORDS = {
    "python": [word.encode() for word in keyword.kwlist],
    "c": b"int return if else while struct break case default sizeof static".split(),
    "javascript": b"arguments await break case class const default delete eval for function if let "
                  b"new return static super this throw try var yield".split(),
    "cpp": b"auto break case class const constexpr delete else explicit for if int namespace new "
           b"operator private public return static struct switch template this typename using "
           b"virtual void while".split(),
    "typescript": b"abstract as await case class const declare default else enum export extends "
                  b"for function get if implements import interface keyof let new private "
                  b"readonly return satisfies static super this type var yield".split(),
    "java": b"abstract break case catch class default else enum extends final for if implements "
            b"import interface new package private public return static super switch this throw "
            b"throws try void while".split(),
    "go": b"break case const defer else for func go if import map range return type var".split(),
    "rust": b"as break const else enum fn for if impl let match mod mut pub return self struct "
            b"type use where".split()}
MOST_SHOWN = 15


def mutate_tokens(text, rng, words):
    tokens = list(TOKEN.finditer(text))
    if len(tokens) < 3:
        return text
    at = rng.randrange(len(tokens) - 1)
    one, two = tokens[at], tokens[at + 1]
    kind = rng.randrange(5)
    if kind == 0:
        return text[:one.start()] + text[one.end():]
    if kind == 1:
        return text[:one.end()] + b" " + one[0] + text[one.end():]
    if kind == 2:
        return (text[:one.start()] + two[0] + text[one.end():two.start()] + one[0] +
                text[two.end():])
    new = rng.choice(words) if kind == 3 else rng.choice(tokens)[0]
    return text[:one.start()] + new + text[one.end():]


def mutate_lines(text, rng, _words):
    lines = text.splitlines(keepends=True)
    first = rng.randrange(len(lines))
    last = min(len(lines), first + rng.randint(1, 4))
    block = lines[first:last]
    kind = rng.randrange(4)
    if kind == 0:
        return b"".join(lines[:first] + lines[last:])
    if kind == 1:
        return b"".join(lines[:last] + block + lines[last:])
    if kind == 2:
        rest = lines[:first] + lines[last:]
        at = rng.randrange(len(rest) + 1)
        return b"".join(rest[:at] + block + rest[at:])
    return b"".join(lines[:first] + lines[last:last + 1] + block + lines[last + 1:])


def mutations(files, rng, words):
    while True:
        source = rng.choice(files)
        text = rng.choice([mutate_tokens, mutate_lines])(source.text, rng, words)
        if text != source.text:
            yield source, text


def new_errors(faults, path, before, after):
    """What our check says of the change, of which the lines that differ are the region."""
    name = path.rsplit("/", 1)[-1].replace(" ", "_")
    old_lines, new_lines = before.splitlines(), after.splitlines()
    shorter = min(len(old_lines), len(new_lines))
    first = next((i for i in range(shorter) if old_lines[i] != new_lines[i]), shorter)
    same = next((i for i in range(shorter - first) if old_lines[-1 - i] != new_lines[-1 - i]),
                shorter - first)
    return faults.ask([name, len(before), len(after), first + 1, len(old_lines) - same],
                      before + after)


def changed(before, after):
    lines = difflib.unified_diff(*(text.decode(errors="replace").splitlines()
                                   for text in (before, after)), lineterm="", n=1)
    return "\n".join(f"    {line}" for line in list(lines)[2:14])


class Judge:
    def __init__(self, language, judges):
        self.language, self.judges = language, judges
        self.script = Answers("node", "--experimental-vm-modules", "--no-warnings",
                              str(HERE / "script_judge.mjs")) if language == "javascript" else None

    def message(self, before, after):
        """The first thing that is wrong with `after` and not with `before`; empty: nothing."""
        if self.script:
            return self.script.ask(["a.js", len(after)], after)
        if self.language in ("c", "cpp"):
            return "; ".join(self.judges.new_errors(self.language, before, after)[:1])
        return "; ".join(self.judges.errors(self.language, after)[:1])


def kind_of(message):
    return re.sub(r"['\"‘“`][^'\"’”`]*['\"’”`]|\d+|<[^>]*>", "_", message)[:70]


def report(title, found, total):
    print(f"{title}: {sum(map(len, found.values()))} of {total}")
    for kind, cases in sorted(found.items(), key=lambda item: -len(item[1]))[:MOST_SHOWN]:
        source, text, message = cases[0]
        print(f"  {len(cases)} x {kind}: {source.name}: {message}")
        print(changed(source.text, text))


def compare(language, files, judges, options):
    rng = random.Random(f"{options.seed}:{language}")
    faults, judge = Answers(str(BUILD / "syntax_faults")), Judge(language, judges)
    missed, alarms = collections.defaultdict(list), collections.defaultdict(list)
    wrong = sound = 0
    texts = mutations(files, rng, WORDS[language])
    for source, text in (next(texts) for _ in range(options.texts)):
        message = judge.message(source.text, text)
        ours = new_errors(faults, source.name, source.text, text)
        is_refused = not ours.startswith("0 ")
        wrong += bool(message)
        sound += not message
        if message and not is_refused:
            missed[kind_of(message)].append((source, text, message))
        elif is_refused and not message:
            alarms[kind_of(ours)].append((source, text, ours))
    report(f"{language}: wrong and accepted", missed, wrong)
    report(f"{language}: sound and refused", alarms, sound)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=set_names(), default="tuned")
    parser.add_argument("--language", choices=WORDS, action="append")
    parser.add_argument("--texts", type=int, default=2000, help="of each language")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sources", type=pathlib.Path, default=CACHE / "cromwell/campaign")
    options = parser.parse_args()
    case_set = read_set(options.set)
    source_files = SourceFiles(options.sources, case_set)
    judges = SyntaxJudges(options.sources, source_files.gofmt())
    print(f"seed {options.seed}")
    for language in options.language or case_set.languages:
        compare(language, source_files.files(language), judges, options)


if __name__ == "__main__":
    main()

"""What Python's `re` says of small texts, for the regular expressions of engine/regex.

    python3 tests/golden/regex_golden.py > tests/engine/data/regex.json

Each entry: an expression, texts that it matches as a whole, and texts that it does not.
"""
import json
import random
import re

EXPRESSIONS = [
    "", "abc", "a|bc|", "a*b+c?", "(ab)*", "(?:a|b){2,3}", "a{2}", "a{2,}b", "a{0}b", "[a-c]+",
    "[^a]", "[^a-c]b", "[]a]", "[a-]", "[\\]\\\\]", ".", "a.b", "\\d+\\.\\d*", "\\w+", "\\W",
    "\\s\\S", "\\D+", "[\\d_]+", "[^\\w]", "(a|ab)(c|bcd)", "((a)(b|c))*", "a*?b", "a+?", "(a*)*b",
    "\\x61\\u0062", "\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\^\\$\\.", "^ab$", "^a|b$", "\u00e9+", "[\u00e9b]+",
    "x\\n", "[\\n\\t ]*a", "(|a)b", "b{1,2}",
]
ALPHABET = ["a", "b", "c", "1", ".", "_", " ", "\n", "\u00e9", "]", "-", "\\", "d"]


def texts(rng):
    yield ""
    for a in ALPHABET:
        yield a
        for b in ALPHABET:
            yield a + b
    for _ in range(300):
        yield "".join(rng.choice("ab" if rng.random() < 0.5 else ALPHABET)
                      for _ in range(rng.randint(3, 6)))


def main():
    rng = random.Random(5)
    out = []
    for expression in EXPRESSIONS:
        anchored = expression
        if expression.startswith("^"):
            anchored = "(?:" + expression[1:].rstrip("$") + ")"
        compiled = re.compile(anchored, re.ASCII)
        pool = sorted(set(texts(rng)))
        yes = [t for t in pool if compiled.fullmatch(t)]
        no = [t for t in pool if not compiled.fullmatch(t)]
        out.append({"regex": expression, "yes": rng.sample(yes, min(12, len(yes))),
                    "no": rng.sample(no, min(12, len(no)))})
    print("[\n" + ",\n".join(json.dumps(entry) for entry in out) + "\n]")


main()

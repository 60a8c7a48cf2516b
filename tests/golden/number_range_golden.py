"""What PyPI's jsonschema says of numbers beside schemas with bounds, for api/number_schema.

    python3 tests/golden/number_range_golden.py > tests/api/data/number_ranges.json

Each entry: a schema, numbers that it allows and that have one of the spellings that we write, and
numbers that it does not allow.
"""
import json
import random
from fractions import Fraction

from jsonschema import Draft202012Validator

SEED = 7
DIGITS = {"integer": 18, "number": 15}
SCHEMAS = [
    {"type": "integer", "minimum": 0},
    {"type": "integer", "minimum": 1, "maximum": 10},
    {"type": "integer", "exclusiveMinimum": -1, "exclusiveMaximum": 1},
    {"type": "integer", "minimum": 9.5, "maximum": 10.5},
    {"type": "integer", "minimum": -0.5, "maximum": 0},
    {"type": "integer", "minimum": -9223372036854775808, "maximum": 9223372036854775807},
    {"type": "integer", "maximum": -100},
    {"type": "integer", "minimum": 3, "exclusiveMinimum": 3,
     "maximum": 99, "exclusiveMaximum": 150},
    {"type": "integer", "minimum": 1e3, "maximum": 1.5e3},
    {"type": "integer", "minimum": -1e300, "maximum": 5e-324},
    {"type": "number", "minimum": 0, "maximum": 1},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    {"type": "number", "minimum": 0.1, "maximum": 0.3},
    {"type": "number", "exclusiveMinimum": 0.1, "exclusiveMaximum": 0.3},
    {"type": "number", "minimum": -273.15},
    {"type": "number", "exclusiveMaximum": 1e-7, "minimum": -1e-7},
    {"type": "number", "exclusiveMaximum": 1e15},
    {"type": "number", "minimum": 0.12345678901234568, "maximum": 1e300},
    {"type": "number", "maximum": -99.5},
    {"type": "number", "minimum": 100, "maximum": 100},
]


def bound(rng, kind):
    whole = rng.randint(0, 10 ** rng.randint(0, 5)) * rng.choice((-1, 1))
    if kind == "integer" and rng.random() < 0.8:
        return whole
    return round(whole + rng.random(), rng.randint(0, 6))


def some_schema(rng):
    kind = rng.choice(("integer", "number"))
    low, high = sorted((bound(rng, kind), bound(rng, kind)))
    schema = {"type": kind}
    if rng.random() < 0.85:
        schema[rng.choice(("minimum", "exclusiveMinimum"))] = low
    if rng.random() < 0.85 or len(schema) == 1:
        schema[rng.choice(("maximum", "exclusiveMaximum"))] = high
    return schema


def spelled(value, places):
    """A fraction with `places` digits behind the point, cut; none: an integer."""
    count = abs(value) * 10**places // 1
    text = str(count).rjust(places + 1, "0")
    text = text[:len(text) - places] + ("." + text[len(text) - places:] if places else "")
    return ("-" if value < 0 else "") + text


def texts(rng, schema):
    bounds = [value for name, value in schema.items() if name != "type"]
    centres = [Fraction(str(value)) for value in bounds if abs(value) < 1e20] + [Fraction(0)]
    low, high = min(centres) - 3, max(centres) + 3
    for _ in range(400):
        centre = rng.choice(centres) if rng.random() < 0.7 else \
            low + (high - low) * Fraction(rng.random())
        places = 0 if schema["type"] == "integer" else rng.randint(0, 14)
        step = rng.choice((0, 0, 1, -1, 2, -7, 10, -99))
        yield spelled(centre + Fraction(step, 10**places), places)
        if rng.random() < 0.3:
            yield spelled(centre, places)


def is_ours(text, kind):
    digits = text.lstrip("-")
    return len(digits.replace(".", "")) <= DIGITS[kind] and \
        not (text.startswith("-") and float(text) == 0)


def main():
    rng = random.Random(SEED)
    entries = []
    for schema in SCHEMAS + [some_schema(rng) for _ in range(40)]:
        validator = Draft202012Validator(schema)
        allowed, refused = set(), set()
        for text in texts(rng, schema):
            if not validator.is_valid(json.loads(text)):
                refused.add(text)
            elif is_ours(text, schema["type"]):
                allowed.add(text)
        if not allowed:
            continue
        entries.append({"schema": schema,
                        "allowed": rng.sample(sorted(allowed), min(12, len(allowed))),
                        "refused": rng.sample(sorted(refused), min(12, len(refused)))})
    print("[\n" + ",\n".join(json.dumps(entry) for entry in entries) + "\n]")


main()

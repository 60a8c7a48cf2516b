"""Cases written by hand, each with tests that the edited code has to pass: what is asked for may be
done in several ways."""

from __future__ import annotations

import json
import textwrap
from typing import NamedTuple


class Written(NamedTuple):
    kind: str
    instruction: str
    before: str
    after: str  # one right answer
    tests: str


def _raises(call: str, error: str) -> str:
    return f"try:\n    {call}\n    assert False\nexcept {error}:\n    pass\n"


CASES = (
    Written("fix_bug", "Fix the sum: it leaves out the last number",
            "def total(numbers):\n    result = 0\n    for i in range(len(numbers) - 1):\n"
            "        result += numbers[i]\n    return result\n",
            "def total(numbers):\n    result = 0\n    for i in range(len(numbers)):\n"
            "        result += numbers[i]\n    return result\n",
            "assert total([1, 2, 3]) == 6 and total([]) == 0"),
    Written("fix_bug", "average must return 0 for an empty list",
            "def average(values):\n    return sum(values) / len(values)\n",
            "def average(values):\n    if not values:\n        return 0\n"
            "    return sum(values) / len(values)\n",
            "assert average([]) == 0 and average([1, 3]) == 2"),
    Written("fix_bug", "Return the largest value, not the smallest",
            "def largest(values):\n    best = values[0]\n    for value in values:\n"
            "        if value < best:\n            best = value\n    return best\n",
            "def largest(values):\n    best = values[0]\n    for value in values:\n"
            "        if value > best:\n            best = value\n    return best\n",
            "assert largest([3, 9, 2]) == 9"),
    Written("fix_bug", "is_even must be true for even numbers",
            "def is_even(number):\n    return number % 2 == 1\n",
            "def is_even(number):\n    return number % 2 == 0\n",
            "assert is_even(4) and not is_even(3)"),
    Written("fix_bug", "The default list is shared between calls: use None as the default",
            "def append(item, items=[]):\n    items.append(item)\n    return items\n",
            "def append(item, items=None):\n    if items is None:\n        items = []\n"
            "    items.append(item)\n    return items\n",
            "assert append(1) == [1] and append(2) == [2] and append(3, [1]) == [1, 3]"),
    Written("fix_bug", "Count words without regard to upper and lower case",
            "def count_words(text):\n    counts = {}\n    for word in text.split():\n"
            "        counts[word] = counts.get(word, 0) + 1\n    return counts\n",
            "def count_words(text):\n    counts = {}\n    for word in text.lower().split():\n"
            "        counts[word] = counts.get(word, 0) + 1\n    return counts\n",
            "assert count_words('A a b') in ({'a': 2, 'b': 1}, {'A': 2, 'b': 1})"),
    Written("add_guard", "Raise ValueError if number is negative",
            "def square_root(number):\n    return number ** 0.5\n",
            "def square_root(number):\n    if number < 0:\n"
            "        raise ValueError(\"number is negative\")\n    return number ** 0.5\n",
            _raises("square_root(-1)", "ValueError") + "assert square_root(9) == 3"),
    Written("add_guard", "Return an empty string if name is None",
            "def greet(name):\n    return \"Hello, \" + name\n",
            "def greet(name):\n    if name is None:\n        return \"\"\n"
            "    return \"Hello, \" + name\n",
            "assert greet(None) == '' and greet('A') == 'Hello, A'"),
    Written("add_error_handling", "Return None if text is no number",
            "def parse(text):\n    return int(text)\n",
            "def parse(text):\n    try:\n        return int(text)\n    except ValueError:\n"
            "        return None\n",
            "assert parse('x') is None and parse('12') == 12"),
    Written("add_error_handling", "Return the default if the key is missing",
            "def lookup(table, key, default):\n    return table[key]\n",
            "def lookup(table, key, default):\n    return table.get(key, default)\n",
            "assert lookup({}, 1, 2) == 2 and lookup({1: 5}, 1, 2) == 5"),
    Written("add_parameter", "Add a parameter step with the default 1",
            "def numbers(start, stop):\n    return list(range(start, stop))\n",
            "def numbers(start, stop, step=1):\n    return list(range(start, stop, step))\n",
            "assert numbers(0, 4) == [0, 1, 2, 3] and numbers(0, 4, step=2) == [0, 2]"),
    Written("add_parameter", "Add a parameter reverse that sorts in descending order if true",
            "def ordered(items):\n    return sorted(items)\n",
            "def ordered(items, reverse=False):\n    return sorted(items, reverse=reverse)\n",
            "assert ordered([1, 3, 2], reverse=True) == [3, 2, 1] and ordered([2, 1]) == [1, 2]"),
    Written("rewrite", "Use a list comprehension",
            "def squares(numbers):\n    result = []\n    for number in numbers:\n"
            "        result.append(number * number)\n    return result\n",
            "def squares(numbers):\n    return [number * number for number in numbers]\n",
            "import inspect\nassert squares([1, 2]) == [1, 4] and squares.__code__.co_names in "
            "((), ('append',)) and 'append' not in squares.__code__.co_names"),
    Written("rewrite", "Use a with statement",
            "def read(path):\n    file = open(path)\n    text = file.read()\n    file.close()\n"
            "    return text\n",
            "def read(path):\n    with open(path) as file:\n        return file.read()\n",
            "open('a', 'w').write('x')\nassert read('a') == 'x' and 'close' not in "
            "read.__code__.co_names"),
    Written("rewrite", "Use enumerate",
            "def numbered(lines):\n    result = []\n    for i in range(len(lines)):\n"
            "        result.append((i, lines[i]))\n    return result\n",
            "def numbered(lines):\n    result = []\n    for i, line in enumerate(lines):\n"
            "        result.append((i, line))\n    return result\n",
            "assert numbered(['a', 'b']) == [(0, 'a'), (1, 'b')] and 'enumerate' in "
            "numbered.__code__.co_names"),
    Written("rewrite", "Return the condition directly instead of using if",
            "def is_adult(age):\n    if age >= 18:\n        return True\n    else:\n"
            "        return False\n",
            "def is_adult(age):\n    return age >= 18\n",
            "assert is_adult(18) is True and is_adult(17) is False and "
            "True not in is_adult.__code__.co_consts"),
    Written("rename", "Rename the function calc to circle_area",
            "def calc(radius):\n    return 3.14159 * radius * radius\n",
            "def circle_area(radius):\n    return 3.14159 * radius * radius\n",
            "assert round(circle_area(1)) == 3 and 'calc' not in globals()"),
    Written("change_value", "Use math.pi in place of 3.14",
            "import math\n\n\ndef area(radius):\n    return 3.14 * radius ** 2\n",
            "import math\n\n\ndef area(radius):\n    return math.pi * radius ** 2\n",
            "assert abs(area(1) - math.pi) < 1e-9"),
    Written("change_value", "Allow 5 attempts instead of 3",
            "def attempts(action):\n    for _ in range(3):\n        if action():\n"
            "            return True\n    return False\n",
            "def attempts(action):\n    for _ in range(5):\n        if action():\n"
            "            return True\n    return False\n",
            "calls = []\nattempts(lambda: calls.append(1))\nassert len(calls) == 5"),
    Written("remove_debug", "Remove the print",
            "def add(a, b):\n    print(\"adding\", a, b)\n    return a + b\n",
            "def add(a, b):\n    return a + b\n",
            "assert add(1, 2) == 3 and 'print' not in add.__code__.co_names"),
)


def lines() -> list[str]:
    numbers: dict[str, int] = {}
    result = []
    for case in CASES:
        numbers[case.kind] = numbers.get(case.kind, 0) + 1
        result.append(json.dumps({
            "id": f"{case.kind}-tested-{numbers[case.kind]}", "kind": case.kind,
            "language": "python", "file": "source.py", "content": case.before,
            "instruction": case.instruction, "expected": case.after, "package": "cromwell",
            "licence": "MIT", "tests": textwrap.dedent(case.tests)}))
    return result

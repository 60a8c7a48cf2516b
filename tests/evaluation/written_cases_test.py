"""The cases written by hand: their form, and that their tests tell right from wrong."""

import concurrent.futures
import json
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "clients/python")]

from cromwell.evaluation import cases, score
from training.pairs import written_cases

WHOLE = """=== guard empty
return 0 for an empty list

--- before
def f(values):
    return max(values)
--- after
def f(values):
    return max(values, default=0)
--- also
def f(values):
    return max(values) if values else 0
--- tests
assert f([]) == 0

"""
PART = """=== rename part
rename a to b
--- before
int f() {
>>>
  int a = 1;
  return a;
<<<
}
--- after
  int b = 1;
  return b;
"""


class FormTest(unittest.TestCase):
    def test_a_case_has_an_instruction_code_right_answers_and_tests(self):
        case, = written_cases.parse(WHOLE, "python.txt")
        self.assertEqual(json.loads(case.line()), {
            "id": "guard-empty", "kind": "guard", "language": "python", "file": "source.py",
            "content": "def f(values):\n    return max(values)\n",
            "instruction": "return 0 for an empty list",
            "expected": "def f(values):\n    return max(values, default=0)\n",
            "package": "cromwell", "licence": "MIT", "tests": "assert f([]) == 0",
            "also": ["def f(values):\n    return max(values) if values else 0\n"]})

    def test_a_part_that_is_selected_is_what_the_answer_replaces(self):
        case, = written_cases.parse(PART, "c.topic.txt")
        entry = json.loads(case.line())
        self.assertEqual(entry["content"], "int f() {\n  int a = 1;\n  return a;\n}\n")
        self.assertEqual(entry["expected"], "int f() {\n  int b = 1;\n  return b;\n}\n")
        self.assertEqual(entry["selection"], {"start_line": 2, "end_line": 3})
        request, = map(json.loads, case.requests())
        self.assertEqual((request["content"], request["selection"], request["after"]),
                         (entry["content"], entry["selection"], "  int b = 1;\n  return b;\n"))

    def test_what_is_no_case_is_named(self):
        for wrong, message in ((WHOLE.replace("=== ", ""), "python.txt: begins with no"),
                               (WHOLE.replace("--- before", "--- front"), "a section front"),
                               (WHOLE.replace("--- after", "--- also"), "guard empty: expected an"),
                               (WHOLE.replace("--- tests", "--- also"), "tests in Python"),
                               (WHOLE.replace("def f(values):\n", ">>>\n", 1), "after it one <<<")):
            with self.assertRaisesRegex(ValueError, message):
                written_cases.parse(wrong, "python.txt")
        with self.assertRaisesRegex(ValueError, "prose.txt: no language"):
            written_cases.parse(WHOLE, "prose.txt")

    def test_a_written_case_keeps_its_place_among_the_others(self):
        case, = written_cases.parse(WHOLE, "python.txt")
        new = case._replace(name="new")
        other = '{"id":"guard-empty", "package": "p"}'
        old = '{"id": "guard-empty", "package": "cromwell"}'
        gone = '{"id": "guard-gone", "package": "cromwell"}'
        self.assertEqual(written_cases.merge([old, gone, other], [new, case]),
                         [case.line(), other, new.line()])


class CommittedTest(unittest.TestCase):
    def test_the_benchmark_has_them_as_they_are_written(self):
        lines = cases.CASES.read_text().splitlines()
        self.assertEqual(written_cases.merge(lines, written_cases.read()), lines)

    def test_tests_fail_for_the_code_before_and_pass_for_every_right_answer(self):
        runs = [(case, text) for case in cases.read() if case.tests
                for text in (case.content, *case.right_answers)]
        self.assertGreaterEqual(len(runs), 140)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            passed = pool.map(lambda run: score.passes(run[1], run[0].tests), runs)
            for (case, text), result in zip(runs, passed):
                self.assertEqual(result, text != case.content, f"{case.id}:\n{text}")


if __name__ == "__main__":
    unittest.main()

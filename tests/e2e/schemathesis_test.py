"""Schemathesis with all its phases and few random cases, always the same, so that a change is what
makes it fail; ./deploy/campaign schemathesis runs 5,000 others."""

import unittest

import schemathesis_run

CASES = 250
SEED = 2026


class SchemathesisTest(unittest.TestCase):
    def test_no_server_error_and_no_answer_against_its_schema(self):
        status, output, cases = schemathesis_run.run(CASES, SEED)
        self.assertEqual(status, 0, output)
        self.assertGreaterEqual(cases, CASES, output)


if __name__ == "__main__":
    unittest.main()

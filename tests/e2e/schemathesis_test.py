"""Schemathesis at small size; ./deploy/campaign schemathesis runs 5,000 cases."""

import os
import unittest

import schemathesis_run

CASES = 250


class SchemathesisTest(unittest.TestCase):
    def test_no_server_error_and_no_answer_against_its_schema(self):
        seed = int.from_bytes(os.urandom(4), "big")
        status, output, cases = schemathesis_run.run(CASES, seed)
        self.assertEqual(status, 0, f"seed {seed}\n{output}")
        self.assertGreaterEqual(cases, CASES, output)


if __name__ == "__main__":
    unittest.main()

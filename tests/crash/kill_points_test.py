"""A small run of kill_points.py."""

import unittest

import kill_points


class KillPoints(unittest.TestCase):
    @unittest.skipIf(kill_points.strace_works(), kill_points.strace_works())
    def test_no_end_and_no_error_at_any_call_leaves_torn_or_mixed_files(self):
        seed = 20260219
        tally = kill_points.run(160, seed)
        self.assertGreater(sum(tally.points.values()), 200)
        self.assertEqual(tally.failures, [], f"seed {seed}")


if __name__ == "__main__":
    unittest.main()

"""likelihood_by_type's arithmetic and verdict, with both sides' log-probabilities given."""
import contextlib
import io
import unittest
from unittest import mock

import likelihood_by_type


class LikelihoodByType(unittest.TestCase):
    def run_with(self, float32, ours, *arguments):
        """Its exit code and table where both sides say this of two texts."""
        with contextlib.ExitStack() as stack:
            def replace(name, value):
                return stack.enter_context(mock.patch.object(likelihood_by_type, name, value))

            self.quantized = []

            def quantize(_, path, kind):
                self.quantized.append(kind)
                path.touch()

            replace("quantize", quantize)
            replace("float32_logprobs", lambda path, texts: iter(float32))
            self.ours = replace("our_logprobs", mock.Mock(return_value=ours))
            stack.enter_context(mock.patch("sys.argv", ["likelihood_by_type", *arguments]))
            output = stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
            return likelihood_by_type.main(), output.getvalue()

    def test_the_mean_is_over_all_tokens_and_the_worst_text_over_its_own(self):
        row = likelihood_by_type.compare([[-1.0, -3.0], [-4.0]], [[-1.0, -3.0], [-4.4]])
        self.assertAlmostEqual(row["percent"], 5)
        self.assertAlmostEqual(row["worst text"], 10)
        self.assertAlmostEqual(row["rms"], (0.4 ** 2 / 3) ** 0.5)

    def test_texts_of_unlike_length_are_a_defect_of_a_side(self):
        with self.assertRaises(ValueError):
            likelihood_by_type.compare([[-1.0, -3.0]], [[-1.0]])

    def test_a_type_beyond_the_limit_fails_in_either_direction(self):
        for ours in (-2.02, -1.98):
            code, table = self.run_with([[-2.0]], [[ours]], "Q4_0")
            self.assertEqual(code, 1)
            self.assertIn("Q4_0     -2.00000   %.5f   %+.3f" % (ours, 50 * -ours - 100), table)

    def test_a_wider_limit_passes_it(self):
        self.assertEqual(self.run_with([[-2.0]], [[-2.02]], "Q4_0", "--limit", "2")[0], 0)

    def test_each_type_is_quantised_from_float32(self):
        self.run_with([[-2.0]], [[-2.0]], "Q8_0", "Q2_K")
        self.assertEqual(self.quantized, ["F32", "Q8_0", "Q2_K"])

    def test_flags_reach_the_daemon(self):
        self.run_with([[-2.0]], [[-2.0]], "Q8_0", "--flag=--weights", "--flag=mapped")
        self.assertEqual(self.ours.call_args.args[2], ["--weights", "mapped"])


if __name__ == "__main__":
    unittest.main()

"""The Python client against a real daemon."""

import sys
import unittest

from daemon import ROOT, DaemonTest, free_port

sys.path.insert(0, str(ROOT / "clients/python"))
from cromwell import CodeEditor, CromwellError, SamplingConfig, ServerUnavailable  # noqa: E402

SAMPLE = (ROOT / "deploy/samples/inventory.py").read_text()


class PythonClientTest(DaemonTest):
    def setUp(self):
        self.path = self.write("inventory.py", SAMPLE)
        self.editor = CodeEditor(server=f"http://127.0.0.1:{self.daemon.port}",
                                 codebase_path=self.daemon.workspace,
                                 config=SamplingConfig(temperature=0))

    def test_edits_applies_and_reverts(self):
        result = self.editor.edit("inventory.py", "Use a with statement", lines=(4, 8))
        self.assertTrue(result.success, result)
        self.assertIn("+++ b/inventory.py", result.patch)
        self.assertGreater(result.stats.added, 0)
        self.assertGreater(result.stats.completion_tokens, 0)
        self.assertEqual(self.path.read_text(), SAMPLE)
        result.apply()
        self.assertTrue(result.applied)
        self.assertNotEqual(self.path.read_text(), SAMPLE)
        result.revert()
        self.assertEqual(self.path.read_text(), SAMPLE)

    def test_a_refusal_is_a_result_and_cannot_be_applied(self):
        editor = CodeEditor(server=f"http://127.0.0.1:{self.daemon.port}",
                            codebase_path=self.daemon.workspace,
                            config=SamplingConfig(temperature=0, max_tokens=3))
        result = editor.edit("inventory.py", "Use a with statement", lines=(4, 8))
        self.assertFalse(result.success)
        self.assertEqual(result.error.code, "no_valid_edit")
        self.assertEqual(self.path.read_text(), SAMPLE)

    def test_a_wrong_request_raises(self):
        with self.assertRaises(CromwellError) as caught:
            self.editor.edit("missing.py", "x")
        self.assertEqual((caught.exception.status, caught.exception.code), (404, "not_found"))


class WithoutDaemonTest(unittest.TestCase):
    def test_says_how_to_start_one(self):
        editor = CodeEditor(server=f"http://127.0.0.1:{free_port()}")
        with self.assertRaisesRegex(ServerUnavailable, "cromwell serve"):
            editor.edit("a.py", "x")

    def test_model_path_says_that_it_is_not_there_yet(self):
        with self.assertRaisesRegex(NotImplementedError, "cromwell serve --model m.gguf"):
            CodeEditor(model_path="m.gguf", tokenizer_path="t.json", codebase_path=".")


if __name__ == "__main__":
    unittest.main()

"""CodeEditor with a daemon, over TCP and a Unix socket."""

import os
import unittest

from support import GREEDY, INSTRUCTION, LINES, LONG_INSTRUCTION, MODEL, SAMPLE, ProjectTest

from daemon import Daemon, free_port

import cromwell
from cromwell import CodeEditor, SamplingConfig


class RemoteTest(ProjectTest):
    def setUp(self):
        super().setUp()
        self.socket = self.project.parent / "socket"
        self.token = self.project.parent / "token"
        self.token.write_text("secret-of-the-test\n")
        self.token.chmod(0o600)
        self.daemon = Daemon("--root", self.project, "--socket", self.socket, "--token-file",
                             self.token, own_root=False)
        self.addCleanup(self.daemon.close)
        self.editor = self.open()
        self.file = self.project / "inventory.py"

    def open(self, **options):
        return CodeEditor(**{"server": f"http://127.0.0.1:{self.daemon.port}",
                             "codebase_path": self.project, "config": GREEDY,
                             "token": "secret-of-the-test", **options})

    def test_edits_as_the_engine_in_this_process_does(self):
        result = self.editor.edit("inventory.py", INSTRUCTION, LINES)
        self.assertTrue(result.success, result)
        result.apply()
        self.assertNotEqual(self.file.read_text(), SAMPLE)
        result.revert()
        self.assertEqual(self.file.read_text(), SAMPLE)
        self.assertEqual(next(self.editor.edits()).state, "reverted")

        os.environ["XDG_STATE_HOME"] = str(self.project.parent / "state")
        self.addCleanup(os.environ.pop, "XDG_STATE_HOME")
        with CodeEditor(model_path=MODEL, codebase_path=self.project, config=GREEDY) as local:
            here = local.edit("inventory.py", INSTRUCTION, LINES)
        self.assertEqual(here.diff, result.diff)
        self.assertEqual(here.stats.completion_tokens, result.stats.completion_tokens)

    def test_a_unix_socket_serves_as_well(self):
        editor = self.open(server=f"unix:{self.socket}")
        self.assertEqual(editor.complete("inventory.py", 5, max_tokens=4).completion_tokens, 4)

    def test_refusals_and_errors_are_those_of_the_engine_in_this_process(self):
        refused = self.editor.edit("inventory.py", INSTRUCTION, LINES,
                                   config=SamplingConfig(temperature=0, max_tokens=3))
        self.assertEqual((refused.success, refused.error.code), (False, "no_valid_edit"))
        with self.assertRaises(cromwell.NotFound) as caught:
            self.editor.edit("missing.py", "x")
        self.assertEqual((caught.exception.status, caught.exception.code), (404, "not_found"))
        with self.assertRaises(cromwell.Forbidden) as caught:
            self.open(token="wrong").edit("inventory.py", "x")
        self.assertEqual(caught.exception.code, "unauthorized")

    def test_a_cancelled_stream_ends_the_daemons_generation(self):
        stream = self.editor.stream("long.py", LONG_INSTRUCTION)
        next(stream)
        stream.cancel()
        with self.assertRaises(cromwell.Cancelled):
            for _ in stream:
                pass
        self.wait_until_idle(self.editor._client)

    def test_a_daemon_that_dies_is_not_taken_for_an_end(self):
        stream = self.editor.stream("long.py", LONG_INSTRUCTION)
        next(stream)
        self.daemon.process.kill()
        with self.assertRaises(cromwell.ServerUnavailable):
            stream.result


class WithoutDaemonTest(unittest.TestCase):
    def test_says_how_to_start_one(self):
        editor = CodeEditor(server=f"http://127.0.0.1:{free_port()}")
        with self.assertRaisesRegex(cromwell.ServerUnavailable, "cromwell serve"):
            editor.edit("a.py", "x")


if __name__ == "__main__":
    unittest.main()

"""CodeEditor with the engine in Python's own process."""

import os
import pathlib
import signal
import subprocess
import sys
import threading
import unittest

from support import (BUILD, GREEDY, INSTRUCTION, LINES, LONG_INSTRUCTION, MODEL, SAMPLE,
                     OnlyWhereReleased, ProjectTest)

import cromwell
from cromwell import CodeEditor, SamplingConfig, events

OTHER = SAMPLE.replace("read_stock", "read_shelf")


class LocalTest(ProjectTest):
    def setUp(self):
        super().setUp()
        state = self.project.parent / "state"
        old = os.environ.get("XDG_STATE_HOME")
        os.environ["XDG_STATE_HOME"] = str(state)
        self.addCleanup(lambda: os.environ.pop("XDG_STATE_HOME") if old is None else
                        os.environ.update(XDG_STATE_HOME=old))
        self.editor = self.open()
        self.file = self.project / "inventory.py"

    def open(self, **options):
        editor = CodeEditor(model_path=MODEL, codebase_path=self.project,
                            **{"config": GREEDY, **options})
        self.addCleanup(editor.close)
        return editor

    def edit(self, editor=None, **options):
        return (editor or self.editor).edit("inventory.py", INSTRUCTION, LINES, **options)

    def long_stream(self):
        return self.editor.stream("long.py", LONG_INSTRUCTION)


class EditTest(LocalTest):
    def test_edits_applies_and_reverts(self):
        result = self.edit()
        self.assertTrue(result.success, result)
        self.assertIn("+++ b/inventory.py", result.diff)
        self.assertEqual(result.diff_bytes, result.diff.encode())
        self.assertGreater(result.stats.completion_tokens, 0)
        self.assertEqual(self.file.read_text(), SAMPLE)
        self.assertTrue(result.apply().applied)
        changed = self.file.read_text()
        self.assertNotEqual(changed, SAMPLE)
        self.assertFalse(result.revert().applied)
        self.assertEqual(self.file.read_text(), SAMPLE)

    def test_git_applies_the_diff_to_the_same_file(self):
        result = self.edit()
        subprocess.run(["git", "apply", "--unsafe-paths", "-"], input=result.diff_bytes,
                       cwd=self.project, check=True)
        by_git = self.file.read_text()
        self.file.write_text(SAMPLE)
        result.apply()
        self.assertEqual(self.file.read_text(), by_git)

    def test_an_absolute_path_beneath_the_code_base_is_the_same_file(self):
        result = self.editor.edit(self.file, INSTRUCTION, LINES)
        self.assertEqual((result.file, result.diff), ("inventory.py", self.edit().diff))

    def test_what_is_applied_at_once_is_in_the_file(self):
        self.assertTrue(self.edit(apply=True).applied)
        self.assertNotEqual(self.file.read_text(), SAMPLE)

    def test_an_unsaved_text_is_what_is_edited(self):
        result = self.edit(content=OTHER)
        self.assertIn("read_shelf", result.diff)

    def test_a_refusal_is_a_result_and_cannot_be_applied(self):
        result = self.edit(config=SamplingConfig(temperature=0, max_tokens=3))
        self.assertFalse(result.success)
        self.assertEqual((result.error.code, result.error.status), ("no_valid_edit", 422))
        self.assertTrue(result.error.detail["attempts"])
        with self.assertRaises(cromwell.EditRefused):
            result.apply()
        self.assertEqual(self.file.read_text(), SAMPLE)

    def test_a_tokenizer_json_takes_the_place_of_the_models_own(self):
        path = self.project.parent / "tokenizer.json"
        subprocess.run([BUILD / "cromwell", "tokenizer", "export", path, "--model", MODEL],
                       check=True)
        self.assertEqual(self.edit(self.open(tokenizer_path=path)).diff, self.edit().diff)

    def test_records_outlive_the_editor(self):
        edit_id = self.edit(apply=True).id
        self.editor.close()
        later = self.open()
        record = next(later.edits())
        self.assertEqual((record.id, record.state, record.file),
                         (edit_id, "applied", "inventory.py"))
        later.revert(edit_id)
        self.assertEqual(self.file.read_text(), SAMPLE)


class StreamTest(LocalTest):
    def test_events_come_in_their_order_and_end_in_the_result(self):
        with self.editor.stream("inventory.py", INSTRUCTION, LINES) as stream:
            seen = list(stream)
            result = stream.result
        self.assertIsInstance(seen[0], events.Started)
        self.assertEqual((seen[0].start_line, seen[0].end_line), LINES)
        self.assertIsInstance(seen[-1], events.Done)
        self.assertGreater(sum(isinstance(event, events.Token) for event in seen), 5)
        diff, = [event for event in seen if isinstance(event, events.Diff)]
        self.assertEqual((diff.patch, diff.applies, diff.parses), (result.diff, True, True))

    def test_a_callback_sees_the_same_events(self):
        seen = []
        self.edit(on_event=seen.append)
        self.assertIsInstance(seen[-1], events.Done)

    def test_an_exception_of_a_callback_ends_the_edit(self):
        def stop(event):
            if isinstance(event, events.Token):
                raise RuntimeError("enough")
        with self.assertRaisesRegex(RuntimeError, "enough"):
            self.editor.edit("long.py", LONG_INSTRUCTION, on_event=stop)
        self.wait_until_idle(self.editor._client)

    def test_letting_go_of_a_stream_ends_its_generation(self):
        stream = self.long_stream()
        next(stream)
        del stream
        self.wait_until_idle(self.editor._client)

    def test_another_thread_cancels_while_this_one_waits_without_the_lock(self):
        with self.long_stream() as stream, OnlyWhereReleased(stream.cancel) as other:
            other.begin()
            with self.assertRaises(cromwell.Cancelled):
                for _ in stream:
                    pass
        self.wait_until_idle(self.editor._client)

    def test_ctrl_c_ends_the_generation(self):
        interrupt = lambda: os.kill(os.getpid(), signal.SIGINT)  # noqa: E731
        with OnlyWhereReleased(interrupt) as other, self.assertRaises(KeyboardInterrupt):
            other.begin()
            self.editor.edit("long.py", LONG_INSTRUCTION)
        self.wait_until_idle(self.editor._client)

    def test_two_threads_use_one_editor(self):
        alone = self.edit().diff
        results = [None, None]

        def run(place):
            results[place] = self.edit().diff
        threads = [threading.Thread(target=run, args=(place,)) for place in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(results, [alone, alone])

    def test_a_completion_is_the_text_of_its_pieces(self):
        options = {"max_tokens": 8, "config": GREEDY}
        whole = self.editor.complete("inventory.py", 5, **options)
        self.assertEqual(whole.completion_tokens, 8)
        pieces = list(self.editor.stream_completion("inventory.py", 5, **options))
        self.assertEqual("".join(pieces), whole.text)


class ErrorsTest(LocalTest):
    def assert_raises(self, kind, code, status, call, *arguments, **options):
        with self.assertRaises(kind) as caught:
            call(*arguments, **options)
        self.assertEqual((caught.exception.code, caught.exception.status), (code, status))
        return caught.exception

    def test_a_wrong_request_raises_the_daemons_error(self):
        edit = self.editor.edit
        self.assert_raises(cromwell.NotFound, "not_found", 404, edit, "missing.py", "x")
        self.assert_raises(cromwell.Forbidden, "path_outside_root", 403, edit, "../state", "x")
        wrong = self.assert_raises(cromwell.InvalidRequest, "invalid_request", 400, edit,
                                   "inventory.py", "x", config=SamplingConfig(temperature=-1))
        self.assertEqual(wrong.param, "temperature")
        self.assert_raises(cromwell.NotFound, "not_found", 404, self.editor.apply, "ed_none")

    def test_a_file_that_changed_is_not_overwritten(self):
        result = self.edit()
        self.file.write_text(SAMPLE + "# more\n")
        self.assert_raises(cromwell.Conflict, "file_changed", 409, result.apply)
        self.assertEqual(self.file.read_text(), SAMPLE + "# more\n")
        result.apply(merge=True)
        self.assertTrue(self.file.read_text().endswith("# more\n"))

    def test_a_closed_editor_says_so(self):
        result = self.edit()
        self.editor.close()
        self.editor.close()
        self.assert_raises(cromwell.Unavailable, "unavailable", 503, self.edit)
        self.assert_raises(cromwell.Unavailable, "unavailable", 503, result.apply)

    def test_what_cannot_be_opened_is_named(self):
        with self.assertRaisesRegex(cromwell.CromwellError, "no/such.gguf"):
            CodeEditor(model_path="no/such.gguf")
        with self.assertRaisesRegex(cromwell.CromwellError, "no such folder|No such file"):
            CodeEditor(model_path=MODEL, codebase_path=self.project / "missing")
        with self.assertRaisesRegex(cromwell.CromwellError, "tokenizer.json"):
            CodeEditor(model_path=MODEL, tokenizer_path=self.file)

    def test_arguments_that_do_not_go_together_are_refused(self):
        with self.assertRaisesRegex(ValueError, "expected one of them"):
            CodeEditor(model_path=MODEL, server="http://127.0.0.1:1")
        with self.assertRaisesRegex(ValueError, "tokenizer_path, threads: expected with"):
            CodeEditor(tokenizer_path="t.json", threads=2)
        with self.assertRaisesRegex(TypeError, "speed"):
            CodeEditor(model_path=MODEL, speed=2)


class ProcessTest(LocalTest):
    def test_a_child_of_a_fork_is_told_to_open_its_own(self):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                self.edit()
            except cromwell.Unavailable as error:
                status = 0 if "fork" in str(error) else 2
            finally:
                os._exit(status)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertTrue(self.edit().success)

    def test_a_child_of_a_fork_waits_for_no_answer_of_its_parents(self):
        stream = self.editor.stream("long.py", LONG_INSTRUCTION)
        next(stream)
        child = os.fork()
        if child == 0:
            signal.alarm(20)  # ends it where it waits for ever
            status = 1
            try:
                stream.result
            except cromwell.Unavailable as error:
                status = 0 if "fork" in str(error) else 2
            finally:
                os._exit(status)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        stream.cancel()

    def test_python_ends_cleanly_with_an_open_editor_and_a_thread_that_waits(self):
        script = (
            "import sys, threading\n"
            "from cromwell import CodeEditor\n"
            "editor = CodeEditor(model_path=sys.argv[1], codebase_path=sys.argv[2])\n"
            "editor.cycle = [editor]\n"
            "stream = editor.stream('long.py', 'Add a docstring to each function.')\n"
            "begun = threading.Event()\n"
            "def read():\n"
            "    for _ in stream:\n"
            "        begun.set()\n"
            "threading.Thread(target=read, daemon=True).start()\n"
            "begun.wait()\n")
        done = subprocess.run([sys.executable, "-c", script, MODEL, self.project],
                              capture_output=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr.decode())

    def test_records_lie_in_the_state_folder_of_the_user(self):
        edit_id = self.edit().id
        folder = pathlib.Path(os.environ["XDG_STATE_HOME"], "cromwell/python/edits")
        self.assertTrue(any(edit_id in path.name for path in folder.rglob("*")))


if __name__ == "__main__":
    unittest.main()

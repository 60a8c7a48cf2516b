"""The edit benchmark: scores, intervals, answers of servers, and a run that was stopped."""

import contextlib
import io
import json
import pathlib
import sys
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "clients/python"))

from cromwell.evaluation import __main__ as command
from cromwell.evaluation import cases, report, score, servers

CASE = cases.Case("a-1", "rename", "python", "a.py", "x = 1\nprint(x)\n", "Rename x to y",
                  "y = 1\nprint(y)\n", "p", "MIT", "assert y == 1")


class ScoreTest(unittest.TestCase):
    def test_the_same_text_is_exact(self):
        self.assertEqual(score.score(CASE.expected, CASE, False), (True, True, None))

    def test_another_way_of_writing_the_program_matches(self):
        got = score.score("y = 1  # one\nprint( y )\n", CASE, False)
        self.assertEqual(got, (False, True, None))

    def test_the_old_text_and_no_text_do_not_succeed(self):
        for answer in (CASE.content, None, "y = (", "y = 1\nprint(x)\n"):
            self.assertFalse(score.score(answer, CASE, False).success, answer)

    def test_tests_run_only_when_asked_for(self):
        answer = "y = 2 - 1\n"
        self.assertIsNone(score.score(answer, CASE, False).tests)
        self.assertTrue(score.score(answer, CASE, True).tests)
        self.assertFalse(score.score("y = 2\n", CASE, True).tests)
        self.assertFalse(score.score(None, CASE, True).tests)

    def test_tests_can_look_at_the_text(self):
        case = CASE._replace(tests="assert SOURCE.count('y') == 2")
        self.assertTrue(score.score("y = 1\nprint(y)\n", case, True).tests)
        self.assertFalse(score.score("x = 1\nprint(x)\n", case, True).tests)

    def test_any_right_answer_succeeds(self):
        case = CASE._replace(also=["y = 2\n"])
        self.assertEqual(score.score("y = 2\n", case, False), (True, True, None))
        self.assertEqual(score.score("y  =  2\n", case, False), (False, True, None))
        self.assertTrue(score.score(CASE.expected, case, False).exact)
        self.assertFalse(score.score("y = 3\n", case, False).success)

    def test_an_edit_of_comments_is_compared_with_its_comments(self):
        case = CASE._replace(content="# a\nx = 1\n", expected="x = 1\n")
        self.assertFalse(score.score(case.content, case, False).success)
        self.assertTrue(score.score("x  = 1\n", case, False).success)

    def test_other_languages_are_compared_by_their_tokens(self):
        case = CASE._replace(language="c", content="int a=1;", expected="int b = '\\'';")
        self.assertTrue(score.score("int b='\\''; // c\n", case, False).match)
        self.assertFalse(score.score("int b = ' ';", case, False).match)


class ReportTest(unittest.TestCase):
    def test_intervals_are_wilsons(self):
        for successes, count, low, high in ((0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634),
                                            (10, 10, 0.7225, 1.0), (0, 0, 0.0, 1.0)):
            got = report.wilson(successes, count)
            self.assertAlmostEqual(got[0], low, places=4)
            self.assertAlmostEqual(got[1], high, places=4)

    def test_the_table_has_a_line_for_each_kind_and_language_and_for_all(self):
        results = [(CASE, score.Score(True, True, None), True),
                   (CASE._replace(kind="guard", language="c"), score.Score(False, False, None),
                    False)]
        lines = report.table(results).splitlines()
        self.assertEqual([line.split()[0] for line in lines[1:]],
                         ["guard", "rename", "in", "in", "of", "all"])
        self.assertIn("50.0%", lines[-1])

    def test_cases_written_by_hand_are_a_group_of_their_own(self):
        failed = score.Score(False, False, None)
        results = [(CASE._replace(package="cromwell"), score.Score(True, True, None), True),
                   (CASE, failed, True), (CASE, failed, True)]
        lines = report.table(results).splitlines()
        self.assertRegex(lines[-3], r"^of trained kinds +2 .* 0\.0% +0\.0 to 65\.8$")
        self.assertRegex(lines[-2], r"^written by hand +1 .* 100\.0% +20\.7 to 100\.0$")


class CasesTest(unittest.TestCase):
    def test_the_committed_cases_can_be_read_and_none_is_solved_by_doing_nothing(self):
        every = cases.read()
        self.assertGreater(len(every), 200)
        self.assertEqual(len({case.id for case in every}), len(every))
        self.assertGreaterEqual(len({case.kind for case in every}), 10)
        self.assertEqual(len({case.language for case in every}), 5)
        for case in every:
            self.assertTrue(score.same(case.expected, case), case.id)
            self.assertFalse(score.same(case.content, case), case.id)
            self.assertTrue(case.licence and case.package)

    def test_right_answers_differ_and_leave_the_lines_that_are_not_selected(self):
        for case in cases.read():
            lines = case.content.splitlines(True)
            head = "".join(lines[:case.selected["start_line"] - 1])
            tail = "".join(lines[case.selected["end_line"]:])
            self.assertEqual(len(set(case.right_answers)), len(case.right_answers), case.id)
            for answer in case.right_answers:
                self.assertFalse(score.same(case.content, case._replace(expected=answer, also=())))
                self.assertTrue(answer.startswith(head) and answer.endswith(tail), case.id)
                self.assertGreater(len(answer), len(head) + len(tail), case.id)

    def test_a_line_that_is_no_case_is_named(self):
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            file.write('{"id": 1}\n')
            file.flush()
            with self.assertRaisesRegex(ValueError, ":1:"):
                cases.read(file.name)


class FakeServer(BaseHTTPRequestHandler):
    """Answers chats with what its class says."""

    answer = ""
    asked = 0

    def do_POST(self):
        FakeServer.asked += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"choices": [{"message": {"content": FakeServer.answer}}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class CommandTest(unittest.TestCase):
    def setUp(self):
        self.server = HTTPServer(("127.0.0.1", 0), FakeServer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        lines = [json.dumps(CASE._replace(id=f"a-{n}")._asdict()) for n in range(3)]
        (self.folder / "cases.jsonl").write_text("\n".join(lines) + "\n")
        FakeServer.asked = 0

    def run_command(self, *more):
        url = f"http://127.0.0.1:{self.server.server_port}"
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = command.main(["--server", url, "--chat", "--cases",
                                   str(self.folder / "cases.jsonl"), *more])
        return status, out.getvalue(), err.getvalue()

    def test_the_fenced_block_of_a_chat_is_the_answer(self):
        FakeServer.answer = "Sure!\n```python\ny = 1\nprint(y)\n```\nDone."
        status, out, _ = self.run_command()
        self.assertEqual(status, 0)
        self.assertIn("100.0%", out.splitlines()[-1])

    def test_an_answer_without_a_block_is_no_answer(self):
        FakeServer.answer = "I cannot."
        self.assertRegex(self.run_command()[1].splitlines()[-1], r"all +3 +0 +0 +0 +- +0\.0%")

    def test_a_run_that_was_stopped_goes_on(self):
        FakeServer.answer = "```\ny = 1\nprint(y)\n```"
        answers = self.folder / "answers"
        answers.write_text(json.dumps({"id": "a-1", "answer": CASE.expected, "reason": ""})
                           + '\n{"id": "a-2", "ans')
        status, out, _ = self.run_command("--answers", str(answers))
        self.assertEqual((status, FakeServer.asked), (0, 2))
        self.assertIn("100.0%", out.splitlines()[-1])

    def test_a_server_that_is_not_there_is_said(self):
        self.server.shutdown()
        self.server.server_close()
        status, _, err = self.run_command()
        self.assertEqual(status, 1)
        self.assertIn("127.0.0.1", err)


class FakeClient:
    """Keeps the bodies that are posted."""

    def __init__(self, answer):
        self.answer, self.bodies = answer, []

    def post(self, _, body):
        self.bodies.append(body)
        return self.answer


class SelectionTest(unittest.TestCase):
    PART = CASE._replace(selection={"start_line": 2, "end_line": 2})

    def test_an_edit_is_asked_for_the_selected_lines_or_for_all(self):
        client = FakeClient({"diff": {"patch": ""}})
        with tempfile.TemporaryDirectory() as folder:
            server = servers.EditServer(client, folder)
            server.ask(self.PART)
            server.ask(CASE)
        self.assertEqual([body["selection"] for body in client.bodies],
                         [{"start_line": 2, "end_line": 2}, {"start_line": 1, "end_line": 2}])

    def test_a_chat_names_the_selected_lines(self):
        client = FakeClient({"choices": [{"message": {"content": ""}}]})
        server = servers.ChatServer(client)
        server.ask(self.PART)
        server.ask(CASE)
        first, second = (body["messages"][0]["content"] for body in client.bodies)
        self.assertIn("Edit lines 2 to 2 of this code: Rename x to y\n", first)
        self.assertIn("Edit this code: Rename x to y\n", second)


class PatchTest(unittest.TestCase):
    def test_a_patch_is_applied(self):
        content = "".join(f"{n}\n" for n in range(1, 21))
        patch = ("--- a/a\n+++ b/a\n@@ -1,4 +1,4 @@\n-1\n+one\n 2\n 3\n 4\n"
                 "@@ -18,3 +18,4 @@\n 18\n 19\n 20\n+21\n")
        self.assertEqual(servers.apply_patch(content, patch),
                         content.replace("1\n", "one\n", 1) + "21\n")


if __name__ == "__main__":
    unittest.main()

"""What training and its benchmark ask of the programs: cromwell prompts, cromwell eval edits."""

import json
import subprocess
import tempfile
import unittest

from daemon import BUILD, MODEL, DaemonTest

PAIR = {"file": "a.py", "content": "def f(x):\n    return x+1\n",
        "selection": {"start_line": 1, "end_line": 2}, "after": "def f(y):\n    return y+1\n",
        "instruction": "Rename x to y"}


def cromwell(*words, text=""):
    return subprocess.run([BUILD / "cromwell", *map(str, words)], input=text, text=True,
                          capture_output=True, timeout=300)


def decode(ids):
    return cromwell("tokenizer", "decode", "--model", MODEL, text=" ".join(map(str, ids))).stdout


class PromptsTest(DaemonTest):
    def prompts(self, *lines):
        done = cromwell("prompts", "--model", MODEL, text="".join(json.dumps(line) + "\n"
                                                                  for line in lines))
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_a_prompt_is_the_daemons_and_the_answer_leads_to_the_edit(self):
        rendered, = self.prompts(PAIR)
        self.write("a.py", PAIR["content"])
        status, answer = self.daemon.post("/v1/edit", {
            "file": "a.py", "instruction": PAIR["instruction"], "selection": PAIR["selection"],
            "max_tokens": 200, "temperature": 0, "stream": True})
        self.assertEqual(status, 200)
        self.assertEqual(answer[0][1]["prompt_tokens"], len(rendered["prompt"]))
        self.assertIn("only this change: Rename x to y.", decode(rendered["prompt"]))
        self.assertEqual(decode(rendered["answer"]), PAIR["after"] + "```<|im_end|>")

    def test_what_the_daemon_would_refuse_is_refused_and_the_next_line_is_read(self):
        broken, text = self.prompts({**PAIR, "after": "def f(:\n"}, {"text": "x = 1\n"})
        self.assertIn("syntax error", broken["refused"])
        self.assertEqual(decode(text["ids"]), "x = 1\n")

    def test_a_line_that_is_no_edit_is_named(self):
        for line in ("{", "[]", '{"file": "a.py"}', '{"text": 1}', '{"text": "\\ud800"}'):
            done = cromwell("prompts", "--model", MODEL, text=json.dumps(PAIR) + "\n" + line + "\n")
            with self.subTest(line=line):
                self.assertEqual(done.returncode, 1)
                self.assertIn("line 2: expected an object", done.stderr)


@unittest.skipUnless(MODEL.exists(), f"no model at {MODEL}: run build/cromwell model pull-default")
class EvalTest(unittest.TestCase):
    def test_the_benchmark_starts_a_daemon_and_prints_its_table(self):
        done = cromwell("eval", "edits", "--model", MODEL, "--cases", self.one_case(),
                        "--run-tests")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^all +1 ")

    def test_wrong_arguments_are_the_benchmarks_to_refuse(self):
        done = cromwell("eval", "edits", "--nothing")
        self.assertEqual(done.returncode, 2)
        self.assertIn("cromwell eval edits: error: unrecognized arguments: --nothing", done.stderr)

    def one_case(self):
        file = tempfile.NamedTemporaryFile("w", suffix=".jsonl")
        self.addCleanup(file.close)
        case = {"id": "a", "kind": "rename", "language": "python", "file": PAIR["file"],
                "content": PAIR["content"], "instruction": PAIR["instruction"],
                "expected": PAIR["after"], "package": "p", "licence": "MIT",
                "tests": "assert f(1) == 2"}
        file.write(json.dumps(case) + "\n")
        file.flush()
        return file.name


if __name__ == "__main__":
    unittest.main()

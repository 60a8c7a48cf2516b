"""benchmark_sixteen with a small server in the place of both, which answers at once."""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SERVER = r'''#!/usr/bin/env python3
import http.server, json, sys
words = sys.argv[1:]
is_ours = "--listen" in words
port = int(words[words.index("--listen" if is_ours else "--port") + 1].split(":")[-1])

class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, body, status=200):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(b"{}")

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/tokenize":
            return self.answer(json.dumps({"tokens": list(range(5000))}).encode())
        if len(body["prompt"]) == FAILS_AT:
            return self.answer(b"too long", 400)
        tokens = body.get("max_tokens") or body.get("n_predict")
        event = ({"choices": [{"token_ids": [1] * tokens}]} if is_ours else
                 {"tokens": [1] * tokens, "stop": False})
        with open(LOG, "a") as log:
            print("ours" if is_ours else "theirs", *body["prompt"][:2], len(body["prompt"]),
                  file=log)
        self.answer(b"data: " + json.dumps(event).encode() + b"\n\ndata: [DONE]\n\n")

    def log_message(self, *_):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
'''


class BenchmarkSixteen(unittest.TestCase):
    def run_it(self, *words, fails_at=0):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = Path(folder.name, "log")
        for name in ("cromwelld", "llama-server"):
            program = Path(folder.name, name)
            program.write_text(SERVER.replace("LOG", repr(str(self.log)))
                               .replace("FAILS_AT", str(fails_at)))
            program.chmod(0o755)
        return subprocess.run(
            [sys.executable, Path(__file__).with_name("benchmark_sixteen"), "--model", "m.gguf",
             "--build", folder.name, "--llama-server", Path(folder.name, "llama-server"),
             "--clients", "3", "--shared", "20", "--own", "5", "--tokens", "4", *words],
            capture_output=True, text=True)

    def test_both_get_the_same_prompts_and_their_ratio_is_reported(self):
        run = self.run_it("--rounds", "2", "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        rows = json.loads(run.stdout)["rows"]
        self.assertEqual([(row["phase"], row["what"]) for row in rows],
                         [(phase, what) for phase in ("cold", "warm")
                          for what in ("first token, ms", "tokens/s")])
        for row in rows:
            self.assertLessEqual(row["least"], row["ratio"])
            self.assertLessEqual(row["ratio"], row["most"])
        sent = {"ours": [], "theirs": []}
        for line in self.log.read_text().splitlines():
            who, *prompt = line.split()
            sent[who].append(prompt)
        self.assertEqual(sorted(sent["ours"]), sorted(sent["theirs"]))
        self.assertEqual(sum(prompt[-1] == "25" for prompt in sent["ours"]), 2 * 2 * 3)

    def test_one_alone_gets_the_prompts_that_it_gets_beside_the_other(self):
        sent = []
        for only in [], ["--only", "llama-server"]:
            run = self.run_it("--rounds", "1", "--json", *only)
            self.assertEqual(run.returncode, 0, run.stderr)
            lines = self.log.read_text().splitlines()
            sent.append(sorted(line for line in lines if line.startswith("theirs")))
        self.assertEqual(sent[0], sent[1])
        self.assertNotIn("ours", " ".join(lines))
        self.assertNotIn("ratio", json.loads(run.stdout)["rows"][0])

    def test_a_server_that_refuses_is_an_error_that_names_it(self):
        run = self.run_it("--rounds", "1", fails_at=25)
        self.assertEqual(run.returncode, 1)
        self.assertIn("cromwell: too long", run.stderr)


if __name__ == "__main__":
    unittest.main()

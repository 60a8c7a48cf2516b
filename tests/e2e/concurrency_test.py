"""Streams are live, a client that goes frees its slot, and eight at once get what each gets alone."""

import json
import threading
import time
import unittest

from daemon import DaemonTest

PROMPTS = ["def fibonacci(n):\n", "#include <stdio.h>\n\nint main(", "The capital of France is",
           "class Stack:\n    def __init__(self", "SELECT name FROM users WHERE", "import os\n",
           "function add(a, b) {", "Once upon a time"]
WAIT_S = 20


class ConcurrencyTest(DaemonTest):
    def complete(self, prompt):
        status, answer = self.daemon.post(
            "/v1/completions", {"prompt": prompt, "max_tokens": 40, "temperature": 0})
        self.assertEqual(status, 200, answer)
        return answer["choices"][0]["text"]

    def open_stream(self, max_tokens=4000):
        connection = self.daemon.connection()
        body = {"prompt": "Count: 1 2 3", "max_tokens": max_tokens, "temperature": 0,
                "stream": True, "ignore_eos": True}
        connection.request("POST", "/v1/completions", json.dumps(body),
                           {"Content-Type": "application/json"})
        return connection, connection.getresponse()

    def running(self):
        """Generations running or waiting now, from /readyz."""
        status = self.daemon.get("/readyz")[1]
        return status["running"] + status["queued"]

    def test_eight_clients_each_get_the_text_they_get_alone(self):
        alone = [self.complete(prompt) for prompt in PROMPTS]
        together = [None] * len(PROMPTS)

        def ask(index):
            together[index] = self.complete(PROMPTS[index])

        threads = [threading.Thread(target=ask, args=(i,)) for i in range(len(PROMPTS))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(together, alone)

    def test_tokens_arrive_while_the_rest_is_still_being_generated(self):
        connection, response = self.open_stream()
        self.assertEqual(response.status, 200)
        line = response.readline()
        self.assertTrue(line.startswith(b"data: "), line)
        self.assertEqual(self.running(), 1)
        connection.close()

    def test_closing_the_connection_frees_the_slot(self):
        connection, response = self.open_stream()
        response.readline()
        self.assertEqual(self.running(), 1)
        response.close()
        connection.close()
        deadline = time.monotonic() + WAIT_S
        while self.running() and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertEqual(self.running(), 0)

    def test_sigterm_ends_a_running_stream_with_an_event_and_exits_0(self):
        _, response = self.open_stream()
        response.readline()
        self.daemon.process.terminate()
        rest = response.read().decode()  # all the while: a client that does not read is cut off
        self.assertEqual(self.daemon.process.wait(10), 0)
        self.assertTrue("[DONE]" in rest or '"error"' in rest, rest[-300:])
        self.daemon.start()


if __name__ == "__main__":
    unittest.main()

"""The daemon as a process: how it starts, refuses to start, logs, and stops."""

import json
import os
import signal
import socket
import stat
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from daemon import BUILD, MODEL, DaemonTest

WAIT_S = 30


def start_error(*flags, env=None):
    """(exit status, message) of a daemon that does not start."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [BUILD / "cromwelld", "--listen", "127.0.0.1:0", "--root", folder, "--state-dir",
             Path(folder, "state"), *flags],
            capture_output=True, timeout=WAIT_S, env={**os.environ, **(env or {})})
    return done.returncode, done.stderr.decode()


@unittest.skipUnless(MODEL.exists(), f"no model at {MODEL}: run build/cromwell model pull-default")
class StartTest(unittest.TestCase):
    def test_an_open_address_without_a_token_is_refused(self):
        for address in ("0.0.0.0:0", "[::]:0"):
            status, message = start_error("--model", MODEL, "--listen", address)
            self.assertEqual(status, 1, message)
            self.assertIn("--token-file", message)

    def test_without_the_default_model_the_way_to_get_it_is_named(self):
        with tempfile.TemporaryDirectory() as empty:
            status, message = start_error(env={"XDG_CACHE_HOME": empty})
        self.assertEqual(status, 1)
        self.assertIn("cromwell model pull-default", message)

    def test_what_cannot_be_opened_is_named(self):
        for flag in ("--model", "--root", "--token-file"):
            status, message = start_error("--model", MODEL, flag, "/no/such/thing")
            self.assertEqual(status, 1, message)
            self.assertIn("/no/such/thing", message)

    def test_a_port_that_is_taken_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = "127.0.0.1:%d" % taken.getsockname()[1]
            status, message = start_error("--model", MODEL, "--listen", address)
        self.assertEqual(status, 1)
        self.assertIn(address, message)

    def test_a_usage_error_is_2_and_version_and_help_are_0(self):
        self.assertEqual(start_error("--threads", "many")[0], 2)
        self.assertEqual(start_error("--version")[0], 0)
        self.assertEqual(start_error("--help")[0], 0)


class RunningTest(DaemonTest):
    def setUp(self):
        if self.daemon.process.poll() is not None:
            self.daemon.start()

    def open_stream(self):
        """An answer that goes on for longer than any test."""
        connection = self.daemon.connection()
        self.addCleanup(connection.close)
        body = {"prompt": "Count: 1 2 3", "max_tokens": 100_000, "stream": True,
                "ignore_eos": True}
        connection.request("POST", "/v1/completions", json.dumps(body),
                           {"Content-Type": "application/json"})
        response = connection.getresponse()
        self.addCleanup(response.close)
        self.assertTrue(response.readline().startswith(b"data: "))
        return response

    def wait_for_log(self, text):
        deadline = time.monotonic() + WAIT_S
        while text not in self.daemon.log():
            self.assertLess(time.monotonic(), deadline, self.daemon.log())
            time.sleep(0.01)

    def test_one_log_line_a_request_without_its_text(self):
        self.daemon.post("/v1/tokenize", {"content": "a secret text"},
                         {"Authorization": "Bearer secret-token"})
        self.daemon.request("GET", "/nothing?secret=query",
                            headers={"X-Request-Id": "mine-1"})
        self.wait_for_log("GET /nothing 404")
        self.assertIn("client=mine-1", self.daemon.log())
        self.assertNotIn("secret", self.daemon.log())

    def test_says_that_it_is_confined_and_that_tcp_has_no_token(self):
        self.assertIn("Landlock", self.daemon.log())
        self.assertIn("no token", self.daemon.log())
        self.assertIn("--token-file", self.daemon.get("/readyz")[1]["warning"])

    def test_files_outside_its_folders_are_closed_to_it(self):
        """The kernel says so, whatever the code would do."""
        status = Path(f"/proc/{self.daemon.process.pid}/status").read_text()
        self.assertIn("NoNewPrivs:\t1", status)

    def test_sigterm_when_idle_exits_0(self):
        idle = socket.create_connection(("127.0.0.1", self.daemon.port), timeout=WAIT_S)
        self.assertEqual(self.daemon.stop(timeout_s=1), 0)
        try:
            self.assertEqual(idle.recv(1), b"")
        except ConnectionResetError:
            pass  # the daemon had not accepted it yet
        idle.close()

    def test_sigint_is_the_same(self):
        self.daemon.process.send_signal(signal.SIGINT)
        self.assertEqual(self.daemon.process.wait(1), 0)

    def test_sigterm_when_busy_ends_the_stream_with_an_event(self):
        response = self.open_stream()
        self.daemon.process.send_signal(signal.SIGTERM)
        rest = response.read().decode()  # at once: a client that does not read is cut off
        self.assertEqual(self.daemon.process.wait(6), 0)
        self.assertTrue('"error"' in rest or "[DONE]" in rest, rest[-300:])

    def test_a_second_sigterm_exits_at_once(self):
        self.open_stream()
        self.daemon.process.send_signal(signal.SIGTERM)
        self.wait_for_log("stopping on signal 15")
        self.daemon.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.process.wait(2), 128 + signal.SIGTERM)


class SocketTest(DaemonTest):
    @classmethod
    def setUpClass(cls):
        cls.extra = tempfile.TemporaryDirectory()
        cls.socket_path = Path(cls.extra.name, "socket")
        cls.flags = ("--socket", cls.socket_path)
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.extra.cleanup()

    def over_socket(self, data):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(WAIT_S)
            connection.connect(str(self.socket_path))
            connection.sendall(data)
            return connection.makefile("rb").read().decode()

    def test_the_socket_answers_is_private_and_goes_at_exit(self):
        self.assertEqual(stat.S_IMODE(self.socket_path.stat().st_mode), 0o600)
        answer = self.over_socket(
            b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        self.assertTrue(answer.startswith("HTTP/1.1 200 OK\r\n"), answer)
        self.assertEqual(self.daemon.stop(), 0)
        self.assertFalse(self.socket_path.exists())


if __name__ == "__main__":
    unittest.main()

"""The daemon under a service manager, whose place a socket of this test takes: what it says when it
is ready, reloads, stops or cannot start, its watchdog, and sockets that it is handed."""

import os
import signal
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

from daemon import BUILD, MODEL, DaemonTest, free_port

WAIT_S = 30


class Manager:
    """What NOTIFY_SOCKET leads to."""

    def __init__(self, folder):
        self.path = str(Path(folder, "notify"))
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(WAIT_S)
        self.lines = []

    def wait_for(self, start):
        """The next line that begins so; those before it are forgotten."""
        while True:
            while self.lines:
                line = self.lines.pop(0)
                if line.startswith(start):
                    return line
            self.lines = self.socket.recv(4096).decode().split("\n")

    def close(self):
        self.socket.close()


class NotifyTest(DaemonTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.manager = Manager(cls.folder.name)
        cls.options = {"environment": {"NOTIFY_SOCKET": cls.manager.path,
                                       "WATCHDOG_USEC": "6000000"}}
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.manager.close()
        cls.folder.cleanup()

    def test_it_says_that_it_is_ready_alive_reloading_and_stopping(self):
        self.assertEqual(self.manager.wait_for("STATUS="), "STATUS=loading the model")
        self.manager.wait_for("READY=1")
        self.assertTrue(self.manager.wait_for("STATUS=ready: "))
        self.manager.wait_for("WATCHDOG=1")  # while nothing is asked for
        self.manager.wait_for("WATCHDOG=1")
        self.daemon.process.send_signal(signal.SIGHUP)
        self.manager.wait_for("RELOADING=1")
        self.assertGreater(int(self.manager.wait_for("MONOTONIC_USEC=").split("=")[1]), 0)
        self.manager.wait_for("READY=1")
        self.daemon.process.send_signal(signal.SIGTERM)
        self.manager.wait_for("STOPPING=1")
        self.assertEqual(self.daemon.process.wait(WAIT_S), 0)


class FailedStartTest(unittest.TestCase):
    def test_without_a_model_the_status_names_the_command_that_fetches_it(self):
        with tempfile.TemporaryDirectory() as folder:
            manager = Manager(folder)
            done = subprocess.run(
                [BUILD / "cromwelld", "--root", folder, "--state-dir", Path(folder, "state")],
                env={**os.environ, "NOTIFY_SOCKET": manager.path, "XDG_CACHE_HOME": folder},
                capture_output=True, timeout=WAIT_S)
            self.assertEqual(done.returncode, 1)
            self.assertIn("cromwell model pull-default", manager.wait_for("STATUS="))
            manager.close()


# Becomes the daemon with the descriptors that are passed to it as 3, 4, ...
ACTIVATED = """
import os, sys
count = int(sys.argv[1])
os.environ["LISTEN_PID"] = str(os.getpid())
os.environ["LISTEN_FDS"] = str(count)
os.execv(sys.argv[2], sys.argv[2:])
"""


@unittest.skipUnless(MODEL.exists(), f"no model at {MODEL}: run build/cromwell model pull-default")
class ActivationTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def start(self, *sockets, flags=()):
        """The daemon with these sockets, as a service manager hands them over."""
        for number, one in enumerate(sockets, 3):
            os.dup2(one.fileno(), number + 100, inheritable=True)

        def hand_over():
            for number in range(3, 3 + len(sockets)):
                os.dup2(number + 100, number, inheritable=True)
        process = subprocess.Popen(
            ["python3", "-c", ACTIVATED, str(len(sockets)), str(BUILD / "cromwelld"), "--model",
             str(MODEL), "--root", self.folder.name, "--state-dir", self.folder.name + "/state",
             *flags],
            preexec_fn=hand_over, close_fds=False, stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for number in range(3, 3 + len(sockets)):
            os.close(number + 100)
        return process

    def test_it_answers_on_the_sockets_it_was_handed_and_on_no_others(self):
        path = self.folder.name + "/socket"
        unix = socket.socket(socket.AF_UNIX)
        unix.bind(path)
        unix.listen()
        tcp = socket.create_server(("127.0.0.1", 0))
        address = tcp.getsockname()
        other = free_port()
        process = self.start(unix, tcp, flags=("--listen", f"127.0.0.1:{other}"))
        for family, where in ((socket.AF_UNIX, path), (socket.AF_INET, address)):
            with socket.socket(family) as client:
                client.settimeout(WAIT_S)
                client.connect(where)  # it waits in the backlog until the model is loaded
                client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
                               b"Connection: close\r\n\r\n")
                self.assertTrue(client.makefile("rb").read().startswith(b"HTTP/1.1 200"))
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", other))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(WAIT_S), 0)
        self.assertTrue(Path(path).exists(), "the manager's file stays")
        unix.close()
        tcp.close()

    def test_an_open_address_without_a_token_is_refused(self):
        tcp = socket.create_server(("0.0.0.0", 0))
        process = self.start(tcp)
        self.assertEqual(process.wait(WAIT_S), 1)
        self.assertIn(b"--token-file", process.stderr.read())
        tcp.close()

    def test_what_is_no_listening_socket_is_refused(self):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        process = self.start(udp)
        self.assertEqual(process.wait(WAIT_S), 1)
        self.assertIn(b"expected a listening stream socket", process.stderr.read())
        udp.close()


if __name__ == "__main__":
    unittest.main()

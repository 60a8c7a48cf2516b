"""A real cromwelld for one test class: temporary workspace and state, an ephemeral port, stdlib only.

CROMWELL_BUILD names the build folder (default: build/ of this repository); CROMWELL_TEST_MODEL a
GGUF (default: the default model in the cache folder, which ./deploy/test fetches).
"""

import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("CROMWELL_BUILD", ROOT / "build"))
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
MODEL = pathlib.Path(os.environ.get("CROMWELL_TEST_MODEL") or
                     CACHE / "cromwell/models/SmolLM2-135M-Instruct.Q4_1.gguf")
START_TIMEOUT_S = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def parse_events(text):
    """[(name, data)] of a server-sent-event stream; comment lines are skipped."""
    events = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n")
                      if ": " in line and not line.startswith(":"))
        if "data" in fields:
            data = fields["data"]
            events.append((fields.get("event"), data if data == "[DONE]" else json.loads(data)))
    return events


class Daemon:
    """Starts cromwelld and waits until /readyz answers 200 (or asks for the token)."""

    def __init__(self, *flags, samples=True, own_root=True, environment=None, model=MODEL,
                 poll_s=0.02):
        """`model=None`: what the daemon takes without --model, its adapter for edits included."""
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cromwell-e2e."))
        self.workspace = self.folder / "workspace"
        if samples:
            shutil.copytree(ROOT / "deploy/samples", self.workspace)
        else:
            self.workspace.mkdir()
        self.port = free_port()
        self.log_path = self.folder / "log"
        self.flags = flags
        self.root_flags = ("--root", self.workspace) if own_root else ()
        self.environment = environment or {}
        self.model_flags = () if model is None else ("--model", model)
        self.poll_s = poll_s
        self.start()

    def start(self):
        command = [BUILD / "cromwelld", *self.model_flags, "--listen", f"127.0.0.1:{self.port}",
                   *self.root_flags, "--state-dir", self.folder / "state", *self.flags]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log,
                                            env={**os.environ, **self.environment})
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"cromwelld exited {self.process.returncode}:\n{self.log()}")
            with contextlib.suppress(OSError):
                if self.get("/readyz")[0] in (200, 401):
                    return
            time.sleep(self.poll_s)
        raise RuntimeError(f"cromwelld is not ready after {START_TIMEOUT_S} s:\n{self.log()}")

    def log(self):
        return self.log_path.read_text(errors="replace")

    def stop(self, timeout_s=10):
        """SIGTERM; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout_s)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def connection(self, timeout_s=300):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)

    def request(self, method, path, body=None, headers=None):
        """(status, headers, body bytes) over a connection of its own."""
        connection = self.connection()
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()

    def get(self, path, headers=None):
        status, _, body = self.request("GET", path, headers=headers)
        return status, json.loads(body) if body[:1] in b"{[" else body

    def post(self, path, value=None, headers=None, raw=None):
        """(status, parsed JSON or event list)."""
        body = raw if raw is not None else json.dumps({} if value is None else value).encode()
        status, received, answer = self.request(
            "POST", path, body, {"Content-Type": "application/json", **(headers or {})})
        if received.get("Content-Type", "").startswith("text/event-stream"):
            return status, parse_events(answer.decode())
        return status, json.loads(answer) if answer[:1] in b"{[" else answer


class DaemonTest(unittest.TestCase):
    """One daemon for all tests of the class."""

    flags = ()
    options = {}  # of Daemon

    @classmethod
    def setUpClass(cls):
        if not MODEL.exists():
            raise unittest.SkipTest(f"no model at {MODEL}: run build/cromwell model pull-default")
        cls.daemon = Daemon(*cls.flags, **cls.options)

    @classmethod
    def tearDownClass(cls):
        cls.daemon.close()

    def write(self, name, content):
        path = self.daemon.workspace / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def assert_error(self, answer, status, code, part=""):
        self.assertEqual(answer[0], status, answer)
        self.assertEqual(answer[1]["error"]["code"], code, answer)
        self.assertIn(part, answer[1]["error"]["message"])

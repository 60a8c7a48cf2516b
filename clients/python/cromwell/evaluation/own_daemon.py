"""A cromwelld of the benchmark's own, on a free port, with a root in a temporary folder."""

from __future__ import annotations

import contextlib
import pathlib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator

from cromwell.client import Client, StrPath
from cromwell.errors import Unavailable
from cromwell.http_client import HttpClient

START_TIMEOUT_S = 120


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def own_daemon(program: StrPath, model: str = "", lora: str = "", threads: int = 0
               ) -> Iterator[tuple[Client, pathlib.Path]]:
    """(client, root folder). RuntimeError with the daemon's last words if it does not start."""
    with tempfile.TemporaryDirectory(prefix="cromwell-eval.") as scratch:
        root = pathlib.Path(scratch, "root")
        root.mkdir()
        port = _free_port()
        command = [str(program), "--listen", f"127.0.0.1:{port}", "--root", str(root),
                   "--state-dir", str(pathlib.Path(scratch, "state"))]
        command += ["--model", model] if model else []
        command += ["--lora", lora] if lora else []
        command += ["--threads", str(threads)] if threads else []
        log = pathlib.Path(scratch, "log")
        with open(log, "wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            client = HttpClient(f"http://127.0.0.1:{port}")
            _wait(client, process, log)
            yield client, root
        finally:
            process.terminate()
            process.wait()


def _wait(client: Client, process: subprocess.Popen[bytes], log: pathlib.Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            client.get("/readyz")
            return
        except Unavailable:  # it does not listen yet, or loads the model
            time.sleep(0.05)
    raise RuntimeError("cromwelld does not start:\n" + log.read_text(errors="replace")[-2000:])

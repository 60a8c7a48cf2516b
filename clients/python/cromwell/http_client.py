"""HttpClient: the daemon's endpoints over TCP or a Unix socket, with nothing but the standard
library. A connection for each request: closing it is what ends a generation."""

from __future__ import annotations

import contextlib
import http.client
import socket
import urllib.parse
from collections.abc import Callable, Iterator

from cromwell.client import Answer, Client
from cromwell.errors import ServerUnavailable

DEFAULT_PORT = 8411
READ_BYTES = 1 << 16


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _connector(server: str, timeout: float) -> Callable[[], http.client.HTTPConnection]:
    if server.startswith("unix:"):
        path = server[len("unix:"):]
        return lambda: _UnixConnection(path, timeout)
    url = urllib.parse.urlsplit(server)
    host = url.hostname
    if url.scheme != "http" or not host or url.path not in ("", "/"):
        raise ValueError(f"server {server!r}: expected http://HOST:PORT or unix:PATH")
    port = url.port or DEFAULT_PORT
    return lambda: http.client.HTTPConnection(host, port, timeout=timeout)


@contextlib.contextmanager
def _named_failures(doing: str) -> Iterator[None]:
    try:
        yield
    # The last two are http.client's where another thread closed the answer.
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        raise ServerUnavailable(f"{doing}: {error}") from error


class _HttpAnswer(Answer):
    def __init__(self, connection: http.client.HTTPConnection, server: str) -> None:
        self._connection = connection
        self._socket = connection.sock  # the connection forgets it when the answer is the last
        self._server = server
        self._response: http.client.HTTPResponse | None = None

    def _begin(self) -> http.client.HTTPResponse:
        if self._response is None:
            with _named_failures(f"no Cromwell daemon answers at {self._server}"):
                self._response = self._connection.getresponse()
        return self._response

    def status(self) -> int:
        return self._begin().status

    def read(self) -> bytes:
        response = self._begin()
        with _named_failures(f"the answer of {self._server} broke off"):
            chunk = response.read1(READ_BYTES)
        if not chunk:
            self.close()
        return chunk

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes a thread that reads
        self._connection.close()
        if self._response is not None:
            self._response.close()


class HttpClient(Client):
    """`server` is http://HOST:PORT, or unix:PATH; `token` the daemon's, if it has one; `timeout` is
    in seconds, of silence. ValueError for another kind of address.

    >>> HttpClient("https://example.org")
    Traceback (most recent call last):
    ValueError: server 'https://example.org': expected http://HOST:PORT or unix:PATH
    """

    def __init__(self, server: str, token: str | None = None, timeout: float = 600) -> None:
        self.server = server
        self._token = token
        self._connect = _connector(server, timeout)

    def send(self, method: str, path: str, body: bytes = b"", accept: str = "application/json"
             ) -> Answer:
        headers = {"Accept": accept}
        if body:
            headers["Content-Type"] = "application/json"
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        connection = self._connect()
        try:
            connection.request(method, path, body or None, headers)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise ServerUnavailable(
                f"no Cromwell daemon answers at {self.server}: {error}; "
                "`cromwell serve --root .` starts one") from error
        return _HttpAnswer(connection, self.server)

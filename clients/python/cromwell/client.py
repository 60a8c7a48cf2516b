"""The daemon's HTTP API with nothing but the standard library: one request, one JSON answer."""

import http.client
import json
import socket
import urllib.parse


class CromwellError(Exception):
    """The daemon refused or failed. `code` is the wire's ("file_changed"), `status` HTTP's."""

    def __init__(self, message, code="", status=0, detail=None):
        super().__init__(message)
        self.code = code
        self.status = status
        self.detail = detail or {}


class ServerUnavailable(CromwellError):
    """Nobody answers at the address."""


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Client:
    """`server` is http://HOST:PORT, or unix:PATH. `timeout` is in seconds, of silence."""

    def __init__(self, server, token=None, timeout=600):
        self.server = server
        self._token = token
        self._timeout = timeout
        if server.startswith("unix:"):
            self._connect = lambda: _UnixConnection(server[len("unix:"):], timeout)
            return
        url = urllib.parse.urlsplit(server)
        if url.scheme != "http" or not url.hostname or url.path not in ("", "/"):
            raise ValueError(f"server {server!r}: expected http://HOST:PORT or unix:PATH")
        host, port = url.hostname, url.port or 8411
        self._connect = lambda: http.client.HTTPConnection(host, port, timeout=timeout)

    def get(self, path):
        return self._send("GET", path)

    def post(self, path, body):
        return self._send("POST", path, json.dumps(body).encode())

    def _send(self, method, path, body=None):
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        connection = self._connect()
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            status, text = response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            raise ServerUnavailable(
                f"no Cromwell daemon answers at {self.server}: {error}; "
                "`cromwell serve --root .` starts one") from error
        finally:
            connection.close()
        return _answer(status, text)


def _answer(status, text):
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise CromwellError(f"the server answered {status} without a JSON object: "
                            "is it a Cromwell daemon?", status=status)
    if 200 <= status < 300:
        return answer
    error = answer.get("error") or {}
    raise CromwellError(error.get("message", f"the server answered {status}"),
                        error.get("code", ""), status, error.get("detail"))

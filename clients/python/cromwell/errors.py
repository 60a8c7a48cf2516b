"""What can go wrong, as exceptions: one for each family of HTTP statuses, by either client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class CromwellError(Exception):
    """Refused or failed. `code` is the wire's ("file_changed"), `status` HTTP's (0: there was no
    answer), `param` the field or file at fault, `detail` what else is known ("attempts": what the
    model wrote).

    >>> error = CromwellError("src/a.py changed", "file_changed", 409)
    >>> error.code, error.status, str(error)
    ('file_changed', 409, 'src/a.py changed')
    """

    def __init__(self, message: str, code: str = "", status: int = 0,
                 detail: Mapping[str, Any] | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.detail = dict(detail or {})
        self.param = param


class InvalidRequest(CromwellError):
    """400, 405, 413, 415: a field is missing or wrong, or the text is too long for the model."""


class Forbidden(CromwellError):
    """401, 403: no or another token, or a path outside the code base."""


class NotFound(CromwellError):
    """404: no such file, edit or session."""


class Conflict(CromwellError):
    """409: the file changed meanwhile, or the edit is already applied."""


class EditRefused(CromwellError):
    """422: the model wrote nothing that is an edit, or the file is none that can be edited."""


class Busy(CromwellError):
    """429: as many requests wait as may; come back later."""


class Unavailable(CromwellError):
    """503: loading, stopping, closed, or the model has failed."""


class ServerUnavailable(Unavailable):
    """Nobody answers at the address, or the answer broke off."""


class Cancelled(CromwellError):
    """The stream was cancelled before its end."""


_FAMILIES: dict[int, type[CromwellError]] = {
    400: InvalidRequest, 401: Forbidden, 403: Forbidden, 404: NotFound, 405: InvalidRequest,
    409: Conflict, 413: InvalidRequest, 415: InvalidRequest, 422: EditRefused, 429: Busy,
    503: Unavailable,
}


def error_of(status: int, error: Mapping[str, Any]) -> CromwellError:
    """The exception for the wire's error object: {code, message, param, detail}.

    >>> error_of(404, {"code": "not_found", "message": "a.py: no such file"})
    NotFound('a.py: no such file')
    """
    family = _FAMILIES.get(status, CromwellError)
    detail = error.get("detail")
    return family(str(error.get("message") or f"the server answered {status}"),
                  str(error.get("code") or ""), status,
                  detail if isinstance(detail, dict) else None, error.get("param"))

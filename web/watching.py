"""One line and one count for every request; no screen knows of it."""

from __future__ import annotations

import time
from secrets import token_hex

import structlog
from flask import Flask, Response, g, request

from web import logs, metrics

_LONGEST_ID = 64
# Where somebody may be at an anonymous task.
_ANONYMOUS = frozenset({"tasks", "inbox", "tasks_api"})


def install(app: Flask) -> None:
    """Give every request an id, and write down how it was answered."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.monotonic()
    g.request_id = _given() or token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _given() -> str:
    """Take the id that a proxy gave, where it is one."""
    given = request.headers.get("X-Request-ID", "")
    plain = given.isascii() and given.replace("-", "").isalnum()
    return given if plain and len(given) <= _LONGEST_ID else ""


def _end(response: Response) -> Response:
    if "began" not in g:  # refused before anything of ours ran
        return response
    seconds = time.monotonic() - g.began
    # The endpoint's name, never the address: that one has the numbers of tasks in it.
    route = request.endpoint or "none"
    method = request.method if request.method in _METHODS else "OTHER"
    metrics.meter().answered(method, route, response.status_code, seconds)
    person_id = None if request.blueprint in _ANONYMOUS else _person()
    logs.request(
        method=method,
        route=route,
        status=response.status_code,
        seconds=seconds,
        person_id=person_id,
    )
    response.headers["X-Request-ID"] = g.request_id
    structlog.contextvars.clear_contextvars()
    return response


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _person() -> int | None:
    known = g.get("_login_user")
    return known.person_id if known is not None and known.is_authenticated else None

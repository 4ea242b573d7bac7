"""What every screen needs of the running application: platform, engine, now.  No routes."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from flask import Flask, Response, current_app, g, has_request_context, request
from werkzeug.routing import IntegerConverter, Map

from engine import Engine, Visit
from web.bootstrap import Platform

_KEY = "alur"
API = "/api/"
_LARGEST_NUMBER = 2**53  # no id comes near, and every database can compare it


class Number(IntegerConverter):
    """A number in an address; one that no row could have is an address that is not there."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=_LARGEST_NUMBER)


def install(app: Flask, platform: Platform) -> None:
    """Tie a platform to the Flask application."""
    app.extensions[_KEY] = platform


def close_visits(app: Flask) -> None:
    """Let the engine of each request go when its page is written; what comes first here is last."""
    app.after_request(_after)
    app.teardown_request(_close)


def site() -> Platform:
    """Give the platform behind the request that is being answered."""
    return cast(Platform, current_app.extensions[_KEY])


def public_address(path: str = "") -> str:
    """Give a path as others reach it: at the city's own address, else at the one that was asked.

    A letter, a paper or a calendar outlives the request, whose Host header anybody writes.
    """
    return (site().settings.public_url.rstrip("/") or request.host_url.rstrip("/")) + path


def of_api() -> bool:
    """Tell whether a program asks: by its token, never by a cookie, and answered with JSON."""
    return request.path.startswith(API)


def engine() -> Engine:
    """Give the engine of this site: in a request, one that takes a connection once.

    It lets go of it before a command, and when the page is written.
    """
    if not has_request_context():
        return site().engine
    if "visit" not in g:
        g.visit = Visit(site().engine)
    return cast(Visit, g.visit)


def _after(response: Response) -> Response:
    _close(None)
    return response


def _close(_error: BaseException | None) -> None:
    visit: Visit | None = g.get("visit")
    if visit is not None:
        visit.close()


def now() -> datetime:
    """Give the engine's idea of now (a demo's clock runs at an offset), as UTC."""
    return site().clock()

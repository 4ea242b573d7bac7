"""What every screen needs of the running application: platform, engine, now.  No routes."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from flask import Flask, current_app
from werkzeug.routing import IntegerConverter, Map

from engine import Engine
from web.bootstrap import Platform

_KEY = "alur"
_LARGEST_NUMBER = 2**53  # no id comes near, and every database can compare it


class Number(IntegerConverter):
    """A number in an address; one that no row could have is an address that is not there."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=_LARGEST_NUMBER)


def install(app: Flask, platform: Platform) -> None:
    """Tie a platform to the Flask application."""
    app.extensions[_KEY] = platform


def site() -> Platform:
    """Give the platform behind the request that is being answered."""
    return cast(Platform, current_app.extensions[_KEY])


def engine() -> Engine:
    """Give the engine of this site."""
    return site().engine


def now() -> datetime:
    """Give the engine's idea of now (a demo's clock runs at an offset), as UTC."""
    return site().clock()

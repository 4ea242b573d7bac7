"""`/healthz` (the process answers) and `/readyz` (it can work); strangers learn no more."""

from __future__ import annotations

import logging
from datetime import timedelta

from flask import Blueprint, jsonify, make_response
from werkzeug.wrappers import Response

from engine.queries import due
from web import bootstrap
from web.auth import public
from web.site import engine, now, site

health = Blueprint("health", __name__)
# A timer this late means that no worker runs.
_STANDSTILL = timedelta(minutes=15)
_log = logging.getLogger("alur.web")


@health.get("/healthz")
@public
def alive() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


@health.get("/readyz")
@public
def ready() -> Response:
    """Say whether the database answers, holds what it should, and somebody works on what is due."""
    try:
        problems = bootstrap.problems_of(site().database)
        late = engine().ask(due.backlog, now=now()).oldest_timer
    except Exception:
        _log.exception("Expected the database to answer, but it did not.")
        return _not("unavailable")
    if problems:
        _log.error("Expected a database that is ready, but: %s", " ".join(problems))
        return _not("database")
    if late is not None and now() - late > _STANDSTILL:
        return _not("standstill")
    return jsonify(status="ok")


def _not(why: str) -> Response:
    return make_response(jsonify(status=why), 503)

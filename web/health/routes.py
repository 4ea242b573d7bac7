"""`/healthz` (the process answers) and `/readyz` (it can work); strangers learn no more."""

from __future__ import annotations

from flask import Blueprint, jsonify, make_response
from werkzeug.wrappers import Response

from web import readiness
from web.auth import public
from web.site import site

health = Blueprint("health", __name__)


@health.get("/healthz")
@public
def alive() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


@health.get("/readyz")
@public
def ready() -> Response:
    """Say whether the database answers, holds what it should, and somebody works on what is due."""
    why = readiness.problem(site())
    if why:
        return make_response(jsonify(status=why), 503)
    return jsonify(status="ok")

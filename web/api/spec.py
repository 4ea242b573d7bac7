"""Puts the parts of the API together, and describes them: OpenAPI 3.1 at /api/v1/openapi.json."""

from __future__ import annotations

from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, Response, current_app
from flask_smorest import Api

from web import site
from web.api import part
from web.api.definitions import definitions
from web.api.drafts import drafts
from web.api.handing import handing
from web.api.imports import imports
from web.api.instances import instances
from web.api.messages import messages
from web.api.part import PREFIX, Exact
from web.api.people import people
from web.api.schemas import ProblemSchema
from web.api.tasks import tasks
from web.api.webhooks import webhooks
from web.auth import public

PARTS = (tasks, handing, instances, definitions, drafts, messages, people, imports, webhooks)
_KEY = "alur-api"
_ABOUT = (
    "The same commands, queries and rights as the pages of Alur, for a program that acts for one"
    " person. Lists are read page by page: `next` of an answer is `after` of the next request."
    " Errors are problems (RFC 9457); their titles are in the language of `Accept-Language`."
)


class _Api(Api):  # type: ignore[misc]  # flask-smorest has no types
    """Describes the parts; errors are answered in web.errors, as everywhere."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        return None

    def _register_responses(self) -> None:
        problem = {"application/problem+json": {"schema": ProblemSchema}}
        said = {"description": "A problem, in words.", "content": problem}
        self.spec.components.response("DEFAULT_ERROR", said, lazy=True)
        for name in ("UNPROCESSABLE_ENTITY", "UNPROCESSABLE_CONTENT"):
            self.spec.components.response(name, said, lazy=True)


def install(app: Flask) -> None:
    """Give an application the API."""
    app.json = Exact(app)
    api = _Api(
        spec_kwargs={
            "title": "Alur",
            "version": "1",
            "openapi_version": "3.1.0",
            "marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=_name),
            "info": {"description": _ABOUT},
            "servers": [{"url": "/"}],
            "security": [{"token": []}],
        }
    )
    api.init_app(app)
    api.register_converter(site.Number, lambda _: {"type": "integer", "minimum": 0})
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for each in PARTS:
        api.register_blueprint(each)
    app.extensions[_KEY] = api
    app.add_url_rule(f"{PREFIX}/openapi.json", endpoint="openapi", view_func=description)
    part.install(app)


def _name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


@public
def description() -> Response:
    """Give the description of the API."""
    written = current_app.json.dumps(current_app.extensions[_KEY].spec.to_dict())
    return Response(written, mimetype="application/json")

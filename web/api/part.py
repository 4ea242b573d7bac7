"""What every part of the API is written with: exact JSON in and out, pages, problems, marks.

The marks of a state: every answer to GET has an ETag; `If-None-Match` spares reading it again, and
`If-Match` on an act refuses it when the state has moved on since it was read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

import marshmallow as ma
import msgspec
from flask import Flask, Response, request, url_for
from flask.json.provider import JSONProvider
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.http import generate_etag

from engine import Command
from engine.feel.values import normalize, to_json
from engine.queries.page import Page
from hr.directory.queries import People
from hr.programs.commands import Once
from web import auth
from web.site import engine

PREFIX = "/api/v1"
LONGEST = 120
MOST_ROWS = 100
_DEEPEST = 60
_LONGEST_KEY = 80

Result = TypeVar("Result")
Call = Callable[..., Any]
View = TypeVar("View", bound=Callable[..., Any])


class Exact(JSONProvider):
    """JSON with numbers as exact as they were written; whatever else is FEEL becomes its text."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Write a value; a decimal keeps its digits."""
        return written(obj).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read a value; what has a point becomes a decimal."""
        return json.loads(s, parse_float=Decimal)


_ENCODER = msgspec.json.Encoder(decimal_format="number")


def written(value: Any) -> bytes:
    """Write a value as JSON; a decimal is a number with its digits."""
    return _ENCODER.encode(value)


class _Reader(FlaskParser):
    """Reads a request's JSON; refuses what no database keeps or what is built to hurt."""

    def _raw_load_json(self, req: Any) -> Any:
        data = req.get_data(cache=True)
        if not data:
            return {}
        if not req.is_json:
            raise UnsupportedMediaType
        try:
            read = json.loads(data, parse_float=Decimal, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise _bad(f"Expected JSON, but {type(error).__name__}.") from error
        _look_through(read, 0)
        return read

    def load_querystring(self, req: Any, schema: ma.Schema) -> Any:
        """Read the part after the question mark."""
        for values in req.args.listvalues():
            _look_through(values, 0)
        return super().load_querystring(req, schema)


def _no_number(name: str) -> None:
    raise ValueError(f"Expected a number, but it is {name}.")


def _bad(message: str) -> BadRequest:
    error = BadRequest()
    error.data = {"messages": {"": [message]}}  # type: ignore[attr-defined]
    return error


def _look_through(value: Any, level: int) -> None:
    if level > _DEEPEST:
        raise _bad(f"Expected at most {_DEEPEST} levels, but there are more.")
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise _bad("Expected text, but there are signs in it that are none.")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _look_through(key, level + 1)
            _look_through(inner, level + 1)
    elif isinstance(value, list):
        for inner in value:
            _look_through(inner, level + 1)


class Part(Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """A part of the API, under its prefix."""

    ARGUMENTS_PARSER = _Reader()

    def __init__(self, name: str, prefix: str, description: str) -> None:
        super().__init__(
            f"{name}_api", f"web.api.{name}", url_prefix=PREFIX + prefix, description=description
        )

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Answer at an address, and describe it."""
        decorated: Callable[[View], View] = super().route(rule, tags=[self.tag], **options)
        return decorated

    def arguments(self, schema: Any, **options: Any) -> Callable[[Call], Call]:
        """Read what is sent by a schema, and hand it over as the first argument."""
        options.setdefault("unknown", ma.RAISE)
        decorated: Callable[[Call], Call] = super().arguments(schema, **options)
        return decorated

    def response(self, status: int, schema: Any = None, **options: Any) -> Callable[[Call], Call]:
        """Write what is given by a schema."""
        decorated: Callable[[Call], Call] = super().response(status, schema, **options)
        return decorated

    @property
    def tag(self) -> str:
        """Give the heading under which this part is described."""
        return str(self.name).removesuffix("_api")


def needs(scope: str) -> Callable[[View], View]:
    """Mark a view with the scope that a token must have for it, and say so in the description."""

    def mark(view: View) -> View:
        about = view.__dict__.setdefault("_apidoc", {}).setdefault("manual_doc", {})
        about["security"] = [{"token": [scope]}]
        return auth.needs(scope)(view)

    return mark


class Asked(ma.Schema):
    """Which page of a list is asked for."""

    class Meta:
        unknown = ma.RAISE

    after = ma.fields.String(
        load_default=None,
        validate=ma.validate.Length(max=400),
        metadata={"description": "`next` of the page before."},
    )
    limit = ma.fields.Integer(load_default=25, validate=ma.validate.Range(1, MOST_ROWS))


def listed(page: Page[Any] | People) -> dict[str, Any]:
    """Give a page of a list: rows, and the key of the page after it (null at the end)."""
    return {"items": page.rows, "next": page.next}


def list_of(item: type[ma.Schema]) -> type[ma.Schema]:
    """Make the schema of a page of these."""
    return ma.Schema.from_dict(
        {
            "items": ma.fields.List(ma.fields.Nested(item), required=True),
            "next": ma.fields.String(required=True, allow_none=True),
        },
        name=f"{item.__name__.removesuffix('Schema')}List",
    )


def plain(value: Any) -> Any:
    """Give a value of a case as plain JSON: numbers exact, dates and durations as their text."""
    return json.loads(to_json(normalize(value)), parse_float=Decimal)["v"]


def request_key() -> str:
    """Give the key of this request: whatever comes twice with it is done once."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key or len(key) > _LONGEST_KEY or not key.isprintable() or not key.isascii():
        raise _bad(f"Expected the header Idempotency-Key, 1 to {_LONGEST_KEY} ASCII signs.")
    return key


def once(command: Command[Result], *, required: bool = False) -> Result:
    """Execute a command for the person; with the key of the request, only once."""
    if required or "Idempotency-Key" in request.headers:
        return engine().execute(Once(request_key=request_key(), command=command), by=auth.actor())
    return engine().execute(command, by=auth.actor())


KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Made by the program; the same key is accepted once, however often it is sent.",
    "schema": {"type": "string", "minLength": 1, "maxLength": _LONGEST_KEY},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "ETag of the state that this is about; 412 when it has moved on.",
    "schema": {"type": "string"},
}


def tag_of(state: Mapping[str, Any]) -> str:
    """Give the ETag of what a GET answers with this."""
    return str(generate_etag(written(state)))


def install(app: Flask) -> None:
    """Let answers of the API carry what concerns them all."""

    @app.after_request
    def mark(response: Response) -> Response:
        if not request.path.startswith(f"{PREFIX}/"):
            return response
        if response.status_code == 204:
            response.set_data(b"")
            response.headers.pop("Content-Type", None)
        response.vary.add("Authorization")
        response.vary.add("Accept-Language")
        read = request.method in ("GET", "HEAD") and response.status_code == 200
        if read and not response.is_streamed:
            response.add_etag()
            response.make_conditional(request)
        return response


def made(endpoint: str, **values: Any) -> dict[str, str]:
    """Give the header that says where what was made is found."""
    return {"Location": url_for(endpoint, **values)}


def me() -> int:
    """Give the person for whom the program asks."""
    return auth.me().person_id

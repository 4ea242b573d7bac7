"""A program with a token: asks the JSON API as any client would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PREFIX = "/api/v1"


@dataclass
class Program:
    """A program that acts for somebody."""

    client: FlaskClient
    token: str

    def ask(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **kwargs.pop("headers", {})}
        return self.client.open(PREFIX + path, method=method, headers=headers, **kwargs)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.ask("GET", path, headers=_headers(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.ask("POST", path, json=body or {}, headers=_headers(headers))

    def put(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.ask("PUT", path, json=body, headers=_headers(headers))


def _headers(named: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in named.items()}

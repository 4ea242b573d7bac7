"""A browser without a screen: keeps cookies, fills in forms, reads pages as a person would."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse


@dataclass
class Seen:
    """A page as it came."""

    response: TestResponse

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        """Everything that can be read on it, spaces made one."""
        return " ".join(self.tree.text_content().split())

    @property
    def path(self) -> str:
        """Where the page came from, with its query."""
        parts = urlsplit(self.response.request.full_path)
        return f"{parts.path}?{parts.query}".rstrip("?")

    @cached_property
    def tree(self) -> html.HtmlElement:
        return html.document_fromstring(self.response.text)

    @property
    def heading(self) -> str:
        return " ".join(self.tree.findtext(".//h1", "").split())

    def all(self, xpath: str) -> list[Any]:
        return list(self.tree.xpath(xpath))

    def link(self, words: str) -> str:
        """Give the address behind a link with these words."""
        for anchor in self.tree.iterfind(".//a[@href]"):
            if words in " ".join(anchor.text_content().split()):
                return str(anchor.get("href"))
        raise AssertionError(f"Expected a link {words!r}, but the page says: {self.text}")

    def links(self) -> list[str]:
        return [str(a.get("href")) for a in self.tree.iterfind(".//a[@href]")]

    def form(self, action: str) -> Any:
        """Give the form that posts to an address."""
        for form in self.tree.iterfind(".//form"):
            if urlsplit(form.get("action", "")).path == action and form.get("method") == "post":
                return form
        raise AssertionError(f"Expected a form to {action}, but the page says: {self.text}")


class Visitor:
    """Somebody at a browser; with JavaScript off."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, *, follow: bool = True, **kwargs: Any) -> Seen:
        return Seen(self.client.get(path, follow_redirects=follow, **kwargs))

    def post(
        self, path: str, fields: dict[str, Any] | None = None, *, follow: bool = True, **kwargs: Any
    ) -> Seen:
        """Post with this session's token, as any form of a page would."""
        data = {"csrf_token": self.token(), **(fields or {})}
        return Seen(self.client.post(path, data=data, follow_redirects=follow, **kwargs))

    def submit(self, page: Seen, action: str, *, follow: bool = True, **fields: Any) -> Seen:
        """Fill in a form of a page and press its button."""
        form = page.form(action)
        data: dict[str, Any] = {}
        for name, value in form.form_values():
            data.setdefault(name, []).append(value)
        # Paths as keywords: results__0__rating stands for results.0.rating.
        data.update({name.replace("__", "."): value for name, value in fields.items()})
        return Seen(self.client.post(action, data=data, follow_redirects=follow))

    def token(self) -> str:
        """Read the token of this session off a cheap page: every page has a form with it."""
        page = html.document_fromstring(self.client.get("/no-such-page").text)
        found = page.xpath("//input[@name='csrf_token']/@value")
        assert found, "Expected a form with a token on the page."
        return str(found[0])

    def log_in(self, username: str, password: str, *, follow: bool = True) -> Seen:
        page = self.get("/login")
        return self.submit(page, "/login", follow=follow, username=username, password=password)

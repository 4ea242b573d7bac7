"""The headers of every answer."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_every_answer_carries_the_guards(client_as, subtests):
    visitor = client_as("EMP")
    for path in ["/login", "/", "/cases", "/nothing", "/healthz"]:
        with subtests.test(path=str(path)[:60]):
            headers = visitor.get(path, follow=False).response.headers
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "same-origin"
            assert headers["Cache-Control"] == "no-store"


def test_no_page_needs_inline_script_or_style(client_as, subtests):
    visitor = client_as("HRC")
    for path in ["/", "/cases", "/start", "/processes", "/login"]:
        with subtests.test(path=str(path)[:60]):
            page = visitor.get(path)
            assert not page.all("//script[not(@src)]")
            assert not page.all("//style")
            assert not page.all("//@style")
            assert not page.all("//@*[starts-with(name(), 'on')]")


def test_without_https_browsers_are_not_bound_to_it(visitor):
    assert "Strict-Transport-Security" not in visitor.get("/login").response.headers

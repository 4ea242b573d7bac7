"""What the content security policy would refuse must not be written in the first place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from web.parts import assets

WEB = Path(__file__).parents[3] / "web"
TEMPLATES = sorted(WEB.glob("**/templates/**/*.html"))
FORBIDDEN = re.compile(
    r"\sstyle=|<style|<script(?![^>]*\ssrc=| type=\"application/json\")|\son[a-z]+=|javascript:",
    re.IGNORECASE,
)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.relative_to(WEB).as_posix())
def test_templates_have_no_inline_style_or_script(file: Path) -> None:
    assert FORBIDDEN.findall(file.read_text()) == []


def test_bundled_files_are_named_by_their_manifest(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "manifest.json").write_text('{"app.css": "app-AB12.css"}')
    (tmp_path / "app-AB12.css").write_text("body{}")
    monkeypatch.setattr(assets, "BUNDLE", tmp_path)
    with app.test_request_context():
        assert assets.asset("app.css") == "/static/app-AB12.css"
        assert "#inbox" in assets.icon("inbox")
    answer = app.test_client().get("/static/app-AB12.css")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]


def test_pages_have_addresses_even_without_a_bundle(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "BUNDLE", tmp_path)
    with app.test_request_context():
        assert assets.asset("app.css") == "/static/app.css"


@pytest.mark.parametrize("name", ["../../settings.py", "%2e%2e/parts/assets.py", "/etc/passwd"])
def test_nothing_outside_the_bundle_is_served(app: Flask, name: str) -> None:
    assert app.test_client().get(f"/static/{name}").status_code in (404, 308)

"""A bare application that has nothing but the shared parts, to draw forms with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g, render_template_string
from flask_babel import Babel
from jinja2 import StrictUndefined

from engine.errors import InvalidForm, Problem
from engine.forms import Form, check_answers, shown_fields
from web import parts
from web.parts.fields import in_words

NOW = datetime(2026, 7, 6, 9, 0, tzinfo=timezone(timedelta(hours=7)))
TRANSLATIONS = Path(parts.__file__).parents[1] / "translations"
PAGE = """
{% import "parts/fields.html" as fields with context %}
{{ fields.summary(problems, shown) }}<form>{{ fields.form(shown, problems) }}</form>
"""
READ = '{% import "parts/fields.html" as fields with context %}{{ fields.answers(shown) }}'

Draw = Callable[..., str]


@pytest.fixture
def app() -> Flask:
    return _bare()


def _bare() -> Flask:
    app = Flask("parts_alone", static_folder=None)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    Babel(app, locale_selector=lambda: g.get("language", "id"))
    parts.install(app)
    return app


@pytest.fixture(scope="session")
def draw() -> Draw:
    """Draw a form; `checked` with what is wrong, `page=READ` for reading.

    One application for all: reading the templates takes longer than drawing a form.
    """
    app = _bare()

    def drawn(
        form: Form,
        answers: Mapping[str, Any] | None = None,
        *,
        checked: bool = False,
        language: str = "id",
        page: str = PAGE,
        context: Mapping[str, Any] | None = None,
    ) -> str:
        answers, context = answers or {}, context or {}
        problems: tuple[Problem, ...] = ()
        with app.test_request_context():
            g.language = language
            if checked:
                try:
                    check_answers(form, answers, context=context, now=NOW)
                except InvalidForm as refused:
                    problems = in_words(refused.problems, form)
            shown = shown_fields(form, answers, context=context, now=NOW)
            return render_template_string(page, shown=shown, problems=problems)

    return drawn

"""Errors as pages and as problems: the number, words in both languages, never a traceback."""

from __future__ import annotations

import pytest

from engine import errors as engine_errors
from engine.errors import Finding, Problem
from web import create_app
from web.auth import public

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

CASES = [
    (engine_errors.NotFound(), 404),
    (engine_errors.NotAllowed(), 403),
    (engine_errors.NotAllowed(reason="OWN_CASE"), 403),
    (engine_errors.InvalidState(), 409),
    (engine_errors.Conflict(), 409),
    (engine_errors.InvalidForm([Problem("note", "required", "Isi catatan.")]), 422),
    (engine_errors.InvalidProcess([Finding("error", "r", "No way out", element_id="x")]), 422),
    (engine_errors.LimitExceeded(), 422),
    (engine_errors.Busy(), 503),
    (engine_errors.TooNew(), 503),
    (engine_errors.ServiceTaskFailed(), 503),
    (engine_errors.EngineError(), 409),
    (RuntimeError("the secret is 42"), 500),
]


@pytest.fixture
def failing(platform):
    """Give a path at which an error comes out of a view."""
    app = create_app(platform)
    raised = []

    @public
    def view():
        raise raised[-1]

    app.add_url_rule("/boom", "boom", view)

    def at(error):
        raised.append(error)
        return app.test_client()

    return at


def test_every_error_is_a_page_that_says_what_to_do(failing, subtests):
    for error, status in CASES:
        with subtests.test(error=str(error)[:60], status=str(status)[:60]):
            response = failing(error).get("/boom")
            assert response.status_code == status
            assert response.mimetype == "text/html"
            assert "<h1>" in response.text
            assert "Traceback" not in response.text
            assert "secret" not in response.text


def test_every_error_is_a_problem_for_a_program(failing, subtests):
    for error, status in CASES:
        with subtests.test(error=str(error)[:60], status=str(status)[:60]):
            response = failing(error).get("/boom", headers={"Accept": "application/json"})
            assert response.status_code == status
            assert response.mimetype == "application/problem+json"
            problem = response.get_json(force=True)
            assert problem["status"] == status
            assert problem["title"]
            assert "secret" not in response.text


def test_a_problem_names_the_fields_to_blame(failing):
    error = engine_errors.InvalidForm([Problem("results.0.rating", "required", "Isi.")])
    response = failing(error).get("/boom", headers={"Accept": "application/json"})
    assert response.get_json(force=True)["errors"][0]["path"] == "results.0.rating"


def test_errors_speak_english_too(failing):
    client = failing(engine_errors.NotAllowed())
    client.set_cookie("alur_language", "en")
    page = client.get("/boom")
    assert 'lang="en"' in page.text
    assert "You may not do this" in page.text


def test_an_unexpected_error_has_a_reference_that_stands_in_the_log(failing, caplog):
    page = failing(RuntimeError("the secret is 42")).get("/boom")
    reference = next(r.args[2] for r in caplog.records if r.name == "alur.web")
    assert reference in page.text
    assert "the secret is 42" in caplog.text


def test_when_the_database_is_gone_the_page_still_comes(app, client_as, monkeypatch):
    visitor = client_as("EMP")
    platform = app.extensions["alur"]

    def gone(*_args, **_kwargs):
        raise OSError("no such host")

    monkeypatch.setattr(platform.engine, "ask", gone)
    page = visitor.get("/")
    assert page.status == 500
    assert "Terjadi kesalahan pada sistem" in page.text


def test_what_is_not_there_is_said(client_as, subtests):
    visitor = client_as("EMP")
    for path in ["/nothing", "/tasks/x", "/tasks/-1", "/cases/1.5", "/../etc/passwd", "/%00"]:
        with subtests.test(path=str(path)[:60]):
            page = visitor.get(path)
            assert page.status == 404
            assert "Halaman ini tidak ada" in page.text


def test_the_wrong_verb_is_said(client_as):
    page = client_as("EMP").post("/cases")
    assert page.status == 405
    assert "GET" in page.response.headers["Allow"]


def test_a_huge_body_is_refused_before_it_is_read(client_as):
    visitor = client_as("EMP")
    page = visitor.post("/language", {"language": "x" * 5_000_000})
    assert page.status == 413
    assert "terlalu besar" in page.text

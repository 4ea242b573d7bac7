"""Every route, with every id that there is, asked for by every role, against the matrix."""

# ruff: noqa: F811 -- fixtures of another file

from __future__ import annotations

from typing import Any

import pytest

from tests.web.sweep import ROLES, world  # noqa: F401
from tests.web.sweep_acts import BODY, CHANGING, acts, everything
from tests.web.sweep_pages import ELSEWHERE, PAGES, SWEPT, pages
from tests.web.visitor import Visitor

# A refusal is asked for as a program asks: its words on a page are looked at in test_errors.
PLAINLY = {"Accept": "application/problem+json"}
REFUSED = (403, 404)


def test_every_role_gets_what_the_matrix_gives_it_and_changes_nothing_else(
    app, client_as, visitor, world, database
):
    seen, changing = list(pages(app, world)), list(acts(app, world))
    before = everything(database)
    wrong: list[tuple[str, str, int]] = []
    for code in ROLES:
        who = client_as(code)
        wrong += [(code, *found) for found in _wrongly_seen(who, code, seen)]
        wrong += [(code, *found) for found in _wrongly_done(who, code, changing)]
    wrong += [("PUB", *found) for found in _open_to_the_public(visitor, seen, changing)]
    assert wrong == []
    assert everything(database) == before


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_screen_is_left_out_and_no_line_is_about_a_page_that_is_gone(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    screens = {name.rpartition(".")[0] for name in endpoints}
    assert {one for one in screens if one and not one.endswith("_api")} == SWEPT | ELSEWHERE
    assert (PAGES.keys() | CHANGING.keys()) <= endpoints


def _wrongly_seen(who: Visitor, code: str, seen: Any) -> Any:
    for path, allowed in seen:
        status = who.client.get(path, headers=PLAINLY).status_code
        if (status not in REFUSED) != (code in allowed) or status >= 500:
            yield path, status


def _wrongly_done(who: Visitor, code: str, changing: Any) -> Any:
    body = {**BODY, "csrf_token": who.token(), "person": "Oki Firmansyah"}
    for path, allowed in changing:
        if code not in allowed:
            answer = who.client.post(path, data=body, headers=PLAINLY)
            # Back to the task's page, which this person does not get either, refuses, too.
            to_task = "/tasks/" in answer.headers.get("Location", "")
            if not to_task and answer.status_code not in (*REFUSED, 409, 422):
                yield path, answer.status_code


def _open_to_the_public(nobody: Visitor, seen: Any, changing: Any) -> Any:
    """Whoever has not logged in is asked to, and his form refused before anybody reads it."""
    for path, _allowed in seen:
        answer = nobody.client.get(path, headers=PLAINLY)
        if not answer.headers.get("Location", "").startswith("/login"):
            yield path, answer.status_code
    for path, _allowed in changing:
        answer = nobody.client.post(path, data=BODY, headers=PLAINLY)
        if answer.status_code not in (401, 403):
            yield path, answer.status_code

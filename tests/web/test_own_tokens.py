"""A person's own tokens on his page: made, shown once, ended."""

from __future__ import annotations

import pytest

from hr.accounts import queries as accounts

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_token_is_made_shown_once_and_ended(client_as, engine, clock):
    person = client_as("EMP")
    page = person.submit(person.get("/tokens"), "/tokens", name="SIMPEG", scopes=[])
    assert (page.status, "Pilih sedikitnya satu" in page.text) == (422, True)
    made = person.submit(page, "/tokens", name="SIMPEG", scopes=["tasks:read"], days="30")
    (token,) = made.all("//input[@id='token']/@value")
    assert engine.ask(accounts.token_holder, token, clock.now).scopes == {"tasks:read"}
    page = person.get("/tokens")
    assert "SIMPEG" in page.text
    assert token not in page.response.text
    (action,) = page.all("//form[contains(@action, '/end')]/@action")
    assert client_as("RTR").post(action).status == 404
    assert "Token diakhiri" in person.submit(page, action).text
    assert engine.ask(accounts.token_holder, token, clock.now) is None


@pytest.mark.parametrize("wrong", [{"days": "99999"}, {"scopes": ["all"]}, {"name": "x" * 81}])
def test_no_token_is_made_without_bounds(client_as, wrong):
    person = client_as("EMP")
    fields = {"name": "x", "scopes": ["tasks:read"], "days": "7", **wrong}
    assert person.post("/tokens", fields).status == 422

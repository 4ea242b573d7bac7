"""API tokens: shown once, within scopes, until a day, ended by their owner."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from engine import Actor
from engine.errors import Conflict, InvalidForm, NotFound
from engine.model import Channel, StreamKind
from engine.queries import history
from hr.accounts import queries as accounts
from hr.accounts import rules
from hr.accounts.commands import EndToken, MakeToken, UseToken
from hr.accounts.tables import Account, ApiToken
from hr.demo.cast import CAST

EMP = Actor(person_id=CAST["EMP"], channel=Channel.WEB)
DAY = timedelta(days=1)
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def make(engine, clock, *, days=30, scopes=("tasks:read", "cases:read"), name="SIMPEG", by=EMP):
    command = MakeToken(name=name, scopes=scopes, expires_at=clock.now + days * DAY)
    return engine.execute(command, by=by)


def holder(engine, clock, token):
    return engine.ask(accounts.token_holder, token, clock.now)


def test_a_token_speaks_for_its_person_within_scopes_until_its_day(engine, clock):
    token = make(engine, clock)
    known = holder(engine, clock, token)
    assert (known.person_id, known.scopes) == (CAST["EMP"], {"tasks:read", "cases:read"})
    engine.execute(UseToken(token_id=known.token_id))
    (seen,) = engine.ask(accounts.tokens_of, CAST["EMP"])
    assert (seen.name, seen.used_at) == ("SIMPEG", clock.now)
    for wrong in ("", "alur_", token[:-1], token.upper(), "alur_" + "x" * 9999, token[5:]):
        assert holder(engine, clock, wrong) is None
    clock.move(30 * DAY)
    assert holder(engine, clock, token) is None


@on_sqlite
def test_it_ends_with_its_owner_s_word_and_with_his_account(engine, clock):
    first, second = make(engine, clock), make(engine, clock)
    number = holder(engine, clock, first).token_id
    with pytest.raises(NotFound):
        engine.execute(EndToken(token_id=number), by=Actor(CAST["RTR"], Channel.WEB))
    engine.execute(EndToken(token_id=number), by=EMP)
    assert holder(engine, clock, first) is None
    assert holder(engine, clock, second) is not None
    with engine.database.begin() as connection:
        connection.execute(update(Account).values(disabled=True))
    assert holder(engine, clock, second) is None


@on_sqlite
def test_it_is_stored_nowhere_and_its_making_is_recorded(engine, clock):
    token = make(engine, clock)
    with engine.database.connect() as connection:
        (row,) = connection.execute(select(*ApiToken.__table__.c)).all()
    events = engine.ask(history.events, StreamKind.ACCOUNT, str(row.account_id))
    assert [event.detail["what"] for event in events] == ["TOKEN_MADE"]
    assert token not in str(row) + str(events)


@on_sqlite
@pytest.mark.parametrize(
    "wrong",
    [{"days": 0}, {"days": 400}, {"scopes": ()}, {"scopes": ("everything",)}, {"name": " "}],
)
def test_a_token_without_bounds_is_refused(engine, clock, wrong):
    with pytest.raises(InvalidForm):
        make(engine, clock, **wrong)


@on_sqlite
def test_the_console_makes_one_for_somebody_and_nobody_else_does(engine, clock):
    command = MakeToken(
        name="SIMPEG",
        scopes=("people:read",),
        expires_at=clock.now + DAY,
        person_id=CAST["HRC"],
    )
    assert holder(engine, clock, engine.execute(command)).person_id == CAST["HRC"]
    assert holder(engine, clock, engine.execute(command, by=EMP)).person_id == CAST["EMP"]


@on_sqlite
def test_nobody_has_more_than_he_can_keep_an_eye_on(engine, clock):
    for _ in range(rules.TOKENS_AT_MOST):
        make(engine, clock)
    with pytest.raises(Conflict):
        make(engine, clock)

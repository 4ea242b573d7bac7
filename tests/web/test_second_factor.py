"""The one-time code: set up, asked for, heard once, replaced by paper, obligatory for some."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pyotp import TOTP
from sqlalchemy import select

from engine import Actor
from engine.errors import InvalidState, NotAllowed
from engine.model import Channel, StreamKind
from engine.queries import history
from hr.accounts import codes
from hr.accounts import queries as accounts
from hr.accounts.commands import (
    BeginSecondFactor,
    CodeWanted,
    ConfirmSecondFactor,
    GiveCode,
    LoggedIn,
    LogIn,
    LoginRefused,
    ResetSecondFactor,
)
from hr.accounts.tables import Account, RecoveryCode, SecondFactor
from hr.demo.cast import CAST, DEMO_PASSWORD
from web import create_app
from web.clock import DemoClock
from web.settings import Settings

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ADM = Actor(person_id=CAST["ADM"], channel=Channel.WEB)
HALF_MINUTE = timedelta(seconds=30)


def log_in(engine):
    command = LogIn(username="adm", password=DEMO_PASSWORD, address="192.0.2.1")
    return engine.execute(command)


def give(engine, half, code, at):
    command = GiveCode(half_token=half.half_token, code=code, address="192.0.2.1", moment=at)
    return engine.execute(command)


def set_up(engine, now):
    """Turn it on for ADM; give the phone and the codes on paper."""
    engine.execute(BeginSecondFactor(), by=ADM)
    known = engine.ask(accounts.second_factor, CAST["ADM"], engine.ports.vault)
    phone = TOTP(known.secret)
    return phone, engine.execute(ConfirmSecondFactor(code=phone.at(now), moment=now), by=ADM)


def reasons(*answers):
    return [one.reason.value for one in answers if isinstance(one, LoginRefused)]


def test_each_code_opens_one_session_and_paper_replaces_the_phone(engine, clock):
    before = log_in(engine)
    phone, paper = set_up(engine, clock.now)
    assert engine.ask(accounts.session, before.session_token, clock.now) is None
    half = log_in(engine)
    assert isinstance(half, CodeWanted)
    assert engine.ask(accounts.session, half.half_token, clock.now) is None
    # The code that confirmed the phone was heard; so was, later, the one that opened a session.
    assert reasons(give(engine, half, phone.at(clock.now), clock.now)) == ["WRONG"]
    clock.move(HALF_MINUTE)
    code = phone.at(clock.now)
    opened = give(engine, half, code, clock.now)
    assert isinstance(opened, LoggedIn)
    seen = engine.ask(accounts.session, opened.session_token, clock.now)
    assert seen.has_second_factor
    assert reasons(give(engine, half, code, clock.now)) == ["EXPIRED"]
    again = log_in(engine)
    assert reasons(give(engine, again, code, clock.now)) == ["WRONG"]
    assert isinstance(give(engine, again, paper[0].lower(), clock.now), LoggedIn)
    third = log_in(engine)
    assert reasons(give(engine, third, paper[0], clock.now)) == ["WRONG"]
    clock.move(codes.HALFWAY + timedelta(seconds=1))
    assert reasons(give(engine, third, phone.at(clock.now), clock.now)) == ["EXPIRED"]
    known = engine.ask(accounts.second_factor, CAST["ADM"], engine.ports.vault)
    assert (known.secret, known.recovery_codes) == ("", codes.RECOVERY_CODES - 1)


def test_guessing_codes_is_slowed_down_across_log_ins(engine, clock):
    phone, _ = set_up(engine, clock.now)
    clock.move(HALF_MINUTE)
    for _ in range(codes.FREE_WRONG):
        assert reasons(give(engine, log_in(engine), "000 000x", clock.now)) == ["WRONG"]
    half = log_in(engine)
    assert reasons(give(engine, half, phone.at(clock.now), clock.now)) == ["THROTTLED"]
    clock.move(timedelta(seconds=31))
    assert isinstance(give(engine, half, phone.at(clock.now), clock.now), LoggedIn)


def test_neither_secret_nor_paper_can_be_read_in_the_database_or_the_history(engine, clock):
    phone, paper = set_up(engine, clock.now)
    with engine.database.connect() as connection:
        stored = [
            str(tuple(row))
            for table in (SecondFactor, RecoveryCode)
            for row in connection.execute(select(*table.__table__.c))
        ]
        number = connection.execute(
            select(Account.id).where(Account.person_id == CAST["ADM"])
        ).scalar_one()
    events = engine.ask(history.events, StreamKind.ACCOUNT, str(number))
    assert [event.detail["what"] for event in events] == ["SECOND_FACTOR_ON"]
    for secret in (phone.secret, *paper, *(code.replace("-", "") for code in paper)):
        assert not [one for one in (*stored, str(events)) if secret in one]
    with pytest.raises(InvalidState):
        engine.execute(BeginSecondFactor(), by=ADM)


def test_only_the_installation_resets_it_for_who_lost_it_and_that_is_recorded(engine, clock):
    set_up(engine, clock.now)
    command = ResetSecondFactor(person_id=CAST["ADM"], reason="ponsel hilang")
    with pytest.raises(NotAllowed):
        engine.execute(command, by=ADM)
    engine.execute(command)
    assert isinstance(log_in(engine), LoggedIn)


@on_sqlite
def test_it_is_set_up_asked_for_and_turned_off_on_pages(client_as, visitor, engine, clock):
    person = client_as("EMP")
    page = person.submit(person.get("/second-factor"), "/second-factor/begin")
    assert page.all("//*[local-name()='svg']")
    phone = TOTP("".join(page.all("//code/text()")[0].split()))
    wrong = person.submit(page, "/second-factor/confirm", code="nol")
    assert (wrong.status, len(wrong.all("//input[@aria-invalid]"))) == (422, 1)
    done = person.submit(wrong, "/second-factor/confirm", code=phone.at(clock.now))
    paper = done.all("//li/code/text()")
    assert len(paper) == codes.RECOVERY_CODES
    assert phone.secret not in person.get("/second-factor").response.text
    asked = visitor.log_in("emp", DEMO_PASSWORD)
    assert asked.path.startswith("/login/code")
    assert visitor.get("/", follow=False).status == 302
    refused = visitor.submit(asked, "/login/code", code=phone.at(clock.now))
    assert (refused.status, "sudah dipakai" in refused.text) == (401, True)
    clock.move(HALF_MINUTE)
    code = phone.at(clock.now)
    assert visitor.submit(refused, "/login/code", code=code).heading == "Tugas"
    page = visitor.get("/second-factor")
    assert visitor.submit(page, "/second-factor/remove", code=code).status == 422
    assert "dimatikan" in visitor.submit(page, "/second-factor/remove", code=paper[0]).text


@on_sqlite
@pytest.mark.parametrize("code", ["ADM", "AUD", "DSN"])
def test_who_sees_or_changes_much_must_have_it(app, platform, client_as, code):
    app.extensions["alur"] = replace(platform, settings=Settings())
    person = client_as(code)
    page = person.get("/cases")
    assert page.path == "/second-factor"
    assert "Peran Anda" in page.text
    assert person.post("/password", {"old": "a", "new": "b", "again": "b"}).status == 403
    assert person.post("/language", {"language": "id", "next": "/"}).status == 200
    page = person.submit(page, "/second-factor/begin")
    phone = TOTP("".join(page.all("//code/text()")[0].split()))
    person.submit(page, "/second-factor/confirm", code=phone.at(platform.clock.now))
    assert person.get("/cases").path == "/cases"
    assert client_as("EMP").get("/cases").path == "/cases"


@on_sqlite
def test_a_demo_obliges_nobody_and_says_so(platform, clock):
    from tests.web.visitor import Visitor
    from web.demo import settings_of

    settings = settings_of("small", Settings())
    of_demo = DemoClock(timedelta(days=-140))
    clock.set(of_demo())
    demo = replace(platform, settings=settings, clock=of_demo)
    visitor = Visitor(create_app(demo).test_client())
    assert "tidak diwajibkan" in visitor.get("/login").text
    assert visitor.log_in("adm", DEMO_PASSWORD).heading == "Tugas"
    assert "tidak diwajibkan" in visitor.get("/second-factor").text

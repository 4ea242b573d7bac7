"""Getting in: passwords, sessions, throttling."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from engine import Actor, Channel, Engine
from engine.errors import Busy, Conflict, InvalidForm, NotAllowed, NotFound
from engine.model import StreamKind
from engine.queries import history
from hr.accounts import passwords, queries, rules
from hr.accounts.commands import (
    ChangePassword,
    CreateAccount,
    EndOtherSessions,
    EndSession,
    LoggedIn,
    LogIn,
    LoginRefused,
    LogOut,
    RefusedLogin,
    SetLanguage,
    TouchSession,
)
from hr.accounts.tables import Account, LoginFailures, Session
from hr.demo.cast import CAST, DEMO_PASSWORD
from tests.conftest import MovableClock

EMP = Actor(person_id=CAST["EMP"], channel=Channel.WEB)
VISITOR = Actor(channel=Channel.WEB, address="192.0.2.1")


def _log_in(
    engine: Engine, name: str = "emp", password: str = DEMO_PASSWORD, address: str = "192.0.2.1"
) -> LoggedIn | LoginRefused:
    command = LogIn(username=name, password=password, address=address)
    return engine.execute(command, by=VISITOR)


def _token(engine: Engine) -> str:
    opened = _log_in(engine)
    assert isinstance(opened, LoggedIn)
    return opened.session_token


def test_whoever_knows_the_password_gets_a_session(engine: Engine, clock: MovableClock) -> None:
    opened = _log_in(engine)
    assert isinstance(opened, LoggedIn)
    seen = engine.ask(queries.session, opened.session_token, clock.now)
    assert seen is not None
    assert (seen.person_id, seen.username, seen.language) == (CAST["EMP"], "emp", "id")


def test_the_number_is_a_user_name_too_and_case_does_not_matter(engine: Engine) -> None:
    assert isinstance(_log_in(engine, " EMP "), LoggedIn)
    with engine.database.connect() as connection:
        number = connection.execute(
            select(Account.username).where(Account.person_id == CAST["EMP"])
        ).scalar_one()
    assert isinstance(_log_in(engine, number), LoggedIn)


def test_a_session_token_is_stored_nowhere(engine: Engine) -> None:
    token = _token(engine)
    with engine.database.connect() as connection:
        (row,) = connection.execute(select(*Session.__table__.c)).mappings()
    assert token not in str(dict(row))
    assert row["token_sha256"] == rules.digest(token)


def test_every_login_has_its_own_token_and_csrf_token(engine: Engine, clock: MovableClock) -> None:
    first, second = _token(engine), _token(engine)
    views = [engine.ask(queries.session, token, clock.now) for token in (first, second)]
    assert None not in views
    assert first != second
    assert len({view.csrf_token for view in views if view}) == 2
    assert all(view.csrf_token not in (first, second) for view in views if view)


@pytest.mark.parametrize("name", ["emp", "nobody"])
def test_a_wrong_password_reads_like_an_unknown_name(engine: Engine, name: str) -> None:
    refused = _log_in(engine, name, "wrong password")
    assert refused == LoginRefused(RefusedLogin.WRONG)


def test_an_unknown_name_is_hashed_too() -> None:
    assert not passwords.fits("anything", None)
    assert not passwords.fits("anything", "no hash at all")


def test_failures_make_one_wait_longer_and_longer(engine: Engine, clock: MovableClock) -> None:
    for _ in range(rules.FREE_FAILURES):
        assert _log_in(engine, password="wrong") == LoginRefused(RefusedLogin.WRONG)
    waiting = _log_in(engine)
    assert isinstance(waiting, LoginRefused)
    assert waiting.reason is RefusedLogin.THROTTLED
    assert waiting.retry_at == clock.now + timedelta(seconds=30)
    clock.move(timedelta(seconds=31))
    assert isinstance(_log_in(engine), LoggedIn)
    assert _log_in(engine, password="wrong") == LoginRefused(RefusedLogin.WRONG)


def test_an_address_that_tries_many_names_is_slowed_down(
    engine: Engine, clock: MovableClock
) -> None:
    with engine.database.begin() as connection:
        row = {"key": "from:192.0.2.9", "failures": rules.FREE_FAILURES_OF_ADDRESS}
        connection.execute(LoginFailures.__table__.insert(), {**row, "last_at": clock.now})
    refused = _log_in(engine, address="192.0.2.9")
    assert isinstance(refused, LoginRefused)
    assert refused.reason is RefusedLogin.THROTTLED
    assert isinstance(_log_in(engine, address="192.0.2.10"), LoggedIn)


def test_the_wait_has_an_end() -> None:
    at = MovableClock().now
    assert rules.retry_at(60, at, 5) == at + rules.LONGEST_WAIT
    assert rules.counted(60, at, at + timedelta(hours=2)) == 0


def test_a_session_runs_idle_unless_it_is_used(engine: Engine, clock: MovableClock) -> None:
    token = _token(engine)
    clock.move(timedelta(minutes=20))
    engine.execute(TouchSession(token=token))
    clock.move(timedelta(minutes=20))
    assert engine.ask(queries.session, token, clock.now) is not None
    clock.move(timedelta(minutes=31))
    assert engine.ask(queries.session, token, clock.now) is None
    engine.execute(TouchSession(token=token))
    assert engine.ask(queries.session, token, clock.now) is None


def test_a_session_ends_after_twelve_hours_however_busy(
    engine: Engine, clock: MovableClock
) -> None:
    token = _token(engine)
    for _ in range(25):
        clock.move(timedelta(minutes=29))
        engine.execute(TouchSession(token=token))
    assert engine.ask(queries.session, token, clock.now) is None


def test_logging_out_kills_the_session(engine: Engine, clock: MovableClock) -> None:
    token = _token(engine)
    engine.execute(LogOut(token=token), by=EMP)
    assert engine.ask(queries.session, token, clock.now) is None
    engine.execute(LogOut(token="unknown"), by=EMP)


def test_logins_and_failures_are_in_the_accounts_history(engine: Engine) -> None:
    _log_in(engine, password="wrong")
    engine.execute(LogOut(token=_token(engine)), by=EMP)
    with engine.database.connect() as connection:
        account = connection.execute(
            select(Account.id).where(Account.person_id == CAST["EMP"])
        ).scalar_one()
    events = engine.ask(history.events, StreamKind.ACCOUNT, str(account))
    assert [event.detail["what"] for event in events] == ["LOGIN_FAILED", "LOGGED_IN", "LOGGED_OUT"]


@pytest.fixture
def real_cost() -> Iterator[None]:
    before = passwords.use(passwords.Cost())
    yield
    passwords.use(before)


def test_a_hash_of_weaker_parameters_is_renewed_at_login(engine: Engine, real_cost: None) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(DEMO_PASSWORD)
    own = Account.person_id == CAST["EMP"]
    with engine.database.begin() as connection:
        connection.execute(Account.__table__.update().where(own).values(password_hash=weak))
    assert isinstance(_log_in(engine), LoggedIn)
    with engine.database.connect() as connection:
        renewed = connection.execute(select(Account.password_hash).where(own)).scalar_one()
    assert "m=19456,t=2,p=1" in renewed


def test_a_disabled_account_stays_out_and_its_sessions_end(
    engine: Engine, clock: MovableClock
) -> None:
    token = _token(engine)
    own = Account.person_id == CAST["EMP"]
    with engine.database.begin() as connection:
        connection.execute(Account.__table__.update().where(own).values(disabled=True))
    assert engine.ask(queries.session, token, clock.now) is None
    assert _log_in(engine) == LoginRefused(RefusedLogin.DISABLED)


def test_a_new_password_ends_all_sessions(engine: Engine, clock: MovableClock) -> None:
    token = _token(engine)
    engine.execute(ChangePassword(old=DEMO_PASSWORD, new="kereta api malam"), by=EMP)
    assert engine.ask(queries.session, token, clock.now) is None
    assert isinstance(_log_in(engine, password="kereta api malam"), LoggedIn)


@pytest.mark.parametrize("new", ["short", "aaaaaaaaaaaaaa", "x" * 200])
def test_a_weak_password_is_refused(engine: Engine, new: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        engine.execute(ChangePassword(old=DEMO_PASSWORD, new=new), by=EMP)
    assert {problem.path for problem in refused.value.problems} == {"new"}


def test_the_old_password_is_asked_for(engine: Engine) -> None:
    with pytest.raises(InvalidForm) as refused:
        engine.execute(ChangePassword(old="wrong", new="kereta api malam"), by=EMP)
    assert refused.value.problems[0].path == "old"


def test_the_language_is_kept(engine: Engine, clock: MovableClock) -> None:
    engine.execute(SetLanguage(language="en"), by=EMP)
    seen = engine.ask(queries.session, _token(engine), clock.now)
    assert seen is not None
    assert seen.language == "en"
    with pytest.raises(InvalidForm):
        engine.execute(SetLanguage(language="xx"), by=EMP)


def test_a_person_has_one_account_and_makes_none(engine: Engine) -> None:
    command = CreateAccount(person_id=CAST["EMP"], username="x", password="kereta api malam")
    with pytest.raises(Conflict):
        engine.execute(command)
    with pytest.raises(NotAllowed):
        engine.execute(command, by=EMP)


def test_a_person_ends_his_own_sessions_and_nobody_elses(
    engine: Engine, clock: MovableClock
) -> None:
    here, lost, other = (_token(engine) for _ in range(3))
    opened = _log_in(engine, "rtr")
    assert isinstance(opened, LoggedIn)
    names = {token: rules.session_id(rules.digest(token)) for token in (here, lost, other)}
    stranger = rules.session_id(rules.digest(opened.session_token))
    seen = engine.ask(queries.sessions_of, CAST["EMP"], clock.now)
    assert {one.id for one in seen} == set(names.values())
    assert {one.ends_at for one in seen} == {clock.now + rules.IDLE}
    own = replace(EMP, session_id=names[here])
    engine.execute(EndSession(session_id=names[lost]), by=own)
    for gone in (names[lost], stranger, ""):
        with pytest.raises(NotFound):
            engine.execute(EndSession(session_id=gone), by=own)
    assert engine.execute(EndOtherSessions(), by=own) == 1
    alive = [t for t in (here, lost, other) if engine.ask(queries.session, t, clock.now)]
    assert alive == [here]
    assert engine.ask(queries.session, opened.session_token, clock.now) is not None
    clock.move(rules.IDLE + timedelta(seconds=1))
    assert engine.ask(queries.sessions_of, CAST["EMP"], clock.now) == ()


def test_checking_a_password_holds_up_nobody_who_writes(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were it done inside a transaction, SQLite would let nobody else write meanwhile."""
    check = passwords.check

    def check_while_somebody_writes(password: str, stored: str | None) -> passwords.Checked:
        with engine.database.begin() as connection:
            own = Account.__table__.update().where(Account.person_id == CAST["EMP"])
            connection.execute(own.values(language="en"))
        return check(password, stored)

    monkeypatch.setattr(passwords, "check", check_while_somebody_writes)
    opened = _log_in(engine)
    assert isinstance(opened, LoggedIn)
    assert opened.language == "en"


def test_a_password_that_was_changed_while_it_was_checked_opens_nothing(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = passwords.check

    def check_and_change(password: str, stored: str | None) -> passwords.Checked:
        checked = check(password, stored)
        monkeypatch.setattr(passwords, "check", check)
        engine.execute(ChangePassword(old=DEMO_PASSWORD, new="kereta api malam"), by=EMP)
        return checked

    monkeypatch.setattr(passwords, "check", check_and_change)
    assert _log_in(engine) == LoginRefused(RefusedLogin.WRONG)


def test_only_so_many_passwords_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE", 0.001)
    with ExitStack() as turns:
        for _ in range(passwords.AT_ONCE):
            turns.enter_context(passwords._turn())
        with pytest.raises(Busy):
            passwords.hash_password("kereta api malam")
    assert passwords.hash_password("kereta api malam")

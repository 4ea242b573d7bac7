"""ASVS 5.0, chapters 6 to 11: who gets in, how long, and with which proof."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from pyotp import TOTP
from sqlalchemy import delete, update

from engine import Actor
from engine.errors import InvalidForm, NotAllowed
from engine.model import Channel
from hr.accounts import passwords, rules
from hr.accounts import queries as accounts
from hr.accounts.commands import (
    BeginSecondFactor,
    CodeWanted,
    ConfirmSecondFactor,
    GiveCode,
    LoggedIn,
    LogIn,
    LoginRefused,
    MakeLink,
    UseLink,
)
from hr.accounts.tables import Account
from hr.demo.cast import CAST, DEMO_PASSWORD
from tests.web.asvs import row
from web.cli.running import _first_run
from web.identity import IdentityProblem, Provider
from web.settings import Settings

GOOD = "kereta pagi ke Bogor"


def by(code):
    return Actor(person_id=CAST[code], channel=Channel.WEB)


def log_in(engine, name="emp", password=DEMO_PASSWORD, address="192.0.2.1"):
    return engine.execute(LogIn(username=name, password=password, address=address))


def second_factor(engine, clock, code="EMP"):
    """Set one-time codes up for somebody; give his phone."""
    engine.execute(BeginSecondFactor(), by=by(code))
    known = engine.ask(accounts.second_factor, CAST[code], engine.ports.vault)
    phone = TOTP(known.secret)
    command = ConfirmSecondFactor(code=phone.at(clock.now), moment=clock.now)
    engine.execute(command, by=by(code))
    return phone


@row("6.2.1, 6.2.5, 6.2.9", "1-2", "at least 8 signs, at least 64 allowed, no composition rules")
def test_a_password_has_ten_to_128_signs_of_any_kind():
    assert passwords.SHORTEST >= 8
    assert passwords.weaknesses("vqhzkmtwlrxa") == []
    assert passwords.weaknesses("kuda terbang di atas gunung " * 4) == []
    assert "TOO_SHORT" in passwords.weaknesses("vqhzkmtwl")


@row("6.2.4, 6.2.12", "1-2", "common and breached passwords are refused, by an offline list")
def test_a_common_password_is_refused_without_asking_anybody(client_as):
    page = client_as("EMP").post(
        "/password", {"old": DEMO_PASSWORD, "new": "bismillah123", "again": "bismillah123"}
    )
    assert (page.status, "mudah ditebak" in page.text) == (422, True)


@row("6.3.1", "1", "guessing passwords is slowed down, and nobody else is locked out by it")
def test_guessing_one_account_slows_down_that_one_alone(engine):
    for _ in range(rules.FREE_FAILURES):
        log_in(engine, password="salah")
    assert log_in(engine).reason == "THROTTLED"
    assert isinstance(log_in(engine, "rtr"), LoggedIn)


@row("6.3.2", "1", "no default accounts")
def test_a_new_installation_has_no_account_but_a_code_on_its_console(platform, engine):
    with engine.database.begin() as connection:
        connection.execute(delete(Account))
    assert not engine.ask(accounts.has_accounts)
    assert _first_run(platform)


@row("6.3.3", "2", "a second factor, obligatory for those who see or change much")
def test_administrators_auditors_and_designers_get_nowhere_without_a_second_factor(
    app, platform, client_as
):
    app.extensions["alur"] = replace(platform, settings=Settings())
    for code in ("ADM", "AUD", "DSN"):
        assert client_as(code).get("/cases").path == "/second-factor"


@row(
    "6.4.1, 6.4.3", "1-2", "links are short-lived and single-use; a reset leaves the second factor"
)
def test_a_reset_link_counts_once_and_briefly_and_asks_for_the_code_all_the_same(engine, clock):
    second_factor(engine, clock)
    number = engine.ask(accounts.account_of, CAST["EMP"]).id
    late = engine.execute(MakeLink(account_id=number), by=by("ADM")).token
    clock.move(rules.RESET_FOR)
    with pytest.raises(InvalidForm):
        engine.execute(UseLink(token=late, password=GOOD))
    token = engine.execute(MakeLink(account_id=number), by=by("ADM")).token
    engine.execute(UseLink(token=token, password=GOOD))
    with pytest.raises(InvalidForm):
        engine.execute(UseLink(token=token, password=GOOD))
    assert isinstance(log_in(engine, password=GOOD), CodeWanted)


@row("6.5.1", "2", "a one-time code is heard once")
def test_a_one_time_code_opens_one_session(engine, clock):
    phone = second_factor(engine, clock)
    clock.move(timedelta(seconds=30))

    def give():
        half = log_in(engine)
        code = phone.at(clock.now)
        return engine.execute(
            GiveCode(half_token=half.half_token, code=code, address="-", moment=clock.now)
        )

    assert isinstance(give(), LoggedIn)
    assert isinstance(give(), LoginRefused)


@row("7.2.3, 7.2.4", "1", "session tokens of 128 bits or more, new at each log-in")
def test_each_log_in_has_a_token_of_its_own_of_256_bits(visitor):
    visitor.client.set_cookie("alur", "chosen-by-an-attacker")
    tokens = set()
    for _ in range(3):
        visitor.log_in("emp", DEMO_PASSWORD)
        tokens.add(visitor.client.get_cookie("alur").value)
        visitor.post("/logout")
    assert len(tokens) == 3
    assert min(map(len, tokens)) >= 43


@row("7.3.1, 7.3.2", "2", "sessions end after idleness, and absolutely")
def test_a_session_ends_after_half_an_hour_of_nothing_and_after_twelve_hours(engine, clock):
    token = log_in(engine).session_token
    assert engine.ask(accounts.session, token, clock.now + rules.IDLE) is not None
    assert (
        engine.ask(accounts.session, token, clock.now + rules.IDLE + timedelta(seconds=1)) is None
    )
    begun = clock.now
    assert not rules.is_alive(begun, begun + rules.ABSOLUTE, None, begun + timedelta(hours=13))


@row("7.4.1, 7.4.2", "1", "log-out and closing an account end sessions on the server")
def test_a_token_kept_from_before_the_log_out_opens_nothing(visitor, client_as, engine):
    visitor.log_in("emp", DEMO_PASSWORD)
    token = visitor.client.get_cookie("alur").value
    visitor.post("/logout")
    visitor.client.set_cookie("alur", token)
    assert visitor.get("/", follow=False).status == 302
    other = client_as("RTR")
    with engine.database.begin() as connection:
        connection.execute(update(Account).values(disabled=True))
    assert other.get("/", follow=False).status == 302


@row("7.4.3, 7.4.5, 7.5.2", "2", "people see and end their sessions, administrators anybody's")
def test_one_sees_and_ends_one_s_own_sessions_and_an_administrator_all(client_as, engine, clock):
    here, there, adm = client_as("EMP"), client_as("EMP"), client_as("ADM")
    assert len(here.get("/sessions").all("//form[contains(@action, '/sessions/')]")) >= 2
    here.post("/sessions/end-others")
    assert there.get("/", follow=False).status == 302
    (left,) = engine.ask(accounts.sessions_of, CAST["EMP"], clock.now)
    adm.post(f"/accounts/sessions/{left.id}/end")
    assert here.get("/", follow=False).status == 302


@row("7.5.1", "2", "the password is asked for again before it is changed")
def test_a_session_alone_changes_no_password(client_as):
    fields = {"old": "tidak tahu", "new": GOOD, "again": GOOD}
    assert client_as("EMP").post("/password", fields).status == 422


@row("8.2.1, 8.2.2", "1", "functions and objects by right (the sweep is tests/web/test_matrix.py)")
def test_an_id_opens_nothing_to_whom_it_does_not_belong(client_as, start_two_step):
    case = start_two_step().instance_id
    stranger = client_as("STRANGER")
    assert stranger.get(f"/cases/{case}").status in (403, 404)
    for path in ("/accounts", "/operations", "/agency/incidents", "/accounts/1"):
        assert stranger.get(path).status == 403


@row("8.2.3, 15.3.3", "2", "no fields beyond those of the form are taken")
def test_fields_that_no_form_has_change_nothing(client_as, engine, clock):
    fields = {"language": "en", "next": "/", "role": "ADM", "disabled": "1", "person_id": "1"}
    client_as("STRANGER").post("/language", fields)
    made = {"name": "x", "scopes": "tasks:read", "days": "7", "account_id": "1", "person_id": "1"}
    page = client_as("STRANGER").post("/tokens", made)
    (token,) = page.all("//input[@id='token']/@value")
    assert engine.ask(accounts.token_holder, token, clock.now).person_id == CAST["STRANGER"]


@row("8.4.1", "2", "one office's officer does not reach into another's")
def test_an_officer_of_one_office_reads_no_case_of_another(client_as, start_two_step):
    own, other = start_two_step("EMP").instance_id, start_two_step("PPK").instance_id
    hro = client_as("HRO")
    assert hro.get(f"/cases/{own}").status == 200
    assert hro.get(f"/cases/{other}").status in (403, 404)


@row(
    "9.1.1, 9.1.2, 9.2.1, 9.2.3, 10.5.1, 10.5.3, 10.5.4",
    "1-2",
    "tokens of the identity provider: signature, algorithm, issuer, audience, nonce, time",
)
def test_a_token_is_believed_only_with_the_provider_s_own_signature_for_this_login():
    key, now = RSAKey.generate_key(2048, {"kid": "1"}), int(time.time())
    alur = Provider(Settings(oidc_issuer="https://idp.test"))
    alur._keys, alur._keys_at = KeySet([key]), time.monotonic()
    good = {
        "iss": "https://idp.test", "aud": "alur", "sub": "7", "nonce": "n", "iat": now,
        "exp": now + 60,
    }  # fmt: skip

    def read(change, alg="RS256", by=key):
        return alur._checked(jwt.encode({"alg": alg, "kid": "1"}, {**good, **change}, by), "n")

    assert read({})["sub"] == "7"
    for change in ({"iss": "https://x.test"}, {"aud": "x"}, {"nonce": "m"}, {"exp": now - 600}):
        with pytest.raises(IdentityProblem):
            read(change)
    with pytest.raises(IdentityProblem):
        read({}, by=RSAKey.generate_key(2048))
    with pytest.raises(IdentityProblem):
        read({}, "HS256", OctKey.import_key(b"public key of the provider" * 2))


@row("10.2.1, 10.4.6", "2", "code flow with PKCE and state (to a real server: test_oidc.py)")
def test_a_login_at_the_provider_goes_out_with_state_nonce_and_challenge(tmp_path):
    secret = tmp_path / "oidc.secret"
    secret.write_text("x")
    secret.chmod(0o600)
    alur = Provider(Settings(oidc_issuer="https://idp.test", oidc_secret_file=secret))
    alur._metadata = {"issuer": "https://idp.test", "authorization_endpoint": "https://idp.test/a"}
    alur._asked_at = time.monotonic()
    address, begun = alur.begin("https://alur.test/back", "/")
    for part in ("code_challenge_method=S256", f"state={begun.state}", f"nonce={begun.nonce}"):
        assert part in address
    assert begun.verifier not in address
    with pytest.raises(IdentityProblem):
        alur.claims("https://alur.test/back", {"state": "x", "code": "c"}, begun)


@row("11.4.2", "2", "passwords are stored by an approved function, and renewed when it changes")
def test_passwords_are_argon2id_and_an_older_hash_is_renewed_at_log_in():
    before = passwords.use(passwords.Cost())
    try:
        cost = extract_parameters(passwords.hash_password(GOOD))
        assert cost.type.name == "ID"
        assert (cost.memory_cost, cost.time_cost) >= (19 * 1024, 2)
        old = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(GOOD)
        assert passwords.check(GOOD, old).renewed
    finally:
        passwords.use(before)


@row("8.3.1", "1", "rights are enforced in the commands, not in the pages")
def test_a_command_refuses_whoever_gives_it(engine):
    number = engine.ask(accounts.account_of, CAST["EMP"]).id
    for code in ("EMP", "HRC", "AUD"):
        with pytest.raises(NotAllowed):
            engine.execute(MakeLink(account_id=number), by=by(code))

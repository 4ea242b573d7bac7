"""Logging in by the city's identity provider, which is a real one: code, PKCE, nonce, groups."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("oidc_provider_mock")

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from pyotp import TOTP
from sqlalchemy import select, update

from engine import Actor
from engine.model import Channel
from hr.accounts import queries as accounts
from hr.accounts.commands import BeginSecondFactor, ConfirmSecondFactor
from hr.accounts.tables import Account, Identity
from hr.demo.cast import CAST, DEMO_PASSWORD
from hr.directory import queries as directory
from hr.granting.tables import GroupRole
from tests.web import provider
from tests.web.conftest import SETTINGS
from tests.web.visitor import Visitor
from web.account import outside
from web.identity import Begun, IdentityProblem, Provider

pytestmark = [
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
    pytest.mark.filterwarnings("ignore:.*:DeprecationWarning:authlib.*"),
]


@pytest.fixture(scope="module")
def idp():
    with provider.running() as server:
        yield server


@pytest.fixture
def settings(idp, tmp_path):
    secret = tmp_path / "oidc.secret"
    secret.write_text(provider.SECRET)
    secret.chmod(0o600)
    return SETTINGS.but(oidc_issuer=idp.address, oidc_secret_file=secret)


@pytest.fixture
def visitor(app, platform, settings):
    app.extensions["alur"] = replace(platform, settings=settings)
    return Visitor(app.test_client())


@pytest.fixture
def nip(engine):
    """Say what somebody's account is called: his number."""

    def of(code):
        with engine.database.connect() as connection:
            found = select(Account.username).where(Account.person_id == CAST[code])
            return connection.execute(found).scalar_one()

    return of


def log_in(visitor, idp, subject, target="/cases"):
    sent = visitor.get(f"/login/provider?next={target}", follow=False)
    back = idp.sign_in(subject, sent.response.headers["Location"])
    return visitor.get(back.removeprefix("http://localhost")), back


def roles(engine, clock, code):
    return {one.role for one in engine.ask(directory.roles_of, CAST[code], clock.now)}


def test_whom_the_provider_names_gets_in_and_is_known_by_subject_from_then_on(
    visitor, idp, engine, nip, app
):
    idp.knows("u-1", nip("EMP"))
    assert "akun kota" in visitor.get("/login").text
    page, back = log_in(visitor, idp, "u-1")
    assert page.path == "/cases"
    asked = parse_qs(urlsplit(back).query)
    assert asked["code"]
    with engine.database.connect() as connection:
        (row,) = connection.execute(select(Identity.issuer, Identity.subject)).all()
    assert tuple(row) == (idp.address, "u-1")
    again = visitor.get(back.removeprefix("http://localhost"), follow=False)
    assert again.status == 401  # that way was gone; there is no second time
    # Another subject with the same number is somebody else, whatever the provider calls him.
    idp.knows("u-2", nip("EMP"))
    page, _ = log_in(Visitor(app.test_client()), idp, "u-2")
    assert (page.status, "belum punya akun" in page.text) == (403, True)


def test_groups_give_roles_and_take_them_and_a_second_factor_is_still_asked_for(
    visitor, idp, engine, nip, clock, client_as
):
    with engine.database.begin() as connection:
        for name, role in (("pelatihan", "TRN"), ("tim", "TIM")):
            connection.execute(GroupRole.__table__.insert(), {"group_name": name, "role": role})
    idp.knows("u-3", nip("PEER1"), "pelatihan", "tim", "lain")
    assert log_in(visitor, idp, "u-3")[0].path == "/cases"
    assert roles(engine, clock, "PEER1") == {"TRN", "TIM"}
    idp.knows("u-3", nip("PEER1"), "pelatihan")
    given = roles(engine, clock, "TRN")
    log_in(visitor, idp, "u-3")
    assert roles(engine, clock, "PEER1") == {"TRN"}
    # What an administrator gave by hand is no group's to take.
    assert roles(engine, clock, "TRN") == given >= {"TRN"}

    by = Actor(person_id=CAST["PEER1"], channel=Channel.WEB)
    engine.execute(BeginSecondFactor(), by=by)
    known = engine.ask(accounts.second_factor, CAST["PEER1"], engine.ports.vault)
    code = TOTP(known.secret).at(clock.now)
    engine.execute(ConfirmSecondFactor(code=code, moment=clock.now), by=by)
    assert log_in(visitor, idp, "u-3")[0].path.startswith("/login/code")


def test_nobody_without_an_account_and_nobody_with_a_closed_one_gets_in(visitor, idp, engine, nip):
    idp.knows("u-4", "197001011990031099")
    page, _ = log_in(visitor, idp, "u-4")
    assert (page.status, "belum punya akun" in page.text) == (403, True)
    with engine.database.begin() as connection:
        connection.execute(update(Account).values(disabled=True))
    idp.knows("u-5", nip("RTR"))
    page, _ = log_in(visitor, idp, "u-5")
    assert (page.status, "tidak aktif" in page.text) == (403, True)
    assert visitor.get("/", follow=False).status == 302


def test_a_way_that_was_begun_elsewhere_is_not_ended_here(visitor, idp, nip, app):
    idp.knows("u-6", nip("SU2"))
    sent = visitor.get("/login/provider", follow=False)
    back = idp.sign_in("u-6", sent.response.headers["Location"])
    path = back.removeprefix("http://localhost")
    victim = Visitor(app.test_client())
    assert victim.get(path).status == 401  # no cookie of its own
    victim.get("/login/provider", follow=False)
    assert victim.get(path).status == 401  # another state
    assert visitor.get(path.replace("code=", "code=x")).status == 401
    assert visitor.get("/login/provider/back?error=access_denied&state=x").status == 401


def test_the_code_is_worth_nothing_without_verifier_and_nonce(idp, settings, nip, visitor):
    idp.knows("u-7", nip("PEER2"))
    alur = Provider(settings)
    for change in ({"verifier": "x" * 64}, {"nonce": "another"}, {}):
        address, begun = alur.begin(provider.BACK, "/")
        asked = parse_qs(urlsplit(address).query)
        assert asked["code_challenge_method"] == ["S256"]
        back = idp.sign_in("u-7", address)
        before = idp.exchanged
        answer = {name: value[0] for name, value in parse_qs(urlsplit(back).query).items()}
        if change:
            with pytest.raises(IdentityProblem):
                alur.claims(provider.BACK, answer, replace(begun, **change))
            assert idp.exchanged == before + ("nonce" in change)
        else:
            claims = alur.claims(provider.BACK, answer, begun)
            assert claims.name == nip("PEER2")
            with pytest.raises(IdentityProblem):  # a code counts once
                alur.claims(provider.BACK, answer, begun)
    late = replace(begun, at=time.time() - 601)
    assert Begun.read(late.written()) is None
    assert Begun.read(begun.written()) == begun


def test_what_the_token_does_not_say_is_asked_for_with_it(idp, settings, nip, visitor, monkeypatch):
    import oidc_provider_mock._app as server

    idp.knows("u-8", nip("PEER3"), "tim")
    monkeypatch.setattr(
        server.OpenIDCode, "generate_user_info", lambda _self, user, _scope: {"sub": user.sub}
    )
    alur = Provider(settings)
    address, begun = alur.begin(provider.BACK, "/")
    back = idp.sign_in("u-8", address)
    answer = {name: value[0] for name, value in parse_qs(urlsplit(back).query).items()}
    claims = alur.claims(provider.BACK, answer, begun)
    assert (claims.subject, claims.name, claims.groups) == ("u-8", nip("PEER3"), ("tim",))


def test_tokens_that_were_not_made_for_this_login_are_not_believed(idp, settings, visitor):
    alur = Provider(settings)
    good = {
        "iss": idp.address,
        "aud": "alur",
        "sub": "1",
        "nonce": "n",
        "iat": int(time.time()),
        "exp": int(time.time()) + 60,
    }
    head = {"alg": "RS256", "kid": idp.key.kid}

    def read(claims, header=head, key=idp.key):
        return alur._checked(jwt.encode(header, claims, key), "n")

    assert read(good)["sub"] == "1"
    assert read({**good, "aud": ["alur", "other"], "azp": "alur"})["sub"] == "1"
    old = int(time.time()) - 600
    for wrong in (
        {"iss": "https://other.test"},
        {"aud": "other"},
        {"aud": ["alur", "other"]},
        {"azp": "other"},
        {"nonce": "m"},
        {"exp": old},
    ):
        with pytest.raises(IdentityProblem):
            read({**good, **wrong})
    for missing in ("iss", "aud", "sub", "nonce", "exp", "iat"):
        with pytest.raises(IdentityProblem):
            read({name: value for name, value in good.items() if name != missing})
    public = json.dumps(idp.key.as_dict(private=False)).encode()

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    with pytest.raises(IdentityProblem):  # no signature at all
        alur._checked(f"{part({'alg': 'none'})}.{part(good)}.", "n")
    with pytest.raises(IdentityProblem):  # the public key taken for a shared secret
        read(good, {"alg": "HS256"}, OctKey.import_key(public))
    with pytest.raises(IdentityProblem):  # somebody else's key
        read(good, head, RSAKey.generate_key(2048))


def test_the_provider_is_asked_by_https_and_its_secret_is_kept(settings, visitor, tmp_path):
    for wrong in (
        settings.but(oidc_issuer="http://idp.kota.test"),
        settings.but(oidc_secret_file=tmp_path / "none"),
        settings.but(oidc_issuer=settings.oidc_issuer + "/"),  # names itself otherwise
    ):
        with pytest.raises(IdentityProblem):
            Provider(wrong).begin(provider.BACK, "/")
    settings.oidc_secret_file.chmod(0o644)
    with pytest.raises(IdentityProblem):
        Provider(settings).begin(provider.BACK, "/")


def test_without_a_provider_there_is_no_such_way(client_as, app):
    assert Visitor(app.test_client()).get("/login/provider").status == 404
    assert Visitor(app.test_client()).get("/login/provider/back").status == 404


def test_logging_out_leaves_the_provider_too(visitor, idp, nip, app):
    idp.knows("u-9", nip("EMP"))
    log_in(visitor, idp, "u-9")
    page = visitor.post("/logout", follow=False)
    assert page.response.headers["Location"] == "/login/provider/end"
    leaving = visitor.get("/login/provider/end")
    (address,) = leaving.all("//main//a[contains(@class, 'btn')]/@href")
    assert leaving.all("//meta[@http-equiv='refresh']/@content") == [f"0; url={address}"]
    assert address.startswith(f"{idp.address}/oauth2/end_session?")
    said = parse_qs(urlsplit(address).query)
    assert said["post_logout_redirect_uri"] == ["http://localhost/login"]
    hint = said["id_token_hint"][0].split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(hint + "=="))["sub"] == "u-9"
    assert visitor.get("/", follow=False).status == 302  # Alur's own session is dead already
    # The way counts once, and is there for nobody who came in by a password.
    assert visitor.get("/login/provider/end").path == "/login"
    other = Visitor(app.test_client())
    other.log_in("rtr", DEMO_PASSWORD)
    assert other.post("/logout", follow=False).response.headers["Location"] == "/login"


def test_a_provider_that_has_no_such_way_or_is_silent_keeps_nobody_in(visitor, idp, nip, settings):
    idp.knows("u-10", nip("EMP"))
    log_in(visitor, idp, "u-10")
    known = outside._provider_of(settings)
    known._metadata = {**known._metadata, "end_session_endpoint": ""}
    visitor.post("/logout", follow=False)
    assert visitor.get("/login/provider/end").path == "/login"
    assert visitor.get("/", follow=False).status == 302

"""ASVS 5.0, the other chapters: what comes in and goes out, what is kept and written down."""

from __future__ import annotations

import ast
import io
import logging
import stat
import subprocess
import tomllib
from contextlib import suppress
from dataclasses import replace
from datetime import UTC
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine import Actor, Command
from engine.dmn import load
from engine.errors import EngineError, InvalidProcess, NotAllowed
from engine.feel import evaluate
from engine.model import Channel, StreamKind
from engine.queries import history
from hr.accounts import passwords, rules
from hr.accounts import queries as accounts
from hr.accounts.commands import CloseAccount, LogIn, SetLanguage
from hr.demo.cast import CAST, DEMO_PASSWORD
from tests.web.asvs import BEGINS, ENDS, row, table
from tests.web.visitor import Visitor
from web import create_app, headers, keys
from web.bootstrap import Platform
from web.identity import IdentityProblem, Provider
from web.notices import mail
from web.parts import downloads, sheets
from web.settings import Settings

# What asks no database, or only who is signed in, is asked once.
once = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ROOT = Path(__file__).parents[2]
EVIL = "<script>alert(1)</script>{{7*7}}' OR 1=1 --"


@cache
def sources():
    """Read every module of the product, once."""
    files = [file for part in ("engine", "hr", "web") for file in (ROOT / part).rglob("*.py")]
    return {file: ast.parse(file.read_text()) for file in files if "node_modules" not in str(file)}


def calls(*names):
    """Give where one of these functions is called by its bare name."""
    return [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
    ]


def imported():
    """Give the modules that the product imports."""
    for tree in sources().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module


@pytest.fixture(scope="module")
def https():
    """The application as people reach it by https; no test of these asks its database."""
    nobody = None
    settings = Settings(public_url="https://alur.kota.test", second_factor_roles="none")
    return create_app(Platform(settings, nobody, nobody, nobody))


@pytest.fixture
def secure(https, platform):
    changed = platform.settings.but(public_url="https://alur.kota.test")
    https.extensions["alur"] = replace(platform, settings=changed)
    return https.test_client()


@row("1.2.1, 1.2.3", "1", "output is encoded for where it stands")
def test_what_people_type_comes_back_as_text(client_as):
    person = client_as("EMP")
    page = person.post("/tokens", {"name": EVIL, "scopes": "tasks:read", "days": "7"})
    assert EVIL in page.text
    assert "<script>alert" not in page.response.text
    assert not person.get("/tokens").all("//script[not(@src)]")


@row("1.2.4", "1", "queries are parameterised")
def test_a_search_is_a_value_and_never_a_statement(client_as):
    adm = client_as("ADM")
    for evil in ("' OR 1=1 --", "'; DROP TABLE account; --", "%", "_", "\\"):
        assert not adm.get("/accounts", query_string={"q": evil}).all("//ul[@id='rows']/li")
    assert "S608" in (ROOT / "pyproject.toml").read_text()  # ruff looks for SQL put together


@row("1.2.10", "3", "no cell of an export is a formula")
@once
def test_a_cell_that_would_be_a_formula_is_text(app):
    with app.test_request_context():
        written = sheets.as_csv("x", ["a"], [["=HYPERLINK(1)"], ["+1"], ["@a"], ["-1"]])
    assert [line[:2] for line in written.get_data(as_text=True).splitlines()[1:]] == [
        "'=",
        "'+",
        "'@",
        "'-",
    ]


@row("1.3.2", "1", "no dynamic code")
def test_nothing_evaluates_python_and_no_expression_reaches_it():
    assert calls("eval", "exec", "__import__") == []
    for evil in ('__import__("os")', 'open("/etc/passwd")', "().__class__"):
        with suppress(EngineError, ValueError):
            assert evaluate(evil, {}) is None
    assert evaluate("1 + 1", {}) == Decimal(2)


@row("1.3.7", "2", "no template is made of what people typed")
@once
def test_no_template_is_built_at_run_time(client_as):
    assert calls("render_template_string", "from_string") == []
    page = client_as("EMP").get("/cases", query_string={"q": "{{7*7}}"})
    assert "{{7*7}}" in page.response.text


@row("1.5.1", "1", "XML without entities")
def test_a_document_with_entities_is_refused():
    evil = b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><definitions>&e;</definitions>'
    with pytest.raises(InvalidProcess):
        load(evil, file="a.dmn")


@row("1.5.2", "2", "nothing is deserialised that could be code")
def test_nothing_unpickles():
    found = {name.partition(".")[0] for name in imported()}
    assert found.isdisjoint({"pickle", "marshal", "shelve", "dill", "yaml"})


@row("2.2.1, 2.2.2", "1", "input is checked on the server, against what is wanted")
def test_a_form_that_is_not_as_asked_changes_nothing(client_as, start_two_step):
    start_two_step()
    emp = client_as("EMP")
    path = emp.get("/").all("//a[contains(@class, 'al-row-title')]/@href")[0].split("?")[0]
    sent = emp.submit(emp.get(path), path, do="complete", subject="x" * 100_000, days="tiga")
    assert sent.status == 422
    assert emp.get(path).status == 200


@row("2.3.1", "1", "steps are taken in their order, each once")
def test_a_task_that_is_done_is_not_done_again(client_as, start_two_step):
    start_two_step()
    emp = client_as("EMP")
    path = emp.get("/").all("//a[contains(@class, 'al-row-title')]/@href")[0].split("?")[0]
    page = emp.get(path)
    answers = {"do": "complete", "subject": "Cuti", "days": "2", "reason": "Pulang"}
    assert emp.submit(page, path, **answers).status == 200
    form = dict(page.form(path).form_values())
    again = emp.post(path, {**form, **answers, "request_key": "another"}, follow=False)
    assert again.status in (303, 404, 409)
    assert emp.client.get("/?tab=done").status_code == 200


@row("2.3.3", "2", "the whole act or none of it (kill -9: tests/test_operations_guide.py, drills)")
def test_an_act_that_fails_half_way_leaves_nothing(engine):
    class Half(Command):
        def execute(self, ctx):
            ctx.run(SetLanguage(language="en"))
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        engine.execute(Half(), by=Actor(person_id=CAST["EMP"], channel=Channel.WEB))
    assert engine.ask(accounts.account_of, CAST["EMP"]).language == "id"


@row("2.4.1", "2", "guessing by machine is slowed down on public pages")
def test_guessing_the_code_of_a_decree_ends_in_waiting(visitor):
    asked = [
        visitor.get(f"/periksa?nomor={number}&kode=AAAA-AAAA-AAAA").status
        for number in range(rules.FREE_GUESSES + 1)
    ]
    assert asked == [200] * rules.FREE_GUESSES + [429]


@row("3.3.1, 3.3.2, 3.3.3, 3.3.4", "1-2", "cookies: Secure, SameSite, __Host-, HttpOnly")
def test_the_session_s_cookie_is_out_of_reach(secure):
    visitor = Visitor(secure)
    page = visitor.get("/login", base_url="https://alur.kota.test")
    form = dict(page.form("/login").form_values())
    answer = secure.post(
        "/login",
        data={**form, "username": "emp", "password": DEMO_PASSWORD},
        base_url="https://alur.kota.test",
    )
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if "__Host-alur=" in one]
    for guard in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert guard in cookie
    assert "Domain" not in cookie


@row("3.4.1", "1", "HSTS for a year or more")
@once
def test_browsers_stay_with_https_for_two_years(secure):
    told = secure.get("/login").headers["Strict-Transport-Security"]
    assert int(told.split("=")[1].split(";")[0]) >= 365 * 24 * 3600


@row("3.4.3, 3.4.6", "2", "a content security policy; no framing")
@once
def test_a_page_runs_only_its_own_files_and_stands_in_no_frame(visitor):
    policy = visitor.get("/login").response.headers["Content-Security-Policy"]
    assert policy == headers.CONTENT_SECURITY_POLICY
    for guard in ("default-src 'none'", "object-src 'none'", "base-uri 'none'",
                  "frame-ancestors 'none'", "script-src 'self'"):  # fmt: skip
        assert guard in policy
    assert "unsafe" not in policy


@row("3.4.4, 3.4.5", "2", "nosniff; no address told to other sites")
@once
def test_types_are_not_guessed_and_addresses_not_told(visitor):
    told = visitor.get("/login").response.headers
    assert (told["X-Content-Type-Options"], told["Referrer-Policy"]) == ("nosniff", "same-origin")


@row("3.5.1, 3.5.3", "1", "requests cannot be forged; nothing changes by GET")
def test_a_post_without_its_token_or_from_another_site_is_refused(client_as, app):
    emp = client_as("EMP")
    assert emp.client.post("/password", data={"old": "x"}).status_code == 403
    foreign = {"Origin": "https://penipu.test"}
    assert emp.post("/logout", headers=foreign).status == 403
    both = [rule.endpoint for rule in app.url_map.iter_rules() if {"GET", "POST"} <= rule.methods]
    assert both == []


@row("3.7.2", "2", "no redirect to other sites")
def test_nobody_is_sent_elsewhere_after_the_log_in(app):
    for evil in ("//penipu.test", "https://penipu.test", "/\\penipu.test", "javascript:1"):
        visitor = Visitor(app.test_client())
        page = visitor.get("/login", query_string={"next": evil})
        went = visitor.submit(page, "/login", follow=False, username="emp", password=DEMO_PASSWORD)
        assert went.response.headers["Location"] == "/"


@row("4.1.3, 15.3.4", "2", "headers of proxies are believed only where there is one")
def test_a_visitor_cannot_say_where_he_comes_from(app, engine):
    visitor = Visitor(app.test_client())
    page = visitor.get("/login")
    form = dict(page.form("/login").form_values())
    visitor.client.post(
        "/login",
        data={**form, "username": "emp", "password": "salah"},
        headers={"X-Forwarded-For": "6.6.6.6"},
    )
    number = engine.ask(accounts.account_of, CAST["EMP"]).id
    assert "6.6.6.6" not in str(engine.ask(history.events, StreamKind.ACCOUNT, str(number)))


@row("5.2.1, 5.2.2, 5.2.3", "1-2", "files: size and kind (kinds and bombs: test_uploads.py)")
@once
def test_what_is_too_large_is_refused_before_it_is_read(client_as):
    big = {"receipt": (io.BytesIO(b"x" * (5 * 1024 * 1024)), "a.json")}
    assert client_as("EMP").post("/verify", big).status in (413, 403)


@row("5.3.2, 5.4.1", "1-2", "files are named by us, and handed out as attachments")
@once
def test_a_file_s_name_is_its_last_part_in_one_line(app):
    assert downloads.shown_name("../../etc/passwd") == "passwd"
    assert downloads.shown_name('C:\\a\r\nSet-Cookie: x="1".pdf') == 'a Set-Cookie: x="1".pdf'
    with app.test_request_context():
        sent = sheets.as_csv("daftar", ["a"], [])
    assert sent.headers["Content-Disposition"].startswith("attachment;")


@row("12.3.1", "2", "TLS to mail server and identity provider is checked")
def test_other_servers_must_show_who_they_are(monkeypatch):
    seen = {}

    class Stop(Exception):
        """As far as the connection."""

    def connect(_host, _port, timeout, context):
        seen["context"] = context
        raise Stop

    monkeypatch.setattr(mail.smtplib, "SMTP_SSL", connect)
    with pytest.raises(Stop):
        mail.Post("smtps://mail.kota.test", "a@kota.test")._connected()
    assert seen["context"].check_hostname
    with pytest.raises(IdentityProblem):
        Provider(Settings(oidc_issuer="http://idp.kota.test")).begin("https://a.test", "/")


@row("13.3.1", "2", "secrets stand in files of their owner, not in the code")
def test_a_key_that_others_may_read_is_refused_and_none_is_in_the_repository(tmp_path):
    keys.create(tmp_path / "keys", tmp_path / "unmask.key")
    path = tmp_path / "keys" / keys.SERVER_KEY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with pytest.raises(keys.KeyProblem):
        keys.server_key(tmp_path / "keys")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout
    assert not [name for name in listed.split() if name.endswith((".key", ".pem", ".env"))]


@row("13.4.2, 13.4.5", "2", "no debugging, no figures for strangers")
@once
def test_a_stranger_gets_neither_a_debugger_nor_figures(visitor, app):
    assert not app.debug
    for path in ("/metrics", "/console", "/debug", "/.git/config", "/.env"):
        assert visitor.get(path).status == 404


@row("14.2.1, 14.3.2", "1-2", "nothing secret in addresses; pages are not kept")
def test_pages_are_not_kept_and_the_log_names_routes_not_addresses(client_as, caplog):
    emp = client_as("EMP")
    assert emp.get("/tokens").response.headers["Cache-Control"] == "no-store"
    with caplog.at_level(logging.DEBUG):
        emp.get("/access/a-token-of-somebody")
    assert "a-token-of-somebody" not in caplog.text
    assert not [link for link in emp.get("/").links() if "token=" in link or "csrf" in link]


@row("15.1.2, 15.2.1", "1-2", "every dependency is known, bounded below and has a reason")
def test_every_dependency_has_its_line():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    reasons = (ROOT / "docs/decisions/dependencies.md").read_text().lower()
    for wanted in project["dependencies"]:
        name = wanted.split(";")[0].split("[")[0]
        for sign in (">", "="):
            name = name.split(sign)[0]
        assert "=" in wanted, wanted
        assert name.strip().lower() in reasons, name


@row("15.2.2", "2", "what is expensive has bounds")
def test_an_expression_has_a_budget_and_hashing_takes_turns():
    assert passwords.AT_ONCE <= 4
    with pytest.raises(EngineError):
        evaluate("for a in 1..9999, b in 1..9999, c in 1..9999 return a * b * c", {})


@row("16.2.1, 16.3.1", "2", "log-ins and refusals are recorded: who, what, when in UTC")
def test_every_log_in_and_every_failed_one_is_in_the_history(engine, clock):
    for password in (DEMO_PASSWORD, "salah"):
        engine.execute(LogIn(username="emp", password=password, address="192.0.2.7"))
    number = engine.ask(accounts.account_of, CAST["EMP"]).id
    told = engine.ask(history.events, StreamKind.ACCOUNT, str(number))
    assert [one.detail["what"] for one in told] == ["LOGGED_IN", "LOGIN_FAILED"]
    assert {one.at.astimezone(UTC) for one in told} == {clock.now}
    assert {one.detail["detail_text"] for one in told} == {"192.0.2.7"}


@row("16.3.2", "2", "refused acts are recorded")
def test_a_refused_act_is_on_the_stream_of_whoever_tried(engine, client_as):
    number = engine.ask(accounts.account_of, CAST["RTR"]).id
    client_as("ADM")
    visitor = client_as("HRC")
    assert visitor.post(f"/accounts/{number}/roles", {"role": "AUD"}).status in (403, 422)

    with pytest.raises(NotAllowed):
        engine.execute(
            CloseAccount(account_id=number, reason="x"),
            by=Actor(person_id=CAST["STRANGER"], channel=Channel.WEB),
        )
    told = engine.ask(history.events, StreamKind.PERSON, str(CAST["STRANGER"]))
    assert [one.outcome for one in told] == ["DENIED"]


@row("16.4.1", "2", "nothing typed begins a line of the log")
def test_a_name_with_a_line_break_stays_in_its_line(engine, caplog):
    with caplog.at_level(logging.DEBUG):
        engine.execute(LogIn(username="emp\nERROR forged", password="x", address="-"))
    assert "\nERROR forged" not in caplog.text


@row("16.4.2", "2", "the history is not changed, not even by us")
def test_the_database_itself_refuses_to_change_the_history(engine, database):
    engine.execute(LogIn(username="emp", password="x", address="-"))
    for statement in ("UPDATE history SET kind = 'X'", "DELETE FROM history"):
        with pytest.raises(DBAPIError), database.begin() as connection:
            connection.execute(text(statement))


@row("16.5.1, 16.5.3", "2", "errors say nothing of the inside, and a broken rule lets nobody in")
def test_when_a_rule_breaks_the_answer_is_no_and_says_nothing(
    client_as, monkeypatch, start_two_step
):
    case = start_two_step().instance_id
    emp = client_as("EMP")

    def broken(*_args, **_kwargs):
        raise RuntimeError("the secret is 42")

    monkeypatch.setattr("hr.permissions.queries.may_act", broken)
    page = emp.get(f"/cases/{case}")
    assert page.status == 500
    assert "secret" not in page.response.text
    assert "Traceback" not in page.response.text


def test_the_table_of_the_guide_is_made_of_these_tests():
    guide = (ROOT / "docs/security.md").read_text()
    shown = guide.partition(BEGINS)[2].partition(ENDS)[0].strip()
    assert shown == table()

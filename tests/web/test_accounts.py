"""Administrators open accounts, invite, close; the agency decides with them on roles."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hr.accounts import queries as accounts
from hr.accounts import rules
from hr.accounts.commands import MakeLink
from hr.accounts.tables import Identity
from hr.demo.cast import CAST, DEMO_PASSWORD
from hr.directory import nip
from hr.directory import queries as directory
from tests.web.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NIP = nip.synthetic(date(1985, 2, 3), date(2010, 3, 1), "F", 987)
PASSWORD = "kereta pagi ke Bogor"


def account_id(engine, code):
    return engine.ask(accounts.account_of, CAST[code]).id


def test_whom_an_administrator_invites_gets_in_once_by_the_link(app, client_as, clock):
    adm = client_as("ADM")
    page = adm.submit(adm.get("/accounts"), "/accounts", nip=NIP)
    assert (page.status, "isi juga namanya" in page.text) == (422, True)
    page = adm.submit(page, "/accounts", nip=NIP, name="Rina Marlina")
    assert page.heading == "Rina Marlina"
    made = adm.submit(page, f"{page.path}/link")
    (address,) = made.all("//input[@id='link']/@value")
    assert address not in adm.get(page.path).response.text
    rina = Visitor(app.test_client())
    path = address.removeprefix("http://localhost")
    for _ in range(2):  # looking uses nothing up
        page = rina.get(path)
    assert page.response.headers["Referrer-Policy"] == "no-referrer"
    weak = rina.submit(page, path, password="bismillah123", again="bismillah123")
    assert (weak.status, weak.all("//input[@aria-invalid]/@id")) == (422, ["password"])
    done = rina.submit(weak, path, password=PASSWORD, again=PASSWORD)
    assert "Kata sandi tersimpan" in done.text
    assert rina.log_in(NIP, PASSWORD).heading == "Tugas"
    late = Visitor(app.test_client()).get(path)
    assert (late.status, "sudah dipakai" in late.text) == (410, True)
    assert (
        "Pegawai itu sudah punya akun"
        in adm.submit(adm.get("/accounts"), "/accounts", nip=NIP).text
    )


@on_sqlite
def test_a_reset_is_short_replaces_the_last_one_and_leaves_the_second_factor(
    app, engine, clock, client_as
):
    adm, emp = client_as("ADM"), client_as("EMP")
    number = account_id(engine, "EMP")
    addresses = []
    for _ in range(2):
        made = adm.submit(adm.get(f"/accounts/{number}"), f"/accounts/{number}/link")
        addresses += made.all("//input[@id='link']/@value")
    first, second = (one.removeprefix("http://localhost") for one in addresses)
    somebody = Visitor(app.test_client())
    assert somebody.get(first).status == 410
    assert somebody.get(second).status == 200
    clock.move(rules.RESET_FOR)
    assert somebody.get(second).status == 410
    refused = somebody.post(second, {"password": PASSWORD, "again": PASSWORD})
    assert refused.status == 410
    assert Visitor(app.test_client()).log_in("emp", DEMO_PASSWORD).heading == "Tugas"
    token = engine.execute(MakeLink(account_id=number)).token
    fields = {"password": PASSWORD, "again": PASSWORD}
    somebody.submit(somebody.get(f"/access/{token}"), f"/access/{token}", **fields)
    assert emp.get("/", follow=False).status == 302  # every session ended


@on_sqlite
def test_a_closed_account_lets_nobody_in_and_its_sessions_are_dead(app, engine, client_as):
    adm, emp = client_as("ADM"), client_as("EMP")
    number = account_id(engine, "EMP")
    page = adm.submit(adm.get(f"/accounts/{number}"), f"/accounts/{number}/close", reason="pensiun")
    assert "ditutup" in page.text
    assert emp.get("/", follow=False).status == 302
    assert Visitor(app.test_client()).log_in("emp", DEMO_PASSWORD).status == 403
    adm.submit(page, f"/accounts/{number}/reopen", reason="keliru")
    assert Visitor(app.test_client()).log_in("emp", DEMO_PASSWORD).heading == "Tugas"


@on_sqlite
def test_everybody_s_sessions_are_seen_and_ended_page_by_page(engine, client_as, clock, statements):
    for _ in range(26):
        client_as("EMP")
    adm, rtr = client_as("ADM"), client_as("RTR")
    page = adm.get("/accounts/sessions")
    rows = len(page.all("//ul[@id='rows']/li"))
    following = adm.get(page.link("Berikutnya"))
    assert rows + len(following.all("//ul[@id='rows']/li")) == 28
    own = engine.ask(accounts.sessions_of, CAST["RTR"], clock.now)[0].id
    adm.post(f"/accounts/sessions/{own}/end")
    assert rtr.get("/", follow=False).status == 302
    assert adm.post("/accounts/sessions/0000000000000000/end").status == 404
    with statements() as few:
        adm.get("/accounts/sessions?after=nonsense")
    with statements() as many:
        adm.get("/accounts/sessions")
    assert len(few) == len(many)


@on_sqlite
def test_an_administrator_ends_a_token_and_unlinks_an_identity(engine, client_as, clock):
    number = account_id(engine, "EMP")
    client_as("EMP").post("/tokens", {"name": "SIMPEG", "scopes": "tasks:read", "days": "7"})
    row = {"account_id": number, "issuer": "https://idp.test", "subject": "7"}
    with engine.database.begin() as connection:
        connection.execute(Identity.__table__.insert(), {**row, "linked_at": clock.now})
    adm = client_as("ADM")
    page = adm.get(f"/accounts/{number}")
    (end,) = page.all("//form[contains(@action, '/tokens/')]/@action")
    assert "Tulis alasannya" in adm.post(end).text
    assert "SIMPEG" not in adm.submit(page, end, reason="hilang").text
    assert engine.ask(accounts.tokens_of, CAST["EMP"]) == ()
    gone = adm.post(f"/accounts/{number}/unlink", {"reason": "nomor baru"})
    assert not gone.all("//form[contains(@action, '/unlink')]")


@on_sqlite
def test_a_role_travels_from_proposal_to_its_holder_on_pages(engine, client_as, clock):
    adm, hrc = client_as("ADM"), client_as("HRC")
    number = account_id(engine, "STRANGER")
    page = adm.get(f"/accounts/{number}")
    page = adm.submit(page, f"/accounts/{number}/roles", role="AUD", reason="SK 3/2026")
    assert "menunggu orang kedua" in page.text
    assert not adm.get("/accounts/roles").all("//button[@value='approve']")
    waiting = hrc.get("/accounts/roles")
    (action,) = waiting.all("//form[.//button[@value='approve']]/@action")
    assert "Peran diberikan" in hrc.submit(waiting, action, do="approve").text
    assert [one.role for one in engine.ask(directory.roles_of, CAST["STRANGER"], clock.now)] == [
        "AUD"
    ]
    page = adm.get(f"/accounts/{number}")
    (take,) = page.all("//form[contains(@action, '/take')]/@action")
    yesterday = (clock.now - timedelta(days=1)).date().isoformat()
    assert adm.submit(page, take, last_day=yesterday, reason="keliru").status == 200
    assert engine.ask(directory.roles_of, CAST["STRANGER"], clock.now) == ()


@on_sqlite
def test_the_agency_changes_the_calendar_and_administrators_read_it(client_as):
    adm, hrc = client_as("ADM"), client_as("HRC")
    day = {"day": "2026-10-05", "name": "Hari jadi kota", "kind": "LOCAL", "reason": "Perwali 5"}
    assert not adm.get("/accounts/calendar").all("//form[@action='/accounts/calendar']")
    assert adm.post("/accounts/calendar", day).status == 403
    page = hrc.submit(hrc.get("/accounts/calendar"), "/accounts/calendar", **day)
    assert "Hari jadi kota" in page.text
    assert hrc.post("/accounts/calendar", day).status == 409
    for wrong in ({"day": "0001-01-01"}, {"day": "x"}, {"reason": ""}, {"name": " "}):
        assert hrc.post("/accounts/calendar", {**day, "day": "2026-10-06", **wrong}).status == 422
    moved = {**day, "to_day": "2026-10-07", "name": "Hari kota", "estimated": "yes"}
    assert "perkiraan" in hrc.post("/accounts/calendar/change", moved).text
    gone = hrc.post("/accounts/calendar/remove", {"day": "2026-10-07", "reason": "dicabut"})
    assert "Hari kota" not in gone.text


@on_sqlite
def test_the_agency_sets_hours_and_zones_and_people_read_their_own_time(client_as, start_two_step):
    start_two_step()
    hrc, emp = client_as("HRC"), client_as("EMP")
    (link,) = emp.get("/").all("//a[contains(@class, 'al-row-title')]/@href")
    assert "16.00 WIB" in emp.get(link).text or "16.30 WIB" in emp.get(link).text
    hours = {
        "first_day": "2026-11-02",
        "last_day": "2026-11-06",
        "name": "Pekan olahraga",
        "opens": "07:00",
        "closes": "14:00",
        "closes_on_friday": "11:00",
        "reason": "SE 7/2026",
    }
    assert "07.00–14.00" in hrc.post("/accounts/calendar/hours", hours).text
    assert hrc.post("/accounts/calendar/hours", hours).status == 409
    for wrong in ({"closes": "06:00"}, {"closes": "x"}, {"last_day": "2026-11-01"}, {"reason": ""}):
        assert hrc.post("/accounts/calendar/hours", {**hours, **wrong}).status == 422
    usual = {"first_day": "2026-11-02", "reason": "batal"}
    assert "Pekan" not in hrc.post("/accounts/calendar/hours/remove", usual).text
    zone = {"path": "/01/", "zone": "Asia/Jayapura", "reason": "Kantor perwakilan"}
    assert "WIT" in hrc.post("/accounts/calendar/zone", zone).text
    assert hrc.post("/accounts/calendar/zone", {**zone, "zone": "UTC"}).status == 422
    # The due date stands; the person reads it on his own clock, two hours ahead.
    assert "18.00 WIT" in emp.get(link).text or "18.30 WIT" in emp.get(link).text


@on_sqlite
def test_settings_are_read_by_administrators_and_show_no_secret(client_as):
    page = client_as("ADM").get("/accounts/settings")
    assert "ALUR_OIDC_ISSUER" in page.text
    assert client_as("HRC").get("/accounts/settings").status == 403

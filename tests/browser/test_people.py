"""Strangers, ex-employees, moved superiors, administrators and proxies at a browser."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import update

from hr.demo.cast import CAST
from hr.directory.tables import Person
from hr.dossier.commands import AllowProxy
from hr.structure.commands import TransferPerson
from tests.browser.conftest import DESK, PHONE, Site, Visits, start_case

EMP = CAST["EMP"]


def test_whoever_left_moved_or_administers_sees_no_more_than_he_should(site: Site, visits: Visits):
    case = start_case(site, "quarterly_evaluation")
    address = f"/cases/{case.instance_id}"

    rater = visits(site, "RTR")
    rater.go(address)
    assert "Sari Wulandari" in rater.page.locator("main").inner_text()
    move = TransferPerson(
        person_id=CAST["RTR"], post_id=8, valid_from=site.clock().date(), reason="mutasi"
    )
    site.engine.execute(move)
    for path in (address, f"/people/{EMP}"):
        rater.go(path)
        assert "Sari Wulandari" not in rater.page.content(), path
    rater.picture("transferred")

    for code in ("STRANGER", "ADM"):
        nobody = visits(site, code)
        for path in (address, f"/people/{EMP}", "/people?q=Sari", "/cases?q=Sari"):
            nobody.go(path)
            assert "Sari Wulandari" not in nobody.page.content(), path
    technical = nobody
    technical.go("/cases")
    assert technical.page.locator("#rows li").count() == 0

    gone = visits(site, "PEER1")
    gone.go("/")
    with site.engine.database.begin() as connection:
        left = update(Person).where(Person.id == CAST["PEER1"])
        connection.execute(left.values(left_on=date(2026, 6, 30)))
    for path in ("/", "/people", "/people/me", address):
        gone.go(path)
        gone.picture(f"left{path.replace('/', '-')}")
        assert gone.page.locator(".al-row-title").count() == 0, path
        assert "Bambang" not in gone.page.content(), path


def test_a_proxy_fills_in_a_form_and_leaves_nothing_in_the_browser(site: Site, visits: Visits):
    start_case(site, "quarterly_evaluation")
    until = site.clock().date() + timedelta(days=60)
    site.engine.execute(AllowProxy(person_id=EMP, reason="Tidak punya ponsel", valid_to=until))
    officer = visits(site, "HRO", width=PHONE)
    officer.go(f"/people/{EMP}")
    officer.picture("proxy")
    assert officer.check_page() == []
    officer.resize(DESK)
    assert officer.check_layout() == []
    officer.page.locator("section[aria-labelledby=proxy-title] a").first.click()
    assert "a.n. Sari Wulandari" in officer.page.locator("main").inner_text()
    field = officer.page.locator("#task-form textarea").first
    field.fill("Isian yang belum dikirim")
    officer.until("Object.keys(localStorage).length > 0")
    officer.page.locator("details.al-menu summary").click()
    officer.page.get_by_role("button", name="Keluar").click()
    officer.page.wait_for_url("**/login*")
    kept = officer.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "Isian yang belum dikirim" not in kept
    officer.page.go_back()
    assert "Isian yang belum dikirim" not in officer.page.content()
    officer.trouble.clear()

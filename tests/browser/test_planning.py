"""A plan on a phone begins with last year's rows, and is read by everybody."""

from __future__ import annotations

from tests.browser.conftest import DESK, PHONE, Site, Visits, start_case


def test_a_plan_begins_with_last_years_rows(site: Site, visits: Visits):
    start_case(site, "perf_planning")
    rater = visits(site, "RTR")
    told = "Perekaman tuntas, antrean paling lama 15 menit."
    rater.open_and_send("Sampaikan ekspektasi", held_on="2026-07-01", notes=told)
    worker = visits(site, "EMP", width=PHONE)
    worker.open_task("Susun SKP Anda")
    worker.picture("draft_plan")
    text = worker.page.locator("main").inner_text()
    assert told in worker.page.content()
    assert "Rencana hasil kerja" in text
    plans = worker.page.locator("#task-form textarea[name$='.plan']")
    assert plans.first.input_value() == "Perekaman KTP elektronik tuntas"
    # Last year's rows are a line each, until one is opened; it stays open while its fields change.
    rows = worker.page.locator("#task-form details.al-list-row")
    assert (rows.count(), worker.page.locator("#task-form details.al-list-row[open]").count()) == (
        6,
        0,
    )
    assert worker.page.evaluate("document.documentElement.scrollHeight") < 4_000
    rows.first.locator("summary").click()
    worker.page.get_by_role("button", name="Tambah rencana hasil kerja").click()
    worker.page.wait_for_selector("#task-form .al-list-row:nth-of-type(7)")
    assert rows.first.get_attribute("open") == ""
    assert rows.last.get_attribute("open") == ""
    assert worker.check_page() == []
    worker.resize(DESK)
    assert worker.check_layout() == []

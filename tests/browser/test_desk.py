"""The inbox and the task page in a real browser: without a mouse, a line, or a script."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, Site, Visit, Visits, _log_in, start_case
from tests.browser.layout import FOCUS, LAYOUT

TWO_STEP = Path(__file__).parents[1] / "engine" / "models" / "two_step"


@pytest.fixture
def two_cases(site: Site) -> Site:
    """Two requests wait for EMP."""
    from engine.folder import read_folder

    site.engine.execute(read_folder(TWO_STEP))
    for _ in range(2):
        start_case(site, "two_step")
    return site


def focused(visit: Visit, what: str = "name") -> str:
    return str(visit.page.evaluate(f"document.activeElement.{what} ?? ''"))


def tab_to(visit: Visit, name: str, value: str = "") -> None:
    """Press Tab until a control has the focus."""
    for _ in range(60):
        if focused(visit) == name and (not value or focused(visit, "value") == value):
            return
        visit.page.keyboard.press("Tab")
    raise AssertionError(f"Expected Tab to come to {name}, but it does not.")


def test_a_task_is_done_and_the_next_one_opened_without_a_mouse(two_cases: Site, visits: Visits):
    visit = visits(two_cases, "EMP")
    keyboard = visit.go("/").keyboard
    keyboard.type("?")
    assert visit.page.locator("#al-keys").is_visible()
    keyboard.press("Escape")
    keyboard.type("jj")
    last = focused(visit, "closest('.al-row').id")
    keyboard.type("k")
    assert focused(visit, "closest('.al-row').id") != last
    keyboard.type("j")
    row = focused(visit, "closest('.al-row').id")
    with visit.page.expect_navigation():
        keyboard.press("Enter")
    tab_to(visit, "subject")
    keyboard.type("Cuti")
    tab_to(visit, "days")
    keyboard.type("2")
    visit.page.go_back()
    assert focused(visit, "closest('.al-row').id") == row
    with visit.page.expect_navigation():
        keyboard.press("Enter")
    assert visit.page.locator("[name='subject']").input_value() == "Cuti"
    tab_to(visit, "do", "complete")
    with visit.page.expect_navigation():
        keyboard.press("Enter")
    assert "Diterima" in visit.page.locator("main").inner_text()
    with visit.page.expect_navigation():
        keyboard.type("n")
    assert visit.page.locator("[name='subject']").is_visible()
    assert visit.trouble == []


def test_what_is_typed_outlives_a_lost_line_and_a_lost_session(two_cases: Site, visits: Visits):
    visit = visits(two_cases, "EMP", width=PHONE)
    visit.open_task("Permohonan")
    page, task = visit.page, visit.page.url
    try:
        page.context.set_offline(True)
        page.locator("[name='subject']").press_sequentially("Cuti bes")
        page.locator(".al-name").focus()
        expect(page.locator("#draft-status")).to_contain_text("Belum")
        # The session is over when the line is back; the person goes on typing and sends.
        page.context.clear_cookies(name="alur")
    finally:
        page.context.set_offline(False)
    page.locator("[name='subject']").press("End")
    page.locator("[name='subject']").press_sequentially("ar")
    page.locator("[name='days']").fill("3")
    with page.expect_navigation():
        page.locator(".al-actions button[value='complete']").click()
    assert "Sesi Anda sudah berakhir" in page.locator("main").inner_text()
    page.context.add_cookies(
        [{"name": "alur", "value": _log_in(two_cases, "EMP"), "url": two_cases.address}]
    )
    with page.expect_response(lambda r: "/tasks/" in r.url and r.request.method == "POST"):
        visit.go("/")
    page.goto(task)
    assert page.locator("[name='subject']").input_value() == "Cuti besar"
    assert page.locator("[name='days']").input_value() == "3"
    assert page.evaluate("localStorage.length") == 0
    # What cannot be sent is wiped when the person logs out.
    page.context.set_offline(True)
    page.locator("[name='subject']").press_sequentially("!")
    assert page.evaluate("localStorage.length") == 1
    page.context.set_offline(False)
    page.locator("details.al-menu summary").click()
    visit.press("Keluar")
    assert page.evaluate("localStorage.length") == 0
    assert visit.trouble == []


def test_a_list_refreshes_and_keeps_what_is_ticked_typed_and_focused(
    two_cases: Site, visits: Visits
):
    from sqlalchemy import text

    free = text("UPDATE task SET assignee_id = NULL, candidate_group = 'HRC' WHERE id = :id")
    with two_cases.engine.database.begin() as connection:
        ids = list(connection.execute(text("SELECT id FROM task")).scalars())
        connection.execute(free, {"id": ids[0]})
        connection.execute(text("UPDATE task SET subject_id = 4"))
    visit = visits(two_cases, "HRC")
    page = visit.go("/?tab=groups")
    page.locator(".al-row-title").first.focus()
    page.keyboard.type("x")
    page.locator(".al-bulk summary").click()
    page.locator("#bulk-person").press_sequentially("Putri")
    with two_cases.engine.database.begin() as connection:
        connection.execute(free, {"id": ids[1]})
    page.evaluate("document.dispatchEvent(new Event('al:refresh'))")
    expect(page.locator("#rows .al-row")).to_have_count(2)
    assert page.locator("#inbox-tabs").inner_text().count("2") == 1
    assert page.locator(".al-pick input").first.is_checked()
    assert page.locator("#bulk-person").input_value() == "Putri"
    assert focused(visit, "id") == "bulk-person"
    page.locator(".al-row-title").nth(1).focus()
    with page.expect_navigation():
        page.keyboard.type("c")
    assert "sekarang Anda kerjakan" in page.locator("main").inner_text()
    assert visit.trouble == []


def test_inbox_and_form_work_without_a_script_and_weigh_little(two_cases: Site, browser):
    """A browser without scripts fills a form in; one with them counts a first visit's bytes."""
    start_case(two_cases)
    cookie = {"name": "alur", "value": _log_in(two_cases, "EMP"), "url": two_cases.address}
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies([cookie])
    page = plain.new_page()
    page.goto(two_cases.address)
    page.get_by_role("link", name="Permohonan").first.click()
    page.locator("[name='subject']").fill("Cuti")
    page.locator("[name='days']").fill("2")
    page.locator(".al-actions button[value='complete']").click()
    assert "Diterima" in page.locator("main").inner_text()
    plain.close()

    first = browser.new_context(viewport={"width": PHONE, "height": 844})
    first.add_cookies([cookie])
    page = first.new_page()
    network = first.new_cdp_session(page)
    network.send("Network.enable")
    weights: list[int] = []
    network.on("Network.loadingFinished", lambda one: weights.append(one["encodedDataLength"]))
    task = _task_of(two_cases, "propose_raters")
    page.goto(f"{two_cases.address}/tasks/{task}", wait_until="networkidle")
    first.close()
    assert 2 <= len(weights) <= 6
    assert sum(weights) <= 60_000, weights


def _task_of(site: Site, element: str) -> int:
    from sqlalchemy import text

    with site.engine.database.connect() as connection:
        wanted = text("SELECT id FROM task WHERE element_id = :e AND state = 'CREATED'")
        return int(connection.execute(wanted, {"e": element}).scalars().first())


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_nothing_that_has_the_focus_lies_under_a_bar(two_cases: Site, visits: Visits, width):
    visit = visits(two_cases, "EMP", width=width)
    visit.go("/")
    assert visit.page.evaluate(FOCUS) == []
    visit.open_task("Permohonan")
    assert visit.page.evaluate(FOCUS) == []
    visit.send()  # with errors
    assert visit.page.locator("#al-summary").is_visible()
    assert visit.page.evaluate(FOCUS) == []


def test_what_lies_badly_is_noticed(browser):
    page = browser.new_page(viewport={"width": PHONE, "height": 844})
    page.set_content(
        """<main><section style="width: 40px">x</section><div style="width: 900px">x</div>
        <button style="width: 12px; height: 12px; padding: 0">x</button>
        <input style="appearance: none; border: 1px solid #ddd; height: 30px">
        <div style="position: fixed; inset: 0; background: #fff"></div></main>"""
    )
    said = " ".join(page.evaluate(LAYOUT))
    for wrong in ("scrolls sideways", "12x12 px small", "40 px narrow", "has an edge of 1."):
        assert wrong in said, said
    assert len(page.evaluate(FOCUS)) == 2
    page.close()

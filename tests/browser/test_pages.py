"""Every page, on a phone and on a desk, in both languages: usable by everybody, nothing broken."""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESK, PHONE, Site, Visit, Visits, start_case

# page -> who looks; `{case}` and `{task}` are those of the one running evaluation
PAGES = {
    "login": (None, "/login"),
    "decree": (None, "/periksa?nomor=800.1.3.2%2F2026-09-000001&kode=AAAA"),
    "reports": (None, "/kinerja"),
    "verify": (None, "/verify?number=1-1&code=0000000000000000"),
    "password": ("EMP", "/password"),
    "sessions": ("EMP", "/sessions"),
    "second_factor": ("EMP", "/second-factor"),
    "inbox": ("EMP", "/"),
    "inbox_groups": ("HRC", "/?tab=groups"),
    "inbox_taken": ("HRC", "/?tab=taken"),
    "inbox_waiting": ("EMP", "/?tab=waiting"),
    "done": ("EMP", "/?tab=done"),
    "absence": ("HRC", "/absence"),
    "activities": ("EMP", "/activities"),
    "activities_review": ("RTR", "/activities/review"),
    "task": ("EMP", "{task}"),
    "cases": ("HRC", "/cases"),
    "case": ("HRC", "/cases/{case}"),
    "start": ("HRC", "/start"),
    "start_one": ("HRC", "/start/quarterly_evaluation"),
    "followups": ("HRC", "/agency/followups"),
    "incidents": ("HRC", "/agency/incidents"),
    "facts": ("HRC", "/agency/facts?unit=/01/&period=2026Q2"),
    "campaigns": ("HRC", "/agency/campaigns"),
    "operations": ("ADM", "/operations"),
    "operations_jobs": ("HRC", "/operations/jobs"),
    "operations_incidents": ("ADM", "/operations/incidents"),
    "operations_proposals": ("HRC", "/operations/incidents?proposed=1"),
    "operations_cases": ("ADM", "/operations/cases?q=P04"),
    "training": ("TRN", "/training"),
    "definitions": ("EMP", "/processes"),
    "definition": ("EMP", "/processes/quarterly_evaluation/1"),
    "not_found": ("EMP", "/nothing"),
    "not_allowed": ("STRANGER", "/cases/{case}"),
}


@pytest.fixture(scope="module")
def running(shared_site: Site) -> tuple[Site, dict[str, str]]:
    """A site with one evaluation about EMP, and the addresses in it."""
    from engine.queries import inbox
    from hr.demo.cast import CAST
    from hr.permissions.queries import scope_of

    started = start_case(shared_site)
    engine = shared_site.engine
    scope = engine.ask(scope_of, CAST["EMP"], shared_site.clock())
    row = engine.ask(inbox.open_tasks, scope, now=shared_site.clock()).rows[0]
    return shared_site, {"case": str(started.instance_id), "task": f"/tasks/{row.id}"}


@pytest.mark.parametrize(("language", "width", "other"), [("id", PHONE, DESK), ("en", DESK, PHONE)])
def test_every_page_is_usable_by_everybody(running, visits: Visits, language, width, other):
    """Each page is fetched once per language, read by axe, and seen at the other width too."""
    site, addresses = running
    people: dict[str | None, Visit] = {}
    wrong: dict[str, list[str]] = {}
    # All pages of one person after the other: the next one has other cookies.
    for name, (code, path) in sorted(PAGES.items(), key=lambda page: str(page[1][0])):
        visit = people.get(code) or visits(site, code, width=width, language=language)
        people[code] = visit
        visit.trouble.clear()
        visit.go(path.format(**addresses))
        visit.picture(f"{name}-{language}-{width}")
        found = visit.check_page()
        if visit.page.locator("h1").count() != 1:
            found.append("has not one main heading")
        if visit.page.locator("html").get_attribute("lang") != language:
            found.append("is in the other language")
        visit.resize(other)
        visit.picture(f"{name}-{language}-{other}")
        found += visit.check_layout()
        visit.resize(width)
        if found:
            wrong[name] = found
    assert wrong == {}


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_form_with_errors_is_usable_by_everybody(running, visits: Visits, width):
    site, addresses = running
    visit = visits(site, "EMP", width=width)
    visit.go(addresses["task"])
    visit.send()
    visit.picture(f"task_errors-{width}")
    assert visit.page.locator("#al-summary").is_visible()
    assert visit.check_page() == []

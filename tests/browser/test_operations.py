"""The operations pages with something on them: an administrator proposes, the agency approves."""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESK, PHONE, Site, Visit, Visits
from tests.engine.bpmn import drawing as d

UNDECIDED = d.model(
    d.start(), d.gateway("exclusive", "way"), d.user("yes", assignee="4"),
    d.user("no", assignee="4"),
    d.end("e1"), d.end("e2"), d.flow("begin", "way"), d.flow("way", "yes", "amount > 5"),
    d.flow("way", "no", "amount <= 5"), d.chain("yes", "e1"), d.chain("no", "e2"),
)  # fmt: skip


@pytest.fixture
def troubled(site: Site) -> Site:
    """A site with cases that stand still, one of them suspended, a worker, and a job to come."""
    from datetime import timedelta

    from engine import PLATFORM, Deploy, NewCase, StartInstance, SuspendInstance

    site.engine.execute(Deploy(files=UNDECIDED, reason="uji"))
    started = [
        site.engine.execute(StartInstance(key="test", case=NewCase(subject_id=1, title="Sari")))
        for _ in range(3)
    ]
    last = started[-1].instance_id
    site.engine.execute(SuspendInstance(instance_id=last, reason="menunggu"))
    site.work()
    with site.engine.database.begin() as connection:
        ctx = site.engine._context(connection, "test", PLATFORM, 0)
        ctx.enqueue("deliver_message", {"message_id": 1}, run_at=ctx.now + timedelta(hours=3))
    return site


def _look(visit: Visit, name: str) -> None:
    found = visit.check_page()
    visit.picture(f"{name}-{visit.width}")
    other = DESK if visit.width == PHONE else PHONE
    visit.resize(other)
    visit.picture(f"{name}-{other}")
    found += visit.check_layout()
    visit.resize(visit.width)
    assert found == [], name


def test_an_administrator_proposes_and_the_agency_approves(troubled: Site, visits: Visits) -> None:
    administrator = visits(troubled, "ADM", width=PHONE)
    for name, path in (
        ("ops", "/operations"),
        ("ops_jobs", "/operations/jobs"),
        ("ops_cases", "/operations/cases"),
    ):
        administrator.go(path)
        for closed in administrator.page.locator("main details:not([open])").all():
            closed.locator("summary").first.click()
        _look(administrator, name)
    page = administrator.go("/operations/incidents")
    row = page.locator("#rows > li").first
    row.get_by_text("Usulkan penyelesaian").click()
    row.get_by_label("Ubah nilai, lalu coba ulang").check()
    row.get_by_label("Nilai", exact=True).fill("amount = 9")
    row.get_by_label("Alasan").fill("jumlahnya tidak terkirim")
    _look(administrator, "ops_propose")
    with page.expect_navigation():
        row.get_by_role("button", name="Usulkan", exact=True).click()
    agency = visits(troubled, "HRC", width=DESK, language="en")
    page = agency.go("/operations/incidents")
    _look(agency, "ops_decide")
    with page.expect_navigation():
        page.locator("button[value='approve']").click()
    assert "the case goes on" in page.locator("main").inner_text()
    assert page.locator(".al-proposal").count() == 0

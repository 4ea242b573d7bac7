"""Daily activities on a phone: few taps, readable by everybody; review on a desk."""

from __future__ import annotations

from datetime import timedelta

from engine import NewCase, StartInstance
from hr.demo.cast import CAST
from tests.browser.conftest import DESK, PHONE, Site, Visits

TEXT = "Merekam KTP elektronik di loket dua, tiga puluh orang."


def test_an_activity_that_repeats_takes_two_taps_from_the_inbox(site: Site, visits: Visits):
    case = NewCase(subject_id=CAST["EMP"], period="2026-07", scope_path="/01/01/01/")
    site.engine.execute(StartInstance(key="daily_activity", case=case))
    worker = visits(site, "EMP", width=PHONE)
    worker.go("/activities")
    worker.page.get_by_label("Selesai", exact=True).fill("09:30")
    worker.page.get_by_label("Apa yang dikerjakan").fill(TEXT)
    worker.press("Simpan")
    assert "Aktivitas tercatat." in worker.page.locator("main").inner_text()
    site.clock.now += timedelta(days=1)
    worker = visits(site, "EMP", width=PHONE)
    worker.go("/")
    taps = 0
    for role, words in (("link", "Aktivitas"), ("button", f"Ulangi: {TEXT}")):
        with worker.page.expect_navigation():
            worker.page.get_by_role(role, name=words, exact=True).first.click()
        taps += 1
    assert taps <= 4
    assert "2 hari, 2 entri" in worker.page.locator("main").inner_text()
    worker.picture("activities")
    assert worker.check_page() == []
    worker.resize(DESK)
    assert worker.check_layout() == []
    rater = visits(site, "RTR")
    rater.go("/activities/review")
    rater.picture("activities_review")
    assert rater.check_page() == []
    rater.resize(PHONE)
    assert rater.check_layout() == []
    rater.press("Setujui yang dicentang")
    assert "Tidak ada yang menunggu peninjauan." in rater.page.locator("main").inner_text()

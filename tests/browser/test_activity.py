"""Daily activities on a phone: few taps, readable by everybody; review on a desk."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime, timedelta

from engine import NewCase, StartInstance
from hr.activity import queries
from hr.calendar.rules import city_zone
from hr.demo.cast import CAST
from tests.browser.conftest import DESK, PHONE, Site, Visit, Visits

BYTES = "performance.getEntriesByType('navigation')[0].encodedBodySize"
# What a person has to type before a form can be sent.
TO_BE_TYPED = """() => [...document.querySelectorAll("#task-form [aria-required]")]
  .filter(field => field.checkVisibility() && !field.value).map(field => field.name)"""
IMPACT = "Warga pulang dengan KTP pada hari yang sama; antrean paling lama lima belas menit."
TEXT = "Merekam KTP elektronik di loket dua, tiga puluh orang."


def picture(width: int, height: int) -> bytes:
    """Make a PNG of grey columns."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    row = b"\0" + bytes(column % 256 for column in range(width))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(row * height)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def test_a_month_by_phone_costs_few_taps_and_bytes_and_its_report_is_nearly_written(
    site: Site, visits: Visits
):
    """Twenty working days: five activities are written once each, and repeated three times each."""
    case = NewCase(subject_id=CAST["EMP"], period="2026-07", scope_path="/01/01/01/")
    site.engine.execute(StartInstance(key="daily_activity", case=case))
    days, taps, weights = 0, [], []
    while days < 20:
        if site.clock().astimezone(city_zone()).weekday() < 5:
            worker = visits(site, "EMP", width=PHONE)
            tapped, weight = log_one(worker, f"{TEXT} Loket {days % 5 + 1}.", new=days < 5)
            days += 1
            taps.append(tapped)
            weights.append(weight)
        if days < 20:
            site.clock.now += timedelta(days=1)
    assert "20 hari, 20 entri" in worker.page.locator("main").inner_text()
    assert max(taps[:5]) <= 4  # that one is open: the end of its time, its text, its quantity
    assert max(taps[5:]) <= 2
    assert max(weights) <= 60_000  # two pages; styles and scripts are kept by the browser
    assert sum(weights) <= 800_000
    assert "teks sama" not in worker.page.locator("main").inner_text()
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
    site.clock.now = datetime(2026, 8, 5, 3, tzinfo=UTC)  # two working days on, July is closed
    site.work()
    site.work()
    worker = visits(site, "EMP", width=PHONE)
    worker.open_task("Laporan bulanan")
    empty = worker.page.evaluate(TO_BE_TYPED)
    assert empty == ["impact"]  # at most three: what the entries say is there already
    worker.picture("monthly_report")
    assert worker.check_page() == []
    worker.fill(services_given=600, beneficiaries=590, impact=IMPACT)
    assert "Diterima" in worker.send()


def log_one(worker: Visit, text: str, *, new: bool) -> tuple[int, int]:
    """Log an activity from the inbox on; give the taps, and the bytes of the pages."""
    page = worker.go("/")
    with page.expect_navigation():
        page.get_by_role("link", name="Aktivitas", exact=True).first.click()
    weight = page.evaluate(BYTES)
    taps = 1
    if new:
        for label, typed in (("Jam selesai", "09:30"), ("Apa yang dikerjakan", text)):
            page.get_by_label(label, exact=True).fill(typed)
            taps += 1
        words = "Simpan"
    else:
        words = f"Ulangi: {text}"
    worker.press(words)
    return taps + 1, weight + page.evaluate(BYTES)


def test_an_activity_written_without_a_line_is_sent_once_when_there_is_one(
    site: Site, visits: Visits
):
    case = NewCase(subject_id=CAST["EMP"], period="2026-07", scope_path="/01/01/01/")
    site.engine.execute(StartInstance(key="daily_activity", case=case))
    worker = visits(site, "EMP", width=PHONE)
    page = worker.go("/activities")
    page.context.set_offline(True)
    camera = {"name": "IMG_1.png", "mimeType": "image/png", "buffer": picture(2400, 1800)}
    page.set_input_files("#photo", camera)
    for ends, text in (("09:30", TEXT), ("09:00", f"{TEXT} Sekali lagi.")):
        page.get_by_label("Jam selesai", exact=True).fill(ends)
        page.get_by_label("Apa yang dikerjakan").fill(text)
        page.get_by_role("button", name="Simpan", exact=True).click()
    assert page.locator("#unsent .alert").count() == 2
    page.wait_for_selector("#unsent :text('(dengan foto)')")
    worker.picture("activities_offline")
    with page.expect_navigation():
        page.context.set_offline(False)
    page.wait_for_selector("#unsent .alert-danger")
    told = page.locator("main").inner_text()
    assert "1 hari, 1 entri" in told
    assert "Tidak dapat dicatat:" in told  # the second one overlaps the first
    assert "bertumpuk" in told
    assert worker.check_layout() == []
    page.get_by_role("button", name="Sudah dibaca").click()
    assert page.locator("#unsent .alert").count() == 0
    worker.go("/activities")
    assert "1 hari, 1 entri" in page.locator("main").inner_text()
    # Smaller than what the camera gave, and arrived with what it shows.
    (entry,) = site.engine.ask(queries.month, CAST["EMP"], site.clock().date()).entries
    (photo,) = site.engine.ask(queries.photos, [entry.id])[entry.id]
    assert (photo.name, photo.mime, photo.size < 100_000) == ("IMG_1.jpg", "image/jpeg", True)

"""Daily activities on a phone: few taps, readable by everybody; review on a desk."""

from __future__ import annotations

import struct
import zlib
from datetime import timedelta

from engine import NewCase, StartInstance
from hr.activity import queries
from hr.demo.cast import CAST
from tests.browser.conftest import DESK, PHONE, Site, Visits

BYTES = "performance.getEntriesByType('navigation')[0].encodedBodySize"
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


def test_an_activity_that_repeats_takes_two_taps_from_the_inbox(site: Site, visits: Visits):
    case = NewCase(subject_id=CAST["EMP"], period="2026-07", scope_path="/01/01/01/")
    site.engine.execute(StartInstance(key="daily_activity", case=case))
    worker = visits(site, "EMP", width=PHONE)
    worker.go("/activities")
    worker.page.get_by_label("Jam selesai", exact=True).fill("09:30")
    worker.page.get_by_label("Apa yang dikerjakan").fill(TEXT)
    worker.press("Simpan")
    assert "Aktivitas tercatat." in worker.page.locator("main").inner_text()
    site.clock.now += timedelta(days=1)
    worker = visits(site, "EMP", width=PHONE)
    worker.go("/")
    taps, weight = 0, 0
    for role, words in (("link", "Aktivitas"), ("button", f"Ulangi: {TEXT}")):
        with worker.page.expect_navigation():
            worker.page.get_by_role(role, name=words, exact=True).first.click()
        taps += 1
        weight += worker.page.evaluate(BYTES)
    assert taps <= 4
    assert weight <= 60_000  # two pages; styles and scripts are kept by the browser
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

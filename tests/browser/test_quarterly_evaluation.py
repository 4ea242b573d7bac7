"""One quarterly evaluation from start to end in a real browser, by everybody it takes."""

from __future__ import annotations

from datetime import UTC, datetime, time

from sqlalchemy import select

from engine.store.tables import Draft, History, Task
from hr.demo.cast import CAST
from tests.browser.conftest import PHONE, Site, Visit, Visits

VALUES = (
    "service_oriented",
    "accountable",
    "competent",
    "harmonious",
    "loyal",
    "adaptive",
    "collaborative",
)
EXAMPLE = "Contoh nyata dari pekerjaan triwulan ini."
AFTER_THE_PEERS = datetime(2026, 7, 9, 1, 0, tzinfo=UTC)  # more than five working days later


def values(number: int) -> dict[str, int]:
    return dict.fromkeys(VALUES, number)


def notes(text: str) -> dict[str, str]:
    return {f"{value}_note": text for value in VALUES}


def rate_low(visit: Visit, example: str) -> None:
    """Give every value two points; the page then asks for an example of each."""
    visit.fill_at_once(**values(2))
    visit.page.wait_for_selector(f"[name='{VALUES[-1]}_note']")
    visit.fill_at_once(**notes(example))


def test_one_evaluation_from_start_to_end(site: Site, visits: Visits):
    case_path = the_agency_starts_it(site, visits)
    the_employee_proposes_peers(site, visits)
    the_superior_lets_them_stand(site, visits)
    the_employee_rates_himself_on_a_phone(site, visits)
    for number in (1, 2, 3):
        a_peer_answers(site, visits, number, case_path)
    site.clock.set(AFTER_THE_PEERS)
    site.work()
    the_superior_rates(site, visits)
    the_superior_decides(site, visits)
    the_superior_notes_the_dialogue(site, visits)
    the_employee_reads_and_acknowledges(site, visits)
    the_agency_finds_the_follow_ups(site, visits, case_path)
    nobody_can_tell_who_wrote_what(site, visits, case_path)


def the_agency_starts_it(site: Site, visits: Visits) -> str:
    agency = visits(site, "HRC")
    agency.go("/start/quarterly_evaluation?q=Sari+Wulandari")
    agency.page.get_by_label("Sari Wulandari").check()
    agency.page.get_by_label("Periode").fill("2026Q2")
    agency.press("Mulai")
    assert "dimulai" in agency.page.locator("main").inner_text()
    site.work()
    return agency.page.url.removeprefix(site.address)


def the_employee_proposes_peers(site: Site, visits: Visits) -> None:
    employee = visits(site, "EMP")
    employee.open_task("Usulkan")
    employee.fill(peers=["4", "5", "6"])
    assert "Diterima: P04-2026Q2-000001" in employee.send()
    site.work()


def the_superior_lets_them_stand(site: Site, visits: Visits) -> None:
    superior = visits(site, "RTR")
    superior.open_task("usulan")
    assert "Diterima" in superior.send()
    site.work()


def the_employee_rates_himself_on_a_phone(site: Site, visits: Visits) -> None:
    employee = visits(site, "EMP", width=PHONE)
    employee.open_task("Penilaian diri")
    employee.fill(service_oriented=4, adaptive=5)
    employee.fill_at_once(**values(4) | {"adaptive": 5})
    employee.page.wait_for_selector("[name='adaptive_note']")
    employee.send()
    assert "perlu diperbaiki" in employee.page.locator("#al-summary").inner_text()
    assert employee.page.evaluate("document.activeElement.id") == "al-summary"
    employee.picture("phone-self-assessment-error")
    assert employee.check_page() == []
    employee.fill(adaptive_note=EXAMPLE, proud_of="Antrean habis sebelum istirahat.")
    employee.press("Simpan draf")
    assert "Draf tersimpan" in employee.page.locator("main").inner_text()
    again = visits(site, "EMP", width=PHONE)
    again.open_task("Penilaian diri")
    assert again.page.locator("[name='adaptive_note']").input_value() == EXAMPLE
    again.picture("phone-self-assessment")
    assert "Diterima" in again.send()


def a_peer_answers(site: Site, visits: Visits, number: int, case_path: str) -> None:
    peer = visits(site, f"PEER{number}", width=PHONE)
    peer.open_task("Umpan balik")
    path = peer.page.url
    assert "anonim" in peer.page.locator("main").inner_text()
    rate_low(peer, f"Rahasia nomor {number}.")
    peer.picture(f"phone-peer-{number}")
    assert (peer.check_page() if number == 1 else peer.check_layout()) == []
    assert "Diterima" in peer.send()
    site.work()
    assert peer.page.request.get(path).status == 404
    assert peer.page.request.get(site.address + case_path).status == 403


def the_superior_rates(site: Site, visits: Visits) -> None:
    superior = visits(site, "RTR")
    superior.open_task("Rancangan")
    text = superior.page.locator("main").inner_text()
    assert "Antrean habis" not in text, "The self-assessment must not anchor the draft."
    assert "Rahasia nomor" not in text
    rate_low(superior, EXAMPLE)
    superior.picture("draft-rating")
    assert superior.check_layout() == []
    superior.send()
    site.work()


def the_superior_decides(site: Site, visits: Visits) -> None:
    superior = visits(site, "RTR")
    superior.open_task("Tetapkan")
    text = superior.page.locator("main").inner_text()
    assert "Antrean habis" in text
    assert "Rahasia nomor" not in text
    superior.fill(result_rating="MEETS", behaviour_rating="BELOW")
    superior.picture("final-rating")
    assert superior.check_page() == []
    superior.send()
    site.work()


def the_superior_notes_the_dialogue(site: Site, visits: Visits) -> None:
    superior = visits(site, "RTR")
    superior.open_task("Dialog")
    superior.fill(held_on="2026-07-09", feedback="Ketepatan laporan perlu dijaga bersama.")
    superior.page.locator("[name='_add.actions']").click()
    superior.page.wait_for_selector("[name='actions.0.action']")
    superior.fill(
        **{
            "actions.0.action": "Pendampingan laporan",
            "actions.0.owner": "RTR",
            "actions.0.until": "2026-08-31",
        }
    )
    superior.picture("dialogue")
    assert superior.check_page() == []
    superior.send()
    site.work()


def the_employee_reads_and_acknowledges(site: Site, visits: Visits) -> None:
    employee = visits(site, "EMP")
    employee.go("/")
    employee.picture("inbox-with-notice")
    assert "sudah dapat dibaca" in employee.page.locator("main").inner_text()
    employee.open_task("Hasil")
    assert "Rahasia nomor" not in employee.page.locator("main").inner_text()
    employee.fill(dialogue_held="YES", response="ACKNOWLEDGED")
    employee.picture("acknowledge")
    assert employee.check_layout() == []
    assert "Diterima" in employee.send()
    site.work()


def the_agency_finds_the_follow_ups(site: Site, visits: Visits, case_path: str) -> None:
    agency = visits(site, "HRC")
    agency.go("/agency/followups")
    text = agency.page.locator("main").inner_text()
    assert "Pembinaan kinerja" in text
    assert "Rujukan pelatihan" in text
    agency.picture("followups-after")
    agency.go(case_path)
    assert "Selesai" in agency.page.locator("header.al-head").inner_text()
    agency.picture("case-after")
    assert agency.check_layout() == []


def nobody_can_tell_who_wrote_what(site: Site, visits: Visits, case_path: str) -> None:
    for code in ("EMP", "RTR", "SU2", "HRC", "AUD"):
        source = visits(site, code).page.request.get(site.address + case_path).text()
        assert "Rahasia nomor" not in source, code
        steps = [row.partition("</li>")[0] for row in source.split('<li class="al-step')]
        rows = [step for step in steps[1:] if "Umpan balik" in step]
        assert rows, code
        assert not any(name in row for row in rows for name in ("Agus", "Dewi", "Eko"))
    no_row_names_a_peer(site)


def no_row_names_a_peer(site: Site) -> None:
    """Look where a name could have stayed: the task's row, drafts, the history."""
    task, history = Task.__table__, History.__table__
    with site.engine.database.connect() as connection:
        rows = connection.execute(select(task).where(task.c.anonymous)).mappings().all()
        given = [row for row in rows if row["state"] == "COMPLETED"]
        assert len(given) == 3
        for row in given:
            who = ("assignee_id", "completed_by", "on_behalf_of", "claimed_at")
            assert [row[name] for name in who] == [None] * len(who)
            assert row["masked_person"]
            assert row["ended_at"] is None or row["ended_at"].time() == time(0), "a day, no more"
        assert connection.execute(select(Draft.__table__)).all() == []
        events = connection.execute(
            select(history.c.person_id, history.c.body).where(
                history.c.element_id == "peer_feedback"
            )
        ).all()
        # The superior, whose step opened the group, may stand there; whoever answered may not.
        assert events
        assert {event.person_id for event in events} <= {None, CAST["RTR"]}

"""The agency's pages: incidents, follow-ups, campaigns; and that they are the agency's alone."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, text

from hr.demo.cast import CAST
from hr.followup.tables import Followup
from hr.siasn import store as siasn

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PAGES = ("/agency/followups", "/agency/incidents", "/campaigns", "/campaigns/cadence")


def test_the_pages_are_the_agencys(client_as, subtests):
    for code in ["STRANGER", "EMP", "RTR", "HRO", "AUD", "ADM"]:
        with subtests.test(code=str(code)[:60]):
            visitor = client_as(code)
            answers = [visitor.get(path) for path in PAGES]
            answers += [
                visitor.post("/agency/incidents/1/retry"),
                visitor.post("/agency/tasks/1/assign", {"nip": "1", "reason": "x"}),
                visitor.post("/campaigns", {"process": "x", "period": "2026Q2"}),
            ]
            for page in answers:
                assert page.status == 403
                assert "milik kelompok lain" in page.text
            assert "Badan" not in [
                a.text_content().strip() for a in visitor.get("/").all("//nav//a")
            ]


def test_without_incidents_and_follow_ups_the_pages_say_so(client_as):
    agency = client_as("HRC")
    assert "Tidak ada gangguan." in agency.get("/agency/incidents").text
    assert "Tidak ada tindak lanjut yang terbuka." in agency.get("/agency/followups").text
    assert "Belum ada kampanye." in agency.get("/campaigns").text


def test_a_failed_step_is_seen_and_retried(failed_case, client_as, look_up):
    visitor, _, case = failed_case
    agency = client_as("HRC")
    page = agency.get("/agency/incidents")
    assert "Panggil layanan" in page.text
    assert case.case_no in page.text
    action = next(f.get("action") for f in page.all("//form") if "retry" in f.get("action"))
    page = agency.submit(page, action, reason="Coba dahulu")
    assert "gagal lagi" in page.text
    look_up["fails"] = False
    page = agency.get("/agency/incidents")
    action = next(f.get("action") for f in page.all("//form") if "retry" in f.get("action"))
    page = agency.submit(page, action, reason="Arsip sudah pulih")
    assert "selesai" in page.text
    assert "Tidak ada gangguan." in page.text
    assert "Pastikan jawaban" in visitor.get(f"/cases/{case.instance_id}").text
    assert agency.post(action).status == 409


def test_the_person_sees_that_it_is_looked_into_but_not_the_error(failed_case):
    visitor, _, case = failed_case
    page = visitor.get(f"/cases/{case.instance_id}")
    assert "sedang diperiksa badan kepegawaian" in page.text
    assert "archive" not in page.text


def test_a_retry_of_nothing_is_not_found(client_as):
    assert client_as("HRC").post("/agency/incidents/4711/retry").status == 404


def test_a_task_is_not_handed_to_nobody_or_for_no_reason(client_as, start_two_step):
    start_two_step()
    path = client_as("EMP").get("/").link("Permohonan: ajukan").split("?")[0]
    agency = client_as("HRC")
    page = agency.post(f"/agency{path}/assign", {"nip": "123", "reason": "x"})
    assert page.status == 422


def test_a_task_is_handed_to_somebody_else_for_a_reason(client_as, start_two_step, engine):
    from hr.directory import queries as directory

    start_two_step()
    path = client_as("EMP").get("/").link("Permohonan: ajukan").split("?")[0]
    superior = engine.ask(directory.person, CAST["RTR"], engine.clock())
    peer = engine.ask(directory.person, CAST["PEER1"], engine.clock())
    agency = client_as("HRC")
    page = agency.post(f"/agency{path}/assign", {"nip": superior.nip})
    assert page.status == 422
    page = agency.post(f"/agency{path}/assign", {"nip": peer.nip, "reason": "Cuti melahirkan"})
    assert page.status == 403
    page = agency.post(f"/agency{path}/assign", {"nip": superior.nip, "reason": "Sakit"})
    assert "sudah diserahkan" in page.text
    assert client_as("RTR").get(path).status == 200
    assert client_as("EMP").get(path).status == 403


def followup(number, **columns):
    return {
        "id": number,
        "kind": "COACHING",
        "state": "OPEN",
        "subject_id": CAST["EMP"],
        "scope_path": "/01/01/01/",
        "period": "2026Q2",
        "source_id": 1,
        "source_no": "P04-2026Q2-000001",
        "detail": "<i>Predikat K</i>",
        "dedup_key": str(number),
        **columns,
    }


def test_follow_ups_are_listed_page_by_page(client_as, database, clock):
    rows = [followup(number, opened_at=clock()) for number in range(1, 61)]
    with database.begin() as connection:
        connection.execute(insert(Followup), rows)
    agency = client_as("HRC")
    seen, path = 0, "/agency/followups"
    while path:
        page = agency.get(path)
        seen += len(page.all("//li[contains(@class, 'al-row')]"))
        following = page.all("//a[@rel='next']/@href")
        path = following[0] if following else ""
    assert seen == 60
    assert "Pembinaan kinerja" in page.text
    assert "Sari Wulandari" in page.text
    assert "<i>Predikat K</i>" in page.text


def test_final_results_leave_for_siasn_in_a_file_that_is_noted(engine, client_as):
    agency = client_as("HRC")
    assert "Tidak ada hasil final yang menunggu" in agency.get("/agency/siasn?year=2026").text
    assert agency.post("/agency/siasn/make", {"year": "2026"}).status == 409
    with engine.database.begin() as connection:
        for who, rater in (("EMP", "RTR"), ("PEER1", None)):
            row = {
                "instance_id": 1,
                "person_id": CAST[who],
                "year": 2026,
                "rater_id": CAST[rater] if rater else None,
                "result_rating": "ABOVE",
                "behaviour_rating": "ABOVE",
                "predicate": "SB",
                "prepared_at": engine.clock(),
            }
            siasn.prepare(connection, row)
    page = agency.get("/agency/siasn?year=2026")
    assert "1 hasil final siap diserahkan." in page.text
    assert "NIP penilai · nama penilai" in page.text  # of the one without a rater, who stays behind
    made = agency.post("/agency/siasn/make", {"year": "2026"})
    assert "Berkas dibuat" in made.text
    assert "1 hasil" in made.text
    given = agency.post("/agency/siasn/1/file", {"form": "csv"})
    line = given.response.data.decode("utf-8-sig").splitlines()[1]
    assert ",DIATAS EKSPEKTASI,1,DIATAS EKSPEKTASI,1,SANGAT BAIK,1,ASN," in line
    assert agency.post("/agency/siasn/1/file", {"form": "xlsx"}).status == 404
    assert agency.post("/agency/siasn/2/file", {"form": "json"}).status == 404
    with engine.database.connect() as connection:
        wanted = text("SELECT count(*) FROM history WHERE kind = 'EXPORTED'")
        assert connection.execute(wanted).scalar_one() == 1
    assert client_as("HRO").post("/agency/siasn/1/file", {"form": "csv"}).status == 403

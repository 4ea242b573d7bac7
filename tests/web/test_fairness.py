"""The agency's page on a year's fairness, and what anybody may read of calibrations."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import insert, text

from engine.folder import read_folder
from hr.calibration import rules
from hr.calibration.tables import Calibration, CalibrationCase
from hr.demo.cast import CAST
from hr.fairness.tables import FairnessFinding, FairnessRun
from tests.conftest import WORKFLOWS

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

THEN = datetime(2026, 2, 1, 2, tzinfo=UTC)


def _finding(kind, of, state, *numbers, rater=None, group=""):
    exact = [Decimal(n) for n in numbers] or [None] * 3
    return {
        "run_id": 1,
        "kind": kind,
        "rater_id": rater,
        "group_name": group,
        "of": of,
        "people": 15,
        "state": state,
        **dict(zip(("estimate", "low", "high"), exact, strict=True)),
    }


@pytest.fixture
def computed(database, engine):
    """A run that flags a mild rater, a strict one, an indifferent one, and a group."""
    found = [
        _finding("SEVERITY", "/01/", "FLAGGED", "0.95", "0.80", "1.10", rater=CAST["RTR"]),
        _finding("SEVERITY", "/01/", "FLAGGED", "-0.91", "-1.00", "-0.82", rater=CAST["SU2"]),
        _finding("SPREAD", "/01/", "FLAGGED", "0.08", "0.06", "0.10", rater=CAST["RTR"]),
        _finding("SEVERITY", "/02/", "TOO_FEW", rater=CAST["HRC"]),
        _finding("GROUP", "sex", "FLAGGED", "0.6", "0.5", "0.7", group="M"),
        _finding("AGREEMENT", "", "CLEAR", "0.5", "0.3", "0.7"),
    ]
    run = {"id": 1, "period": "2025", "asked_at": THEN, "computed_at": THEN, "ratings": 60}
    with database.begin() as connection:
        connection.execute(insert(FairnessRun), [{**run, "people": 30}])
        connection.execute(insert(FairnessFinding), found)


def test_every_flag_is_a_sentence_that_decides_nothing(client_as, computed):
    page = client_as("HRC").get("/agency/fairness?year=2025")
    assert page.status == 200
    for said in (
        "Bambang Nugroho · memberi nilai rata-rata 0,95 lebih tinggi daripada penilai lain",
        "Ratna Puspitasari · memberi nilai rata-rata 0,91 lebih rendah",
        "memberi nilai yang hampir sama kepada 15 orang",
        "Laki-laki · mendapat Sangat Baik 0,6 kali kelompok terbaik menurut jenis kelamin",
        "tidak memutuskan apa pun",
    ):
        assert said in " ".join(page.text.split()), page.text
    assert "Indra Wijaya ·" not in page.text  # too few: no figure, no name


def test_only_the_agency_sees_it_and_starts_anything(client_as, computed):
    for who in ("EMP", "RTR", "SU2", "AUD", "ADM"):
        assert client_as(who).get("/agency/fairness?year=2025").status == 403
        posted = client_as(who).post(
            "/agency/fairness/calibrate", {"year": "2025", "office": "/01/"}
        )
        assert posted.status == 403


def test_the_statistics_are_computed_when_asked_for(client_as):
    agency = client_as("HRC")
    page = agency.get("/agency/fairness?year=2025")
    assert "belum dihitung" in page.text
    asked = agency.post("/agency/fairness/compute", {"year": "2025"})
    assert "Statistik sedang dihitung" in asked.text
    assert "sedang berjalan" in agency.get("/agency/fairness?year=2025").text
    again = agency.post("/agency/fairness/compute", {"year": "2025"})
    assert again.status == 409


def test_a_calibration_starts_from_the_page_once(client_as, engine):
    engine.execute(read_folder(WORKFLOWS / "calibration_review"))
    agency = client_as("HRC")
    page = agency.get("/agency/fairness?year=2025")
    assert "10 orang · 10 menunggu kalibrasi" in page.text
    begun = agency.post("/agency/fairness/calibrate", {"year": "2025", "office": "/01/"})
    assert "Kalibrasi dimulai: P07-2025-000001." in begun.text
    assert "sedang berjalan" in agency.get("/agency/fairness?year=2025").text
    for office in ("/01/", "/99/", "", "'; --"):
        again = agency.post("/agency/fairness/calibrate", {"year": "2025", "office": office})
        assert again.status == (409 if office == "/01/" else 422)
        assert "sudah dimulai" in again.text or "Pilih kantor dari daftar." in again.text


@pytest.mark.parametrize("year", ["", "x", "99999", "1999", "3000", "２０２５", "2026%00"])
def test_a_year_that_is_none_is_this_year(client_as, year):
    assert client_as("HRC").get(f"/agency/fairness?year={year}").status == 200


def test_anybody_reads_what_offices_published_without_names_or_small_figures(
    visitor, database, engine
):
    row = {
        "instance_id": 1,
        "office_path": "/01/",
        "period": "2025",
        "people": 10,
        "report": "Satu penilaian diturunkan karena buktinya kurang.",
        "opened_at": THEN,
        "closed_at": THEN,
    }
    small = {"instance_id": 2, "office_path": "/02/", "people": 4, "report": "Semua tetap."}
    running = {"instance_id": 3, "office_path": "/03/", "report": "RAHASIA", "closed_at": None}
    with database.begin() as connection:
        connection.execute(insert(Calibration), [row, {**row, **small}, {**row, **running}])
        number = connection.execute(
            text("SELECT id FROM calibration WHERE people = 4")
        ).scalar_one()
        first = connection.execute(text("SELECT min(id) FROM calibration")).scalar_one()
        line = {"appraisal_id": 1, "before": "SB", "after": "B", "flags": "[]"}
        for one in (first, number):
            connection.execute(insert(CalibrationCase), [{**line, "calibration_id": one}])
    page = visitor.get("/kinerja/kalibrasi?tahun=2025")
    assert page.status == 200
    assert "10 orang dinilai, beberapa penilaian diubah, beberapa dibahas." in page.text
    assert "Semua tetap." in page.text
    assert "4 orang" not in page.text
    assert "RAHASIA" not in page.text
    assert "Belum ada kalibrasi" in visitor.get("/kinerja/kalibrasi?tahun=x").text


@pytest.mark.parametrize(
    ("people", "looked_at", "changed", "told"),
    [
        (40, 20, 10, (20, 10)),
        (40, 0, 0, (0, 0)),
        (40, 5, 5, (5, 5)),
        (40, 4, 0, (None, None)),  # 4 were looked at and left
        (40, 20, 1, (20, None)),
        (40, 20, 17, (20, None)),  # 3 were looked at and left
        (8, 6, 6, (None, None)),  # 2 were not
    ],
)
def test_no_published_figure_tells_of_fewer_than_five(people, looked_at, changed, told, database):
    assert rules.published(people, looked_at, changed, 5) == told

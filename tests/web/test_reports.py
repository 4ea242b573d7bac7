"""The public page of the offices' months: sums for anybody, nothing about anybody."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert

from hr.reporting.tables import MonthlyReport

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def reported(database, clock, engine):
    """Five reports of one office in June, four of another."""
    people = [(number, "/01/") for number in range(1, 6)] + [(n, "/02/") for n in range(6, 10)]
    rows = [
        {
            "person_id": number,
            "month": date(2026, 6, 1),
            "instance_id": number,
            "office_path": path,
            "services_given": 10,
            "beneficiaries": 8,
            "impact": "Rahasia dapur.",
            "conformity": "CONFORMS",
            "report_factor": None,
            "rated_at": clock.now,
        }
        for number, path in people
    ]
    with database.begin() as connection:
        connection.execute(insert(MonthlyReport), rows)


def test_anybody_sees_sums_of_five_or_more_and_nothing_else(visitor, reported):
    page = visitor.get("/kinerja")
    assert page.status == 200
    cells = [cell.text_content() for cell in page.all("//tbody/tr/*")]
    assert cells == ["Dinas Kependudukan dan Pencatatan Sipil", "5", "50", "40"]
    for hidden in ("Badan Kepegawaian", "Rahasia dapur", "Sari Wulandari"):
        assert hidden not in page.text
    earlier = visitor.get(page.link("Bulan sebelumnya"))
    assert "Belum ada yang dapat ditampilkan" in earlier.text
    assert "50" in visitor.get(earlier.link("Bulan berikutnya")).text


def test_one_report_more_changes_nothing_that_anybody_sees(visitor, reported, database, clock):
    """Two looks at a sum, before and after one report, would tell what it says."""
    before = visitor.get("/kinerja").text
    for number in range(10, 14):
        one_more(database, number, clock.now)
        assert visitor.get("/kinerja").text == before
    one_more(database, 14, clock.now)
    cells = [cell.text_content() for cell in visitor.get("/kinerja").all("//tbody/tr/*")]
    assert cells[1:] == ["10", "5050", "40"]


def one_more(database, number, moment):
    row = {
        "person_id": number, "month": date(2026, 6, 1), "instance_id": number,
        "office_path": "/01/", "services_given": 1000, "beneficiaries": 0, "impact": "",
        "conformity": "CONFORMS", "report_factor": None, "rated_at": moment,
    }  # fmt: skip
    with database.begin() as connection:
        connection.execute(insert(MonthlyReport), [row])


@pytest.mark.parametrize("asked", ["", "x", "2026-13", "0001-01", "9999-12", "2026-07"])
def test_a_month_that_is_none_or_not_over_shows_the_last_one(visitor, reported, asked):
    assert "Dinas Kependudukan" in visitor.get(f"/kinerja?bulan={asked}").text

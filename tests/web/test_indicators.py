"""The catalogue of indicators as a tree, and what hangs on nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import insert

from engine.folder import read_folder
from engine.queries import cases
from hr.demo.cast import CAST
from hr.indicators import rules
from hr.indicators.tables import Catalogue, CatalogueGoal, MainIndicator
from hr.permissions.queries import scope_of
from tests.web.conftest import ROOT

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
AT = datetime(2026, 6, 1, tzinfo=UTC)


def version(number, *indicators):
    made = {
        "id": number, "year": 2026, "version": number, "vision": "Kota yang melayani",
        "instance_id": 1, "case_no": f"P00-2026-{number:06d}", "published_at": AT,
    }  # fmt: skip
    goals = [("M1", "", "Pelayanan cepat"), ("M1.1", "M1", "Waktu turun"), ("M2", "", "Aparatur")]
    said = [
        {"catalogue_id": number, "code": code, "parent": parent, "text": text}
        for code, parent, text in goals
    ]
    measured = [
        {
            "catalogue_id": number, "code": code, "goal": goal, "office_path": "/01/",
            "text": "<i>Waktu tunggu</i>", "measure": "menit", "formula": "Rata-rata",
            "source": "=Sistem antrean", "direction": "LOWER", "baseline": None,
            "target": Decimal(15), "dimension": "service_speed", "level": "OUTCOME",
        }
        for code, goal in indicators
    ]  # fmt: skip
    return made, said, measured


@pytest.fixture
def published(engine, database):
    with database.begin() as connection:
        for number, loose in ((1, "M1.1"), (2, "M9")):
            made, said, measured = version(number, ("IKU-1.1", "M1.1"), ("IKU-1.2", loose))
            connection.execute(insert(Catalogue), made)
            connection.execute(insert(CatalogueGoal), said)
            connection.execute(insert(MainIndicator), measured)
    return engine


def test_anybody_reads_the_newest_version_as_a_tree_and_what_hangs_on_nothing(
    published, client_as, statements
):
    visitor = client_as("EMP")
    page = visitor.get("/indicators")
    assert "versi 2" in page.text
    assert "Tidak diukur indikator mana pun: M2." in page.text
    assert "Tanpa tujuan: IKU-1.2." in page.text
    assert "<i>Waktu tunggu</i>" in page.text
    with statements() as seen:
        visitor.get("/indicators")
    assert len(seen) <= 20
    older = visitor.get(page.link("2026 versi 1"))
    assert "Tanpa tujuan" not in older.text
    file = visitor.client.get("/indicators/2.csv").get_data(as_text=True)
    assert "IKU-1.1,M1.1,Dinas Kependudukan dan Pencatatan Sipil" in file
    assert "'=Sistem antrean" in file
    assert visitor.get("/indicators/99.csv").status == 404
    assert visitor.get("/indicators?id=x").status == 200


def test_only_the_agency_begins_a_year_and_once(engine, client_as):
    engine.execute(read_folder(ROOT / "workflows" / "indicator_catalogue"))
    for code in ("EMP", "RTR", "HRO", "PPK", "AUD", "ADM"):
        assert client_as(code).post("/indicators", {"year": "2026"}).status == 403
    agency = client_as("HRC")
    assert agency.post("/indicators", {"year": "1999"}).status == 422
    page = agency.get("/indicators")
    for _ in range(2):  # pressed twice, it is one case
        assert "P00-2027-000001" in agency.submit(page, "/indicators", year="2027").text
    scope = engine.ask(scope_of, CAST["HRC"], engine.clock())
    assert len(engine.ask(cases.cases, scope).rows) == 1


def test_orphans_are_found_at_every_level(database):
    goals = {"M1": "", "M1.1": "M1", "M1.2": "M1", "M2": "", "M3": ""}
    found = rules.orphans(goals, [("a", "M1.1"), ("b", "M3"), ("c", "M7")])
    assert (found.missions, found.goals, found.indicators) == (("M2",), ("M1.2",), ("c",))
    assert rules.orphans({}, []) == rules.Orphans((), (), ())

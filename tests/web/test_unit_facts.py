"""Facts of a unit: recorded by the agency from the incident that misses them, nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from hr.demo.cast import CAST
from hr.directory import queries as directory
from hr.service import queries as service
from hr.service.tables import ServiceArea, UnitFacts
from tests.web.test_costs import at_self_assessment

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

GIVEN = {
    "public_facing": "yes",
    "skm_index": "81,42",
    "skm_responses": "120",
    "complaints": "4",
    "complaints_upheld": "1",
    "source": "Laporan SKM 12",
}


@pytest.fixture
def unit(engine):
    return engine.ask(engine.ports.people.subject, CAST["EMP"], engine.clock()).scope_path


@pytest.fixture
def waiting(database, engine):
    """An evaluation of EMP that waits for facts which nobody recorded."""
    with database.begin() as connection:
        connection.execute(delete(ServiceArea))
        connection.execute(delete(UnitFacts))
    return at_self_assessment(engine)


def address(unit, period="2026Q2"):
    return f"/agency/facts?unit={unit}&period={period}"


def test_the_page_is_the_agencys(client_as, unit, subtests):
    for code in ["STRANGER", "EMP", "RTR", "AUD", "ADM"]:
        with subtests.test(code=code):
            visitor = client_as(code)
            assert visitor.get(address(unit)).status == 403
            sent = visitor.post("/agency/facts", {"unit": unit, "period": "2026Q2", **GIVEN})
            assert sent.status == 403


def test_missing_facts_are_recorded_from_the_incident_and_the_case_goes_on(
    waiting, client_as, engine, unit
):
    agency = client_as("HRC")
    page = agency.get("/agency/incidents")
    assert "belum dicatat" in page.text
    assert "Triwulan II 2026" in page.text
    page = agency.get(page.link("Catat data"))
    assert "lanjutkan 1 perkara" in page.text
    after = agency.submit(page, "/agency/facts", **GIVEN)
    assert "perkara yang menunggunya berjalan lagi" in after.text
    assert "Tidak ada gangguan." in after.text
    found = engine.ask(service.unit_facts, unit, "2026Q2")
    assert (str(found.skm_index), found.complaints, found.unit_path) == ("81.42", 4, unit)


def test_facts_of_the_unit_above_let_the_case_go_on_too(waiting, client_as, engine, unit):
    agency = client_as("HRC")
    above = engine.ask(directory.units_upward, unit)[-1]
    page = agency.get(agency.get(address(unit)).link(above.name))
    after = agency.submit(page, "/agency/facts", **GIVEN)
    assert "Tidak ada gangguan." in after.text


def test_service_indicators_are_kept_when_facts_are_corrected(client_as, engine, unit):
    agency = client_as("HRC")
    area = {
        "area_0_indicator": "Waktu layanan",
        "area_0_measure": "menit",
        "area_0_direction": "LOWER",
        "area_0_target": "15",
        "area_0_actual": "12,5",
    }
    agency.submit(agency.get(address(unit)), "/agency/facts", **GIVEN, **area)
    agency.submit(agency.get(address(unit)), "/agency/facts", complaints="9")
    found = engine.ask(service.unit_facts, unit, "2026Q2")
    assert found.complaints == 9
    assert [(one.indicator, str(one.actual), one.met) for one in found.areas] == [
        ("Waktu layanan", "12.5", True)
    ]


def test_what_cannot_be_is_refused_at_its_field(client_as, engine, unit, subtests):
    agency = client_as("HRC")
    before = engine.ask(service.unit_facts, unit, "2026Q2")
    wrong = {
        "skm_index": "101",
        "skm_responses": "-1",
        "complaints": "x",
        "complaints_upheld": "99",
        "area_0_target": "NaN",
    }
    for field, text in wrong.items():
        with subtests.test(field=field):
            typed = {**GIVEN, "area_0_indicator": "A", "area_0_target": "1", "area_0_actual": "1"}
            typed = {**typed, "unit": unit, "period": "2026Q2", field: text}
            page = agency.post("/agency/facts", typed)
            assert page.status == 422
            assert field in page.all("//input[contains(@class, 'is-invalid')]/@id")
            assert page.form("/agency/facts").fields["source"] == "Laporan SKM 12"
    assert engine.ask(service.unit_facts, unit, "2026Q2") == before


def test_facts_of_no_unit_and_no_quarter_are_not_found(client_as, unit, subtests):
    agency = client_as("HRC")
    for path in ["/agency/facts", address("/99/"), address(unit, "2026"), address(unit, "2026Q9")]:
        with subtests.test(path=path):
            assert agency.get(path).status == 404


def test_the_page_costs_a_bounded_number_of_statements(waiting, client_as, unit, statements):
    agency = client_as("HRC")
    agency.get(address(unit))
    with statements() as said:
        agency.get(address(unit))
    assert len(said) <= 20, "\n".join(said)

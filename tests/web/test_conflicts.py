"""Conflicts of interest and the quarters in which peers are asked, by their pages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine.model import PLATFORM, StreamKind
from engine.ports import Call
from engine.queries import history
from hr.demo.cast import CAST
from hr.evaluation.tables import OfficeRule
from hr.process_bindings import reading, writing

PAGE = "/me/conflicts"
PEER1 = "Agus Setiawan"
TODAY = "2026-07-01"


@pytest.fixture
def call(engine):
    """Ask what the quarterly evaluation about somebody asks, as it does."""

    def asked(verb, subject="EMP", **changed):
        def run(connection):
            facts = {
                "connection": connection, "now": engine.clock(), "actor": PLATFORM,
                "instance_id": 1, "case_no": "P04-2026Q2-000001",
                "process_key": "quarterly_evaluation", "element_id": "here",
                "subject_id": CAST[subject], "scope_path": "/01/01/01/", "period": "2026Q2",
            }  # fmt: skip
            return verb(Call(**{**facts, **changed}))

        return engine.ask(run)

    return asked


def drawn(call, subject="EMP"):
    """Name whom a case would ask: the draw itself, as the process draws."""
    return {int(one["value"]) for one in call(reading.peer_options, subject)}


def declare(visitor, **fields):
    sent = {"other": PEER1, "from": TODAY, **fields}
    return visitor.submit(visitor.get(PAGE), PAGE, **sent)


def ending(page):
    names = ("of", "with", "since")
    return {name: page.all(f"//input[@name='{name}']/@value")[0] for name in names}


def test_who_was_declared_is_not_drawn_until_it_ends(client_as, call, clock, engine):
    emp, peer = CAST["EMP"], CAST["PEER1"]
    assert peer in drawn(call)
    page = declare(client_as("EMP"))
    assert PEER1 in page.text
    assert "Tercatat." in page.text
    assert peer not in drawn(call)
    assert emp not in drawn(call, "PEER1")  # it holds both ways
    with engine.database.begin() as connection:
        facts = {"connection": connection, "now": engine.clock(), "subject_id": emp}
        of = call(lambda one: one, **facts)
        chosen = writing.choose_raters(of, [peer])
    assert chosen["refused"] == [{"person": peer, "reason": "CONFLICT"}]
    assert peer not in {*chosen["peers"], *chosen["pool"]}
    sent = ending(page)
    assert client_as("EMP").post(f"{PAGE}/end", {**sent, "ends": "2026-07-10"}).status == 200
    clock.move(timedelta(days=8))
    assert peer not in drawn(call)
    clock.move(timedelta(days=1))
    assert peer in drawn(call)
    assert PEER1 not in client_as("EMP").get(PAGE).text


def test_what_ends_before_its_first_day_never_was_and_may_be_declared_again(client_as, call):
    visitor = client_as("EMP")
    page = declare(visitor)
    visitor.post(f"{PAGE}/end", {**ending(page), "ends": TODAY})
    assert CAST["PEER1"] in drawn(call)
    assert declare(visitor).status == 200
    assert CAST["PEER1"] not in drawn(call)


def test_the_other_reads_nothing_of_it_and_cannot_end_it(client_as):
    page = declare(client_as("EMP"))
    sent = {**ending(page), "ends": TODAY}
    for code in ("PEER1", "RTR", "SU2", "HRO", "PPK", "AUD", "ADM", "STRANGER"):
        other = client_as(code)
        assert "Sari Wulandari" not in other.get(PAGE).text, code
        assert other.post(f"{PAGE}/end", sent).status == 403, code
        about = {"person": "Sari Wulandari", "other": "Dewi Lestari", "from": TODAY}
        assert other.post(PAGE, {**about, "reason": "Suami istri sejak 2020"}).status in (403, 422)
    assert PEER1 in client_as("EMP").get(PAGE).text


def test_the_agency_declares_for_somebody_with_a_reason_and_ends_it(client_as, call, engine):
    agency = client_as("HRC")
    assert declare(agency, person="Sari Wulandari").status == 422
    assert CAST["PEER1"] in drawn(call)
    page = declare(agency, person="Sari Wulandari", reason="Suami istri sejak 2020")
    assert "Sari Wulandari" in page.text
    assert CAST["PEER1"] not in drawn(call)
    stream = (StreamKind.PERSON, str(CAST["EMP"]))
    (told,) = engine.ask(history.newest, *stream, kinds=("ROW_CHANGED",), limit=1)
    assert (told.person_id, told.reason) == (CAST["HRC"], "Suami istri sejak 2020")
    sent = {**ending(page), "ends": TODAY}
    own = client_as("EMP")
    assert "dicatat badan kepegawaian" in own.get(PAGE).text
    assert own.post(f"{PAGE}/end", sent).status == 403
    assert agency.post(f"{PAGE}/end", sent).status == 200
    assert CAST["PEER1"] in drawn(call)


def test_an_officer_reads_nothing_of_what_is_declared_about_him(client_as):
    page = declare(client_as("EMP"), other="Indra Wijaya")
    sent = {**ending(page), "ends": TODAY}
    officer = client_as("HRC")
    assert "Sari Wulandari" not in officer.get(PAGE).text
    assert officer.post(f"{PAGE}/end", sent).status == 403


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nonsense_is_refused_in_words_at_its_field(client_as, subtests):
    visitor = client_as("EMP")
    page = declare(visitor)
    for field, wrong in (
        ("other", {"other": "Sari Wulandari"}),
        ("other", {"other": "199912312020121999"}),
        ("other", {"other": "' OR 1=1"}),
        ("other", {"other": PEER1, "from": "2026-07-05"}),  # declared already
        ("to", {"other": "Dewi Lestari", "to": "2026-06-30"}),
        ("to", {"other": "Dewi Lestari", "to": "kapan"}),
        ("to", {"other": "Dewi Lestari", "from": "2026-06-01", "to": "2026-06-02"}),
        ("from", {"other": "Dewi Lestari", "from": ""}),
    ):
        with subtests.test(**wrong):
            again = visitor.post(PAGE, {"from": TODAY, **wrong})
            assert again.status == 422
            assert again.all(f"//input[@id='{field}' and contains(@class, 'is-invalid')]")
    sent = ending(page)
    for wrong, status in (
        ({"ends": "2026-06-30"}, 422),
        ({"ends": "kapan"}, 422),
        ({"with": "x", "ends": TODAY}, 422),
        ({"with": CAST["PEER2"], "ends": TODAY}, 404),
    ):
        with subtests.test(**wrong):
            assert visitor.post(f"{PAGE}/end", {**sent, **wrong}).status == status
    assert PEER1 in visitor.get(PAGE).text


def test_an_office_asks_peers_in_the_quarters_that_the_agency_says(client_as, call, database):
    agency = client_as("HRC")
    sent = {"office": 1, "quarter": ["2", "4"], "from": TODAY, "reason": "Meringankan loket"}
    assert agency.post("/campaigns/peers", {**sent, "reason": "x"}).status == 422
    assert agency.post("/campaigns/peers", {**sent, "office": 3}).status == 422
    assert agency.post("/campaigns/peers", {**sent, "quarter": ["5"]}).status == 422
    assert agency.post("/campaigns/peers", {**sent, "from": "2020-01-01"}).status == 422
    page = agency.post("/campaigns/peers", sent)
    assert "triwulan 2, 4" in page.text
    assert "Meringankan loket" in page.text
    assert "triwulan 2, 4, mulai 1 Juli 2026" in page.text
    assert not call(reading.peers_asked, period="2026Q3")
    assert call(reading.peers_asked, period="2026Q4")
    later = {**sent, "quarter": list("1234"), "from": "2026-09-01", "reason": "Kembali penuh"}
    assert "Kembali penuh" in agency.post("/campaigns/peers", later).text
    assert call(reading.peers_asked, period="2026Q3")
    agency.post("/campaigns/peers", {**sent, "quarter": ["1"]})  # takes the place of both
    assert not call(reading.peers_asked, period="2026Q3")
    with database.connect() as connection:
        (left,) = connection.execute(select(OfficeRule.valid_from, OfficeRule.peer_quarters))
    assert tuple(left) == (date(2026, 7, 1), "1")
    assert client_as("HRO").post("/campaigns/peers", sent).status == 403

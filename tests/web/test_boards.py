"""Boards of offices and of the city: sums of five or more, with the table behind each."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, insert, select

from engine.store.desk_tables import TaskTime
from engine.store.tables import Task
from hr.demo.cast import CAST
from hr.evaluation.tables import Result
from web.boards import figures
from web.boards.figures import Office

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def result(number, person, predicate, at):
    return {
        "id": number + 1, "person_id": person, "period": "2026Q2", "instance_id": number,
        "case_no": f"P04-{number}", "predicate": predicate, "result_rating": "MEETS",
        "behaviour_rating": "MEETS", "result_score": Decimal(100), "behaviour_score": Decimal(3),
        "note": "", "disclosed_at": at,
    }  # fmt: skip


@pytest.fixture
def rated(engine, database, clock):
    people = sorted(set(CAST.values()) - {CAST["PPK"]})
    given = [result(n, one, "SB" if n > 2 else "BP", clock()) for n, one in enumerate(people)]
    with database.begin() as connection:
        connection.execute(delete(Result))
        connection.execute(insert(Result), given)
    return engine


def test_a_board_shows_sums_and_withholds_what_is_below_five(rated, client_as, statements):
    agency = client_as("HRC")
    page = agency.get("/boards?period=2026Q2")
    assert "Cakupan" in page.text
    assert "*" in [cell.text_content() for cell in page.all("//td")]
    with statements() as seen:
        agency.get("/boards?period=2026Q2")
    assert len(seen) <= 30
    for part, columns in (("cakupan", 5), ("keterlambatan", 3), ("sebaran", 6), ("beban", 4)):
        file = agency.client.get(f"/boards/{part}.csv?period=2026Q2")
        rows = list(csv.reader(file.get_data(as_text=True).splitlines()))
        assert {len(row) for row in rows} == {columns}
        for row in rows[1:]:
            assert part != "sebaran" or not {"1", "2", "3", "4"} & set(row[1:])
    assert agency.get("/boards/x.csv").status == 404
    for period in ("", "x", "2026Q9", "2099Q1", "２０２６Q1"):
        assert agency.get(f"/boards?period={period}").status == 200


def test_what_fewer_than_five_typed_is_nobodys_to_see(
    rated, client_as, start_two_step, database, clock
):
    start_two_step()
    ended = clock() - timedelta(days=1)
    done = {"state": "COMPLETED", "ended_at": ended, "scope_path": "/01/01/", "anonymous": False}
    people = [CAST[code] for code in ("EMP", "RTR", "PEER1", "PEER2", "PEER3")]
    with database.begin() as connection:
        model = dict(connection.execute(select(Task.__table__)).mappings().first())
        for number, one in enumerate(people):
            task = model | done | {"id": 900 + number, "completed_by": one}
            connection.execute(insert(Task.__table__), task)
        typed = [{"task_id": 900 + n, "person_id": one} for n, one in enumerate(people)]
        spent = [each | {"open_seconds": 900, "active_seconds": 600} for each in typed]
        connection.execute(insert(TaskTime.__table__), spent[:4])

    def burden():
        file = client_as("HRC").client.get("/boards/beban.csv?period=2026Q2")
        lines = csv.reader(file.get_data(as_text=True).splitlines())
        return next(line[1:] for line in lines if "Kependudukan" in line[0])

    assert burden() == ["<5"] * 3
    assert "Sipil***" in client_as("HRC").get("/boards?period=2026Q2").text
    with database.begin() as connection:
        connection.execute(insert(TaskTime.__table__), spent[4:])
    assert burden()[:2] == ["5", "50"]


def test_an_office_sees_its_own_board_and_nobody_else_does(rated, client_as):
    mine = client_as("HRO").get("/boards?period=2026Q2").text
    assert "Kependudukan" in mine
    assert "Badan Kepegawaian" not in mine
    for code in ("EMP", "RTR", "STRANGER", "ADM"):
        assert client_as(code).get("/boards").status == 403
        assert client_as(code).get("/boards/sebaran.csv").status == 403
    assert client_as("AUD").get("/boards").status == 200


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"B": 20, "SB": 5}, {"SB": 5, "B": 20, "BP": 0}),
        ({"B": 20, "SB": 5, "BP": 1}, {"SB": None, "B": 20, "BP": None}),  # else 26 - 25 tells it
        ({"B": 20, "SB": 3, "BP": 2}, {"SB": None, "B": 20, "BP": None}),
        ({"B": 20, "SB": 1, "BP": 1}, {"SB": None, "B": None, "BP": None}),  # a sum of 2: one each
        ({"B": 20, "K": 6, "SB": 2, "BP": 2}, {"SB": None, "BP": None, "K": None, "B": 20}),
        ({"BP": 3}, {"SB": None, "BP": None, "SK": None}),  # a nought would tell it
    ],
)
def test_no_small_number_can_be_derived_from_the_others(counts, shown, database):
    office = Office("/01/", "x", predicates=Counter(counts))
    assert {code: office.shown[code] for code in shown} == shown


@pytest.mark.parametrize(
    ("counts", "passes"),
    [
        ({"B": 15, "SB": 5}, False),
        ({"B": 14, "SB": 6}, False),
        ({"B": 14, "SB": 5, "BP": 1}, True),
    ],
)
def test_a_distribution_is_judged_by_the_table(counts, passes, database):
    assert (figures.breaches("BAIK", counts) == ()) is passes  # domain.md §2.6, DT05

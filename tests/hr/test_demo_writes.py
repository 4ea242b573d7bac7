"""The synthetic city in both databases, and the big one's layout."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import Connection, func, select
from sqlalchemy import Engine as Database

from hr.demo.bulk import write_ratings
from hr.demo.city import install_city
from hr.demo.offices import SIZES
from hr.demo.quarters import write_quarter
from hr.demo.structure import lay_out
from hr.demo.traits import UNIFORM, traits
from hr.directory.tables import Holding, Person, Post
from hr.fairness.tables import GivenRating
from hr.planning.tables import PlanResult
from hr.records.tables import AttendanceMonth
from hr.service.tables import UnitFacts

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)


def test_a_city_is_written_and_rows_of_later_do_not_collide(database: Database) -> None:
    with database.begin() as connection:
        install_city(connection, NOW)
    with database.begin() as connection:
        for table in (Person, Holding):
            count = connection.execute(select(func.count()).select_from(table)).scalar_one()
            assert count == 240
        row = {"unit_id": 1, "title": "Staf Ahli", "kind": "JPT", "grade": 14, "seats": 1}
        done = connection.execute(Post.__table__.insert(), {**row, "valid_from": NOW.date()})
        assert done.inserted_primary_key is not None
    with database.begin() as connection:
        _add_a_year_in_bulk(connection)


def _add_a_year_in_bulk(connection: Connection) -> None:
    """Facts are written once however often they are asked for; ratings are the traits' own."""
    structure = lay_out(SIZES["small"])
    people = [seat.person_id for seat in structure.seats]
    counts = [
        select(func.count()).select_from(table).where(at == when)
        for table, at, when in (
            (PlanResult, PlanResult.period, "2026Q3"),
            (AttendanceMonth, AttendanceMonth.month, date(2026, 9, 1)),
            (UnitFacts, UnitFacts.period, "2026Q3"),
        )
    ]
    for _ in range(2):
        write_quarter(connection, structure, people, "2026Q3")
        results, months, offices = (connection.execute(one).scalar_one() for one in counts)
        assert (months, offices, results > 4 * months) == (240, 6, True)
    assert write_ratings(connection, structure, "2027") == 4 * 239
    (uniform,) = [one for one, what in traits(structure).raters.items() if what == UNIFORM]
    given = select(GivenRating.digits).where(
        GivenRating.rater_id == uniform, GivenRating.period == "2027Q4"
    )
    assert set(connection.execute(given).scalars()) == {"3333333"}


def test_the_big_city_has_fifteen_thousand_seats_and_no_crowded_team() -> None:
    structure = lay_out(SIZES["city"])
    assert len(structure.seats) == 15_000
    raters = [post["rater_post_id"] for post in structure.posts if post["rater_post_id"]]
    staff = [post for post in structure.posts if post["seats"] > 1]
    assert max(post["seats"] for post in staff) <= 8
    assert max(raters.count(post["id"]) for post in structure.posts[:400]) <= 60

"""The synthetic city in both databases, and the big one's layout."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine as Database
from sqlalchemy import func, select

from hr.demo.city import install_city
from hr.demo.offices import SIZES
from hr.demo.structure import lay_out
from hr.directory.tables import Holding, Person, Post

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


def test_the_big_city_has_fifteen_thousand_seats_and_no_crowded_team() -> None:
    structure = lay_out(SIZES["city"])
    assert len(structure.seats) == 15_000
    raters = [post["rater_post_id"] for post in structure.posts if post["rater_post_id"]]
    staff = [post for post in structure.posts if post["seats"] > 1]
    assert max(post["seats"] for post in staff) <= 8
    assert max(raters.count(post["id"]) for post in structure.posts[:400]) <= 60

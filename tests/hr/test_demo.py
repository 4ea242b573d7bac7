"""The synthetic city: always the same, complete, and nobody real."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import func, select

from engine import Engine
from engine.ports import Ports
from hr.accounts.commands import LoggedIn, LogIn
from hr.accounts.queries import demo_logins
from hr.accounts.tables import Account
from hr.campaigns.queries import preview
from hr.demo import cast
from hr.demo.city import install_city
from hr.demo.offices import SIZES
from hr.directory import nip, queries
from hr.directory.tables import Person, Post
from hr.planning.tables import PlanRow
from hr.service.queries import unit_facts
from tests.conftest import MovableClock

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
# What is invented does not depend on the database; test_demo_writes.py writes it into both.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def city(database: Database, ports: Ports, clock: MovableClock) -> Engine:
    with database.begin() as connection:
        install_city(connection, NOW)
    return Engine(database, ports, clock)


def test_the_small_city_has_240_people_in_six_offices(city: Engine) -> None:
    with city.database.connect() as connection:
        assert connection.execute(select(func.count()).select_from(Person)).scalar_one() == 240
        assert len(queries.offices(connection, NOW)) == 6


def test_nobody_in_it_can_be_real_and_every_number_is_right(city: Engine) -> None:
    with city.database.connect() as connection:
        people = connection.execute(select(*Person.__table__.c)).mappings().all()
    for person in people:
        assert nip.is_valid(person["nip"], kind=person["kind"])
        assert person["synthetic"]
        assert int(person["nip"][15:]) >= nip.SYNTHETIC_FROM
        assert person["email"].endswith("@example.test")


def test_everybody_but_the_head_of_all_can_be_rated(city: Engine) -> None:
    seen = city.ask(preview, "2026Q2", at=NOW)
    assert len(seen.reached) == 239
    assert list(seen.left_out.values()) == ["NO_RATER"]


def test_no_post_has_more_holders_than_seats(city: Engine) -> None:
    with city.database.connect() as connection:
        seats = {row.id: row.seats for row in connection.execute(select(Post.id, Post.seats))}
        held = queries.all_lines(connection, NOW).holders
    assert {post: len(holders) for post, holders in held.items()} == seats


def test_plans_have_four_to_six_rows_that_weigh_a_hundred(city: Engine) -> None:
    with city.database.connect() as connection:
        found = connection.execute(
            select(func.count().label("rows"), PlanRow.plan_id).group_by(PlanRow.plan_id)
        ).all()
    assert len(found) == 240
    assert all(4 <= row.rows <= 6 for row in found)
    for office in SIZES["small"]:
        assert sum(plan[5] for plan in office.profile.plans) == 100


def test_all_offices_have_facts_but_one_division_waits_for_its_own(city: Engine) -> None:
    with city.database.connect() as connection:
        units = [row["unit_path"] for row in queries.members(connection, "", NOW)]
        missing = {path for path in units if unit_facts(connection, path, "2026Q2") is None}
    assert missing
    assert all(path.startswith("/01/") for path in missing)


def test_every_login_that_a_demo_names_gets_in_and_they_are_one_line(city: Engine) -> None:
    people = {login.short_name: login.person_id for login in city.ask(demo_logins)}
    assert set(cast.LOGINS) - {"pppk"} == set(people)  # no role, only a way of employment
    for name, password, _ in cast.demo_logins():
        opened = city.execute(LogIn(username=name, password=password, address="192.0.2.1"))
        assert isinstance(opened, LoggedIn)
        assert opened.person_id == people[name]
    assert city.ask(queries.superior, people["emp"], NOW) == people["rtr"]
    assert city.ask(queries.superior, people["rtr"], NOW) == people["su2"]
    assert people["peer1"] in city.ask(queries.peers, people["emp"], NOW)
    for name in ("hrc", "ppk", "trn", "dsn", "aud", "adm", "hro"):
        held = city.ask(queries.roles_of, people[name], NOW)
        assert name.upper() in {grant.role for grant in held}


def test_the_same_size_gives_the_same_city(database: Database) -> None:
    def people() -> list[tuple[str, str]]:
        with database.begin() as connection:
            install_city(connection, NOW)
            found = connection.execute(select(Person.nip, Person.name).order_by(Person.id))
            rows = [(row.nip, row.name) for row in found]
            connection.rollback()
        return rows

    assert people() == people()


def test_accounts_have_their_number_as_user_name(city: Engine) -> None:
    with city.database.connect() as connection:
        found = connection.execute(
            select(Account.username, Person.nip).join(Person, Person.id == Account.person_id)
        ).all()
    assert len(found) == 240
    assert all(row.username == row.nip for row in found)

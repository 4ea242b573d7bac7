"""Who is whose superior on a day, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy import Engine as Database

from engine import Actor, Channel, Engine
from engine.errors import InvalidForm, NotAllowed, NotFound
from engine.model import Scope, StreamKind
from engine.queries import history
from hr.demo.cast import CAST, install_cast
from hr.directory import queries, store
from hr.directory.commands import EndRole, GrantRole
from hr.directory.lines import Lines
from hr.directory.tables import ActingOfficial, Holding
from hr.statements import add

NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
DAY = date(2026, 7, 1)
EMP, RTR, SU2, PPK, HRC, STRANGER = (
    CAST[code] for code in ("EMP", "RTR", "SU2", "PPK", "HRC", "STRANGER")
)
RTR_POST, SU2_POST = 4, 3
AGENCY = Actor(person_id=HRC, channel=Channel.WEB)


@pytest.fixture
def cast(database: Database) -> Iterator[Connection]:
    with database.begin() as connection:
        install_cast(connection, NOW)
        yield connection


def _vacate(connection: Connection, post_id: int, last_day: date = date(2026, 6, 30)) -> None:
    for row in store.occupants(connection, [post_id], DAY):
        (held,) = store.running(connection, Holding, row["person_id"], DAY)
        store.end(connection, Holding, held["id"], last_day)


def _appoint(connection: Connection, person_id: int, post_id: int, kind: str) -> None:
    row = {"person_id": person_id, "post_id": post_id, "kind": kind}
    span = {"valid_from": DAY, "valid_to": date(2026, 9, 30)}
    add(connection, ActingOfficial, [{**row, **span}])


def test_the_holder_of_the_rater_post_is_the_superior(cast: Connection) -> None:
    assert queries.superior(cast, EMP, NOW) == RTR
    assert queries.superior(cast, RTR, NOW) == SU2


def test_a_vacant_post_is_passed_over(cast: Connection) -> None:
    _vacate(cast, RTR_POST)
    assert queries.superior(cast, EMP, NOW) == SU2


def test_an_acting_official_stands_in_for_a_vacant_post(cast: Connection) -> None:
    _vacate(cast, RTR_POST)
    _appoint(cast, STRANGER, RTR_POST, "PLT")
    assert queries.superior(cast, EMP, NOW) == STRANGER


def test_nobody_is_his_own_superior(cast: Connection) -> None:
    _vacate(cast, RTR_POST)
    _appoint(cast, EMP, RTR_POST, "PLT")
    assert queries.superior(cast, EMP, NOW) == SU2
    assert queries.superior(cast, CAST["PEER1"], NOW) == EMP


def test_at_the_top_there_is_nobody(cast: Connection) -> None:
    assert queries.superior(cast, PPK, NOW) is None


def test_the_superior_is_the_one_of_that_day(cast: Connection) -> None:
    _vacate(cast, RTR_POST)
    before = NOW - timedelta(days=2)
    assert queries.superior(cast, EMP, before) == RTR
    assert queries.superior(cast, EMP, NOW) == SU2


def test_the_team_holds_whoever_is_rated_by_one(cast: Connection) -> None:
    under_rater = {EMP, *(CAST[f"PEER{number}"] for number in range(1, 6))}
    assert queries.team(cast, {RTR}, NOW) == under_rater
    _vacate(cast, RTR_POST)
    assert queries.team(cast, {SU2}, NOW) == under_rater


def test_team_and_superior_agree_whatever_is_vacant(cast: Connection) -> None:
    _vacate(cast, RTR_POST)
    _vacate(cast, SU2_POST)
    _appoint(cast, EMP, RTR_POST, "PLT")
    _appoint(cast, CAST["PEER1"], SU2_POST, "PLT")
    everybody = list(CAST.values())
    lines = queries.all_lines(cast, NOW)
    for person in everybody:
        rated = {one for one in everybody if queries.superior(cast, one, NOW) == person}
        assert queries.team(cast, {person}, NOW) == rated
        assert rated == {one for one in everybody if lines.superior(one) == person}


def test_peers_share_unit_or_rater_and_are_neither_above_nor_below(cast: Connection) -> None:
    peers = {CAST[f"PEER{number}"] for number in range(1, 6)}
    assert set(queries.peers(cast, EMP, NOW)) == peers
    assert not peers & set(queries.peers(cast, RTR, NOW))


def test_a_circle_in_the_reporting_lines_ends(cast: Connection) -> None:
    circle = Lines({1: 10}, {10: 11, 11: 10}, {10: [1]}, {})
    assert circle.superior(1) is None


def test_people_are_listed_by_name_page_by_page(cast: Connection) -> None:
    everywhere = Scope(path_prefixes=frozenset({""}))
    seen: list[str] = []
    after = None
    while True:
        page = queries.people(cast, everywhere, after=after, limit=5, at=NOW)
        seen += [row.name for row in page.rows]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == len(CAST)


def test_people_outside_the_scope_are_not_listed(cast: Connection) -> None:
    office = Scope(path_prefixes=frozenset({"/01/"}), subjects=frozenset({STRANGER}))
    ids = {row.id for row in queries.people(cast, office, limit=50, at=NOW).rows}
    assert STRANGER in ids
    assert EMP in ids
    assert HRC not in ids


def test_a_search_finds_names_and_numbers_and_takes_wildcards_literally(cast: Connection) -> None:
    everywhere = Scope(path_prefixes=frozenset({""}))
    found = queries.people(cast, everywhere, text="wulandari", at=NOW).rows
    assert [row.id for row in found] == [EMP]
    by_number = queries.people(cast, everywhere, text=found[0].nip, at=NOW).rows
    assert [row.id for row in by_number] == [EMP]
    assert queries.people(cast, everywhere, text="xx%", at=NOW).rows == ()


def test_an_unknown_person_is_not_found(cast: Connection) -> None:
    with pytest.raises(NotFound, match="999"):
        queries.person(cast, 999, NOW)


def test_roles_are_granted_for_a_time_and_leave_a_trace(engine: Engine) -> None:
    grant = GrantRole(person_id=STRANGER, role="TRN", valid_from=DAY, reason="SK 2/2026")
    engine.execute(grant, by=AGENCY)
    held = engine.ask(queries.roles_of, STRANGER, NOW)
    assert [each.role for each in held] == ["TRN"]
    end = EndRole(person_id=STRANGER, role="TRN", last_day=DAY, reason="Selesai")
    engine.execute(end, by=AGENCY)
    assert engine.ask(queries.roles_of, STRANGER, NOW + timedelta(days=1)) == ()
    kinds = [e.kind for e in engine.ask(history.events, StreamKind.PERSON, str(STRANGER))]
    assert kinds == ["ROLE_CHANGED", "ROLE_CHANGED"]


def test_only_the_agency_grants_roles_and_never_to_itself(engine: Engine) -> None:
    own = GrantRole(person_id=HRC, role="ADM", valid_from=DAY, reason="-")
    with pytest.raises(NotAllowed) as refused:
        engine.execute(own, by=AGENCY)
    assert refused.value.reason == "OWN_CASE"
    with pytest.raises(NotAllowed):
        engine.execute(own, by=Actor(person_id=STRANGER, channel=Channel.WEB))


def test_a_unit_role_needs_its_unit(engine: Engine) -> None:
    grant = GrantRole(person_id=STRANGER, role="HRO", valid_from=DAY, reason="-")
    with pytest.raises(InvalidForm):
        engine.execute(grant, by=AGENCY)

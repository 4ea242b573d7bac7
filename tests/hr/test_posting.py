"""Who is in a post: acting officials for a time and moves, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from engine import Actor, Channel, Engine
from engine.errors import InvalidForm, NotAllowed, NotFound
from engine.model import StreamKind
from engine.queries import history
from hr.demo.cast import CAST
from hr.directory import queries
from hr.structure.commands import AppointActing, EndActing, TransferPerson
from hr.structure.queries import post_page

NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
DAY = date(2026, 7, 1)
EMP, RTR, PPK, HRC, HRO, STRANGER = (
    CAST[code] for code in ("EMP", "RTR", "PPK", "HRC", "HRO", "STRANGER")
)
HEAD_OF_SECTION, HEAD_OF_AGENCY, ANALYST = 4, 7, 8


def by(code: str) -> Actor:
    return Actor(person_id=CAST[code], channel=Channel.WEB)


def acting(**more: object) -> AppointActing:
    given = {
        "person_id": STRANGER,
        "post_id": HEAD_OF_SECTION,
        "kind": "PLH",
        "decree": "SK 3/2026",
        "valid_from": DAY,
        "valid_to": date(2026, 7, 10),
    }
    return AppointActing(**(given | more))  # type: ignore[arg-type]


def move(**more: object) -> TransferPerson:
    given = {"person_id": EMP, "post_id": ANALYST, "valid_from": date(2026, 7, 15)}
    return TransferPerson(**(given | {"reason": "Mutasi SK 1/2026"} | more))  # type: ignore[arg-type]


def at(day: int) -> datetime:
    return datetime(2026, 7, day, 3, tzinfo=UTC)


def problem(engine: Engine, command: object) -> tuple[str, str]:
    with pytest.raises(InvalidForm) as refused:
        engine.execute(command, by=by("HRC"))  # type: ignore[arg-type]
    return refused.value.problems[0].path, refused.value.problems[0].code


def test_a_transfer_ends_the_old_post_the_day_before(engine: Engine) -> None:
    engine.execute(move(), by=by("HRC"))
    assert engine.ask(queries.superior, EMP, at(14)) == RTR
    assert engine.ask(queries.superior, EMP, at(15)) == PPK
    kinds = [e.kind for e in engine.ask(history.events, StreamKind.PERSON, str(EMP))]
    assert kinds == ["ROW_CHANGED", "ROW_CHANGED"]
    assert problem(engine, move(valid_from=date(2026, 8, 1))) == ("person_id", "holder")
    assert problem(engine, move(post_id=10)) == ("valid_from", "earlier")


def test_nonsense_moves_nobody(engine: Engine) -> None:
    assert problem(engine, move(reason=" ")) == ("decree", "required")
    assert problem(engine, move(valid_from=date(1990, 1, 1))) == ("person_id", "left")
    with pytest.raises(NotFound):
        engine.execute(move(post_id=999), by=by("HRC"))
    with pytest.raises(NotFound):
        engine.execute(move(person_id=999), by=by("HRC"))


def test_an_acting_official_is_appointed_for_a_time(engine: Engine) -> None:
    engine.execute(acting(valid_from=date(2026, 7, 5)), by=by("HRO"))
    assert engine.ask(queries.covered_by, STRANGER, NOW) == frozenset()
    assert engine.ask(queries.covered_by, STRANGER, at(5)) == {RTR}
    assert engine.ask(queries.covered_by, STRANGER, NOW + timedelta(days=30)) == frozenset()
    (row,) = engine.ask(post_page, HEAD_OF_SECTION, NOW).acting
    assert (row.person_id, row.decree, row.state) == (STRANGER, "SK 3/2026", "COMING")


def test_nonsense_appoints_nobody(engine: Engine) -> None:
    engine.execute(acting(), by=by("HRC"))
    later = {"valid_from": date(2026, 7, 10), "valid_to": date(2026, 7, 20)}
    assert problem(engine, acting(person_id=EMP, **later)) == ("valid_from", "overlap")
    assert problem(engine, acting(kind="PJ")) == ("kind", "option")
    assert problem(engine, acting(decree="")) == ("decree", "required")
    assert problem(engine, acting(decree="x" * 81)) == ("decree", "length")
    assert problem(engine, acting(valid_to=date(2026, 6, 1))) == ("valid_to", "before_start")
    assert problem(engine, acting(person_id=RTR)) == ("person_id", "holder")
    early = {"valid_from": date(1980, 1, 1), "valid_to": date(1980, 1, 2)}
    assert problem(engine, acting(**early)) == ("person_id", "left")
    before_there_was_a_post = {"valid_from": date(2021, 1, 1), "valid_to": date(2021, 1, 2)}
    assert problem(engine, acting(**before_there_was_a_post)) == ("post_id", "post_gone")
    assert len(engine.ask(post_page, HEAD_OF_SECTION, NOW).acting) == 1


def test_it_ends_early_and_a_coming_one_is_withdrawn(engine: Engine) -> None:
    now = engine.execute(acting(), by=by("HRC"))
    engine.execute(EndActing(acting_id=now, last_day=DAY), by=by("HRO"))
    assert engine.ask(queries.covered_by, STRANGER, NOW) == {RTR}
    assert engine.ask(queries.covered_by, STRANGER, at(2)) == frozenset()
    assert problem(engine, EndActing(acting_id=now, last_day=DAY)) == ("last_day", "range")
    coming = engine.execute(acting(valid_from=date(2026, 7, 5)), by=by("HRC"))
    engine.execute(EndActing(acting_id=coming, last_day=DAY), by=by("HRC"))
    states = [row.state for row in engine.ask(post_page, HEAD_OF_SECTION, NOW).acting]
    assert states == ["WITHDRAWN", "NOW"]
    assert engine.ask(queries.covered_by, STRANGER, at(6)) == frozenset()
    engine.execute(acting(valid_from=date(2026, 7, 5)), by=by("HRC"))  # the days are free again
    with pytest.raises(NotFound):
        engine.execute(EndActing(acting_id=999, last_day=DAY), by=by("HRC"))


def test_what_has_been_stays_so(engine: Engine) -> None:
    long = engine.execute(acting(valid_from=date(2026, 6, 1)), by=by("HRC"))
    refused = EndActing(acting_id=long, last_day=date(2026, 6, 10))
    assert problem(engine, refused) == ("last_day", "range")
    assert engine.ask(queries.covered_by, STRANGER, at(1)) == {RTR}


@pytest.mark.parametrize("code", ["EMP", "RTR", "SU2", "PPK", "AUD", "ADM", "STRANGER"])
def test_strangers_appoint_and_move_nobody(engine: Engine, code: str) -> None:
    given = engine.execute(acting(person_id=CAST["PEER1"]))
    for command in (
        acting(person_id=CAST["PEER2"], valid_from=date(2026, 8, 1), valid_to=date(2026, 8, 2)),
        EndActing(acting_id=given, last_day=DAY),
        move(),
    ):
        with pytest.raises(NotAllowed):
            engine.execute(command, by=by(code))  # type: ignore[arg-type]


def test_an_officer_stays_in_the_office_and_decides_nothing_about_oneself(engine: Engine) -> None:
    for command, code in (
        (acting(post_id=HEAD_OF_AGENCY), "HRO"),
        (acting(person_id=HRO), "HRO"),
        (acting(post_id=HEAD_OF_AGENCY, person_id=HRC), "HRC"),
        (move(person_id=HRC, post_id=10), "HRC"),
        (move(), "HRO"),
    ):
        with pytest.raises(NotAllowed):
            engine.execute(command, by=by(code))  # type: ignore[arg-type]
    own = engine.execute(acting(person_id=HRO))
    with pytest.raises(NotAllowed) as refused:
        engine.execute(EndActing(acting_id=own, last_day=DAY), by=by("HRO"))
    assert refused.value.reason == "OWN_CASE"

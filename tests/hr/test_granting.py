"""Roles are given by one, and those that open much by two."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from engine import PLATFORM, Actor
from engine.errors import InvalidForm, InvalidState, NotAllowed
from engine.model import Channel, StreamKind
from engine.queries import history
from hr.demo.cast import CAST
from hr.directory import queries as directory
from hr.directory.commands import GrantRole
from hr.directory.tables import RoleGrant
from hr.granting import queries
from hr.granting.commands import DecideRole, GiveGroupRole, Given, GiveRole, TakeRole
from hr.notices.queries import unread

TODAY = date(2026, 7, 1)
STRANGER = CAST["STRANGER"]
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def by(code):
    return Actor(person_id=CAST[code], channel=Channel.WEB)


def give(role, person_id=STRANGER, **more):
    return GiveRole(person_id=person_id, role=role, valid_from=TODAY, reason="SK 3/2026", **more)


def roles(engine, clock, person_id=STRANGER):
    return {one.role for one in engine.ask(directory.roles_of, person_id, clock.now)}


def notices(engine, code):
    return [one.notice for one in engine.ask(unread, CAST[code])]


def test_a_role_that_opens_much_is_proposed_by_one_and_given_by_another(engine, clock):
    assert engine.execute(give("ADM"), by=by("ADM")) is Given.PROPOSED
    assert roles(engine, clock) == set()
    (waiting,) = engine.ask(queries.proposals)
    assert (waiting.role, waiting.person_id, waiting.proposed_by) == ("ADM", STRANGER, CAST["ADM"])
    told = {code for code in CAST if "ROLE_PROPOSED" in notices(engine, code)}
    assert told == {"HRC", "HRC2"}  # neither who proposed it nor who would get it
    decide = DecideRole(proposal_id=waiting.id, approved=True)
    for wrong, reason in [("ADM", "SAME_PERSON"), ("HRO", "NO_ROLE"), ("STRANGER", "NO_ROLE")]:
        with pytest.raises(NotAllowed) as refused:
            engine.execute(decide, by=by(wrong))
        assert refused.value.reason == reason
    engine.execute(decide, by=by("HRC"))
    assert roles(engine, clock) == {"ADM"}
    assert notices(engine, "ADM") == ["ROLE_APPROVED"]
    with pytest.raises(InvalidState):
        engine.execute(decide, by=by("HRC2"))
    told = engine.ask(history.events, StreamKind.PERSON, str(STRANGER))
    happened = [(e.detail.get("what", e.kind), e.person_id) for e in told if e.outcome == "OK"]
    assert [one for one in happened if one[0].startswith("ROLE")] == [
        ("ROLE_PROPOSED", CAST["ADM"]),
        ("ROLE_APPROVED", CAST["HRC"]),
        ("ROLE_CHANGED", CAST["HRC"]),
    ]


@on_sqlite
@pytest.mark.parametrize("role", ["ADM", "AUD", "DSN", "HRC"])
def test_no_way_leads_around_the_second_person(engine, clock, role):
    for code in ("HRC", "HRC2"):
        with pytest.raises(NotAllowed):
            engine.execute(
                GrantRole(person_id=STRANGER, role=role, valid_from=TODAY, reason="-"), by=by(code)
            )
    engine.execute(give(role, CAST["HRC2"]), by=by("HRC"))
    (waiting,) = engine.ask(queries.proposals)
    with pytest.raises(NotAllowed):  # who would get it is no second person
        engine.execute(DecideRole(proposal_id=waiting.id, approved=True), by=by("HRC2"))
    engine.execute(DecideRole(proposal_id=waiting.id, approved=False), by=by("ADM"))
    assert engine.ask(queries.proposals) == ()
    assert roles(engine, clock, CAST["HRC2"]) == {"HRC"}
    assert (
        engine.execute(GiveGroupRole(group_name="staf", role=role, reason="-"), by=by("ADM"))
        is Given.PROPOSED
    )
    assert engine.ask(queries.group_roles) == ()


@on_sqlite
def test_a_role_for_a_unit_is_given_at_once_and_ends_with_a_day(engine, clock):
    assert engine.execute(give("HRO", unit_id=1), by=by("ADM")) is Given.GRANTED
    (held,) = engine.ask(queries.grants_of, STRANGER, clock.now)
    take = TakeRole(grant_id=held.id, last_day=TODAY - timedelta(days=1), reason="keliru")
    with pytest.raises(NotAllowed):
        engine.execute(take, by=by("STRANGER"))
    with pytest.raises(InvalidForm):
        engine.execute(replace(take, last_day=TODAY - timedelta(days=2)), by=by("ADM"))
    engine.execute(take, by=by("ADM"))
    assert roles(engine, clock) == set()


@on_sqlite
@pytest.mark.parametrize(
    "wrong", [{"role": "KING"}, {"role": "HRO"}, {"role": "TRN", "unit_id": 1}, {"reason": " "}]
)
def test_what_no_role_can_be_is_refused(engine, wrong):
    command = replace(give("TRN"), **wrong)
    with pytest.raises(InvalidForm):
        engine.execute(command, by=by("ADM"))


@on_sqlite
def test_nobody_gives_himself_anything(engine):
    for role in ("TRN", "HRC"):
        with pytest.raises(NotAllowed):
            engine.execute(give(role, CAST["ADM"]), by=by("ADM"))


@on_sqlite
def test_the_first_administrator_gives_alone_until_anybody_else_could_approve(engine, clock):
    with engine.database.begin() as connection:
        connection.execute(delete(RoleGrant))
    grant = GrantRole(person_id=CAST["ADM"], role="ADM", valid_from=TODAY, reason="first run")
    engine.execute(grant, by=PLATFORM)
    assert engine.execute(give("AUD"), by=by("ADM")) is Given.GRANTED
    assert engine.execute(give("HRC", CAST["HRC"]), by=by("ADM")) is Given.GRANTED
    assert engine.execute(give("DSN", CAST["DSN"]), by=by("ADM")) is Given.PROPOSED
    (held,) = engine.ask(queries.grants_of, CAST["HRC"], clock.now)
    take = TakeRole(grant_id=held.id, last_day=TODAY, reason="berhenti")
    engine.execute(take, by=by("ADM"))
    clock.move(timedelta(days=2))  # he is alone again, and stays bound
    late = replace(give("DSN", CAST["DSN"]), valid_from=date(2026, 7, 3))
    assert engine.execute(late, by=by("ADM")) is Given.PROPOSED

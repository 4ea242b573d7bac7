"""Statements on draws, invitations, conflicts, office rules and results."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from hr.directory import store as directory
from hr.evaluation.tables import (
    OfficeRule,
    RaterConflict,
    RaterDraw,
    RaterInvitation,
    Result,
)
from hr.statements import Row, add, add_one, first, rows


def form_counts(
    connection: Connection, ids: Collection[int], period: str, besides: int
) -> dict[int, int]:
    """Count the forms each of these persons was asked for in a period, not counting one case."""
    found = (
        select(RaterInvitation.rater_id, func.count().label("forms"))
        .where(
            RaterInvitation.rater_id.in_(ids),
            RaterInvitation.period == period,
            RaterInvitation.instance_id != besides,
        )
        .group_by(RaterInvitation.rater_id)
    )
    return {row["rater_id"]: row["forms"] for row in rows(connection, found)}


def conflicts(connection: Connection, person_id: int, day: date) -> set[int]:
    """Read with whom somebody has a declared conflict of interest on a day."""
    found = select(RaterConflict.person_id, RaterConflict.other_id).where(
        or_(RaterConflict.person_id == person_id, RaterConflict.other_id == person_id),
        RaterConflict.valid_from <= day,
        RaterConflict.valid_to >= day,
    )
    pairs = rows(connection, found)
    return {one for pair in pairs for one in pair.values()} - {person_id}


def add_conflict(connection: Connection, row: Mapping[str, Any]) -> None:
    """Write down a conflict of interest."""
    add(connection, RaterConflict, [row])


def conflict(connection: Connection, person_id: int, other_id: int, valid_from: date) -> Row | None:
    """Read a declared conflict of interest by what tells it from others."""
    found = select(*RaterConflict.__table__.c).where(_is((person_id, other_id, valid_from)))
    return first(connection, found)


def conflict_within(
    connection: Connection, person_id: int, other_id: int, start: date, end: date
) -> bool:
    """Tell whether somebody declared a conflict with a person for a day of a span."""
    found = select(RaterConflict.person_id).where(
        RaterConflict.person_id == person_id,
        RaterConflict.other_id == other_id,
        RaterConflict.valid_from <= end,
        RaterConflict.valid_to >= start,
    )
    return first(connection, found) is not None


def end_conflict(connection: Connection, key: tuple[int, int, date], last: date) -> None:
    """Let a conflict end with a day; take it away where that is before its first."""
    if last < key[2]:
        connection.execute(delete(RaterConflict).where(_is(key)))
    else:
        connection.execute(update(RaterConflict).where(_is(key)).values(valid_to=last))


def declared(connection: Connection, person_id: int | None, day: date, limit: int) -> list[Row]:
    """Read the conflicts not over on a day that are one person's, or everybody's; newest first."""
    found = select(*RaterConflict.__table__.c).where(RaterConflict.valid_to >= day)
    if person_id is not None:
        found = found.where(RaterConflict.person_id == person_id)
    newest = (RaterConflict.valid_from.desc(), RaterConflict.person_id, RaterConflict.other_id)
    return rows(connection, found.order_by(*newest).limit(limit))


def _is(key: tuple[int, int, date]) -> ColumnElement[bool]:
    person_id, other_id, valid_from = key
    return and_(
        RaterConflict.person_id == person_id,
        RaterConflict.other_id == other_id,
        RaterConflict.valid_from == valid_from,
    )


def set_draw(
    connection: Connection, row: Mapping[str, Any], invited: Iterable[tuple[int, str]]
) -> None:
    """Write a case's draw and invitations in place of former ones."""
    instance_id = row["instance_id"]
    for table in (RaterInvitation, RaterDraw):
        connection.execute(delete(table).where(table.instance_id == instance_id))
    add(connection, RaterDraw, [row])
    base = {"instance_id": instance_id, "period": row["period"]}
    add(
        connection,
        RaterInvitation,
        ({**base, "rater_id": rater, "relation": relation} for rater, relation in invited),
    )


def draw(connection: Connection, instance_id: int) -> Row | None:
    """Read a case's draw."""
    found = select(*RaterDraw.__table__.c).where(RaterDraw.instance_id == instance_id)
    return first(connection, found)


def office_rule(connection: Connection, unit_ids: Collection[int], day: date) -> Row | None:
    """Read the rule of whichever of these units has one on a day."""
    found = select(OfficeRule.unit_id, OfficeRule.peer_quarters).where(
        OfficeRule.unit_id.in_(unit_ids), OfficeRule.valid_from <= day, OfficeRule.valid_to >= day
    )
    return first(connection, found)


def set_office_rule(connection: Connection, row: Mapping[str, Any]) -> None:
    """Let an office have a rule from a day on, in place of whatever it had from then on."""
    of_office = OfficeRule.unit_id == row["unit_id"]
    start = row["valid_from"]
    connection.execute(delete(OfficeRule).where(of_office, OfficeRule.valid_from >= start))
    ends = update(OfficeRule).where(of_office, OfficeRule.valid_to >= start)
    connection.execute(ends.values(valid_to=start - timedelta(days=1)))
    add(connection, OfficeRule, [row])


def office_rules(connection: Connection, day: date) -> list[Row]:
    """Read the rules of all offices that hold on a day, or will."""
    found = select(*OfficeRule.__table__.c).where(OfficeRule.valid_to >= day)
    return rows(connection, found.order_by(OfficeRule.unit_id, OfficeRule.valid_from))


def add_result(connection: Connection, row: Mapping[str, Any]) -> int:
    """Write a disclosed result and give its number."""
    return add_one(connection, Result, row)


def result_of_case(connection: Connection, instance_id: int) -> Row | None:
    """Read the result that a case disclosed."""
    found = select(*Result.__table__.c).where(Result.instance_id == instance_id)
    return first(connection, found)


def result(connection: Connection, number: int) -> Row | None:
    """Read a result by its number."""
    return first(connection, select(*Result.__table__.c).where(Result.id == number))


def freeze(connection: Connection, number: int, instance_id: int) -> bool:
    """Let a result rest for an objection's case; tell whether it was free."""
    free = update(Result).where(Result.id == number, Result.frozen_for.is_(None))
    return bool(connection.execute(free.values(frozen_for=instance_id)).rowcount)


def unfreeze(connection: Connection, number: int) -> None:
    """Let a result count again."""
    connection.execute(update(Result).where(Result.id == number).values(frozen_for=None))


def replace(connection: Connection, number: int, by: int) -> None:
    """Put another result in the place of one."""
    connection.execute(update(Result).where(Result.id == number).values(replaced_by=by))


def predicates_of(connection: Connection, period: str) -> list[Row]:
    """Read who has which predicate of a period, as it counts."""
    found = select(Result.person_id, Result.predicate).where(
        Result.period == period, Result.replaced_by.is_(None)
    )
    return rows(connection, found)


def predicates_by_path(
    connection: Connection, prefixes: Collection[str], period: str, day: date, serving: date
) -> list[Row]:
    """Count a period's predicates, as they count, by the unit where who has them sits."""
    people = directory.placed(prefixes, day, serving).subquery()
    keys = (people.c.unit_path, Result.predicate)
    found = (
        select(*keys, func.count().label("people"))
        .join(Result, Result.person_id == people.c.person_id)
        .where(Result.period == period, Result.replaced_by.is_(None))
    )
    return rows(connection, found.group_by(*keys))


def results_of_many(connection: Connection, people: Collection[int]) -> list[Row]:
    """Read the results of some persons that no other has replaced, the newest period first."""
    found = select(*Result.__table__.c).where(
        Result.person_id.in_(people), Result.replaced_by.is_(None)
    )
    return rows(connection, found.order_by(Result.period.desc(), Result.id.desc()))


_RESULTS = (  # built once: every case of the year asks
    select(*Result.__table__.c)
    .where(Result.person_id == bindparam("id", type_=Integer), Result.replaced_by.is_(None))
    .order_by(Result.period.desc(), Result.id.desc())
)


def results(connection: Connection, person_id: int) -> list[Row]:
    """Read a person's results, the newest period first."""
    return rows(connection, _RESULTS, {"id": person_id})


def last_predicate(connection: Connection, person_id: int, before: str) -> str | None:
    """Read the newest predicate of a period before this one."""
    found = (
        select(Result.predicate)
        .where(Result.person_id == person_id, Result.period < before, Result.replaced_by.is_(None))
        .order_by(Result.period.desc(), Result.id.desc())
        .limit(1)
    )
    return connection.execute(found).scalar_one_or_none()

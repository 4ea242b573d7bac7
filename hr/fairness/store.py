"""Statements on given ratings, runs and findings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    String,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from engine import quick
from hr.directory.tables import Person
from hr.fairness.tables import FairnessFinding, FairnessRun, GivenRating
from hr.statements import Row, add, add_one, first, rows

# Built once: what every case asks of a campaign of everybody.
_DIGITS = (
    select(GivenRating.digits)
    .where(
        GivenRating.period.in_(bindparam("periods", expanding=True)),
        GivenRating.person_id == bindparam("id", type_=Integer),
    )
    .order_by(GivenRating.id)
)
_NEWEST = (
    select(*FairnessRun.__table__.c)
    .where(
        FairnessRun.period == bindparam("period", type_=String),
        FairnessRun.computed_at.is_not(None),
    )
    .order_by(FairnessRun.id.desc())
    .limit(1)
)
_OF_RATER = (
    select(*FairnessFinding.__table__.c)
    .where(
        FairnessFinding.run_id == bindparam("run", type_=Integer),
        FairnessFinding.rater_id == bindparam("rater", type_=Integer),
    )
    .order_by(FairnessFinding.id)
)


def set_given(connection: Connection, row: Mapping[str, Any]) -> None:
    """Write what a superior gave in a case, in place of what stood there."""
    same = GivenRating.instance_id == row["instance_id"]
    connection.execute(delete(GivenRating).where(same))
    connection.execute(insert(GivenRating), dict(row))


def given(connection: Connection, periods: Collection[str]) -> list[Row]:
    """Read the ratings of some periods."""
    found = select(
        GivenRating.person_id,
        GivenRating.rater_id,
        GivenRating.office_path,
        GivenRating.period,
        GivenRating.digits,
    ).where(GivenRating.period.in_(periods))
    return rows(connection, found.order_by(GivenRating.id))


def digits_of(connection: Connection, person_id: int, periods: Collection[str]) -> list[str]:
    """Read what superiors gave a person in some periods."""
    wanted = {"id": person_id, "periods": list(periods)}
    return [row.digits for row in quick.run(connection, _DIGITS, wanted)]


def groups_of(connection: Connection, ids: Collection[int]) -> dict[int, Row]:
    """Read sex, birthday and kind of persons, by number."""
    found = select(Person.id, Person.sex, Person.born_on, Person.kind).where(Person.id.in_(ids))
    return {row["id"]: row for row in rows(connection, found)}


def rated_by(connection: Connection, rater_id: int, since: datetime) -> list[datetime]:
    """Read when somebody's ratings were settled since a moment, the oldest first."""
    found = select(GivenRating.at).where(GivenRating.rater_id == rater_id, GivenRating.at >= since)
    return list(connection.execute(found.order_by(GivenRating.at)).scalars())


def add_run(connection: Connection, row: Mapping[str, Any]) -> int:
    """Write a run that is asked for, and give its number."""
    return add_one(connection, FairnessRun, row)


def finish_run(connection: Connection, number: int, values: Mapping[str, Any]) -> None:
    """Write down that a run is computed."""
    connection.execute(update(FairnessRun).where(FairnessRun.id == number).values(**values))


def run(connection: Connection, number: int) -> Row | None:
    """Read a run."""
    return first(connection, select(*FairnessRun.__table__.c).where(FairnessRun.id == number))


def add_findings(connection: Connection, found: Iterable[Mapping[str, Any]]) -> None:
    """Write what a run found."""
    add(connection, FairnessFinding, found)


def newest(connection: Connection, period: str) -> Row | None:
    """Read a year's newest computed run."""
    return first(connection, _NEWEST, {"period": period})


def waiting(connection: Connection, period: str) -> bool:
    """Tell whether a run for a year is asked for and not yet computed."""
    newest = select(func.max(FairnessRun.id)).where(FairnessRun.period == period).scalar_subquery()
    found = select(FairnessRun.computed_at).where(FairnessRun.id == newest)
    row = connection.execute(found).first()
    return row is not None and row.computed_at is None


def findings(
    connection: Connection, run_id: int, kinds: Collection[str], state: str | None = None
) -> list[Row]:
    """Read a run's findings of some kinds; all of them, or those in a state."""
    found = select(*FairnessFinding.__table__.c).where(
        FairnessFinding.run_id == run_id, FairnessFinding.kind.in_(kinds)
    )
    if state is not None:
        found = found.where(FairnessFinding.state == state)
    return rows(connection, found.order_by(FairnessFinding.id))


def of_rater(connection: Connection, run_id: int, rater_id: int) -> list[Row]:
    """Read a run's findings about a rater."""
    return rows(connection, _OF_RATER, {"run": run_id, "rater": rater_id})

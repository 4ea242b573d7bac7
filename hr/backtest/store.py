"""Statements on backtests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, delete, func, select, update

from hr.backtest.tables import Backtest, BacktestCase
from hr.directory.tables import Person
from hr.statements import Row, add, add_one, first, rows

_people = func.count(func.distinct(BacktestCase.person_id))
_changed = func.count(func.distinct(case((BacktestCase.changed, BacktestCase.person_id))))


def add_run(connection: Connection, row: Mapping[str, Any]) -> int:
    """Write down what is asked, and give its number."""
    return add_one(connection, Backtest, row)


def run(connection: Connection, number: int) -> Row | None:
    """Read a backtest."""
    return first(connection, select(*Backtest.__table__.c).where(Backtest.id == number))


def of_draft(connection: Connection, draft_id: int, most: int) -> list[Row]:
    """Read a draft's backtests, the newest first."""
    found = select(*Backtest.__table__.c).where(Backtest.draft_id == draft_id)
    return rows(connection, found.order_by(Backtest.id.desc()).limit(most))


def change(connection: Connection, number: int, values: Mapping[str, Any]) -> None:
    """Write how far a backtest is."""
    connection.execute(update(Backtest).where(Backtest.id == number).values(**values))


def add_cases(connection: Connection, new: Iterable[Mapping[str, Any]]) -> None:
    """Write decisions that were asked again."""
    add(connection, BacktestCase, new)


def forget(connection: Connection, before: datetime) -> None:
    """Drop which decisions came out otherwise in backtests older than this; the sums stay."""
    old = select(Backtest.id).where(Backtest.asked_at < before)
    connection.execute(delete(BacktestCase).where(BacktestCase.backtest_id.in_(old)))


def whole(connection: Connection, number: int) -> Row:
    """Count the people of a backtest, and those who come out otherwise."""
    found = select(_people.label("people"), _changed.label("changed"))
    row = first(connection, found.where(BacktestCase.backtest_id == number))
    return row or {"people": 0, "changed": 0}


def by_office(connection: Connection, number: int) -> list[Row]:
    """Count them for each office, by its path."""
    found = select(
        BacktestCase.office_path.label("name"), _people.label("people"), _changed.label("changed")
    )
    grouped = found.where(BacktestCase.backtest_id == number).group_by(BacktestCase.office_path)
    return rows(connection, grouped.order_by(BacktestCase.office_path))


def by_group(connection: Connection, number: int, column: str) -> list[Row]:
    """Count them for each `sex` or each `kind` of employment."""
    of = Person.__table__.c[column]
    found = (
        select(of.label("name"), _people.label("people"), _changed.label("changed"))
        .select_from(BacktestCase)
        .join(Person, Person.id == BacktestCase.person_id)
        .where(BacktestCase.backtest_id == number)
        .group_by(of)
        .order_by(of)
    )
    return rows(connection, found)


def changed_places(
    connection: Connection, number: int, after: tuple[int, int], most: int
) -> list[tuple[int, int]]:
    """Give stream and number of the next decisions that came out otherwise."""
    stream, seq = after
    later = (BacktestCase.stream_id > stream) | (
        (BacktestCase.stream_id == stream) & (BacktestCase.seq > seq)
    )
    found = (
        select(BacktestCase.stream_id, BacktestCase.seq)
        .where(BacktestCase.backtest_id == number, BacktestCase.changed, later)
        .order_by(BacktestCase.stream_id, BacktestCase.seq)
        .limit(most)
    )
    return [(row.stream_id, row.seq) for row in connection.execute(found)]

"""What is asked about catalogues: which there are, one as a tree, what hangs on nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection

from hr.indicators import rules, store
from hr.indicators.rules import Orphans
from hr.statements import Row


@dataclass(frozen=True)
class Version:
    """A published version of a year's catalogue."""

    id: int
    year: int
    version: int
    vision: str
    instance_id: int
    case_no: str
    published_at: datetime


@dataclass(frozen=True)
class Indicator:
    """An office's indicator (IKU)."""

    code: str
    goal: str
    office_path: str
    text: str
    measure: str
    formula: str
    source: str
    direction: str
    baseline: Decimal | None
    target: Decimal
    dimension: str
    level: str


@dataclass(frozen=True)
class Goal:
    """A mission with its goals, or a goal with its indicators."""

    code: str
    text: str
    goals: tuple[Goal, ...] = ()
    indicators: tuple[Indicator, ...] = ()


@dataclass(frozen=True)
class Tree:
    """A catalogue from its vision down; `loose` are indicators for no goal."""

    version: Version
    missions: tuple[Goal, ...]
    loose: tuple[Indicator, ...]
    orphans: Orphans


def versions(connection: Connection) -> tuple[Version, ...]:
    """List the versions, the newest year's newest first."""
    return tuple(Version(**row) for row in store.all_of_them(connection))


def tree(connection: Connection, catalogue_id: int) -> Tree | None:
    """Give a version as a tree, or None."""
    row = store.get(connection, catalogue_id)
    if row is None:
        return None
    known = store.goals(connection, catalogue_id)
    measured = [_indicator(each) for each in store.indicators(connection, catalogue_id)]
    parents = {each["code"]: each["parent"] for each in known}
    goals = {
        each["code"]: Goal(
            each["code"],
            each["text"],
            indicators=tuple(one for one in measured if one.goal == each["code"]),
        )
        for each in known
    }
    missions = tuple(
        Goal(
            code,
            goal.text,
            goals=tuple(goals[below] for below, parent in parents.items() if parent == code),
            indicators=goal.indicators,
        )
        for code, goal in goals.items()
        if not parents[code]
    )
    found = rules.orphans(parents, [(one.code, one.goal) for one in measured])
    loose = tuple(one for one in measured if one.goal not in goals)
    return Tree(Version(**row), missions, loose, found)


def open_years(connection: Connection, at: datetime) -> tuple[int, ...]:
    """Name the years for which a catalogue may be drafted: this one and the next."""
    return (at.year, at.year + 1)


def _indicator(row: Row) -> Indicator:
    return Indicator(**{name: row[name] for name in Indicator.__dataclass_fields__})

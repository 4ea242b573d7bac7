"""Backtests as somebody may see them: whole, or without what is too small to be said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine.errors import NotFound
from hr.backtest import rules, store
from hr.backtest.rules import Group
from hr.directory import queries as directory
from hr.permissions import queries as permissions
from hr.statements import Row


@dataclass(frozen=True)
class Run:
    """A backtest as lists show it; total, done -- recorded decisions."""

    id: int
    draft_id: int
    revision: int
    path: str
    decision: str
    since: datetime
    until: datetime
    asked_at: datetime
    total: int
    done: int
    done_at: datetime | None


@dataclass(frozen=True)
class Outcome:
    """What came out: how many people change, in all and by office, sex and kind of employment.

    decisions -- SAME, CHANGED, FAILED, UNREADABLE -> how many, None where hidden; moves -- from
    what to what, how often; hidden_moves -- whether some are left out; missing -- an input that the
    table asks for and no case had
    """

    run: Run
    decisions: Mapping[str, int | None]
    whole: Group
    offices: tuple[Group, ...]
    sexes: tuple[Group, ...]
    kinds: tuple[Group, ...]
    moves: Mapping[str, int]
    hidden_moves: bool
    missing: str


def of_draft(connection: Connection, draft_id: int, most: int = 20) -> tuple[Run, ...]:
    """Give a draft's backtests, newest first."""
    return tuple(_run(row) for row in store.of_draft(connection, draft_id, most))


def run(connection: Connection, number: int) -> Run:
    """Give one backtest; raises NotFound."""
    return _run(_known(connection, number))


def outcome(connection: Connection, number: int, *, whole: bool) -> Outcome:
    """Give what a backtest found; `whole` -- for somebody who may read ratings of the city."""
    row = _known(connection, number)
    at = row["asked_at"]
    units = {one.path: one.name for one in directory.offices(connection, at)}
    dimensions = [
        [_group(one, units) for one in store.by_office(connection, number)],
        [_group(one) for one in store.by_group(connection, number, "sex")],
        [_group(one) for one in store.by_group(connection, number, "kind")],
    ]
    counted = store.whole(connection, number)
    total = Group("", counted["people"], counted["changed"])
    moves: Mapping[str, int] = json.loads(row["moves"])
    shown = moves if whole else rules.guarded_moves(moves)
    decisions: dict[str, int | None] = {
        name.upper(): row[name] for name in ("same", "changed", "failed", "unreadable")
    }
    if not whole:
        dimensions = [list(rules.guarded(groups)) for groups in dimensions]
        (total,) = rules.guarded([total])
        if total.changed is None:
            decisions |= {"SAME": None, "CHANGED": None}
    by_office, by_sex, by_kind = (tuple(groups) for groups in dimensions)
    return Outcome(
        _run(row), decisions, total, by_office, by_sex, by_kind, shown,
        len(shown) < len(moves), row["missing"],
    )  # fmt: skip


def reads_all(connection: Connection, person_id: int, at: datetime) -> bool:
    """Tell whether somebody may read the ratings of the whole city."""
    return permissions.may_by_role(connection, person_id, "R", "rating", at)


def _group(row: Row, names: Mapping[str, str] | None = None) -> Group:
    return Group((names or {}).get(row["name"], row["name"]), row["people"], row["changed"])


def _known(connection: Connection, number: int) -> Row:
    row = store.run(connection, number)
    if row is None:
        raise NotFound("Expected a backtest of that number, but there is none.")
    return row


def _run(row: Row) -> Run:
    return Run(**{name: row[name] for name in Run.__dataclass_fields__})

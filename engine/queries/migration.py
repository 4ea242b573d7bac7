"""What going over to another version would mean for open cases, and how far a batch of them is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from engine.bpmn.mapping import ElementChange, VersionMap, compare
from engine.bpmn.migration import Lost, Obstacle, Said, obstacles
from engine.errors import InvalidState, NotFound
from engine.library import Readied, library_of, losses
from engine.model import MigrationState
from engine.queries.page import Page, cut, read_key
from engine.queries.state import run_of
from engine.store import Store
from engine.store.base import table_of
from engine.store.tables import Draft, Instance, MigrationBatch, MigrationCase, Task

__all__ = ["Batch", "Blocker", "CaseResult", "ElementChange", "Lost", "MigrationPlan", "Obstacle"]

_instance = table_of(Instance)
_task = table_of(Task)
_draft = table_of(Draft)
_batch = table_of(MigrationBatch)
_case = table_of(MigrationCase)

_AT_ONCE = 500
_OPEN = (
    select(_instance.c.id, _instance.c.definition_id, _instance.c.header)
    .where(
        _instance.c.definition_id == bindparam("definition_id"),
        _instance.c.ended_at.is_(None),
        _instance.c.id > bindparam("after"),
    )
    .order_by(_instance.c.id)
    .limit(_AT_ONCE)
)
_TYPED = (
    select(_task.c.element_id, _draft.c.answers)
    .join(_task, _task.c.id == _draft.c.task_id)
    .where(_task.c.definition_id == bindparam("definition_id"), _task.c.state == "CREATED")
)


@dataclass(frozen=True)
class Blocker:
    """Why cases can't go over as they stand; codes as in `Obstacle`, `cases`: how many."""

    code: str
    element_id: str
    message: str
    cases: int


@dataclass(frozen=True)
class LostFields:
    """What the new form of an element has no field for, in how many drafts."""

    element_id: str
    fields: tuple[str, ...]
    drafts: int


@dataclass(frozen=True)
class MigrationPlan:
    """What becomes of each element, and of the open cases.

    cases -- open ones in all; looked -- how many of them were looked at; free -- how many of these
    have nothing in the way

    lost -- drafts stay, but what has no field any more is not shown and not submitted
    """

    from_definition_id: int
    to_definition_id: int
    changes: tuple[ElementChange, ...]
    cases: int
    looked: int
    free: int
    blockers: tuple[Blocker, ...]
    lost: tuple[LostFields, ...]


def plan_migration(
    connection: Connection,
    from_definition: int,
    to_definition: int,
    rename_map: Mapping[str, str] | None = None,
    most: int | None = None,
) -> MigrationPlan:
    """Look at every open case of a version as if it were to go over now; nothing is locked.

    most -- look at so many cases at most, the oldest; a page does not wait for a city

    rename_map -- old id -> new id, of elements or called processes that are called otherwise now.
    Raises InvalidState for versions of different processes, InvalidForm for an odd rename.
    """
    library, store = library_of(connection), Store(connection)
    old, new = library.get(store, from_definition), library.get(store, to_definition)
    if old.key != new.key or old.id == new.id:
        raise InvalidState("Expected two versions of one process, but they are not.")
    mapping = compare(old.compiled, new.compiled, rename_map)
    found: Counter[Obstacle] = Counter()
    looked = free = 0
    for row in islice(_open_cases(connection, old.id), most):
        looked += 1
        in_the_way = _in_the_way(connection, row, mapping)
        free += not in_the_way
        found.update(in_the_way)
    return MigrationPlan(
        from_definition_id=old.id,
        to_definition_id=new.id,
        changes=mapping.changes,
        cases=looked if most is None else _count(connection, old.id),
        looked=looked,
        free=free,
        blockers=tuple(
            Blocker(o.code, o.element_id, o.message, count) for o, count in found.most_common()
        ),
        lost=_lost(connection, old, new, mapping),
    )


def _in_the_way(connection: Connection, row: Any, mapping: VersionMap) -> tuple[Obstacle, ...]:
    try:
        return obstacles(run_of(connection, row), mapping)
    except InvalidState as problem:  # such as a state that a later release wrote
        return (Obstacle("STATE", "", problem.message),)


def _open_cases(connection: Connection, definition_id: int) -> Iterator[Any]:
    # Some at a time: a city's headers together would fill the memory.
    after = 0
    while True:
        wanted = {"definition_id": definition_id, "after": after}
        rows = connection.execute(_OPEN, wanted).all()
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].id


def _count(connection: Connection, definition_id: int) -> int:
    of_it = (_instance.c.definition_id == definition_id) & _instance.c.ended_at.is_(None)
    return connection.scalar(select(func.count()).select_from(_instance).where(of_it)) or 0


def _lost(
    connection: Connection, old: Readied, new: Readied, mapping: VersionMap
) -> tuple[LostFields, ...]:
    drafts = connection.execute(_TYPED, {"definition_id": old.id})
    fields: dict[str, set[str]] = {}
    count: Counter[str] = Counter()
    for lost in losses(drafts, old, new, mapping.elements):
        fields.setdefault(lost.element_id, set()).update(lost.fields)
        count[lost.element_id] += 1
    return tuple(
        LostFields(element_id, tuple(sorted(names)), count[element_id])
        for element_id, names in sorted(fields.items())
    )


# ----- batches


@dataclass(frozen=True)
class Batch:
    """Many cases that were to go over; `counts` says how many are in which state."""

    id: int
    from_definition_id: int
    to_definition_id: int
    rename: Mapping[str, str]
    dry_run: bool
    reason: str
    asked_by: int | None
    asked_at: datetime
    counts: Mapping[MigrationState, int]

    @property
    def total(self) -> int:
        """Give how many cases there are."""
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        """Give for how many it is not known yet what becomes of them."""
        waiting = (MigrationState.WAITING, MigrationState.HANDED_OUT)
        return sum(self.counts.get(state, 0) for state in waiting)


@dataclass(frozen=True)
class CaseResult:
    """What became of one case of a batch; may_undo -- nothing has moved since."""

    instance_id: int
    case_no: str
    state: MigrationState
    obstacles: tuple[Obstacle, ...]
    lost: tuple[Lost, ...]
    at: datetime | None
    may_undo: bool


def batch(connection: Connection, batch_id: int) -> Batch:
    """Give a batch with its progress."""
    row = connection.execute(select(_batch).where(_batch.c.id == batch_id)).first()
    if row is None:
        raise NotFound(f"Expected a batch {batch_id}, but there is none.")
    counts = connection.execute(
        select(_case.c.state, func.count())
        .where(_case.c.batch_id == batch_id)
        .group_by(_case.c.state)
    )
    return Batch(
        id=row.id,
        from_definition_id=row.from_id,
        to_definition_id=row.to_id,
        rename=json.loads(row.rename),
        dry_run=row.dry_run,
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        counts={MigrationState(state): count for state, count in counts},
    )


def results(
    connection: Connection,
    batch_id: int,
    *,
    state: MigrationState | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[CaseResult]:
    """Give what became of a batch's cases, in their order; `state` -- only these."""
    found = (
        select(_case, _instance.c.case_no, _instance.c.revision.label("now"))
        .join(_instance, _instance.c.id == _case.c.instance_id)
        .where(_case.c.batch_id == batch_id)
        .order_by(_case.c.id)
        .limit(limit + 1)
    )
    if state is not None:
        found = found.where(_case.c.state == state)
    if after is not None:
        found = found.where(_case.c.id > read_key(after, (int,))[0])
    rows, following = cut(connection.execute(found).all(), limit, lambda row: (row.id,))
    return Page(tuple(_result(row) for row in rows), following)


def _result(row: Any) -> CaseResult:
    said = Said.read(row.said)
    return CaseResult(
        instance_id=row.instance_id,
        case_no=row.case_no or "",
        state=MigrationState(row.state),
        obstacles=said.obstacles,
        lost=said.lost,
        at=row.at,
        may_undo=row.previous is not None and row.revision == row.now,
    )

"""Statements on cases that go to another version of their definition: batches, and each case."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, update

from engine.store.base import any_of, insert_row, table_of, update_row
from engine.store.tables import (
    Call,
    Draft,
    Incident,
    Instance,
    MigrationBatch,
    MigrationCase,
    Subscription,
    Task,
    Timer,
)

_batch = table_of(MigrationBatch)
_call = table_of(Call)
_case = table_of(MigrationCase)
_draft = table_of(Draft)
_incident = table_of(Incident)
_instance = table_of(Instance)
_subscription = table_of(Subscription)
_task = table_of(Task)
_timer = table_of(Timer)

_WITH_BATCH = (
    select(
        _case,
        _batch.c.from_id,
        _batch.c.to_id,
        _batch.c.rename,
        _batch.c.retime,
        _batch.c.dry_run,
        _batch.c.reason,
        _batch.c.asked_by,
    )
    .join(_batch, _batch.c.id == _case.c.batch_id)
    .order_by(_case.c.id)
)
_ONE = _WITH_BATCH.where(_case.c.id == bindparam("case_id"))
_OF_REQUEST = _WITH_BATCH.where(_batch.c.request_digest == bindparam("digest"))
_NEWEST = (
    _WITH_BATCH.where(
        _case.c.instance_id == bindparam("instance_id"), _case.c.state.in_(("MIGRATED", "UNDONE"))
    )
    .order_by(None)
    .order_by(_case.c.id.desc())
    .limit(1)
)
_MIGRATED = (
    select(_batch.c.rename)
    .join(_case, _case.c.batch_id == _batch.c.id)
    .where(_case.c.instance_id == bindparam("instance_id"), _case.c.state == "MIGRATED")
    .order_by(_case.c.id)
)
_WAITING = (
    select(_case.c.id)
    .where(_case.c.batch_id == bindparam("batch_id"), _case.c.state == "WAITING")
    .order_by(_case.c.id)
    .limit(bindparam("most"))
)
_HAND_OUT = update(_case).where(any_of(_case.c.id, "cases")).values(state="HANDED_OUT")
_DRAFTS = (
    select(_draft.c.answers, _task.c.element_id, _task.c.id)
    .join(_task, _task.c.id == _draft.c.task_id)
    .where(_task.c.state == "CREATED")
)
_REVISION = select(_instance.c.revision).where(_instance.c.id == _case.c.instance_id)
_PASSED = (
    update(_case)
    .where(_case.c.previous.is_not(None), _case.c.revision != _REVISION.scalar_subquery())
    .values(previous=None, waited=None)
)


def _can_go_back(batch_id: int) -> tuple[Any, ...]:
    return _case.c.batch_id == batch_id, _case.c.state == "MIGRATED", _case.c.previous.is_not(None)


class MigrationStore:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    # ---- what was asked, and what became of it

    def ask(self, **columns: Any) -> int:
        """Write down a batch and give its id."""
        return insert_row(self.connection, _batch, **columns)

    def asked(self, digest: str) -> int | None:
        """Give the batch that this request made before, or None."""
        found = select(_batch.c.id).where(_batch.c.request_digest == digest)
        return self.connection.scalars(found).first()

    def add_open(self, batch_id: int, from_id: int, instances: Collection[int] | None) -> int:
        """Take up every open case of a version, or these of them; give how many."""
        found = select(
            bindparam("of_batch", type_=_case.c.batch_id.type),
            _instance.c.id,
            bindparam("state_now", "WAITING"),
            bindparam("said_now", "{}"),
        ).where(_instance.c.definition_id == from_id, _instance.c.ended_at.is_(None))
        if instances is not None:
            found = found.where(_instance.c.id.in_(list(instances)))
        names = ["batch_id", "instance_id", "state", "said"]
        made = self.connection.execute(
            insert(_case).from_select(names, found.order_by(_instance.c.id)),
            {"of_batch": batch_id},
            execution_options={"preserve_rowcount": True},
        )
        return made.rowcount

    def add_case(self, batch_id: int, instance_id: int) -> int:
        """Take up one case."""
        return insert_row(
            self.connection,
            _case,
            batch_id=batch_id,
            instance_id=instance_id,
            state="WAITING",
            said="{}",
        )

    def hand_out(self, batch_id: int, most: int) -> list[int]:
        """Give the next cases of a batch that no job was written for, and strike them out."""
        found = list(self.connection.scalars(_WAITING, {"batch_id": batch_id, "most": most}))
        if found:
            self.connection.execute(_HAND_OUT, {"cases": found})
        return found

    def case(self, case_id: int) -> Any:
        """Give a case of a batch, with what was asked; None where there is none."""
        return self.connection.execute(_ONE, {"case_id": case_id}).first()

    def case_of_request(self, digest: str) -> Any:
        """Give the first case of the batch that this request made before, or None."""
        return self.connection.execute(_OF_REQUEST, {"digest": digest}).first()

    def newest(self, instance_id: int) -> Any:
        """Give the last time an instance went over, or went back; None where it never did."""
        return self.connection.execute(_NEWEST, {"instance_id": instance_id}).first()

    def batch(self, batch_id: int) -> Any:
        """Give what was asked for, or None."""
        return self.connection.execute(select(_batch).where(_batch.c.id == batch_id)).first()

    def undoable(self, batch_id: int, after: int, most: int) -> list[Any]:
        """Give the next cases of a batch that kept what it takes to go back."""
        found = select(_case.c.id, _case.c.instance_id).where(*_can_go_back(batch_id))
        later = found.where(_case.c.id > after).order_by(_case.c.id).limit(most)
        return list(self.connection.execute(later))

    def count_undoable(self, batch_id: int) -> int:
        """Give how many cases of a batch kept what it takes to go back."""
        found = select(func.count()).select_from(_case).where(*_can_go_back(batch_id))
        return self.connection.scalar(found) or 0

    def renames(self, instance_id: int) -> list[dict[str, str]]:
        """Give what was called otherwise each time an instance went over, in order."""
        found = self.connection.scalars(_MIGRATED, {"instance_id": instance_id})
        return [json.loads(text) for text in found]

    def change(self, case_id: int, **columns: Any) -> None:
        """Write down what became of a case."""
        update_row(self.connection, _case, case_id, **columns)

    def forget_passed(self) -> int:
        """Drop the earlier states of cases that have moved on since; give how many."""
        return self.connection.execute(_PASSED).rowcount

    # ---- rows that follow a case

    def drafts(self, instance_id: int) -> list[Any]:
        """Give what people have typed at the open tasks of an instance."""
        return list(self.connection.execute(_DRAFTS.where(_task.c.instance_id == instance_id)))

    def timers(self, instance_id: int) -> list[dict[str, Any]]:
        """Give an instance's rows of the due-time index."""
        return self._rows(_timer, instance_id)

    def subscriptions(self, instance_id: int) -> list[dict[str, Any]]:
        """Give what an instance's tokens wait for."""
        return self._rows(_subscription, instance_id)

    def set_timers(self, instance_id: int, rows: list[dict[str, Any]]) -> None:
        """Replace an instance's rows of the due-time index."""
        self._replace(_timer, instance_id, rows)

    def set_subscriptions(self, instance_id: int, rows: list[dict[str, Any]]) -> None:
        """Replace what an instance's tokens wait for."""
        self._replace(_subscription, instance_id, rows)

    def calls(self, instance_id: int) -> list[Any]:
        """Give the tokens of an instance that wait for cases it has called, with their elements."""
        found = select(_call.c.token, _call.c.element_id)
        return list(self.connection.execute(found.where(_call.c.parent_id == instance_id)))

    def name_call(self, instance_id: int, token: int, element_id: str) -> None:
        """Call a call's element otherwise."""
        of_token = (_call.c.parent_id == instance_id) & (_call.c.token == token)
        self.connection.execute(update(_call).where(of_token).values(element_id=element_id))

    def change_incident(self, incident_id: int, **columns: Any) -> None:
        """Change an incident's row."""
        update_row(self.connection, _incident, incident_id, **columns)

    def _rows(self, table: Table, instance_id: int) -> list[dict[str, Any]]:
        found = select(table).where(table.c.instance_id == instance_id).order_by(table.c.token)
        return [dict(row._mapping) for row in self.connection.execute(found)]

    def _replace(self, table: Table, instance_id: int, rows: list[dict[str, Any]]) -> None:
        self.connection.execute(delete(table).where(table.c.instance_id == instance_id))
        if rows:
            self.connection.execute(insert(table), rows)


@contextmanager
def tried(connection: Connection) -> Iterator[None]:
    """Undo everything that the block wrote, however it ends."""
    nested = connection.begin_nested()
    try:
        yield
    finally:
        nested.rollback()


def keep(rows: Mapping[str, Any]) -> str:
    """Write rows down as JSON; moments as their ISO text."""
    return json.dumps(rows, default=datetime.isoformat, sort_keys=True)


def kept(text: str) -> Any:
    """Read what `keep` wrote: columns whose name ends with `_at` are moments."""
    return json.loads(text, object_hook=_moments)


def _moments(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name.endswith("_at") and value else value
        for name, value in row.items()
    }

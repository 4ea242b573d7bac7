"""Statements on calls between cases: which case a call has started, what definitions bind."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from engine.store.base import any_of, table_of
from engine.store.tables import Call, Definition, DefinitionCall, Task

_call = table_of(Call)
_bound = table_of(DefinitionCall)
_definition = table_of(Definition)
_task = table_of(Task)

_ADD = insert(_call)
_OF_TOKEN = select(_call).where(
    _call.c.parent_id == bindparam("parent_id"), _call.c.token == bindparam("token")
)
_OF_TOKENS = select(_call).where(
    _call.c.parent_id == bindparam("parent_id"), any_of(_call.c.token, "tokens")
)
_DROP = delete(_call).where(
    _call.c.parent_id == bindparam("parent_id"), any_of(_call.c.token, "tokens")
)
_OF_CHILD = select(_call).where(_call.c.child_id == bindparam("child_id"))
_START = update(_call).where(
    _call.c.parent_id == bindparam("of_parent"), _call.c.token == bindparam("of_token")
)
_VERSION = select(_definition.c.id).where(
    _definition.c.key == bindparam("key"), _definition.c.version == bindparam("version")
)
_BOUND = select(_bound.c.called_id).where(
    _bound.c.definition_id == bindparam("definition_id"),
    _bound.c.element_id == bindparam("element_id"),
)
_BIND = insert(_bound)
_IN_LANE = (
    select(_task.c.completed_by, _task.c.assignee_id)
    .where(
        _task.c.instance_id == bindparam("instance_id"),
        _task.c.lane == bindparam("lane"),
        _task.c.anonymous.is_(False),
        _task.c.state.in_(("CREATED", "COMPLETED")),
        or_(_task.c.completed_by.is_not(None), _task.c.assignee_id.is_not(None)),
    )
    .order_by(_task.c.id.desc())
    .limit(1)
)


class CallStore:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def open(self, rows: list[dict[str, Any]]) -> None:
        """Enter calls whose cases are still to be started."""
        if rows:
            self.connection.execute(_ADD, rows)

    def of_token(self, parent_id: int, token: int) -> Any:
        """Give the call of a waiting token, or None."""
        wanted = {"parent_id": parent_id, "token": token}
        return self.connection.execute(_OF_TOKEN, wanted).first()

    def of_tokens(self, parent_id: int, tokens: Collection[int]) -> list[Any]:
        """Give the calls of several tokens."""
        wanted = {"parent_id": parent_id, "tokens": list(tokens)}
        return list(self.connection.execute(_OF_TOKENS, wanted))

    def of_child(self, child_id: int) -> Any:
        """Give the call that waits for a case, or None where nobody does."""
        return self.connection.execute(_OF_CHILD, {"child_id": child_id}).first()

    def start(self, parent_id: int, token: int, child_id: int) -> None:
        """Note which case was started for a call."""
        wanted = {"of_parent": parent_id, "of_token": token, "child_id": child_id}
        self.connection.execute(_START, wanted)

    def close(self, parent_id: int, tokens: Collection[int]) -> None:
        """Forget calls that wait no more."""
        if tokens:
            self.connection.execute(_DROP, {"parent_id": parent_id, "tokens": list(tokens)})

    def version(self, key: str, version: int) -> int | None:
        """Give the id of one version of a definition, or None."""
        return self.connection.scalars(_VERSION, {"key": key, "version": version}).first()

    def bind(self, rows: list[dict[str, Any]]) -> None:
        """Note which versions the calls of a definition were deployed with."""
        if rows:
            self.connection.execute(_BIND, rows)

    def bound(self, definition_id: int, element_id: str) -> int | None:
        """Give the definition that a call was deployed with, or None."""
        wanted = {"definition_id": definition_id, "element_id": element_id}
        return self.connection.scalars(_BOUND, wanted).first()

    def person_in_lane(self, instance_id: int, lane: str) -> int | None:
        """Name who had the latest task of a lane in a case, or None."""
        row = self.connection.execute(_IN_LANE, {"instance_id": instance_id, "lane": lane}).first()
        return None if row is None else row.completed_by or row.assignee_id

"""Statements on messages and signals: who waits, what was published, who has caught what."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.base import any_of, insert_row, table_of
from engine.store.tables import Message, MessageCatch, MessageStart, MessageTarget, Subscription

_message = table_of(Message)
_catch = table_of(MessageCatch)
_target = table_of(MessageTarget)
_subscription = table_of(Subscription)
_starts = table_of(MessageStart)

_ADD = insert(_subscription)
_STARTS = (
    select(_starts.c.process_key)
    .where(_starts.c.kind == bindparam("kind"), _starts.c.name == bindparam("name"))
    .order_by(_starts.c.process_key)
)
_DROP = delete(_subscription).where(
    _subscription.c.instance_id == bindparam("instance_id"), any_of(_subscription.c.token, "tokens")
)
_MEANT = (
    _subscription.c.name == bindparam("name"),
    _subscription.c.correlation == bindparam("correlation"),
    _subscription.c.kind == bindparam("kind"),
)
_OF_INSTANCE = (
    select(_subscription)
    .where(_subscription.c.instance_id == bindparam("instance_id"), *_MEANT)
    .order_by(_subscription.c.token)
)
_ONE = select(_message).where(_message.c.id == bindparam("message_id"))
_UNCAUGHT = (
    select(_message.c.id)
    .where(
        _message.c.name == bindparam("name"),
        _message.c.correlation == bindparam("correlation"),
        _message.c.kind == "message",
        _message.c.expires_at > bindparam("now"),
        _message.c.id.not_in(
            select(_catch.c.message_id).where(_catch.c.instance_id == bindparam("instance_id"))
        ),
    )
    .order_by(_message.c.id)
    .limit(bindparam("most"))
)
# Of an INSERT, the number of rows is kept only where it is asked for.
_COUNTED = {"preserve_rowcount": True}
_CATCH = {
    "postgresql": postgresql.insert(_catch).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(_catch).on_conflict_do_nothing(),
}
_AIM = insert(_target).from_select(
    ["message_id", "instance_id", "token"],
    select(
        bindparam("message_id", type_=BigInteger),
        _subscription.c.instance_id,
        func.max(_subscription.c.token),
    )
    .where(*_MEANT, _subscription.c.instance_id != bindparam("but"))
    .group_by(_subscription.c.instance_id),
)
_TARGETS = (
    select(_target.c.instance_id, _target.c.token)
    .where(_target.c.message_id == bindparam("message_id"))
    .order_by(_target.c.instance_id)
    .limit(bindparam("most"))
)
_HIT = delete(_target).where(
    _target.c.message_id == bindparam("message_id"), any_of(_target.c.instance_id, "instances")
)
_EXPIRED = (
    select(_message.c.id)
    .where(
        _message.c.expires_at <= bindparam("before"),
        _message.c.id.not_in(select(_target.c.message_id)),
    )
    .order_by(_message.c.expires_at)
    .limit(bindparam("most"))
)
_FORGET_CATCHES = delete(_catch).where(any_of(_catch.c.message_id, "messages"))
_FORGET = delete(_message).where(any_of(_message.c.id, "messages"))
_MEET = select(func.pg_advisory_xact_lock(bindparam("number", type_=BigInteger)))


class MessageStore:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    # ---- what a message starts

    def set_starts(self, process_key: str, events: Iterable[tuple[str, str]]) -> None:
        """Say what starts a process (message or signal, its name), instead of what did."""
        self.connection.execute(delete(_starts).where(_starts.c.process_key == process_key))
        rows = [{"kind": k, "name": name, "process_key": process_key} for k, name in events]
        if rows:
            self.connection.execute(insert(_starts), rows)

    def starts(self, kind: str, name: str) -> list[str]:
        """Give the keys of the processes that a message or signal starts."""
        return list(self.connection.scalars(_STARTS, {"kind": kind, "name": name}))

    # ---- who waits

    def subscribe(self, rows: list[dict[str, Any]]) -> None:
        """Enter tokens that wait for messages or signals."""
        if rows:
            self.connection.execute(_ADD, rows)

    def unsubscribe(self, instance_id: int, tokens: Iterable[int]) -> None:
        """Take tokens out that no longer wait."""
        if wanted := list(tokens):
            self.connection.execute(_DROP, {"instance_id": instance_id, "tokens": wanted})

    def waiting(self, instance_id: int, kind: str, name: str, correlation: str) -> list[Any]:
        """Give an instance's tokens that wait for this, in the order in which they began."""
        meant = {"kind": kind, "name": name, "correlation": correlation}
        return list(self.connection.execute(_OF_INSTANCE, {"instance_id": instance_id, **meant}))

    def meet(self, name: str, correlation: str) -> None:
        """Let senders and catchers of one message pass one by one, to the end of each transaction.

        Each writes and then looks for the other; both at once would not see each other.
        """
        if self.connection.dialect.name == "postgresql":  # SQLite has one writer anyway
            place = hashlib.sha256(f"{name}|{correlation}".encode()).digest()
            number = int.from_bytes(place[:8], signed=True)
            self.connection.execute(_MEET, {"number": number})

    # ---- what was published

    def publish(self, **columns: Any) -> int:
        """Keep a message or signal."""
        return insert_row(self.connection, _message, **columns)

    def get(self, message_id: int) -> Any:
        """Give a message or signal, or None."""
        return self.connection.execute(_ONE, {"message_id": message_id}).first()

    def uncaught(
        self, instance_id: int, name: str, correlation: str, now: datetime, most: int
    ) -> list[int]:
        """Name messages, oldest first, that an instance could still catch."""
        wanted = {"name": name, "correlation": correlation, "instance_id": instance_id}
        return list(self.connection.scalars(_UNCAUGHT, {**wanted, "now": now, "most": most}))

    def catch(self, message_id: int, instance_id: int) -> bool:
        """Note that an instance caught a message or signal; False where it had before."""
        both = {"message_id": message_id, "instance_id": instance_id}
        statement = _CATCH[self.connection.dialect.name]
        made = self.connection.execute(statement, both, execution_options=_COUNTED)
        return made.rowcount == 1

    # ---- on its way

    def aim(
        self, message_id: int, *, kind: str, name: str, correlation: str, but: int | None
    ) -> int:
        """Write down every instance that waits for this now, one excepted; give how many."""
        meant = {"kind": kind, "name": name, "correlation": correlation}
        values = {"message_id": message_id, "but": 0 if but is None else but, **meant}
        made = self.connection.execute(_AIM, values, execution_options=_COUNTED)
        return int(made.rowcount)

    def targets(self, message_id: int, most: int) -> list[Any]:
        """Give the next instances that have no job for this yet, each with its last token."""
        wanted = {"message_id": message_id, "most": most}
        return list(self.connection.execute(_TARGETS, wanted))

    def hit(self, message_id: int, instances: Collection[int]) -> None:
        """Strike out instances that have their job now."""
        if instances:
            self.connection.execute(_HIT, {"message_id": message_id, "instances": list(instances)})

    def forget(self, before: datetime, most: int) -> int:
        """Delete what expired before a moment, with who caught it; give how many messages."""
        gone = list(self.connection.scalars(_EXPIRED, {"before": before, "most": most}))
        if gone:
            self.connection.execute(_FORGET_CATCHES, {"messages": gone})
            self.connection.execute(_FORGET, {"messages": gone})
        return len(gone)

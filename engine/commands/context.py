"""What a command is, and what it may use while it runs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from engine.errors import NotAllowed
from engine.feel.values import to_json
from engine.history import Event
from engine.library import Library
from engine.model import Act, Actor, CaseFacts, StreamKind, TaskFacts
from engine.ports import Allowed, Card, Ports, Refused
from engine.store import Store
from engine.store.database import savepoint
from engine.store.history import Envelope, Head

if TYPE_CHECKING:
    from sqlalchemy import Connection

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Command(ABC, Generic[Result]):
    """Something a person, or the platform itself, asks for."""

    @abstractmethod
    def execute(self, ctx: Context) -> Result:
        """Check, then change; raise an EngineError and nothing has happened."""

    def prepared(self, ask: Callable[..., Any], by: Actor, now: datetime) -> Command[Result]:
        """Give the command to execute: the place for what is slow and needs no lock.

        Called once, before any transaction; `ask` is `Engine.ask`.  What it finds may be outdated
        when `execute` runs.
        """
        return self

    @property
    def called(self) -> str:
        """Give the name by which logs and the history know this."""
        return type(self).__name__

    @property
    def attempt_key(self) -> str | None:
        """Name work that must not take the process down twice; None where it does not matter."""
        return None


@dataclass
class Context:
    """The open transaction, who acts, when, and what the host gives.

    crashes -- how often a process died while it worked on this command's attempt key;
    numbering -- what waits for the number of a case that starts, by the case
    """

    store: Store
    ports: Ports
    library: Library
    actor: Actor
    now: datetime
    command: str
    correlation: str
    crashes: int = 0
    numbering: dict[int, list[Callable[[str], None]]] = field(default_factory=dict)
    _card: Card | None = None
    _pending: dict[tuple[StreamKind, str], list[Event]] = field(default_factory=dict)

    @property
    def connection(self) -> Connection:
        """The open transaction's connection, for the host's own statements."""
        return self.store.connection

    def authorize(self, act: Act, on: TaskFacts | CaseFacts) -> Allowed:
        """Ask the host whether the actor may do this; raise NotAllowed where not."""
        if self.actor.is_platform:
            return Allowed()
        answer = self.ports.people.may_act(self.connection, self.actor, act, on, self.now)
        if isinstance(answer, Refused):
            raise NotAllowed(answer.message, reason=answer.reason)
        return answer

    def record(self, event: Event, stream: tuple[StreamKind, str]) -> None:
        """Write an event at the end of a stream, when the command has done its work."""
        self._pending.setdefault(stream, []).append(event)

    def append_all(self, streams: Sequence[tuple[Head, Sequence[Event]]]) -> None:
        """Write events at the ends of streams that this command has locked."""
        self.store.history.append_all(streams, self.envelope())

    def envelope(self) -> Envelope:
        """Say who stands behind this command's events."""
        if self._card is None and self.actor.person_id is not None:
            self._card = self.ports.people.card(self.connection, self.actor.person_id, self.now)
        return Envelope(self.actor, self._card, self.now, self.command, self.correlation)

    def enqueue(
        self,
        kind: str,
        payload: Mapping[str, Any],
        *,
        run_at: datetime | None = None,
        dedup_key: str | None = None,
        group_key: str | None = None,
        progress_total: int | None = None,
        priority: int = 5,
        max_attempts: int = 8,
    ) -> int | None:
        """Write a job in this transaction; None where one with its `dedup_key` was there before.

        priority -- 1 comes before 5 comes before 9; group_key -- work that is shown as one
        """
        return self.store.jobs.add(
            kind=kind,
            payload=to_json(dict(payload)),
            run_at=run_at or self.now,
            created_at=self.now,
            dedup_key=dedup_key,
            group_key=group_key,
            progress_total=progress_total,
            priority=priority,
            max_attempts=max_attempts,
        )

    def enqueue_all(self, kind: str, payloads: Sequence[Mapping[str, Any]]) -> None:
        """Write a job for each payload, in one statement."""
        common = {"kind": kind, "run_at": self.now, "created_at": self.now}
        self.store.jobs.add_all([{**common, "payload": to_json(dict(p))} for p in payloads])

    def run(self, command: Command[Result]) -> Result:
        """Execute another command inside this one's transaction."""
        return command.execute(self)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo what is written and recorded within, where it fails; the step itself goes on."""
        kept = {stream: list(told) for stream, told in self._pending.items()}
        try:
            with savepoint(self.connection):
                yield
        except BaseException:
            self._pending = kept
            raise

    def flush(self) -> None:
        """Write what `record` gathered, locking streams in a fixed order: nobody deadlocks."""
        pending, self._pending = self._pending, {}
        streams = sorted(pending.items(), key=lambda item: item[0])
        if streams:
            self.append_all([(self.store.history.lock(*stream), told) for stream, told in streams])

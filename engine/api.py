"""The engine as everybody outside sees it: execute a command in one transaction, or ask a query."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy import Engine as Database
from sqlalchemy.exc import DBAPIError

from engine.commands import Command, Context
from engine.errors import Busy, Conflict, NotAllowed
from engine.history.events import Denied
from engine.library import Library
from engine.model import PLATFORM, Actor, StreamKind
from engine.ports import Clock, Executed, Ports
from engine.store import Store
from engine.store.database import (
    for_queries,
    is_collision,
    is_outdated,
    is_retryable,
    let_go,
)

Result = TypeVar("Result")
Answer = TypeVar("Answer")
P = ParamSpec("P")

_TRIES = 6
_LOOKS = 2


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class _Tally:
    """When a command began, and how often a lock made it begin again."""

    began: float = field(default_factory=time.monotonic)
    retries: int = 0


class Engine:
    """Runs processes on one database, for one host."""

    def __init__(self, database: Database, ports: Ports, clock: Clock = _utc_now) -> None:
        self.database = database
        self.ports = ports
        self.clock = clock
        self.library = Library(ports)
        self._reader = for_queries(database, alur_library=self.library)

    def execute(self, command: Command[Result], by: Actor = PLATFORM) -> Result:
        """Run one command in one transaction: all of it happens, or none.

        Lock conflicts are run again here; what the rules refuse goes into the actor's history.
        """
        tally = _Tally()
        try:
            result = self._begun(command.prepared(self.ask, by, self.clock()), by, tally)
        except BaseException as error:
            self._tell(command, by, tally, type(error).__name__)
            raise
        self._tell(command, by, tally, "OK")
        return result

    def _begun(self, command: Command[Result], by: Actor, tally: _Tally) -> Result:
        key = command.attempt_key
        crashes = self.ports.attempts.begin(key) if key else 0
        try:
            return self._tried(command, by, crashes, tally)
        except NotAllowed as refusal:
            self._deny(command, by, refusal, tally)
            raise
        finally:
            if key:
                self.ports.attempts.finish(key)

    def _tell(self, command: Command[Any], by: Actor, tally: _Tally, outcome: str) -> None:
        if self.ports.watch is None:
            return
        self.ports.watch(
            Executed(
                command=command.called,
                outcome=outcome,
                seconds=time.monotonic() - tally.began,
                retries=tally.retries,
                channel=by.channel,
                person_id=None if hasattr(command, "task_id") else by.person_id,
            )
        )

    def ask(
        self, query: Callable[Concatenate[Connection, P], Answer], *args: P.args, **kwargs: P.kwargs
    ) -> Answer:
        """Answer one query on one snapshot; nothing can be changed through it."""
        for _ in range(_TRIES - 1):
            try:
                with self._look() as connection:
                    return query(connection, *args, **kwargs)
            except DBAPIError as error:
                # The next connection may have prepared it before the schema changed, too.
                if not is_outdated(error):
                    raise
        with self._look() as connection:
            return query(connection, *args, **kwargs)

    @contextmanager
    def _look(self) -> Iterator[Connection]:
        """Give a connection that sees one snapshot."""
        connection = self._reader.connect()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        let_go(connection)

    def _tried(
        self,
        command: Command[Result],
        by: Actor,
        crashes: int,
        tally: _Tally,
        name: str | None = None,
    ) -> Result:
        for attempt in range(_TRIES):
            tally.retries += attempt > 0
            try:
                return self._once(command, by, crashes, name or command.called)
            except Exception as error:
                if is_collision(error):
                    if attempt < _LOOKS:
                        continue
                    raise Conflict from error
                if not (is_retryable(error) or isinstance(error, Busy)):
                    raise
                if attempt == _TRIES - 1:
                    raise Busy from error
            time.sleep(random.uniform(0.01, 0.05) * 2**attempt)
        raise Busy  # unreachable: the loop returns or raises

    def _once(self, command: Command[Result], by: Actor, crashes: int, name: str) -> Result:
        with self.database.begin() as connection:
            ctx = self._context(connection, name, by, crashes)
            result = command.execute(ctx)
            ctx.flush()
            return result

    def _context(self, connection: Connection, name: str, by: Actor, crashes: int) -> Context:
        return Context(
            store=Store(connection),
            ports=self.ports,
            library=self.library,
            actor=by,
            now=self.clock(),
            command=name,
            correlation=token_hex(8),
            crashes=crashes,
        )

    def _deny(self, command: Command[Any], by: Actor, refusal: NotAllowed, tally: _Tally) -> None:
        # A second transaction: the refused command's own was rolled back.
        denial = _Deny(command=command, refusal=refusal, network=by.address or "local")
        self._tried(denial, by, 0, tally, name=command.called)


class Visit(Engine):
    """An engine for one visitor: what he asks between two commands is answered on one snapshot.

    A connection is taken once, and not for every query.  Whoever makes one closes it, too; closed,
    it may be used again.  For one thread.
    """

    def __init__(self, engine: Engine) -> None:
        self.__dict__ |= engine.__dict__
        self._looking: Connection | None = None

    @contextmanager
    def _look(self) -> Iterator[Connection]:
        """Give the snapshot that is seen since the last command."""
        if self._looking is None:
            self._looking = self._reader.connect()
        try:
            yield self._looking
        except DBAPIError:  # after a failed statement PostgreSQL answers nothing more
            self._looking.close()  # by ROLLBACK, which forgets what was prepared
            self._looking = None
            raise
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the snapshot."""
        looking, self._looking = self._looking, None
        if looking is not None:
            let_go(looking)

    def execute(self, command: Command[Result], by: Actor = PLATFORM) -> Result:
        """Run one command; what is asked afterwards sees what it did."""
        self.close()
        return super().execute(command, by)

    def _begun(self, command: Command[Result], by: Actor, tally: _Tally) -> Result:
        self.close()  # what `prepared` asked
        return super()._begun(command, by, tally)


@dataclass(frozen=True, kw_only=True)
class _Deny(Command[None]):
    """Note a refused command on its actor's stream, or on the network's for who has no name."""

    command: Command[Any]
    refusal: NotAllowed
    network: str

    def execute(self, ctx: Context) -> None:
        person = ctx.actor.person_id
        event = Denied(
            command=ctx.command,
            code=self.refusal.reason,
            reason=self.refusal.message,
            target=self._target(ctx),
        )
        if person is None:
            ctx.record(event, (StreamKind.NETWORK, f"{self.network}/{ctx.now.date().isoformat()}"))
        else:
            ctx.record(event, (StreamKind.PERSON, str(person)))

    def _target(self, ctx: Context) -> str:
        # Whoever answered without a name and sends once more is refused; that must not name him.
        task_id = getattr(self.command, "task_id", None)
        if task_id is not None and ctx.store.tasks.is_anonymous(task_id):
            return "task_id=?"
        return _target(self.command)


def _target(command: Command[Any]) -> str:
    for name in ("task_id", "instance_id", "incident_id", "job_id", "key"):
        if (value := getattr(command, name, None)) is not None:
            return f"{name}={value}"
    return ""

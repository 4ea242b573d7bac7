"""Plays a case again from its history alone: the same acts must lead to the same state.

State means: the stored header, byte for byte, and the big values it names; which tasks are open;
and whether the case has ended.  It can be told from the history wherever all values are present:
the variables of the start, the answers, and what catches wrote.  Values that were erased, answers
without a name, and what the host gave (services, functions) are not there: such cases are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from engine import PLATFORM, Engine
from engine.bpmn import CompiledDefinition, Run, load, start
from engine.feel.values import from_json
from engine.history import unpack
from tests.engine.bpmn.stage import Stage


@dataclass(frozen=True)
class Told:
    """An event of the history with its sealed values; `command` tells which belong together."""

    kind: str
    at: datetime
    element_id: str
    task_id: int | None
    detail: dict[str, Any]
    sealed: dict[str, Any]
    command: int


@dataclass
class Replay:
    """A case as far as its history has been read."""

    definition: CompiledDefinition
    header: bytes = b""
    values: dict[str, bytes] = field(default_factory=dict)
    open_tasks: dict[int, int] = field(default_factory=dict)
    """task -> token"""
    ended: bool = False

    def read(self, command: list[Told]) -> None:
        """Do again what one command did."""
        stage = Stage(now=command[0].at)
        if not self.header:
            (begin,) = [event for event in command if event.kind == "INSTANCE_STARTED"]
            run = start(self.definition, begin.sealed.get("variables", {}), stage.env)
        else:
            run = load(self.definition, self.header, self.values.__getitem__, stage.env)
        known = set(run.outcome().opened)
        opened: Iterator[int] = iter(())
        signalled = [event for event in command if event.kind == "SIGNAL_CAUGHT"]
        first_signal = next(iter(signalled), None)
        for event in command:
            if event.kind == "TASK_CREATED":
                self.open_tasks[int(event.task_id or 0)] = next(opened)
                continue
            if event.kind == "TASK_CANCELLED":
                del self.open_tasks[int(event.task_id or 0)]
            elif event.kind == "INSTANCE_COMPLETED":
                self.ended = True
            elif (event.kind in _ACTS and event.kind != "SIGNAL_CAUGHT") or event is first_signal:
                # Several catches of one signal go on together.
                for one in signalled if event is first_signal else [event]:
                    self._do(run, one, command)
                run.advance()
                new = sorted(t.token for t in set(run.outcome().opened) - known)
                known |= set(run.outcome().opened)
                opened = iter(new)
        assert next(opened, None) is None, "a task was opened that nobody told of"
        assert run.outcome().completed == self.ended
        saved = run.save()
        self.header = saved.header
        self.values = {} if saved.alone else {**self.values, **saved.values}

    def _do(self, run: Run, event: Told, command: list[Told]) -> None:
        if event.kind == "TASK_COMPLETED":
            run.complete(self.open_tasks.pop(int(event.task_id or 0)), event.sealed["answers"])
        elif event.kind == "TIMER_FIRED":
            run.fire(_waiting(run, event.element_id, "timers"))
        elif event.kind in ("MESSAGE_CAUGHT", "SIGNAL_CAUGHT"):
            token = _waiting(run, event.element_id, "catches")
            run.deliver(token, self._payload(run, token, event, command))

    def _payload(self, run: Run, token: int, event: Told, command: list[Told]) -> Any:
        """Find what came with an event: what its catch wrote, or what the variable was before."""
        wrote = [
            change.sealed["new"]
            for change in command
            if change.kind == "VARIABLE_CHANGED" and change.element_id == event.element_id
        ]
        if wrote:
            return wrote[0]
        result = self.definition.elements[event.element_id].properties.get("result", "")
        return run.variables_of(token).get(result)


_ACTS = {"INSTANCE_STARTED", "TASK_COMPLETED", "TIMER_FIRED", "MESSAGE_CAUGHT", "SIGNAL_CAUGHT"}


def _waiting(run: Run, element_id: str, what: str) -> int:
    tokens: dict[int, Any] = getattr(run._standing(), what)
    found = [token for token, task in tokens.items() if task.task_spec.bpmn_id == element_id]
    if what == "timers":
        return min(found, key=lambda token: (tokens[token].internal_data["due"], token))
    return min(found)


def replayed(engine: Engine, instance_id: int) -> Replay:
    """Play a case again from its history."""
    with engine.database.connect() as connection:
        row = connection.execute(
            text("SELECT definition_id, stream_id FROM instance WHERE id = :id"),
            {"id": instance_id},
        ).one()
        told = list(_events(connection, row.stream_id))
    with engine.database.begin() as connection:
        store = engine._context(connection, "test", PLATFORM, 0).store
        replay = Replay(engine.library.get(store, row.definition_id).compiled)
    for command in _commands(told):
        replay.read(command)
    return replay


def _events(connection: Any, stream_id: int) -> Iterable[Told]:
    sealed: dict[int, dict[str, Any]] = {}
    values = "SELECT seq, name, value FROM sealed_value WHERE stream_id = :s"
    for row in connection.execute(text(values), {"s": stream_id}):
        sealed.setdefault(row.seq, {})[row.name] = from_json(unpack(bytes(row.value)))
    events = "SELECT * FROM history WHERE stream_id = :s ORDER BY seq"
    for row in connection.execute(text(events), {"s": stream_id}):
        at = datetime.fromisoformat(row.at) if isinstance(row.at, str) else row.at
        detail = json.loads(unpack(bytes(row.body))).get("detail") or {}
        yield Told(
            kind=row.kind,
            at=at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC),
            element_id=row.element_id or "",
            task_id=row.task_id,
            detail=detail,
            sealed=sealed.get(row.seq, {}),
            command=row.envelope_seq or row.seq,
        )


def _commands(told: Iterable[Told]) -> Iterator[list[Told]]:
    batch: list[Told] = []
    for event in told:
        if batch and event.command != batch[0].command:
            yield batch
            batch = []
        batch.append(event)
    if batch:
        yield batch

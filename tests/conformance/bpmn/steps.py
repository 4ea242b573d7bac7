"""One step of one instance as plain values, so that a step elsewhere can be told and compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.bpmn import CompiledDefinition, Moved, Outcome, Run, load, start
from engine.bpmn.compiling import compile_deployed
from engine.feel.values import to_json
from tests.engine.bpmn.stage import FUNCTIONS, NOW, Stage

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Act:
    """What happens to an instance: a method of `Run` with its arguments, at a time.

    Without a name it is the start, with `arguments` for `engine.bpmn.start`.
    """

    name: str = ""
    arguments: tuple[Any, ...] = ()
    at: datetime = NOW
    fail: bool = False
    """lets the services break that can"""


@dataclass(frozen=True)
class Stored:
    """What a database would hold between two steps."""

    header: bytes = b""
    values: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """What a step shows: everything that waits after it, and what happened in it.

    tasks, timers, catches, calls_out, incidents -- by token; happened -- facts in order, as tuples;
    variables -- canonical JSON
    """

    tasks: Mapping[int, Mapping[str, Any]]
    timers: Mapping[int, Mapping[str, Any]]
    catches: Mapping[int, Mapping[str, Any]]
    calls_out: Mapping[int, Mapping[str, Any]]
    incidents: Mapping[int, tuple[str, str]]
    happened: tuple[tuple[str, ...], ...]
    thrown: tuple[tuple[str, ...], ...]
    calls: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    variables: str
    completed: bool


NOTHING_YET = Seen({}, {}, {}, {}, {}, (), (), (), (), "", False)


def rebuilt(files: Files) -> CompiledDefinition:
    """Compile a folder anew, as a process does that has never seen it."""
    return compile_deployed(files, FUNCTIONS)


def begun(compiled: CompiledDefinition, act: Act, stage: Stage) -> Run:
    """Make a new instance; its arguments are variables, what starts it, and the payload."""
    variables, event, payload = act.arguments
    return start(compiled, variables, stage.env, **event, payload=payload)


def loaded(compiled: CompiledDefinition, stored: Stored, stage: Stage) -> Run:
    return load(compiled, stored.header, stored.values.__getitem__, stage.env)


def perform(run: Run, act: Act) -> None:
    """Let something happen, and let the instance go on as far as it can."""
    if act.name:
        getattr(run, act.name)(*act.arguments)
    run.advance()


def seen_after(run: Run, stage: Stage, before: Seen) -> Seen:
    """Describe a step that began from what was stored: its outcome is the difference."""
    outcome = run.outcome()
    gone = set(outcome.closed)
    tasks = {token: task for token, task in before.tasks.items() if token not in gone}
    timers = _without(before.timers, outcome.timers_closed)
    catches = _without(before.catches, outcome.catches_closed)
    incidents = _without(before.incidents, outcome.resumed)
    return Seen(
        tasks=_moved({**_still_open(run, tasks), **_tasks(outcome)}, outcome.dues_moved),
        timers=_moved({**timers, **_timers(outcome)}, outcome.timers_moved),
        catches={**catches, **_catches(outcome)},
        calls_out={**_without(before.calls_out, outcome.calls_closed), **_calls_out(outcome)},
        incidents={**incidents, **_incidents(outcome)},
        happened=tuple(map(told, outcome.facts)),
        thrown=_thrown(outcome),
        calls=_calls(stage),
        notes=outcome.notes,
        variables=to_json(dict(run.variables())),
        completed=outcome.completed,
    )


def seen_in_memory(run: Run, stage: Stage, told_before: Counts) -> Seen:
    """Describe a step of a run that was never stored: its outcome is all since the start."""
    outcome = run.outcome()
    return Seen(
        tasks=_moved(_tasks(outcome), outcome.dues_moved),
        timers=_timers(outcome),
        catches=_catches(outcome),
        calls_out=_calls_out(outcome),
        incidents=_incidents(outcome),
        happened=tuple(map(told, outcome.facts[told_before.facts :])),
        thrown=_thrown(outcome)[told_before.thrown :],
        calls=_calls(stage),
        notes=outcome.notes[told_before.notes :],
        variables=to_json(dict(run.variables())),
        completed=outcome.completed,
    )


@dataclass(frozen=True)
class Counts:
    """How much of a run's outcome was told before."""

    facts: int = 0
    thrown: int = 0
    notes: int = 0

    @classmethod
    def of(cls, run: Run) -> Counts:
        outcome = run.outcome()
        return cls(len(outcome.facts), len(_thrown(outcome)), len(outcome.notes))


def _without(rows: Mapping[int, Any], gone: tuple[int, ...]) -> dict[int, Any]:
    return {token: row for token, row in rows.items() if token not in gone}


def _moved(rows: Mapping[int, Any], moves: tuple[Moved, ...]) -> dict[int, Any]:
    at = {move.token: {"due_at": move.due_at} for move in moves}
    return {token: {**row, **at.get(token, {})} for token, row in rows.items()}


def _still_open(run: Run, tasks: Mapping[int, Any]) -> dict[int, Any]:
    # What somebody has just completed is in no list of the outcome.
    return {token: task for token, task in tasks.items() if _is_open(run, token)}


def _is_open(run: Run, token: int) -> bool:
    task = run._token(token)
    return task is not None and run._is_open(task)


def _tasks(outcome: Outcome) -> dict[int, dict[str, Any]]:
    return {t.token: _plain(t) for t in outcome.opened}


def _timers(outcome: Outcome) -> dict[int, dict[str, Any]]:
    return {t.token: _plain(t) for t in outcome.timers_opened}


def _catches(outcome: Outcome) -> dict[int, dict[str, Any]]:
    return {c.token: _plain(c) for c in outcome.catches_opened}


def _calls_out(outcome: Outcome) -> dict[int, dict[str, Any]]:
    return {c.token: _plain(c) for c in outcome.calls_opened}


def _incidents(outcome: Outcome) -> dict[int, tuple[str, str]]:
    return {i.token: (i.element_id, i.kind) for i in outcome.incidents}


def _plain(waiting: Any) -> dict[str, Any]:
    # What is no plain value is compared by its canonical JSON.
    written = {"assignee", "payload"}
    return {k: to_json(v) if k in written else v for k, v in vars(waiting).items()}


def _thrown(outcome: Outcome) -> tuple[tuple[str, ...], ...]:
    messages = tuple(
        ("message", t.element_id, t.name, t.correlation, to_json(t.payload), str(t.expires_at))
        for t in outcome.thrown
    )
    return messages + tuple(
        ("signal", s.element_id, s.name, to_json(s.payload)) for s in outcome.signals
    )


def _calls(stage: Stage) -> tuple[tuple[str, ...], ...]:
    found = tuple((c.element_id, c.name, to_json(dict(c.arguments))) for c in stage.calls)
    stage.calls.clear()
    return found


def told(fact: Any) -> tuple[str, ...]:
    """Give a fact as texts: its kind, and what it says."""
    return (type(fact).__name__, *(_text(value) for value in vars(fact).values()))


def _text(value: Any) -> str:
    writer: Callable[[Any], str] = str if isinstance(value, str | int | tuple) else to_json
    return writer(value)

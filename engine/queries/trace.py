"""One case told from its history: what happened, who waited, what was decided by which rule.

Everything is read with the version that was in force then, and nothing from the case's present
state: what an auditor reads here is what the chain says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from engine import bpmn
from engine.dmn.elements import Decision, FunctionOf, Knowledge, Table
from engine.dmn.model import Model
from engine.errors import NotFound
from engine.feel.values import from_json
from engine.forms import Form
from engine.history import said, unpack
from engine.library import Readied
from engine.queries.lineage import CHANGES, version_at
from engine.queries.tasks import localised
from engine.store.base import table_of
from engine.store.tables import History, Instance, SealedValue

_history = table_of(History)
_sealed = table_of(SealedValue)
_instance = table_of(Instance)

MOST = 3000
"""How many events of a case are told; no case of ours comes near."""
_ENDS = frozenset({"TASK_COMPLETED", "TASK_CANCELLED"})


@dataclass(frozen=True)
class Change:
    """A variable before and after; `old` is None where it is new."""

    element_id: str
    name: str
    old: Any
    new: Any


@dataclass(frozen=True)
class RuleWords:
    """A rule that matched: what it asks of each input, what it says, as its table has it.

    conditions, outputs -- (label, text of the cell)
    """

    id: str
    table: str
    conditions: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    annotation: str


@dataclass(frozen=True)
class Decided:
    """A decision: what went in, which rules matched, what came out.

    sha256 -- of the file with the table; legal_basis -- as the table names it
    """

    decision_id: str
    name: str
    sha256: str
    legal_basis: str
    inputs: tuple[tuple[str, Any], ...]
    rules: tuple[RuleWords, ...]
    value: Any


@dataclass(frozen=True)
class Filled:
    """A form as it was sent: its version's fields, the answers, and what its texts could say.

    before -- what the same element had answered earlier, empty where it had not
    """

    form: Form | None
    sha256: str
    answers: Mapping[str, Any]
    before: Mapping[str, Any]
    context: Mapping[str, Any]


@dataclass(frozen=True)
class Happening:
    """An event as an auditor reads it.

    waited -- from when a task was there until somebody took it; worked -- from then until it ended
    changes -- what the element wrote; replay -- the event's place in the replay, from 1
    """

    seq: int
    at: datetime
    kind: str
    person_id: int | None
    person_name: str
    post: str
    unit: str
    channel: str
    on_behalf_of: int | None
    element_id: str | None
    element_name: str
    task_id: int | None
    outcome: str
    reason: str
    detail: Mapping[str, Any]
    hash: str
    version: int
    due_at: datetime | None = None
    waited: timedelta | None = None
    worked: timedelta | None = None
    anonymous: bool = False
    changes: tuple[Change, ...] = ()
    decided: Decided | None = None
    filled: Filled | None = None
    replay: int = 0

    @property
    def late(self) -> bool:
        """Tell whether a task was done after it was due."""
        return self.kind == "TASK_COMPLETED" and bool(self.due_at and self.at > self.due_at)


@dataclass(frozen=True)
class InForce:
    """A version that a case ran on, since an event of it."""

    since: datetime
    seq: int
    key: str
    version: int
    sha256: str


@dataclass(frozen=True)
class Trace:
    """A case from its history; `steps` are the places of the replay, by the seq they stand for."""

    happenings: tuple[Happening, ...]
    versions: tuple[InForce, ...]
    steps: tuple[int, ...]
    whole: bool


@dataclass
class _Reading:
    """What is known on the way through a stream."""

    version: Any
    language: str
    variables: dict[str, Any] = field(default_factory=dict)
    envelopes: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    created: dict[int, tuple[datetime, datetime | None]] = field(default_factory=dict)
    claimed: dict[int, datetime] = field(default_factory=dict)


def trace(connection: Connection, instance_id: int, *, language: str = "id") -> Trace:
    """Tell a case; anonymous answers stand under pseudonyms and are never told."""
    instance = _instance_of(connection, instance_id)
    rows = connection.execute(
        select(_history)
        .where(_history.c.stream_id == instance.stream_id)
        .order_by(_history.c.seq)
        .limit(MOST + 1)
    ).all()
    sealed = _values_of(connection, instance.stream_id)
    version = version_at(connection, instance.stream_id, instance.definition_id)
    reading = _Reading(version, language)
    told: list[Happening] = []
    for row in rows[:MOST]:
        _tell(reading, row, sealed.get(row.seq, {}), told)
    steps = tuple(one.seq for one in told if one.replay)
    return Trace(tuple(told), tuple(_in_force(rows, reading)), steps, len(rows) <= MOST)


def picture_at(
    connection: Connection, instance_id: int, seq: int, *, names: Mapping[str, str] | None = None
) -> str:
    """Draw the case's process as it stood after an event: the path so far, where it waited."""
    instance = _instance_of(connection, instance_id)
    version = version_at(connection, instance.stream_id, instance.definition_id)
    done: set[str] = set()
    flows: set[str] = set()
    current: dict[int, str] = {}
    failed: set[str] = set()
    rows = connection.execute(
        select(_history.c.kind, _history.c.element_id, _history.c.task_id, _history.c.body)
        .where(_history.c.stream_id == instance.stream_id, _history.c.seq <= seq)
        .order_by(_history.c.seq)
    )
    for row in rows:
        if row.kind == "TOKENS_MOVED":
            detail = json.loads(row.body)["detail"]
            done.update(detail.get("elements", ()))
            flows.update(detail.get("flows", ()))
        elif row.kind in ("TASK_CREATED", "ANONYMOUS_TASKS_CREATED"):
            current[row.task_id or -1] = row.element_id
        elif row.kind in _ENDS:
            current.pop(row.task_id, None)
            done.add(row.element_id)
        elif row.kind == "INCIDENT_OPENED" and row.element_id:
            failed.add(row.element_id)
        elif row.kind == "INCIDENT_RESOLVED":
            failed.discard(row.element_id)
    # The tasks of an anonymous group leave no ends of their own until all of them have.
    waiting = {element for task, element in current.items() if task > 0 or element not in done}
    definition = version(seq)
    return bpmn.picture(
        definition.compiled.picture_source,
        done=done - waiting - failed,
        current=waiting - failed,
        failed=failed,
        names=names,
        flows_taken=flows,
    )


def _instance_of(connection: Connection, instance_id: int) -> Any:
    row = connection.execute(select(_instance).where(_instance.c.id == instance_id)).first()
    if row is None:
        raise NotFound(f"Expected a case {instance_id}, but there is none.")
    return row


def _values_of(connection: Connection, stream_id: int) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for row in connection.execute(select(_sealed).where(_sealed.c.stream_id == stream_id)):
        found.setdefault(row.seq, {})[row.name] = from_json(unpack(row.value))
    return found


def _tell(reading: _Reading, row: Any, values: dict[str, Any], told: list[Happening]) -> None:
    body = json.loads(row.body)
    if "by" in body:
        reading.envelopes[row.seq] = body["by"]
    definition: Readied = reading.version(row.seq)
    detail = body.get("detail") or {}
    if row.kind == "TOKENS_MOVED":
        return
    if row.kind == "VARIABLE_CHANGED":
        change = Change(row.element_id, detail["name"], values.get("old"), values.get("new"))
        reading.variables[change.name] = change.new
        if _continues(row, told):
            told[-1] = _with(told[-1], changes=(*told[-1].changes, change))
            return
        told.append(_with(_plain(reading, row, body, definition), changes=(change,)))
        return
    if row.kind == "INSTANCE_STARTED":
        reading.variables.update(values.get("variables") or {})
    happening = _plain(reading, row, body, definition)
    happening = _timed(reading, row, detail, happening)
    if row.kind == "DECISION_MADE":
        happening = _with(happening, decided=_decided(definition, detail, values))
    if row.kind == "TASK_COMPLETED" and not happening.anonymous:
        happening = _with(happening, filled=_filled(reading, row, detail, values, definition))
    place = 1 + sum(1 for one in told if one.replay)
    told.append(_with(happening, replay=place))


def _continues(row: Any, told: list[Happening]) -> bool:
    """Tell whether a value was written by what was told last."""
    return bool(told) and told[-1].element_id == row.element_id and told[-1].at == row.at


def _with(happening: Happening, **changed: Any) -> Happening:
    return Happening(**{**happening.__dict__, **changed})


def _plain(reading: _Reading, row: Any, body: Mapping[str, Any], definition: Readied) -> Happening:
    told = said(body, reading.envelopes.get(row.envelope_seq or 0))
    return Happening(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        person_id=row.person_id,
        person_name=told.name,
        post=told.post,
        unit=told.unit,
        channel=told.channel,
        on_behalf_of=row.on_behalf_of,
        element_id=row.element_id,
        element_name=definition.element_name(row.element_id) if row.element_id else "",
        task_id=row.task_id,
        outcome=row.outcome,
        reason=told.reason,
        detail=told.detail,
        hash=row.hash.hex(),
        version=definition.version,
        anonymous=told.anonymous,
    )


def _timed(reading: _Reading, row: Any, detail: Mapping[str, Any], one: Happening) -> Happening:
    """Put in how long a task waited and was worked on."""
    task = row.task_id
    if task is None:
        return one
    if row.kind == "TASK_CREATED":
        due = datetime.fromisoformat(detail["due_at"]) if detail.get("due_at") else None
        reading.created[task] = (row.at, due)
        return _with(one, due_at=due)
    if row.kind == "DUE_MOVED" and task in reading.created:
        reading.created[task] = (reading.created[task][0], datetime.fromisoformat(detail["new"]))
    if row.kind == "TASK_CLAIMED":
        reading.claimed[task] = row.at
    created, due = reading.created.get(task, (None, None))
    if row.kind != "TASK_COMPLETED" or created is None:
        return _with(one, due_at=due)
    begun = reading.claimed.get(task)
    waited = (begun or row.at) - created
    return _with(one, due_at=due, waited=waited, worked=row.at - begun if begun else None)


def _filled(
    reading: _Reading,
    row: Any,
    detail: Mapping[str, Any],
    values: Mapping[str, Any],
    definition: Readied,
) -> Filled:
    answers = values.get("answers") or {}
    context, before = dict(reading.variables), {}
    if detail.get("result"):
        known = context.get(detail["result"])
        before = dict(known) if isinstance(known, Mapping) else {}
        reading.variables[detail["result"]] = answers
    form = localised(definition, definition.form_of(row.element_id), reading.language)
    return Filled(form, detail.get("form_sha256", ""), answers, before, context)


def _decided(
    definition: Readied, detail: Mapping[str, Any], values: Mapping[str, Any]
) -> Decided | None:
    decision_id = detail["decision_id"]
    model = definition.compiled.decisions.get(decision_id)
    if model is None:
        return None
    info = next(one for one in model.decisions if one.id == decision_id)
    rules = rules_of(model)
    labels = {
        clause.expression: clause.label
        for table in _tables_of(model)
        for clause in table.inputs
        if clause.label
    }
    return Decided(
        decision_id=decision_id,
        name=info.label or info.name,
        sha256=model.sha256,
        legal_basis=info.properties.get("legal_basis", "")
        or model.properties.get("legal_basis", ""),
        inputs=tuple(
            (labels.get(name, name), value) for name, value in (values.get("inputs") or {}).items()
        ),
        rules=tuple(
            rules.get(rule, RuleWords(rule, "", (), (), "")) for rule in detail.get("rules", ())
        ),
        value=values.get("value"),
    )


def _tables_of(model: Model) -> Iterator[Table]:
    yield from (table for _, table in _named_tables(model))


def _named_tables(model: Model, *, imported: bool = True) -> Iterator[tuple[str, Table]]:
    nodes: tuple[Decision | Knowledge, ...] = (
        *model.definitions.decisions,
        *model.definitions.knowledge,
    )
    for node in nodes:
        logic = node.logic.body if isinstance(node.logic, FunctionOf) else node.logic
        if isinstance(logic, Table):
            yield node.label or node.name, logic
    for other in model.imported.values() if imported else ():
        yield from _named_tables(other)


def rules_of(model: Model, *, imported: bool = True) -> dict[str, RuleWords]:
    """Give the rules of a model's tables, and of those it imports, by id."""
    found: dict[str, RuleWords] = {}
    for name, table in _named_tables(model, imported=imported):
        asked = [clause.label or clause.expression for clause in table.inputs]
        said = [clause.label or clause.name or name for clause in table.outputs]
        for rule in table.rules:
            tests = zip(asked, rule.tests, strict=False)
            found[rule.id] = RuleWords(
                id=rule.id,
                table=name,
                conditions=tuple((label, cell) for label, cell in tests if cell.strip() != "-"),
                outputs=tuple(zip(said, rule.outputs, strict=False)),
                annotation=" ".join(filter(None, (*rule.annotations, rule.description))),
            )
    return found


def _in_force(rows: Any, reading: _Reading) -> Iterator[InForce]:
    for row in rows:
        if row.kind in CHANGES:
            definition: Readied = reading.version(row.seq)
            yield InForce(row.at, row.seq, definition.key, definition.version, definition.sha256)

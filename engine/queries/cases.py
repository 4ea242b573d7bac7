"""Cases: lists, one case with its steps, and its picture with the path coloured."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, and_, false, func, or_, select

from engine import bpmn
from engine.errors import NotFound
from engine.library import Readied, library_of
from engine.model import CaseFacts, Scope
from engine.queries.lineage import present_names
from engine.queries.page import Page, cut, pattern, read_key
from engine.store import Store
from engine.store.base import table_of
from engine.store.tables import Definition, History, Incident, Instance, Task

_instance = table_of(Instance)
_task = table_of(Task)
_definition = table_of(Definition)
_history = table_of(History)
_incident = table_of(Incident)


@dataclass(frozen=True)
class CaseRow:
    id: int
    case_no: str
    title: str
    process_key: str
    process_name: str
    state: str
    period: str
    subject_id: int | None
    scope_path: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Step:
    """A user task: DONE, CURRENT, FAILED (accepted, but the next step failed) or CANCELLED.

    Persons and times of an anonymous step are never given; `count` says how many tasks it has.
    """

    element_id: str
    name: str
    state: str
    lane: str
    at: datetime | None
    person_id: int | None
    on_behalf_of: int | None
    candidate_group: str | None
    due_at: datetime | None
    task_id: int | None
    anonymous: bool
    count: int = 1


@dataclass(frozen=True)
class CaseIncident:
    id: int
    element_id: str
    element_name: str
    kind: str
    message: str
    opened_at: datetime


@dataclass(frozen=True)
class CaseView:
    id: int
    case_no: str
    title: str
    process_key: str
    process_name: str
    version: int
    definition_id: int
    definition_sha256: str
    state: str
    period: str
    subject_id: int | None
    scope_path: str
    started_at: datetime
    started_by: int | None
    ended_at: datetime | None
    stream_id: int
    steps: tuple[Step, ...]
    incidents: tuple[CaseIncident, ...]
    facts: CaseFacts
    messages: Mapping[str, Any]


def cases(
    connection: Connection,
    scope: Scope,
    *,
    process: str | None = None,
    state: str | None = None,
    period: str | None = None,
    text: str = "",
    after: str | None = None,
    limit: int = 25,
) -> Page[CaseRow]:
    """Give a page of the cases somebody may see, newest first."""
    chosen = [visible(scope)]
    chosen += [column == value for column, value in _filters(process, state, period) if value]
    if text.strip():
        like = pattern(text)
        chosen.append(
            or_(
                _instance.c.title.ilike(like, escape="\\"),
                _instance.c.case_no.ilike(like, escape="\\"),
                _instance.c.search_text.ilike(like, escape="\\"),
            )
        )
    if after:
        chosen.append(_instance.c.id < read_key(after, [int])[0])
    query = (
        select(_instance, _definition.c.name.label("process_name"))
        .join(_definition, _definition.c.id == _instance.c.definition_id)
        .where(*chosen)
        .order_by(_instance.c.id.desc())
        .limit(limit + 1)
    )
    page, following = cut(connection.execute(query).all(), limit, lambda r: (r.id,))
    return Page(tuple(_case_row(r) for r in page), following)


def _filters(
    process: str | None, state: str | None, period: str | None
) -> list[tuple[Any, str | None]]:
    return [
        (_instance.c.process_key, process),
        (_instance.c.state, state),
        (_instance.c.period, period),
    ]


def visible(scope: Scope) -> Any:
    """Give the condition that a case is one somebody may see.

    Whom the scope names as a subject was named on purpose; `exclude_subjects` bounds whole units.
    """
    ways = [
        _instance.c.scope_path.startswith(p, autoescape=True) for p in sorted(scope.path_prefixes)
    ]
    inside = or_(*ways) if ways else false()
    if scope.exclude_subjects:
        allowed = _instance.c.subject_id.not_in(sorted(scope.exclude_subjects))
        inside = and_(inside, or_(_instance.c.subject_id.is_(None), allowed))
    return or_(inside, _instance.c.subject_id.in_(sorted(scope.subjects)))


def _case_row(row: Any) -> CaseRow:
    return CaseRow(
        id=row.id,
        case_no=row.case_no or "",
        title=row.title,
        process_key=row.process_key,
        process_name=row.process_name,
        state=row.state,
        period=row.period,
        subject_id=row.subject_id,
        scope_path=row.scope_path,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def case(connection: Connection, instance_id: int) -> CaseView:
    """Give one case with its steps; who may see it is the caller's question (`facts`)."""
    row = _row_of(connection, instance_id)
    definition = library_of(connection).get(Store(connection), row.definition_id)
    tasks = _tasks_of(connection, instance_id)
    return CaseView(
        id=row.id,
        case_no=row.case_no or "",
        title=row.title,
        process_key=row.process_key,
        process_name=definition.name,
        version=definition.version,
        definition_id=definition.id,
        definition_sha256=definition.sha256,
        state=row.state,
        period=row.period,
        subject_id=row.subject_id,
        scope_path=row.scope_path,
        started_at=row.started_at,
        started_by=row.started_by,
        ended_at=row.ended_at,
        stream_id=row.stream_id,
        steps=_steps(partial(library_of(connection).get, Store(connection)), tasks),
        incidents=_incidents(connection, definition, instance_id),
        facts=CaseFacts(row.id, row.process_key, row.subject_id, row.scope_path),
        messages=definition.messages,
    )


def _row_of(connection: Connection, instance_id: int) -> Any:
    row = connection.execute(select(_instance).where(_instance.c.id == instance_id)).first()
    if row is None:
        raise NotFound(f"Expected a case {instance_id}, but there is none.")
    return row


def _tasks_of(connection: Connection, instance_id: int) -> list[Any]:
    return list(
        connection.execute(
            select(_task)
            .where(_task.c.instance_id == instance_id)
            .order_by(_task.c.created_at, _task.c.id)
        )
    )


def _steps(version: Callable[[int], Readied], tasks: list[Any]) -> tuple[Step, ...]:
    """Give the steps of a case, each as the version says it under which it was done."""
    steps: list[Step] = []
    hidden = Counter(task.element_id for task in tasks if task.anonymous)
    seen: set[str] = set()
    for task in tasks:
        definition = version(task.definition_id)
        if not task.anonymous:
            steps.append(_step(definition, task))
        elif task.element_id not in seen:
            seen.add(task.element_id)
            group = [t for t in tasks if t.anonymous and t.element_id == task.element_id]
            steps.append(_group_step(definition, group, hidden[task.element_id]))
    return tuple(steps)


def _step(definition: Readied, task: Any) -> Step:
    state = {"COMPLETED": "DONE", "CANCELLED": "CANCELLED"}.get(task.state, "CURRENT")
    return Step(
        element_id=task.element_id,
        name=definition.element_name(task.element_id),
        state="FAILED" if task.parked else state,
        lane=task.lane,
        at=task.ended_at,
        person_id=task.completed_by if task.state == "COMPLETED" else task.assignee_id,
        on_behalf_of=task.on_behalf_of,
        candidate_group=task.candidate_group,
        due_at=task.due_at,
        task_id=task.id,
        anonymous=False,
    )


def _group_step(definition: Readied, group: list[Any], count: int) -> Step:
    is_open = any(task.state == "CREATED" for task in group)
    return Step(
        element_id=group[0].element_id,
        name=definition.element_name(group[0].element_id),
        state="CURRENT" if is_open else "DONE",
        lane=group[0].lane,
        at=None,
        person_id=None,
        on_behalf_of=None,
        candidate_group=None,
        due_at=group[0].due_at,
        task_id=None,
        anonymous=True,
        count=count,
    )


def _incidents(
    connection: Connection, definition: Readied, instance_id: int
) -> tuple[CaseIncident, ...]:
    rows = connection.execute(
        select(_incident)
        .where(_incident.c.instance_id == instance_id, _incident.c.state == "OPEN")
        .order_by(_incident.c.id)
    )
    return tuple(
        CaseIncident(
            r.id,
            r.element_id,
            definition.element_name(r.element_id),
            r.kind,
            r.message,
            r.opened_at,
        )
        for r in rows
    )


def progress(connection: Connection, campaigns: Collection[str]) -> Mapping[str, Mapping[str, int]]:
    """Count the cases that these campaigns have started, by campaign and state."""
    counted = (
        select(_instance.c.campaign, _instance.c.state, func.count())
        .where(_instance.c.campaign.in_(sorted(campaigns)))
        .group_by(_instance.c.campaign, _instance.c.state)
    )
    found: dict[str, dict[str, int]] = {key: {} for key in campaigns}
    for key, state, number in connection.execute(counted):
        found[key][state] = number
    return found


def picture(
    connection: Connection, instance_id: int, *, names: Mapping[str, str] | None = None
) -> str:
    """Draw the case's process as SVG: done, current and failed elements, the way it took.

    names -- as of bpmn.picture: other names than those drawn
    """
    row = _row_of(connection, instance_id)
    definition = library_of(connection).get(Store(connection), row.definition_id)
    done, flows = _moves(connection, row.stream_id)
    tasks = _tasks_of(connection, instance_id)
    current = {t.element_id for t in tasks if t.state == "CREATED"}
    done |= {t.element_id for t in tasks if t.state == "COMPLETED"}
    hidden = {t.element_id for t in tasks if t.anonymous}
    if any(t.definition_id != definition.id for t in tasks):
        done, hidden = (present_names(connection, instance_id, some) for some in (done, hidden))
    done -= hidden & current
    failed = {i.element_id for i in _incidents(connection, definition, instance_id) if i.element_id}
    return bpmn.picture(
        definition.compiled.picture_source,
        done=done - current - failed,
        current=current,
        failed=failed,
        names=names,
        flows_taken=flows,
    )


def _moves(connection: Connection, stream_id: int) -> tuple[set[str], set[str]]:
    done: set[str] = set()
    flows: set[str] = set()
    moved = select(_history.c.body).where(
        _history.c.stream_id == stream_id, _history.c.kind == "TOKENS_MOVED"
    )
    for body in connection.scalars(moved):
        detail = json.loads(body)["detail"]
        done.update(detail.get("elements", ()))
        flows.update(detail.get("flows", ()))
    return done, flows

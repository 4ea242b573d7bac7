"""One task, with everything its page needs."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from engine import bpmn
from engine.errors import NotFound
from engine.feel.values import from_json
from engine.forms import Form, localise, readable
from engine.library import Readied, library_of
from engine.model import TaskFacts
from engine.queries.lineage import former_names
from engine.queries.state import run_of
from engine.queries.visibility import as_readable, may_read
from engine.store import Store, quick
from engine.store.base import table_of
from engine.store.tables import Draft, Instance, Task

_task = table_of(Task)
_draft = table_of(Draft)
_instance = table_of(Instance)

# Built once: building a statement costs more than sending it.
_ONE = select(_task).where(_task.c.id == bindparam("task_id"))
_CASE = select(_instance).where(_instance.c.id == bindparam("instance_id"))
_TYPED = select(_draft).where(
    _draft.c.task_id == bindparam("task_id"), _draft.c.person_id == bindparam("person_id")
)
_DONE = (
    select(_task.c.element_id, _task.c.definition_id, _task.c.completed_by, _task.c.ended_at)
    .where(
        _task.c.instance_id == bindparam("instance_id"),
        _task.c.state == "COMPLETED",
        _task.c.anonymous.is_(False),
    )
    .order_by(_task.c.ended_at, _task.c.id)
)


@dataclass(frozen=True)
class Evidence:
    """What was answered earlier in the case and may be read at this task."""

    element_id: str
    element_name: str
    form: Form
    answers: Mapping[str, Any]
    person_id: int | None
    at: datetime | None


@dataclass(frozen=True)
class NextStep:
    """A step that people may have to do after this one.

    due -- its time as the model writes it, `5 hari kerja` or `P14D`; empty where it is computed
    """

    element_id: str
    name: str
    lane: str
    anonymous: bool
    due: str


@dataclass(frozen=True)
class TaskView:
    """A task and what stands beside it.

    may_go_back -- whether an earlier step lies on a way here along which a task may be sent back
    visible_to -- lanes that may read the answers later; empty where whoever works on the case may

    variables -- what its form's texts and conditions may use, never to be shown as they stand
    draft -- what this person typed before, None where nothing
    """

    id: int
    state: str
    title: str
    element_id: str
    element_name: str
    documentation: str
    lane: str
    process_key: str
    process_name: str
    version: int
    definition_id: int
    instance_id: int
    case_no: str
    case_title: str
    period: str
    scope_path: str
    subject_id: int | None
    assignee_id: int | None
    candidate_group: str | None
    completed_by: int | None
    created_at: datetime
    due_at: datetime | None
    claimed_at: datetime | None
    ended_at: datetime | None
    escalated_from: int | None
    owner_id: int | None
    visible_to: tuple[str, ...]
    may_go_back: bool
    next_steps: tuple[NextStep, ...]
    suspended: bool
    anonymous: bool
    form: Form | None
    variables: Mapping[str, Any]
    evidence: tuple[Evidence, ...]
    draft: Mapping[str, Any] | None
    draft_saved_at: datetime | None
    facts: TaskFacts
    request_key: str
    messages: Mapping[str, Any]


@dataclass(frozen=True)
class TaskAtHand:
    """As much of a task as it takes to read what somebody submits."""

    id: int
    state: str
    anonymous: bool
    assignee_id: int | None
    form: Form | None


def at_hand(connection: Connection, task_id: int) -> TaskAtHand:
    """Give what a submission is read with; who may submit is the command's question."""
    row = _row_of(connection, task_id)
    definition = library_of(connection).get(Store(connection), row.definition_id)
    form = definition.form_of(row.element_id)
    return TaskAtHand(row.id, row.state, row.anonymous, row.assignee_id, form)


def _row_of(connection: Connection, task_id: int) -> Any:
    row = quick.first(connection, _ONE, {"task_id": task_id})
    if row is None:
        raise NotFound(f"Expected a task {task_id}, but there is none.")
    return row


def task(
    connection: Connection, task_id: int, *, person_id: int | None, language: str = "id"
) -> TaskView:
    """Give a task as its page shows it to a person, its form in a language."""
    row = _row_of(connection, task_id)
    definition = library_of(connection).get(Store(connection), row.definition_id)
    instance = quick.first(connection, _CASE, {"instance_id": row.instance_id})
    is_open = row.state == "CREATED" and instance.state in ("ACTIVE", "SUSPENDED")
    variables = run_of(connection, instance).variables_of(row.token) if is_open else {}
    draft = _draft_of(connection, task_id, person_id)
    element = definition.compiled.elements.get(row.element_id)
    form = definition.form_of(row.element_id)
    model = definition.compiled.user_tasks.get(row.element_id)
    return TaskView(
        id=row.id,
        state=row.state,
        title=row.title,
        element_id=row.element_id,
        element_name=definition.element_name(row.element_id),
        documentation=getattr(element, "documentation", "") or "",
        lane=row.lane,
        process_key=row.process_key,
        process_name=definition.name,
        version=definition.version,
        definition_id=definition.id,
        instance_id=row.instance_id,
        case_no=row.case_no,
        case_title=row.case_title,
        period=row.period,
        scope_path=row.scope_path,
        subject_id=row.subject_id,
        assignee_id=row.assignee_id,
        candidate_group=row.candidate_group,
        completed_by=row.completed_by,
        created_at=row.created_at,
        due_at=row.due_at,
        claimed_at=row.claimed_at,
        ended_at=row.ended_at,
        escalated_from=row.escalated_from,
        owner_id=row.owner_id,
        visible_to=model.visible_to if model is not None else (),
        may_go_back=bool(bpmn.earlier_steps(definition.compiled, row.element_id)),
        next_steps=_next_steps(definition, row.element_id),
        suspended=row.suspended,
        anonymous=row.anonymous,
        form=localised(definition, form, language),
        variables=variables,
        evidence=_evidence(connection, row, variables, language),
        draft=from_json(draft.answers) if draft else None,
        draft_saved_at=draft.saved_at if draft else None,
        facts=_facts(row),
        request_key=secrets.token_urlsafe(18),
        messages=definition.messages,
    )


def _next_steps(definition: Readied, element_id: str) -> tuple[NextStep, ...]:
    """Follow the drawn flows to the first steps that people do."""
    compiled = definition.compiled
    after: dict[str, list[str]] = {}
    for source, target in compiled.flows.values():
        after.setdefault(source, []).append(target)
    found: dict[str, NextStep] = {}
    todo, seen = list(after.get(element_id, ())), {element_id}
    while todo:
        at = todo.pop(0)
        if at in seen:
            continue
        seen.add(at)
        model = compiled.user_tasks.get(at)
        if model is None:
            todo += after.get(at, ())
        else:
            name = definition.element_name(at)
            due = model.due.text if model.due and model.due.expression is None else ""
            found[at] = NextStep(at, name, model.lane, model.anonymous, due)
    return tuple(found.values())


def localised(definition: Readied, form: Form | None, language: str) -> Form | None:
    """Give a form with the words messages.toml has for a language; drawn ones are Indonesian."""
    if form is None or language == "id":
        return form
    words = definition.messages.get("forms", {})
    key = next((key for key, known in definition.forms.items() if known is form), "")
    return localise(form, words.get(key, {}))


def _draft_of(connection: Connection, task_id: int, person_id: int | None) -> Any:
    return quick.first(connection, _TYPED, {"task_id": task_id, "person_id": person_id})


def _evidence(
    connection: Connection,
    row: Any,
    variables: Mapping[str, Any],
    language: str,
) -> tuple[Evidence, ...]:
    done = quick.run(connection, _DONE, {"instance_id": row.instance_id})
    readers = {row.lane, row.element_id}
    if any(task.definition_id != row.definition_id for task in done):
        readers |= former_names(connection, row.instance_id, {row.element_id})
    library, store = library_of(connection), Store(connection)
    latest = {task.element_id: task for task in done}
    found: dict[str, Evidence] = {}
    for element_id, task in latest.items():
        # As the version says it under which it was given.
        definition = library.get(store, task.definition_id)
        model = definition.compiled.user_tasks.get(element_id)
        form = definition.form_of(element_id)
        if model is None or form is None or not may_read(definition, element_id, readers, False):
            continue
        answers = variables.get(model.result or "")
        if isinstance(answers, Mapping):
            shown = localised(definition, form, language)
            assert shown is not None
            shown = readable(shown, readers)
            answers = as_readable(definition, element_id, answers, readers, False)
            name = definition.element_name(element_id)
            # Done again under another name, it is the same answer.
            found[model.result] = Evidence(
                element_id, name, shown, answers, task.completed_by, task.ended_at
            )
    return tuple(found.values())


def _facts(row: Any) -> TaskFacts:
    return TaskFacts(
        task_id=row.id,
        instance_id=row.instance_id,
        process_key=row.process_key,
        element_id=row.element_id,
        lane=row.lane,
        subject_id=row.subject_id,
        scope_path=row.scope_path,
        assignee_id=row.assignee_id,
        candidate_group=row.candidate_group,
        anonymous=row.anonymous,
    )

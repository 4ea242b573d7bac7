"""Writes down where cases came to a stand: each table once, however many cases there are."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from engine.bpmn import Outcome, Run
from engine.commands import deadlines, facts, offering
from engine.commands.context import Context
from engine.commands.sending import look_for_messages
from engine.history import Event
from engine.history.events import (
    AnonymousTasksCreated,
    InstanceCompleted,
    TaskCancelled,
    TaskCompleted,
    TaskCreated,
)
from engine.model import InstanceState

if TYPE_CHECKING:
    from engine.commands.alike import Template
    from engine.commands.case import Case

Moved = tuple["Case", "Run | Template", Outcome]


def settle(ctx: Context, runs: Sequence[tuple[Case, Run | Template]]) -> list[bool]:
    """Write down where runs came to a stand; tell for each whether a token is newly parked."""
    moved = [(case, run, run.outcome()) for case, run in runs]
    for case, _, outcome in moved:
        _close(case, outcome)
    _wait(ctx, moved)
    parked = [_incidents(case, outcome) for case, _, outcome in moved]
    for case, _, outcome in moved:
        case.events.extend(facts.of(outcome, case.definition))
        for group in outcome.groups_closed:
            case.events.extend(answers_of_group(case, group))
    without_holder = _open_tasks(ctx, moved)
    for case, _, outcome in moved:
        _throw(case, outcome)
    _call(ctx, moved)
    _save(ctx, moved)
    return [one or other for one, other in zip(parked, without_holder, strict=True)]


def write_events(ctx: Context, cases: Iterable[Case]) -> None:
    """Append what happened to the streams of cases."""
    cases = list(cases)
    ctx.append_all([(case.head, case.events) for case in cases])
    if ctx.ports.event_job and ctx.ports.listening is not None:
        _let_know(ctx, cases, ctx.ports.listening(ctx.connection))
    for case in cases:
        case.events = []


def _let_know(ctx: Context, cases: Sequence[Case], wanted: Collection[str]) -> None:
    """Write a job for what somebody outside listens for; nothing of anonymous answers."""
    told = [
        {"case_id": case.id, "seq": case.head.seq - len(case.events) + place}
        for case in cases
        for place, event in enumerate(case.events, start=1)
        if event.kind in wanted and not event.pseudonym
    ]
    if told:
        ctx.enqueue_all(ctx.ports.event_job, told)


def _close(case: Case, outcome: Outcome) -> None:
    gone = set(outcome.closed)
    if not gone:
        return
    closed = [t for t in case.tasks.values() if t.token in gone and t.state == "CREATED"]
    closed = [t for t in closed if t.id != case.finished_task]
    case.ctx.store.tasks.cancel(case.id, [t.token for t in closed], case.ctx.now)
    for task in closed:
        if task.anonymous:  # whoever did not answer must not be told apart from whoever did
            offering.forget_person(case.ctx, task)
        else:
            case.events.append(TaskCancelled(element_id=task.element_id, task_id=task.id))
    case.ctx.store.tasks.drop_drafts([t.id for t in closed])


def _wait(ctx: Context, moved: Sequence[Moved]) -> None:
    store, messages = ctx.store.instances, ctx.store.messages
    for case, _, outcome in moved:
        store.drop_timers(case.id, outcome.timers_closed)
        messages.unsubscribe(case.id, outcome.catches_closed)
        deadlines.write_moved(case, outcome)
    store.add_timers(
        [
            {
                "instance_id": case.id,
                "token": t.token,
                "element_id": t.element_id,
                "due_at": t.due_at,
                "held": case.is_suspended,
            }
            for case, _, outcome in moved
            for t in outcome.timers_opened
        ]
    )
    messages.subscribe(
        [
            {
                "instance_id": case.id,
                "token": c.token,
                "element_id": c.element_id,
                "kind": c.kind,
                "name": c.name,
                "correlation": c.correlation,
            }
            for case, _, outcome in moved
            for c in outcome.catches_opened
        ]
    )
    look_for_messages(
        ctx,
        [
            (case.id, catch)
            for case, _, outcome in moved
            for catch in outcome.catches_opened
            if catch.kind == "message"
        ],
    )


def _incidents(case: Case, outcome: Outcome) -> bool:
    for parked in outcome.incidents:
        case.open_incident(parked.token, parked.element_id, parked.kind, parked.message)
    if outcome.resumed:
        resumed = set(outcome.resumed)
        for incident in case.ctx.store.jobs.open_incidents(case.id):
            if incident.token in resumed:
                case.resolve_incident(incident)
    return bool(outcome.incidents)


def _open_tasks(ctx: Context, moved: Sequence[Moved]) -> list[bool]:
    waiting = [(case, one) for case, _, outcome in moved for one in outcome.opened]
    found = iter(offering.offer_all(ctx, waiting))
    offers = [[next(found) for _ in outcome.opened] for _, _, outcome in moved]
    columns = [offer.columns for some in offers for offer in some]
    made = ctx.store.tasks.create(columns)
    if ctx.ports.task_job:
        named = [i for i, c in zip(made, columns, strict=True) if c["assignee_id"] is not None]
        ctx.enqueue_all(ctx.ports.task_job, [{"task_id": task_id} for task_id in named])
    ids = iter(made)
    return [_opened(case, some, ids) for (case, _, _), some in zip(moved, offers, strict=True)]


def _opened(case: Case, offers: Sequence[offering.Offer], ids: Iterator[int]) -> bool:
    groups: dict[str, list[offering.Offer]] = {}
    for offer in offers:
        columns, task_id = offer.columns, next(ids)
        if columns["anonymous"]:
            groups.setdefault(columns["element_id"], []).append(offer)
            continue
        case.events.append(
            TaskCreated(
                element_id=columns["element_id"],
                task_id=task_id,
                assignee_id=columns["assignee_id"],
                candidate_group=columns["candidate_group"],
                due_at=columns["due_at"],
            )
        )
    for element_id, members in groups.items():
        due = members[0].columns["due_at"]
        case.events.append(
            AnonymousTasksCreated(element_id=element_id, count=len(members), due_at=due)
        )
    nobody = [offer for offer in offers if offer.nobody]
    for offer in nobody:
        case.open_incident(
            offer.columns["token"], offer.columns["element_id"], "NOBODY", offer.nobody or ""
        )
    return bool(nobody)


def _throw(case: Case, outcome: Outcome) -> None:
    from engine.commands import signals
    from engine.commands.messages import publish

    for signal in outcome.signals:
        signals.throw(
            case.ctx,
            name=signal.name,
            payload=signal.payload,
            source_id=case.id,
            events=case.events,
            element_id=signal.element_id,
        )
    for thrown in outcome.thrown:
        publish(
            case.ctx,
            name=thrown.name,
            correlation=thrown.correlation,
            payload=thrown.payload,
            source_id=case.id,
            events=case.events,
            expires_at=thrown.expires_at,
        )


def _call(ctx: Context, moved: Sequence[Moved]) -> None:
    from engine.commands import calling

    calling.settle(ctx, moved)


def _save(ctx: Context, moved: Sequence[Moved]) -> None:
    values: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    alone: list[int] = []
    for case, run, outcome in moved:
        had_values = bool(run.known)
        saved = run.save()
        if saved.alone and had_values:
            alone.append(case.id)
        values += (
            {"instance_id": case.id, "hash": digest, "content": content}
            for digest, content in saved.values.items()
        )
        columns = dict(case.columns)
        if saved.header != case.written:
            columns["header"] = saved.header
        if outcome.completed:
            columns |= {"state": InstanceState.COMPLETED, "ended_at": ctx.now}
            case.events.append(InstanceCompleted())
        if columns:
            rows.append({"row_id": case.id, **columns})
    ctx.store.instances.add_values(values)
    ctx.store.instances.drop_values(alone)
    ctx.store.instances.save_all(rows)


def answers_of_group(case: Case, group: Any) -> list[Event]:
    """Give the events of a closed anonymous group: shuffled, under pseudonyms, to the day."""
    day = case.ctx.now.replace(hour=0, minute=0, second=0, microsecond=0)
    events: list[Event] = [
        TaskCompleted(
            element_id=group.element_id, pseudonym=pseudonym, day=day, sealed={"answers": answers}
        )
        for pseudonym, answers in group.answers
    ]
    secrets.SystemRandom().shuffle(events)
    return events

"""How a locked case goes over to another version of its definition, and how it goes back.

Its tasks keep their ids, drafts, holders and dates; timers and subscriptions their moments and
correlations.  Only what they are called, and which form they show, is what the new version says.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from engine.bpmn import Run, load
from engine.bpmn.mapping import VersionMap
from engine.bpmn.migration import Said, obstacles
from engine.bpmn.rebasing import Standing, rebase, standing
from engine.commands import offering
from engine.commands.case import Case
from engine.commands.sending import look_for_messages
from engine.history.events import InstanceMigrated
from engine.library import Readied, losses
from engine.model import InstanceState, TaskState
from engine.store.migrations import keep, kept


@dataclass(frozen=True)
class Taken:
    """What became of a case that was to go over.

    revision -- of its row afterwards; previous, waited -- what it takes to go back; both None where
    a step was taken at once, which can't be unmade
    """

    went: bool
    said: Said
    revision: int | None = None
    previous: bytes | None = None
    waited: str | None = None


def take(
    case: Case, new: Readied, mapping: VersionMap, retime: Collection[str], reason: str
) -> Taken:
    """Take a locked case over, unless something stands in its way."""
    if case.row.state not in (InstanceState.ACTIVE, InstanceState.SUSPENDED):
        return Taken(False, Said.of("ENDED", "Expected an open case, but it has ended."))
    run = case.load()
    found = obstacles(run, mapping)
    if found:
        return Taken(False, Said(found))
    old, header = case.definition, case.row.header
    drafts = case.ctx.store.migrations.drafts(case.id)
    said = Said((), tuple(losses(drafts, old, new, mapping.elements)))
    waited = _rows(case, {e for e, becomes in mapping.elements.items() if becomes in retime})
    rebase(run, mapping, retime)
    outcome = run.outcome()
    untouched = not (outcome.facts or outcome.opened or outcome.completed or outcome.resumed)
    _put_on(case, new)
    case.events.append(
        InstanceMigrated(
            definition_id=new.id,
            old_version=old.version,
            new_version=new.version,
            old_sha256=old.sha256,
            new_sha256=new.sha256,
            rename=dict(mapping.rename),
            reason=reason,
        )
    )
    case.settle(run)
    _check(case, run)
    _describe(case, standing(run, retime), mapping)
    if case.row.state == InstanceState.SUSPENDED:
        case.ctx.store.suspensions.stop(case.id)
    case.write_events()
    return Taken(
        True,
        said,
        revision=case.row.revision + 1,
        previous=header if untouched else None,
        waited=keep(waited) if untouched else None,
    )


def _put_on(case: Case, new: Readied) -> None:
    case.columns["definition_id"] = new.id
    case.row = SimpleNamespace(**{**case.row._mapping, "definition_id": new.id})
    case.definition = new


def _check(case: Case, run: Run) -> None:
    """Make sure that what was written can be read again, before anybody depends on it."""
    saved = run.save()
    again = load(case.definition.compiled, saved.header, _unread, case.env)
    assert again.save().header == saved.header, "a case that went over is not the same when read"


def _unread(_: str) -> bytes:
    raise AssertionError("Expected nobody to look into a value.")


# ----- rows


def _rows(case: Case, retimed: Collection[str]) -> dict[str, Any]:
    """Note what going over may change, as it is now; `retimed` elements get another due date."""
    open_tasks = [t for t in case.tasks.values() if t.state == TaskState.CREATED]
    store = case.ctx.store
    return {
        "tasks": [_columns(task, task.element_id in retimed) for task in open_tasks],
        "timers": store.migrations.timers(case.id),
        "subscriptions": store.migrations.subscriptions(case.id),
        "calls": [
            {"token": call.token, "element_id": call.element_id}
            for call in store.migrations.calls(case.id)
        ],
        "incidents": [
            {"id": incident.id, "element_id": incident.element_id}
            for incident in store.jobs.open_incidents(case.id)
        ],
    }


_TASK = ("id", "definition_id", "element_id", "title", "form_key", "lane")
_DUE = ("due_at", "order_at", "escalation_step", "next_step_at")


def _columns(task: Any, retimed: bool) -> dict[str, Any]:
    # A reminder may be sent before the case goes back; that it was must not be forgotten then.
    return {name: getattr(task, name) for name in (*_TASK, *(_DUE if retimed else ()))}


def _describe(case: Case, now: Standing, mapping: VersionMap) -> None:
    """Call everything that waits what the new version calls it."""
    store = case.ctx.store
    for task in case.tasks.values():
        if task.state == TaskState.CREATED and task.token in now.tasks:
            store.tasks.change(task.id, **_task(case, task, now.tasks[task.token]))
    timers = store.migrations.timers(case.id)
    for row in timers:
        if (timer := now.timers.get(row["token"])) is not None:
            row.update(element_id=timer.element_id, due_at=timer.due_at)
    store.migrations.set_timers(case.id, timers)
    waits = store.migrations.subscriptions(case.id)
    renamed = []
    for row in waits:
        catch = now.catches.get(row["token"])
        if catch is None:
            continue
        if (row["kind"], row["name"]) != (catch.kind, catch.name):
            renamed.append((case.id, catch))
        row.update(element_id=catch.element_id, kind=catch.kind, name=catch.name)
    store.migrations.set_subscriptions(case.id, waits)
    look_for_messages(case.ctx, [pair for pair in renamed if pair[1].kind == "message"])
    for call in store.migrations.calls(case.id):
        element_id = now.elements.get(call.token, call.element_id)
        if element_id != call.element_id:
            store.migrations.name_call(case.id, call.token, element_id)
    for incident in store.jobs.open_incidents(case.id):
        element_id = now.elements.get(incident.token, incident.element_id)
        if element_id != incident.element_id:
            store.migrations.change_incident(incident.id, element_id=element_id)


def _task(case: Case, task: Any, now: Any) -> dict[str, Any]:
    model = case.definition.compiled.user_tasks[now.element_id]
    columns: dict[str, Any] = {
        "definition_id": case.definition.id,
        "element_id": now.element_id,
        "title": task.title if now.title is None else now.title or model.name or now.element_id,
        "form_key": model.form,
        "lane": now.lane,
    }
    if now.due_at is not None:
        step, next_at = offering.first_step(case, task.escalation, now.due_at)
        columns |= {
            "due_at": now.due_at,
            "order_at": now.due_at,
            "escalation_step": step,
            "next_step_at": next_at,
        }
    return columns


def go_back(case: Case, last: Any) -> None:
    """Let a case stand again as it did before it went over; `last` is its row of the batch."""
    store, waited = case.ctx.store, kept(last.waited)
    there = {task.id for task in case.tasks.values() if task.state == TaskState.CREATED}
    for task in waited["tasks"]:
        if task["id"] in there:
            store.tasks.change(task.pop("id"), **task)
    store.migrations.set_timers(case.id, waited["timers"])
    store.migrations.set_subscriptions(case.id, waited["subscriptions"])
    for call in waited["calls"]:
        store.migrations.name_call(case.id, call["token"], call["element_id"])
    for incident in waited["incidents"]:
        store.migrations.change_incident(incident["id"], element_id=incident["element_id"])
    store.instances.save(case.id, header=last.previous, definition_id=last.from_id)
